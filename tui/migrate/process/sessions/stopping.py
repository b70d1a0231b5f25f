"""A statement that was told to stop. The server forgets a cancel that arrives before its statement, and whoever waits
for the end of that one would wait for ever: it is told again until it ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg

AGAIN_S: Final = 0.5
STOP: Final = """
    SELECT pg_cancel_backend(pid) FROM pg_stat_activity
    WHERE pid = $1 AND state = 'active' AND query NOT LIKE 'ROLLBACK;%'
"""
"""Only what still runs: not the ROLLBACK that waits for it."""


async def stopped(following: Awaitable[Any], stop: Callable[[], Awaitable[object]], *, every: float = AGAIN_S) -> Any:
    """The answer to what waits behind the statement. `stop` asks the server, over another line, to end that one."""
    waiting = asyncio.ensure_future(following)
    while not (await asyncio.wait({waiting}, timeout=every))[0]:
        with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await stop()
    return await waiting
