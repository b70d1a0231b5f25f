"""What is known of a run so far, and how it reads: one line a file, one a statement. Pure: no widget, no clock.

Fed with the events of the worker process, in their order; times are seconds of one monotonic clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from textual.content import Content

from tui.migrate.events import (
    BackedUp,
    Committing,
    Event,
    FileDone,
    FileStarted,
    StatementDone,
    StatementStarted,
    Waiting,
)
from tui.terminal.safe import safe

SHOWN: Final = 200
"""Statements of one file that are listed; of a longer file the last ones."""


class Step(StrEnum):
    """Where a file is."""

    WAITING = "to do"
    RUNNING = "running"
    COMMITTING = "committing"
    DONE = "applied"
    FAILED = "FAILED"
    CANCELLED = "not applied"


@dataclass(slots=True)
class Statement:
    """A statement that was begun; `ms` once it is over. `line` of the file where that is known."""

    number: int
    text: str
    line: int | None
    since: float
    ms: float | None = None


@dataclass(slots=True)
class FileRow:
    """A file of the plan and how far it is."""

    version: str
    step: Step = Step.WAITING
    since: float = 0.0
    seconds: float | None = None
    total: int = 0
    statements: list[Statement] = field(default_factory=list)


@dataclass(slots=True)
class Board:
    """The files of a run. `blocked` says what is waited for, in words, while something is."""

    files: list[FileRow]
    blocked: str = ""
    backup: str = ""

    @classmethod
    def of(cls, versions: Sequence[str]) -> Board:
        """Nothing has begun yet."""
        return cls([FileRow(version) for version in versions])

    @property
    def running(self) -> FileRow | None:
        """The file that is being applied."""
        return next((row for row in self.files if row.step in (Step.RUNNING, Step.COMMITTING)), None)

    @property
    def done(self) -> list[str]:
        """The files that are applied."""
        return [row.version for row in self.files if row.step is Step.DONE]

    def row(self, version: str) -> FileRow:
        """The row of a file of the plan."""
        return next(row for row in self.files if row.version == version)

    def end(self, step: Step) -> None:
        """The run is over; what was running ends as `step`, what was not begun stays to do."""
        self.blocked = ""
        running = self.running
        if running is not None:
            running.step = step


def feed(board: Board, event: Event, now: float) -> None:
    """Takes one event in."""
    if not isinstance(event, BackedUp):
        board.blocked = _waited_for(event) if isinstance(event, Waiting) else ""
    match event:
        case FileStarted():
            row = board.row(event.version)
            row.step, row.since = Step.RUNNING, now
        case StatementStarted():
            row = board.row(event.version)
            row.total = event.total
            row.statements.append(Statement(event.index, event.text, event.line, now))
        case StatementDone():
            row = board.row(event.version)
            if row.statements:
                row.statements[-1].ms = event.ms
        case Committing():
            board.row(event.version).step = Step.COMMITTING
        case FileDone():
            row = board.row(event.version)
            row.step, row.seconds = Step.DONE, now - row.since
        case BackedUp():
            board.backup = event.path
        case _:
            pass


def _waited_for(event: Waiting) -> str:
    who = "; ".join(holder.sentence() for holder in event.holders) or "somebody who has just left"
    return f"waiting for the lock of another upgrade: {who}" if event.on == "lock" else f"waiting for {who}"


def content(board: Board, now: float) -> Content:
    """The whole board as lines."""
    lines: list[Content] = []
    for row in board.files:
        lines.append(_file(row, now))
        if row.step not in (Step.WAITING, Step.DONE):
            lines.extend(_statements(row, now))
            if board.blocked and row.step is Step.RUNNING:
                lines.append(Content.assemble("      ", safe(board.blocked, 400).stylize("$text-warning")))
    if board.blocked and board.running is None:
        lines.append(safe(board.blocked, 400).stylize("$text-warning"))
    return Content("\n").join(lines)


_MARKS: Final = {
    Step.WAITING: " ",
    Step.RUNNING: ">",
    Step.COMMITTING: ">",
    Step.DONE: "+",
    Step.FAILED: "!",
    Step.CANCELLED: "-",
}
_STYLES: Final = {Step.FAILED: "bold $text-error", Step.DONE: "$text-success", Step.RUNNING: "bold"}


def _file(row: FileRow, now: float) -> Content:
    state = Content.styled(f"{_MARKS[row.step]} {row.step:<12}", _STYLES.get(row.step, ""))
    facts = []
    if row.step is Step.RUNNING:
        facts.append(span(now - row.since))
    if row.seconds is not None:
        facts.append(span(row.seconds))
    if row.statements:
        count = len(row.statements)
        facts.append(f"{count} statement{'s' * (count != 1)}" if row.seconds is not None else _position(row))
    return Content.assemble(state, safe(row.version, 200), Content.styled("  " + " · ".join(facts), "dim"))


def _position(row: FileRow) -> str:
    return f"statement {row.statements[-1].number} of {row.total}"


def _statements(row: FileRow, now: float) -> list[Content]:
    shown = row.statements[-SHOWN:]
    lines = []
    if len(row.statements) > len(shown):
        lines.append(Content.styled(f"      {len(row.statements) - len(shown)} statements before these", "dim"))
    for statement in shown:
        if statement.ms is not None:
            how = f"{statement.ms:>7.0f} ms"
        elif row.step is Step.RUNNING:
            how = f"running {span(now - statement.since)}"
        else:
            how = str(row.step)
        lines.append(
            Content.assemble(
                (f"  {statement.line or '':>5}  ", "dim"), (f"{how:<16}", "dim"), safe(one_line(statement.text), 160)
            )
        )
    return lines


def one_line(text: str) -> str:
    """A statement with its blanks and line ends drawn together."""
    return " ".join(text[:2000].split())


def span(seconds: float) -> str:
    """`40 ms`, `4.1 s`, `3 min 20 s`."""
    if seconds < 1:
        return f"{max(0, round(seconds * 1000))} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
