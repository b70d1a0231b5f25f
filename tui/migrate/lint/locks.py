"""What a statement locks, and who waits because of it, in plain words. Pure.

PostgreSQL's rules are those of its manual, "Explicit Locking" and "ALTER TABLE"; the dry run measures what these
pages say. SQLite has one lock for the whole database.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tui.migrate.process.sql.ddl import Change, Deed, Kind, Verb
from tui.migrate.wording import listed

ALL: Final = "ACCESS EXCLUSIVE"
WRITERS_AND_ROWS: Final = "EXCLUSIVE"
CHANGES: Final = "SHARE ROW EXCLUSIVE"
WRITERS: Final = "SHARE"
SCHEMA: Final = "SHARE UPDATE EXCLUSIVE"
ROWS: Final = "ROW EXCLUSIVE"
NOTHING: Final = ""

_ORDER: Final = (NOTHING, ROWS, SCHEMA, WRITERS, CHANGES, WRITERS_AND_ROWS, ALL)

_BY_KIND: Final = {
    Kind.DROP_TABLE: ALL,
    Kind.TRUNCATE: ALL,
    Kind.CREATE_INDEX: WRITERS,
    Kind.REINDEX: WRITERS,
    Kind.CREATE_TRIGGER: CHANGES,
    Kind.INSERT: ROWS,
    Kind.UPDATE: ROWS,
    Kind.DELETE: ROWS,
    Kind.COPY: ROWS,
    Kind.LOCK: ALL,
    Kind.VACUUM: SCHEMA,
    Kind.COMMENT: SCHEMA,
}
_BY_VERB: Final = {Verb.VALIDATE: SCHEMA}


@dataclass(frozen=True, slots=True)
class Lock:
    """`mode` is PostgreSQL's, without the word LOCK; `tables` are those that exist before the statement."""

    mode: str = NOTHING
    tables: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """`readers and writers of book wait`; "" where nobody is kept waiting for longer than for a row."""
        if not self.tables:
            return ""
        names = listed(self.tables)
        return {
            ALL: f"readers and writers of {names} wait",
            WRITERS_AND_ROWS: f"writers of {names} wait, readers do not",
            CHANGES: f"writers of {names} wait, readers do not",
            WRITERS: f"writers of {names} wait, readers do not",
            SCHEMA: f"nobody who reads or writes {names} waits",
            ROWS: f"nobody waits but for the same rows of {names}",
        }.get(self.mode, "")


def lock_of(deed: Deed, dialect: str, fresh: Collection[str] = ()) -> Lock:
    """The strongest lock of a statement on tables that were there before; those in `fresh` nobody else sees yet."""
    if deed.kind in (Kind.CREATE_TABLE, Kind.SELECT):
        # A foreign key to a table that exists is a trigger on it.
        tables = _old(deed.reads if deed.defined else (), fresh)
        return Lock(CHANGES, tables) if tables and dialect == "postgres" else Lock()
    tables = _old(deed.tables, fresh)
    if dialect == "sqlite":
        return Lock(ALL, tables) if tables else Lock()
    mode = _mode(deed)
    if mode != ALL:
        pointed = [change.references for change in deed.changes if change.references]
        tables = tuple(dict.fromkeys((*tables, *_old(pointed, fresh))))
    return Lock(mode, tables) if tables else Lock()


def _mode(deed: Deed) -> str:
    if deed.concurrently:
        return SCHEMA
    if deed.kind is Kind.VACUUM and ("FULL" in deed.words or deed.words == "CLUSTER"):
        return ALL
    if deed.kind is Kind.ALTER_TABLE:
        return max((_of_change(change) for change in deed.changes), key=_ORDER.index, default=ALL)
    return _BY_KIND.get(deed.kind, NOTHING)


def _of_change(change: Change) -> str:
    if change.verb is Verb.ADD_CONSTRAINT:
        return CHANGES if change.references else ALL
    return _BY_VERB.get(change.verb, ALL)


def _old(tables: Collection[str], fresh: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table for table in tables if table and table not in fresh))


def waiting(deed: Deed, dialect: str, fresh: Collection[str] = ()) -> str:
    """Who waits while the statement runs, in words; "" for nobody."""
    lock = lock_of(deed, dialect, fresh)
    if not lock.tables:
        return ""
    if dialect == "sqlite":
        return "every other writer of the database waits until the file is done; readers do not"
    return lock.sentence if _ORDER.index(lock.mode) >= _ORDER.index(WRITERS) else ""
