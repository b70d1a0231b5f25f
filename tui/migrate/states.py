"""Files and rows put together: the state of each migration, what is pending, and what stands in the way. Pure.

listing = merge(files, rows, app)
listing.entries, listing.pending, listing.ahead, listing.problems
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tui.migrate.applied import AppliedRow
from tui.migrate.past.records import Record
from tui.migrate.source.files import MigrationFile, name_of, number_of


class State(StrEnum):
    """What is the case with one migration. Capitals want attention."""

    APPLIED = "applied"
    PENDING = "pending"
    OUT_OF_ORDER = "out-of-order"
    """Pending, while a later one is applied."""
    MISSING = "MISSING"
    """A row without a file."""
    CHANGED = "CHANGED"
    """Applied, and the file is no longer what was run."""
    FAKED = "FAKED"
    """Recorded as applied without being run."""
    PARTIAL = "PARTIAL"
    """It runs outside a transaction, and was cut off between its statements."""
    DUPLICATE_ROWS = "DUPLICATE ROWS"
    """More than one row: it was applied by two at once, or recorded twice."""
    SAME_NUMBER = "SAME NUMBER"
    """Pending, and another file has its number."""
    UNREADABLE = "UNREADABLE"
    IGNORED = "IGNORED"
    """A file that Aerich does not take."""
    UNKNOWN = "unknown"
    """The database was not asked."""


class Flag(StrEnum):
    """What is worth knowing whatever the state."""

    DYNAMIC = "DYNAMIC"
    IRREVERSIBLE = "IRREVERSIBLE"
    NOT_TRANSACTIONAL = "NOT TRANSACTIONAL"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list. `file` is None for MISSING; `row_ids` are Aerich's, oldest first."""

    state: State
    version: str
    number: int | None
    name: str
    app: str
    file: MigrationFile | None = None
    row_ids: tuple[int, ...] = ()
    note: str = ""
    """A sentence on what is wrong, for the states in capitals."""
    line: int | None = None
    """The line of the file that `note` is about."""
    record: Record | None = None
    """Our log's row on what is in the database now; None where there is none: plain `aerich` wrote Aerich's row."""

    @property
    def is_applied(self) -> bool:
        return bool(self.row_ids)

    @property
    def is_pending(self) -> bool:
        """Whether Aerich's upgrade would run it: a file it takes, without a row."""
        return (
            self.state is not State.UNKNOWN
            and self.file is not None
            and self.file.number is not None
            and not self.row_ids
        )

    @property
    def transactional(self) -> bool | None:
        """None where there is no file to ask."""
        return self.file.transactional if self.file is not None and self.file.number is not None else None

    @property
    def path(self) -> Path | None:
        return self.file.path if self.file is not None else None

    @property
    def flags(self) -> tuple[Flag, ...]:
        file = self.file
        if file is None or file.number is None or file.unreadable is not None:
            return ()
        found = {
            Flag.DYNAMIC: file.dynamic,
            Flag.IRREVERSIBLE: file.irreversible,
            Flag.NOT_TRANSACTIONAL: not file.transactional,
        }
        return tuple(flag for flag, holds in found.items() if holds)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to know before anything is applied. A blocking one must be mended first."""

    state: State
    version: str
    sentence: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """Every migration of an app, in the order in which Aerich applies them. `rows` are those of all apps."""

    app: str
    # Left out of repr: asyncio writes that of a finished task, 120 ms for a thousand files.
    entries: tuple[Entry, ...] = field(repr=False)
    rows: tuple[AppliedRow, ...] | None = field(repr=False)
    """None: there is no table of Aerich, or it was not asked (`is_known`)."""
    ahead: tuple[str, ...] = ()
    """Applied, newer than every file: the database is ahead of this code."""
    problems: tuple[Problem, ...] = ()
    is_known: bool = True
    ahead_in: tuple[str, ...] = ()
    """Sentences: which branches hold the files of `ahead`. Empty while nobody looked."""

    pending: tuple[Entry, ...] = field(init=False, repr=False, compare=False)
    """What an upgrade would run, in its order, whatever stands in the way."""
    applied: tuple[Entry, ...] = field(init=False, repr=False, compare=False)
    expected: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)
    """App and version of every row, as a plan expects to find them."""
    _by_version: dict[str, list[Entry]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Found once: each move of the cursor asks for all of them, for the keys that are greyed.
        object.__setattr__(self, "pending", tuple(entry for entry in self.entries if entry.is_pending))
        object.__setattr__(self, "applied", tuple(entry for entry in self.entries if entry.is_applied))
        object.__setattr__(self, "expected", tuple((row.app, row.version) for row in self.rows or ()))
        by_version: dict[str, list[Entry]] = {}
        for entry in self.entries:
            by_version.setdefault(entry.version.removesuffix(".py"), []).append(entry)
        object.__setattr__(self, "_by_version", by_version)

    def find(self, text: str) -> tuple[Entry, ...]:
        """The entries that a person means: a version, its stem, a name, or a number (leading zeros do not matter)."""
        stem = text.removesuffix(".py")
        exact = tuple(entry for entry in self._by_version.get(stem, ()) if text in (entry.version, stem))
        if exact:
            return exact
        if text.isdecimal():
            return tuple(entry for entry in self.entries if entry.number == int(text))
        return tuple(entry for entry in self.entries if entry.name == text)


def merge(
    files: Sequence[MigrationFile],
    rows: Sequence[AppliedRow] | None,
    app: str,
    *,
    is_known: bool = True,
) -> Listing:
    """Puts the files of an app and the rows of the database together. Without `is_known` no row says anything."""
    ours = [row for row in rows or () if row.app == app]
    ids: dict[str, list[int]] = {}
    for row in ours:
        ids.setdefault(row.version, []).append(row.id)
    taken = [file for file in files if file.number is not None]
    numbers = Counter(file.number for file in taken)
    have = {file.version for file in taken}
    newest_applied = max((number_of(version) or 0 for version in ids), default=-1)
    entries = [
        _of_file(file, tuple(ids.get(file.version, ())), app, numbers, newest_applied, taken)
        if is_known
        else _unasked(file, app)
        for file in taken
    ]
    newest_file = max((file.number or 0 for file in taken), default=-1)
    missing = [_missing(version, tuple(found), app) for version, found in ids.items() if version not in have]
    ahead = tuple(
        entry.version
        for entry in sorted(missing, key=lambda entry: entry.number or 0)
        if entry.number is not None and entry.number > newest_file
    )
    # Stable: a missing one stands behind the file of the same number.
    listed = sorted([*entries, *missing], key=lambda entry: entry.number if entry.number is not None else -1)
    ignored = [
        Entry(State.IGNORED, file.version, None, file.name, app, file, note=file.ignored)
        for file in files
        if file.number is None
    ]
    every = (*listed, *ignored)
    return Listing(app, every, tuple(rows) if rows is not None else None, ahead, problems_of(every, ahead), is_known)


def problems_of(entries: Iterable[Entry], ahead: Sequence[str]) -> tuple[Problem, ...]:
    """What is wrong with each of them, as far as its state tells; files with the same number are told once."""
    found: list[Problem] = []
    told: set[int | None] = set()
    for entry in entries:
        problem = _problem(entry, ahead)
        if problem is None or (problem.state is State.SAME_NUMBER and entry.number in told):
            continue
        found.append(problem)
        if problem.state is State.SAME_NUMBER:
            told.add(entry.number)
    return tuple(found)


def _of_file(
    file: MigrationFile,
    ids: tuple[int, ...],
    app: str,
    numbers: Counter[int | None],
    newest: int,
    files: Sequence[MigrationFile],
) -> Entry:
    assert file.number is not None
    state, note, line = State.PENDING, "", None
    if len(ids) > 1:
        state, note = State.DUPLICATE_ROWS, f"Aerich's table has it {len(ids)} times (rows {_listed(ids)})."
    elif file.unreadable is not None:
        state, note, line = State.UNREADABLE, file.unreadable.sentence, file.unreadable.line
    elif ids:
        state = State.APPLIED
    elif numbers[file.number] > 1:
        others = [each.version for each in files if each.number == file.number and each is not file]
        state = State.SAME_NUMBER
        note = f"{_listed(others)} has the number {file.number} as well: Aerich orders them by name."
    elif file.number < newest:
        state, note = State.OUT_OF_ORDER, f"{newest} is applied already: this one was written for an older schema."
    return Entry(state, file.version, file.number, file.name, app, file, ids, note, line)


def _unasked(file: MigrationFile, app: str) -> Entry:
    if file.unreadable is not None:
        fault = file.unreadable
        return Entry(State.UNREADABLE, file.version, file.number, file.name, app, file, (), fault.sentence, fault.line)
    return Entry(State.UNKNOWN, file.version, file.number, file.name, app, file)


def _missing(version: str, ids: tuple[int, ...], app: str) -> Entry:
    note = "It was applied, and its file is not here: on another branch, or deleted."
    return Entry(State.MISSING, version, number_of(version), name_of(version), app, None, ids, note)


def _problem(entry: Entry, ahead: Sequence[str]) -> Problem | None:
    match entry.state:
        case State.MISSING:
            blocks = entry.version in ahead
        case State.PARTIAL:
            blocks = True
        case State.CHANGED | State.DUPLICATE_ROWS | State.OUT_OF_ORDER | State.SAME_NUMBER:
            blocks = False
        case State.UNREADABLE:
            blocks = not entry.is_applied
        case _:
            return None
    return Problem(entry.state, entry.version, entry.note, blocks)


def _listed(values: Sequence[object]) -> str:
    return ", ".join(map(str, values))
