"""What kind of database this is, told by its tables alone: nothing is executed, and Aerich's `content` is never read.

Aerich unpickles `content` when it opens; whoever may write it may run code. Here `version` and `app` are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tui.database.opening import Database

APP: Final = "models"
SEED_COLUMNS: Final = frozenset({"id", "username", "hashed_password", "is_active"})

_BOOKKEEPING: Final = frozenset({"aerich", "shellback_migrations"})
"""Tables on what was run, which a first migration that failed leaves behind alone."""

_POSTGRES_COLUMNS: Final = """
    SELECT c.relname::text AS table_name, a.attname::text AS column_name
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_attribute a
      ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND c.relname IN ('users', 'aerich')
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (pg_catalog.current_schemas(false))
"""
_SQLITE_COLUMNS: Final = """
    SELECT t.name AS table_name, c.name AS column_name
    FROM sqlite_master t LEFT JOIN pragma_table_info(t.name) c ON t.name IN ('users', 'aerich')
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""


class Kind(StrEnum):
    EMPTY = "empty"
    """No table at all."""
    SEED = "seed"
    """The web service's own `users` table, before the first of our migrations."""
    OURS = "ours"
    """At least one of our migrations was applied."""
    FOREIGN = "foreign"
    """Another application's."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What `identify` found. Versions are file names such as `0_20260101000000_seed.py`, in order."""

    kind: Kind
    applied: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    """Ours, not applied yet."""
    ahead: tuple[str, ...] = ()
    """Applied, and not in this program: it is older than the database."""

    @property
    def is_current(self) -> bool:
        """Whether this program and this database belong together as they are."""
        return self.kind is Kind.OURS and not self.pending and not self.ahead


async def identify(database: Database) -> Identity:
    """Looks at the tables and at the versions that were applied. Raises `DatabaseError`."""
    columns = await _columns(database)
    known = known_versions(database.dialect)
    applied = await _applied(database) if {"version", "app"} <= columns.get("aerich", set()) else ()
    if set(applied) & set(known):
        return Identity(
            Kind.OURS,
            applied=applied,
            pending=tuple(version for version in known if version not in applied),
            ahead=tuple(version for version in applied if version not in known),
        )
    if applied:
        return Identity(Kind.FOREIGN, applied=applied)
    if not columns.keys() - _BOOKKEEPING:
        return Identity(Kind.EMPTY, pending=known)
    if columns.get("users", set()) == set(SEED_COLUMNS):
        return Identity(Kind.SEED, pending=known)
    return Identity(Kind.FOREIGN)


def known_versions(dialect: str) -> tuple[str, ...]:
    """The versions of our own migrations for this dialect, in order; the files are listed, not read."""
    folder = files("migrations").joinpath(dialect, APP)
    if not folder.is_dir():
        return ()
    names = [entry.name for entry in folder.iterdir() if entry.name.endswith(".py") and entry.name[0].isdigit()]
    return tuple(sorted(names, key=lambda name: int(name.partition("_")[0])))


async def _columns(database: Database) -> dict[str, set[str]]:
    """Every table; with its columns for the two that matter."""
    query = _SQLITE_COLUMNS if database.dialect == "sqlite" else _POSTGRES_COLUMNS
    rows: list[dict[str, Any]] = await database.connection.execute_query_dict(query)
    found: dict[str, set[str]] = {}
    for row in rows:
        table = found.setdefault(row["table_name"], set())
        if row["column_name"] is not None:
            table.add(row["column_name"])
    return found


async def _applied(database: Database) -> tuple[str, ...]:
    rows = await database.connection.execute_query_dict(
        f"SELECT version FROM aerich WHERE app = '{APP}' ORDER BY id"  # noqa: S608 - a constant of ours
    )
    return tuple(row["version"] for row in rows)
