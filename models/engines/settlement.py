"""What became of a COMMIT that was not answered. The answer is asked of the database, never guessed.

The order matters: "is my row there?" asked too early says no, and half a second later the row has landed. So first the
transaction is known to be over - PostgreSQL tells its state, and its server process is ended where it still runs; on
SQLite whoever gets the write lock comes after it - and only then the row decides.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from models.engines.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.engines.errors import CommitUnknown

SETTLE_SECONDS: Final = 30.0
LONGEST_PAUSE: Final = 1.0
NEVER_BEGUN: Final = "never begun"
"""A server that was restored, or failed over to an older state: what it does not have, it will not get either."""
XIDS: Final = 1 << 32
"""`backend_xid` is the transaction's id without its epoch."""


class Fate(StrEnum):
    COMMITTED = "committed"
    ABORTED = "aborted"
    """It did not happen and cannot happen any more: it may be run again, with the same op_id."""
    UNKNOWN = "unknown"


async def settle(
    client: Any,
    unknown: CommitUnknown,
    landed: Callable[[], Awaitable[bool]],
    *,
    seconds: float = SETTLE_SECONDS,
) -> Fate:
    """Asks until there is an answer, for at most `seconds`; a lost server is tried again. Raises no `DatabaseError`.

    `client` is the engine outside any transaction; `landed` looks whether the change's own row (its op_id) is there.
    """
    ask = _ask_sqlite if client.capabilities.dialect == "sqlite" else _ask_postgres
    pause = 0.05
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    fate = await ask(client, unknown, landed)
                except DatabaseError:
                    fate = None
                if fate is not None:
                    return fate
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
    except TimeoutError:
        return Fate.UNKNOWN


async def _ask_sqlite(client: Any, _: CommitUnknown, landed: Callable[[], Awaitable[bool]]) -> Fate | None:
    async with client._in_transaction() as transaction:
        if await landed():
            return Fate.COMMITTED
        # A frame of it may lie in the -wal where its sync failed. Whoever commits next writes over it, and until then a
        # crash brings it back: so here is a commit, of nothing.
        rows = await transaction.execute_query_dict("PRAGMA user_version")
        await transaction.execute_script(f"PRAGMA user_version = {int(rows[0]['user_version'])}")
        return Fate.ABORTED


async def _ask_postgres(client: Any, unknown: CommitUnknown, landed: Callable[[], Awaitable[bool]]) -> Fate | None:
    """The fate, or None while the transaction is still on its way."""
    status = await _status(client, unknown.xid) if unknown.xid is not None else None
    if unknown.xid is not None and status == "in progress":
        # The process by its number and its transaction: another one may have the number by now.
        await client.execute_query_dict(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid = $1::int AND backend_xid::text = $2::text",
            [unknown.backend_pid, str(unknown.xid % XIDS)],
        )
        return None
    if await landed():
        client.committed()  # where it was counted before, it may not have been there yet
        return Fate.COMMITTED
    if await _is_standby(client):
        return None  # it has not heard of it yet, or the server that has it comes back
    # Committed and not there is another server's transaction of this number, after a failover.
    return Fate.ABORTED if status in ("aborted", NEVER_BEGUN) else Fate.UNKNOWN


async def _status(client: Any, xid: int) -> str | None:
    """`committed`, `aborted`, `in progress`, NEVER_BEGUN, or None where it is so old that the server forgot it."""
    try:
        rows = await client.execute_query_dict("SELECT pg_xact_status($1::text::xid8) AS status", [str(xid)])
    except DatabaseError as error:
        if error.code == "22023":  # "in the future"
            return NEVER_BEGUN
        raise
    status: str | None = rows[0]["status"]
    return status


async def _is_standby(client: Any) -> bool:
    return bool((await client.execute_query_dict("SELECT pg_is_in_recovery() AS standby"))[0]["standby"])
