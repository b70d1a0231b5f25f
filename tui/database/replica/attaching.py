"""Putting a replica beside an open database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui.database.opening import Database
    from tui.settings import DatabaseUrl

FIRST_SECONDS: Final = 0.2
"""How long one that is nearly there is waited for: the first list is the one that is looked at longest."""


async def attach_replica(database: Database, url: DatabaseUrl | None, limit: float) -> None:
    """Let lists be read from the replica at `url`, as long as it is at most `limit` seconds behind.

    One that cannot be read now keeps nobody out: `database.reads.whence` says so, and it is tried again. Raises
    `SettingsError`, with the database closed, for a certificate or a password file that cannot be used.
    """
    if url is None:
        return
    from tui.database.replica.replica import Replica  # PostgreSQL's driver, which SQLite does without

    try:
        replica = Replica(database, url, limit)
        database.replica = replica
        await replica.look()
        await replica.caught_up(FIRST_SECONDS)
        replica.watch()
    except BaseException:
        await database.close()
        raise
