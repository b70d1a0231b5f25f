"""Asking an open database whether it answers, and whether it takes changes now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from models.engines.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from tui.database.opening import Database

PROBE_SECONDS: Final = 5.0


async def probe(database: Database) -> None:
    """Asks it one small thing; afterwards `database.read_only` is what is true now: a server that became a standby, or
    stopped being one, is told apart from one that was opened read-only.

    Raises `DatabaseError` within 5 s, or what `DatabaseUnavailable` says when nothing came in that time.
    """
    client = database.client
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            if database.dialect == "sqlite":
                await client.execute_query("SELECT 1")
                return
            rows = await client.execute_query_dict("SELECT pg_is_in_recovery() AS standby")
    except TimeoutError as error:
        # What stands still may be the old connections alone: a way that forgot them, a server that was replaced.
        client.drop_idle()
        raise DatabaseUnavailable(
            f"The database has not answered for {PROBE_SECONDS:g} seconds. Nothing was changed."
        ) from error
    database.follow(standby=bool(rows[0]["standby"]))
