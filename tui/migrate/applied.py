"""Which migrations a database says it has: three columns of Aerich's table, by one raw SELECT.

Never `content`: Aerich unpickles it, so whoever may write the table may run code where it is read.
For our own database, over the connection that is open. A foreign project's database is known only by importing its
configuration, which is the worker's `inspect` job: `tui.migrate.running.inspecting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.process.sessions.standing import is_there

if TYPE_CHECKING:
    from tui.database import Database

_THERE: Final = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'aerich'"
_ROWS: Final = "SELECT id, version, app FROM aerich ORDER BY id"


@dataclass(frozen=True, slots=True)
class AppliedRow:
    """A row of Aerich's table."""

    id: int
    version: str
    app: str


async def read_applied(database: Database) -> tuple[AppliedRow, ...] | None:
    """The rows of every app, oldest first; None when there is no such table. Raises `DatabaseError`, and `StateUnknown`
    where the table is there but cannot be seen."""
    ask = database.connection.execute_query_dict
    there = bool(await ask(_THERE)) if database.dialect == "sqlite" else await is_there(ask)
    return as_rows(await ask(_ROWS)) if there else None


def as_rows(found: Iterable[Mapping[str, Any]]) -> tuple[AppliedRow, ...]:
    """From mappings with id, version and app."""
    return tuple(AppliedRow(int(row["id"]), str(row["version"]), str(row["app"])) for row in found)
