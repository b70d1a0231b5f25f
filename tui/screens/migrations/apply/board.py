"""What is known of a run so far: its files, and of each its statements. Pure: no widget, no clock.

Fed with the events of the worker process, in their order; times are seconds of one monotonic clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from textual.content import Content

from tui.migrate.running.events import (
    Advanced,
    Answered,
    BackedUp,
    Committing,
    Event,
    FileDone,
    FileStarted,
    Holder,
    Locked,
    Mended,
    Resumed,
    Retrying,
    StatementDone,
    StatementStarted,
    Waiting,
)

SHOWN: Final = 40
"""Statements of one file that are listed; of a longer file the last ones."""


class Step(StrEnum):
    """Where a file is."""

    WAITING = "to do"
    RUNNING = "running"
    RAN = "ran"
    """In the same transaction as what follows: neither committed nor given up yet."""
    PAUSED = "rolled back"
    """It gave up waiting, and is tried again."""
    COMMITTING = "committing"
    DONE = "applied"
    FAILED = "FAILED"
    CANCELLED = "not done"


@dataclass(slots=True)
class Statement:
    """A statement that was begun; `ms` once it is over. `line` of the file where that is known."""

    number: int
    text: str
    line: int | None
    since: float
    ms: float | None = None
    drawn: Content | None = None
    """The line as it stays, once it is over."""


@dataclass(slots=True)
class FileRow:
    """A file of the plan and how far it is."""

    version: str
    step: Step = Step.WAITING
    since: float = 0.0
    seconds: float | None = None
    total: int = 0
    at: int = 0
    """The number of the statement that was told last; of a long file not each is."""
    statements: list[Statement] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    drawn: tuple[object, Content] | None = None
    """The line as it was drawn last, and what of: most of some hundred files do not change from picture to picture."""


@dataclass(slots=True)
class Board:
    """The files of a run. `blocked` says what is waited for, in words, while something is; `holders` who that is."""

    files: list[FileRow]
    done_word: str = "applied"
    blocked: str = ""
    holders: tuple[Holder, ...] = ()
    advanced: Advanced | None = None
    retrying: Retrying | None = None
    retry_at: float = 0.0
    backup: str = ""

    @classmethod
    def of(cls, versions: Sequence[str], done_word: str = "applied") -> Board:
        """Nothing has begun yet."""
        return cls([FileRow(version) for version in versions], done_word)

    @property
    def running(self) -> FileRow | None:
        """The file that is at work."""
        return next((row for row in self.files if row.step in (Step.RUNNING, Step.COMMITTING, Step.PAUSED)), None)

    @property
    def done(self) -> list[str]:
        """The files that are applied."""
        return [row.version for row in self.files if row.step is Step.DONE]

    def row(self, version: str) -> FileRow:
        """The row of a file of the plan."""
        return next(row for row in self.files if row.version == version)

    def end(self, step: Step) -> None:
        """The run is over; what was running ends as `step`, what was not begun stays to do."""
        self.blocked, self.holders, self.advanced, self.retrying = "", (), None, None
        running = self.running
        if running is not None:
            running.step = step
        for row in self.files:
            if row.step is Step.RAN:
                row.step = Step.CANCELLED


def feed(board: Board, event: Event, now: float) -> None:
    """Takes one event in."""
    if isinstance(event, Waiting):
        board.blocked, board.holders = _waited_for(event), event.holders if event.on == "table" else ()
        return
    if isinstance(event, Locked) and board.retrying is not None:
        # The wait that the pause came from is over; who is in the way of the next try is in `Retrying`.
        return
    if not isinstance(event, BackedUp | Advanced | Mended | Retrying | Answered):
        board.blocked, board.holders, board.retrying = "", (), None
    match event:
        case FileStarted():
            for each in board.files:
                if each.step is Step.RUNNING:
                    each.step = Step.RAN
            row = board.row(event.version)
            row.step, row.since, row.at = Step.RUNNING, now, 0
            row.statements.clear()
        case StatementStarted():
            row = board.row(event.version)
            row.step, row.total, row.at, board.advanced = Step.RUNNING, event.total, event.index, None
            row.statements.append(Statement(event.index, event.text, event.line, now))
            del row.statements[:-SHOWN]
        case StatementDone():
            row = board.row(event.version)
            if row.statements:
                row.statements[-1].ms = event.ms
        case Committing():
            board.row(event.version).step = Step.COMMITTING
        case FileDone():
            row = board.row(event.version)
            row.step, row.seconds = Step.DONE, now - row.since
        case _:
            _feed_rare(board, event, now)


def _feed_rare(board: Board, event: Event, now: float) -> None:
    match event:
        case BackedUp():
            board.backup = event.path
        case Advanced():
            board.advanced = event
        case Resumed():
            board.row(event.version).notes.append(f"{event.done} of {event.total} statements were done before")
        case Mended():
            board.row(event.version).notes.append(f"dropped {event.index}, which an earlier attempt left invalid")
        case Retrying():
            board.blocked, board.holders = "", event.holders
            board.retrying, board.retry_at = event, now + event.seconds
            row = board.row(event.version)
            row.step = Step.PAUSED
            for each in board.files:
                if each.step is Step.RAN:
                    each.step = Step.WAITING
        case _:
            pass


def _waited_for(event: Waiting) -> str:
    who = "; ".join(holder.sentence() for holder in event.holders) or "somebody who has just left"
    return f"waiting for the lock of another upgrade: {who}" if event.on == "lock" else f"waiting for {who}"
