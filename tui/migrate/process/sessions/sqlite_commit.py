"""What became of a COMMIT that the disk answered with an error, read from Aerich's table.

The frame that makes a transaction one is written last. When what comes after it fails, as the sync of the -wal, SQLite
rolls back; but whoever opens the file after a crash may find the frame and take it for committed. Only a commit that is
written over it makes an end of that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .session import Fate

Rows = list[dict[str, Any]] | None


@dataclass(slots=True)
class AtCommit:
    """Aerich's rows as the transaction found them, and as it was to leave them."""

    before: Rows
    planned: Rows = None
    is_lost: bool = False

    @property
    def tells_nothing(self) -> bool:
        """Where Aerich's table is in another database, its rows do not tell."""
        return self.planned == self.before


def may_have_landed(error: sqlite3.Error) -> bool:
    """Whether a COMMIT that ended with this error may have happened, or may happen yet."""
    name = str(getattr(error, "sqlite_errorname", "") or "")
    if name == "SQLITE_IOERR_WRITE":
        return False
    return name.startswith(("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOMEM", "SQLITE_PROTOCOL"))


def settled(connection: sqlite3.Connection, at: AtCommit, applied: Callable[[], Rows]) -> Fate:
    """Commits a transaction of nothing, after which the rows decide. Raises `sqlite3.Error` while the disk fails."""
    if connection.in_transaction:
        connection.rollback()
    connection.execute("BEGIN IMMEDIATE").close()
    try:
        found = applied()
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        connection.execute(f"PRAGMA user_version = {version}").close()
        connection.commit()
    finally:
        if connection.in_transaction:
            connection.rollback()
    if at.tells_nothing or found not in (at.before, at.planned):
        return Fate.UNKNOWN
    return Fate.COMMITTED if found == at.planned else Fate.ABORTED
