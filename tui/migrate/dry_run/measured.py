"""What a dry run measured, as values: statements with their locks, rewrites and scans, and the verdict on each. Pure.

A verdict is about others: how long would they wait for what this file holds. It rests on the data that was there when
it was measured. Names of tables and SQL are the database's: not safe to show before `sanitise`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

LONG_MS: Final = 1_000.0
"""Readers or writers that wait so long are people who notice, and queues that grow."""
BRIEF_MS: Final = 100.0
MANY_ROWS: Final = 10_000
"""A rewrite or a scan of so many rows grows with the table, however short it was this time."""

_BLOCKS: Final[Mapping[str, str]] = {
    "AccessShareLock": "nobody",
    "RowShareLock": "nobody who reads or writes",
    "RowExclusiveLock": "nobody who reads or writes",
    "ShareUpdateExclusiveLock": "no reads, no writes; only VACUUM and other migrations",
    "ShareLock": "writes",
    "ShareRowExclusiveLock": "writes",
    "Reserved": "writes",
    "ExclusiveLock": "writes, and reads that lock rows",
    "AccessExclusiveLock": "reads and writes",
}
"""By PostgreSQL's mode of a table lock: whom it keeps waiting (its manual, 13.3.1). RESERVED is SQLite's, on all."""
_ORDER: Final = tuple(_BLOCKS)
_HARMLESS: Final = 4
"""Modes before `ShareLock` let an application's reads and writes through."""


class Verdict(IntEnum):
    """From harmless to what keeps an application waiting."""

    OK = 0
    MIND = 1
    BLOCKS = 2

    @property
    def word(self) -> str:
        return ("ok", "mind", "blocks")[self]


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock on a table that was there before; `mode` is PostgreSQL's name of it."""

    table: str
    mode: str

    @property
    def name(self) -> str:
        """`ACCESS EXCLUSIVE`, as the manual writes it."""
        text = self.mode.removesuffix("Lock")
        return "".join(f" {letter}" if letter.isupper() else letter for letter in text).strip().upper()

    @property
    def blocks(self) -> str:
        """Whom it keeps waiting, in plain words."""
        return _BLOCKS.get(self.mode, "some")

    @property
    def strength(self) -> int:
        """Higher keeps more waiting."""
        return _ORDER.index(self.mode) if self.mode in _ORDER else len(_ORDER)

    @property
    def is_felt(self) -> bool:
        """Whether an application's reads or writes wait for it."""
        return self.strength >= _HARMLESS


@dataclass(frozen=True, slots=True)
class Scan:
    """A table read from end to end; `rows` read, None where only that it was read is known."""

    table: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One statement. `number` is 0 for what was not one of the script: its Python, or what COMMIT would run."""

    number: int
    text: str
    ms: float
    held_ms: float
    """From its beginning to the end of its file: so long it holds what it took."""
    offset: int = 0
    line: int | None = None
    locks: tuple[Lock, ...] = ()
    """Those that it was the first to take."""
    held: tuple[tuple[Lock, str], ...] = ()
    """Felt locks on tables that it names and that were held already, and since when: `12, statement 1`."""
    rewrites: tuple[str, ...] = ()
    scans: tuple[Scan, ...] = ()
    indexes: tuple[tuple[str, str], ...] = ()
    """(table, index) that were built."""
    changed: int = 0
    """Rows that were inserted, updated or deleted."""

    @property
    def felt(self) -> tuple[Lock, ...]:
        """The locks that reads or writes would wait for, the strongest of each table, strongest first."""
        strongest: dict[str, Lock] = {}
        for lock in self.locks:
            if lock.is_felt and (lock.table not in strongest or lock.strength > strongest[lock.table].strength):
                strongest[lock.table] = lock
        return tuple(sorted(strongest.values(), key=lambda lock: (-lock.strength, lock.table)))

    @property
    def verdict(self) -> Verdict:
        """Of the locks that it took first: what it holds on with is told where it was taken."""
        if self.felt and self.held_ms >= LONG_MS:
            return Verdict.BLOCKS
        grows = self.rewrites or any((scan.rows or 0) >= MANY_ROWS for scan in self.scans)
        if (self.felt and self.held_ms >= BRIEF_MS) or ((self.felt or self.held) and grows):
            return Verdict.MIND
        return Verdict.MIND if self.rewrites else Verdict.OK


@dataclass(frozen=True, slots=True)
class MeasuredFile:
    """One file; `is_whole` when it ran to its end."""

    version: str
    sha256: str
    ms: float
    statements: tuple[Measured, ...] = ()
    is_whole: bool = True

    @property
    def verdict(self) -> Verdict:
        return max((each.verdict for each in self.statements), default=Verdict.OK)

    @property
    def worst(self) -> Measured | None:
        """The statement that keeps others waiting most; None where there is none."""
        return max(self.statements, key=_badness, default=None)


@dataclass(frozen=True, slots=True)
class Moved:
    """A sequence that gave numbers: they are not given again. None: the value may not be read, or none was given."""

    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Traces:
    """What no rollback takes back, and what else ran."""

    sequences: tuple[Moved, ...] = ()
    triggers: tuple[tuple[str, str], ...] = ()
    """(table, trigger) of tables that were written to; table "" for an event trigger."""
    foreign: tuple[str, ...] = ()
    notifies: bool = False
    dead: int = 0
    """Versions of rows that were written and taken back: they take room until VACUUM."""
    counts_rows: bool = True


@dataclass(slots=True)
class _Held:
    """The felt locks of a run so far, each with where it was taken."""

    locks: dict[str, tuple[Lock, str]] = field(default_factory=dict)

    def named_in(self, text: str) -> tuple[tuple[Lock, str], ...]:
        words = {word.strip('"') for word in _words(text)}
        return tuple(found for table, found in sorted(self.locks.items()) if table.rpartition(".")[2] in words)

    def take(self, locks: Sequence[Lock], where: str) -> None:
        for lock in locks:
            known = self.locks.get(lock.table)
            if known is None or known[0].strength < lock.strength:
                self.locks[lock.table] = (lock, where)


def files_of(values: Mapping[str, Any], digests: Mapping[str, str]) -> tuple[MeasuredFile, ...]:
    """From the last event of the worker."""
    held = _Held()
    return tuple(_file(each, digests.get(each["version"], ""), held) for each in values.get("files") or ())


def traces_of(values: Mapping[str, Any]) -> Traces:
    """The same for what stays."""
    return Traces(
        tuple(Moved(each["name"], each["before"], each["after"]) for each in values.get("sequences") or ()),
        tuple((each["on"], each["name"]) for each in values.get("triggers") or ()),
        tuple(values.get("foreign") or ()),
        bool(values.get("notifies")),
        int(values.get("dead") or 0),
        bool(values.get("counts_rows", True)),
    )


def _file(values: Mapping[str, Any], digest: str, held: _Held) -> MeasuredFile:
    version = str(values["version"])
    statements = tuple(_statement(each, version, held) for each in values.get("statements") or ())
    return MeasuredFile(version, digest, float(values.get("ms") or 0), statements, bool(values.get("is_whole")))


def _statement(values: Mapping[str, Any], version: str, held: _Held) -> Measured:
    number, text = int(values["index"]), str(values["text"])
    measured = Measured(
        number,
        text,
        float(values.get("ms") or 0),
        float(values.get("held_ms") or 0),
        int(values.get("offset") or 0),
        locks=tuple(Lock(each["table"], each["mode"]) for each in values.get("locks") or ()),
        rewrites=tuple(values.get("rewrites") or ()),
        scans=tuple(Scan(each["table"], each["rows"]) for each in values.get("scans") or ()),
        indexes=tuple((each["table"], each["name"]) for each in values.get("indexes") or ()),
        changed=sum(_changed(each) for each in values.get("changes") or ()),
        held=held.named_in(text) if number else (),
    )
    held.take(measured.felt, f"{version.partition('_')[0]}, statement {number}" if number else version)
    return measured


def _changed(values: Mapping[str, Any]) -> int:
    return sum(int(values.get(name) or 0) for name in ("changed", "inserted", "updated", "deleted"))


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() or letter in '_$"' else " " for letter in text).split()


def _badness(each: Measured) -> tuple[int, float, float]:
    return each.verdict, each.held_ms if each.felt else 0.0, each.ms
