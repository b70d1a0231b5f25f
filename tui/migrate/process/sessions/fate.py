"""What became of a transaction of PostgreSQL's whose end was not heard, and the line to the server made anew.

The server keeps the answer: it is asked for it, never guessed. A backend that still holds the transaction open, with
nobody left to talk to it, is ended first.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg

from .session import Fate

SETTLE_S: Final = 30.0
"""How long a server that is gone is asked again."""
_LONGEST_PAUSE_S: Final = 1.0
_STATUS: Final = "SELECT txid_status($1::text::bigint)"
_FENCE: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid = $1::int AND backend_xid::text = ($2::text::bigint % 4294967296)::text
"""
"""The process by its number and its transaction: another one may have the number by now."""


Ask = Callable[..., Awaitable[Any]]
"""The one value that a query with its values answers, over a line that is made anew when it is gone."""


async def find_fate(ask: Ask, xid: str, backend: int, *, seconds: float = SETTLE_S) -> Fate:
    """Asks until the transaction is over, for at most `seconds`. Raises nothing."""
    pause = 0.05
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    status = await ask(_STATUS, xid)
                    if status != "in progress":
                        # None, or a number "in the future": another server, or one that was put back to an older state.
                        return Fate(status) if status in list(Fate) else Fate.UNKNOWN
                    await ask(_FENCE, backend, xid)
                except asyncpg.InvalidParameterValueError:
                    return Fate.UNKNOWN
                except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                    pass  # A server that starts, or a network that is away: asked again.
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
    except TimeoutError:
        return Fate.UNKNOWN


def keep_alive(connection: Any) -> None:
    """Makes the kernel talk while a statement takes hours: a firewall on the way forgets a silent line, and a server
    that vanished would never be missed. Probes after 15 s, three of them 5 s apart."""
    sock = connection._transport.get_extra_info("socket")  # asyncpg has no public way to its socket
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
