"""What a statement does, told from its text: kind, tables, columns, and for ALTER TABLE each change. Pure.

    deed = what_does('ALTER TABLE "book" DROP COLUMN "isbn"', "postgres")
    deed.kind, deed.tables, deed.changes[0].verb        ALTER_TABLE, ("book",), DROP_COLUMN
    touched(script, "sqlite").rebuilt                   {"book"}

Read from the first words on, as a person would: nothing is parsed that no rule asks for, and what is not known is
OTHER or an `is_opaque` deed, never an error. Names come without quotes, with their schema where it is written
("public.book"), folded as the database folds them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .cursor import Cursor
from .deed import Change, ColumnDef, Deed, Kind, Verb
from .reading import read
from .statements import split

_SHORT: Final = 4000
"""Characters of a statement whose deed is kept."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The tables of a whole script, without temporary ones. One that the script itself makes and renames onto another
    is `rebuilt`; so is one that is dropped, made again by its name, and filled from where its rows were put before.
    """

    created: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    """Gone at the end."""
    changed: frozenset[str] = frozenset()
    """There before and after, and altered, written or locked between."""
    reads: frozenset[str] = frozenset()
    rebuilt: frozenset[str] = frozenset()
    """SQLite's way to alter: a new table filled from the old one, which takes its place."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Tables, old and new name; rebuilding is none."""
    is_opaque: bool = False

    @property
    def tables(self) -> frozenset[str]:
        """Every table that was or will be there, without those that only live inside the script."""
        new = {to for _, to in self.renamed}
        return self.created | self.dropped | self.changed | {old for old, _ in self.renamed} | new


def what_does(statement: str, dialect: str) -> Deed:
    """Reads one statement, as `split` gives it. Never raises; a few microseconds for each word that matters."""
    return _read_short(statement, dialect) if len(statement) <= _SHORT else read(Cursor(statement, dialect))


@functools.lru_cache(maxsize=4096)
def _read_short(statement: str, dialect: str) -> Deed:
    """Preview, preflight and lint ask for the same statements, one after the other."""
    return read(Cursor(statement, dialect))


def deeds_of(script: str, dialect: str) -> tuple[Deed, ...]:
    """What each statement of a script does."""
    return tuple(what_does(statement.text, dialect) for statement in split(script, dialect))


def touched(script: str, dialect: str) -> Touched:
    """The tables of a script."""
    return touched_by(deeds_of(script, dialect))


def touched_by(deeds: Iterable[Deed]) -> Touched:
    """The tables of some deeds, taken in order."""
    created: set[str] = set()
    dropped: set[str] = set()
    changed: set[str] = set()
    reads: set[str] = set()
    renames: list[tuple[str, str]] = []
    rebuilt: set[str] = set()
    helpers: set[str] = set()
    kept: dict[str, set[str]] = {}
    """Tables that the script makes, and from which ones they got their rows."""
    is_opaque = False
    for deed in deeds:
        is_opaque = is_opaque or deed.is_opaque
        reads.update(deed.reads)
        back = _come_back(deed, kept, dropped & created, created | helpers)
        dropped -= back
        created -= back
        rebuilt |= back
        if deed.temporary:
            helpers.update(deed.tables)
            continue
        if deed.tables and helpers.issuperset(deed.tables):
            continue
        if deed.kind is Kind.CREATE_TABLE:
            created.update(deed.tables)
        elif deed.kind is Kind.DROP_TABLE:
            # Made and dropped in one script: it was a helper.
            dropped.update(table for table in deed.tables if table not in created)
            created.difference_update(deed.tables)
        else:
            changed.update(table for table in deed.tables if table not in created)
        for old, new in _renames(deed):
            if old in created:
                created.discard(old)
                if new in dropped:
                    dropped.discard(new)
                    rebuilt.add(new)
                else:
                    created.add(new)
            else:
                renames.append((old, new))
    moved = {old for old, _ in renames}
    return Touched(
        frozenset(created),
        frozenset(dropped),
        frozenset((changed | rebuilt) - dropped - moved),
        frozenset(reads - created - helpers),
        frozenset(rebuilt),
        tuple(renames),
        is_opaque,
    )


def _come_back(deed: Deed, kept: dict[str, set[str]], anew: set[str], made: set[str]) -> set[str]:
    """Which tables that were made `anew` get their rows again. Writes into `kept` whose rows one that is `made` got."""
    if not deed.reads or deed.kind not in (Kind.CREATE_TABLE, Kind.INSERT):
        return set()
    back = {
        table for table in anew.intersection(deed.tables) if any(table in kept.get(source, ()) for source in deed.reads)
    }
    for table in set(deed.tables) - back:
        if deed.kind is Kind.CREATE_TABLE or table in made:
            kept.setdefault(table, set()).update(deed.reads)
    return back


def _renames(deed: Deed) -> list[tuple[str, str]]:
    """Old and new name; the new one stays in the old one's schema."""
    if not deed.tables:
        return []
    old = deed.tables[0]
    schema, dot, _ = old.rpartition(".")
    return [(old, f"{schema}{dot}{change.to}") for change in deed.changes if change.verb is Verb.RENAME_TABLE]


__all__ = [
    "Change",
    "ColumnDef",
    "Deed",
    "Kind",
    "Touched",
    "Verb",
    "deeds_of",
    "touched",
    "touched_by",
    "what_does",
]
