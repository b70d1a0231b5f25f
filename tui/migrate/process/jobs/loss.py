"""Count what scripts would take from the database, before they run: `scripts` of the order. Changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
from time import monotonic
from typing import Any, Final

from ..sizing.counting import count_losses
from ..sizing.losing import questions
from ..work import Work

SECONDS: Final = 3.0
"""For one question."""
ALL_SECONDS: Final = 20.0
LOCK_MS: Final = 1000


async def run(work: Work) -> dict[str, Any]:
    """`scripts` are [version, SQL or null, whether Python does more], in the order in which they would run."""
    session = work.session
    dialect = "sqlite" if session.client.capabilities.dialect == "sqlite" else "postgres"
    until = monotonic() + ALL_SECONDS

    async def ask(sql: str, values: list[Any]) -> Any:
        left = min(SECONDS, until - monotonic())
        if left <= 0:
            raise TimeoutError
        asking = asyncio.ensure_future(session.client.execute_query_dict(sql, values))
        try:
            await asyncio.wait({asking}, timeout=left)
            if asking.done():
                return asking.result()
            raise TimeoutError
        finally:
            if not asking.done():
                # SQLite stops by its interrupt, asyncpg cancels on the server.
                await session.interrupt()
                asking.cancel()
                with contextlib.suppress(Exception, asyncio.CancelledError):
                    await asking
                await session.rollback()

    if dialect == "postgres":
        await session.client.execute_query(f"SET lock_timeout = {LOCK_MS}")
        await session.client.execute_query("SET default_transaction_read_only = on")
    else:
        await session.client.execute_query("PRAGMA query_only = ON")
    scripts = [(version, sql, bool(is_program)) for version, sql, is_program in work.order["scripts"]]
    found = await work.cancellable(count_losses(ask, dialect, questions(scripts, dialect)))
    return {"outcome": "counted", "losses": found}
