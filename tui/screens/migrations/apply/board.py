"""What is known of a run so far, and how it reads: one line a file, one a statement. Pure: no widget, no clock.

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
from tui.terminal.safe import safe

SHOWN: Final = 40
"""Statements of one file that are listed; of a longer file the last ones."""
BAR: Final = 30
"""Cells of the bar of a statement that tells how far it is."""


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


def content(board: Board, now: float) -> Content:
    """The whole board as lines."""
    lines: list[Content] = []
    for row in board.files:
        lines.append(_file(board, row, now))
        lines.extend(Content.assemble("      ", safe(note, 300)).stylize("dim") for note in row.notes)
        if row.step not in (Step.WAITING, Step.DONE, Step.RAN):
            lines.extend(_statements(row, now))
            lines.extend(_what_holds_it_up(board, row, now))
    if board.blocked and board.running is None:
        lines.append(safe(board.blocked, 400).stylize("$text-warning"))
    return Content("\n").join(lines)


def _what_holds_it_up(board: Board, row: FileRow, now: float) -> list[Content]:
    """Under the statement that runs: how far it is, who is in the way, when it is tried again."""
    lines: list[str] = []
    if row.step is Step.RUNNING and board.advanced is not None:
        lines.append(bar(board.advanced))
    if row.step in (Step.RUNNING, Step.PAUSED):
        if board.retrying is not None:
            left = max(0.0, board.retry_at - now)
            lines.append(
                f"gave up waiting for a lock; try {board.retrying.attempt} of {board.retrying.of} in {left:.0f} s"
                + (", or once these are gone:" if board.holders else "")
            )
            lines += [f"  {holder.sentence()}" for holder in board.holders]
        elif board.blocked:
            lines.append(board.blocked)
    return [Content.assemble("      ", safe(line, 400).stylize("$text-warning")) for line in lines]


def bar(event: Advanced) -> str:
    """`[#####     ] 50 %  building index`, or the phase alone where no total is known."""
    if event.total <= 0:
        return event.phase
    part = min(1.0, event.done / event.total)
    return f"[{'#' * round(part * BAR):<{BAR}}] {part:4.0%}  {event.phase}"


_MARKS: Final = {
    Step.WAITING: " ",
    Step.RUNNING: ">",
    Step.RAN: "·",
    Step.PAUSED: "~",
    Step.COMMITTING: ">",
    Step.DONE: "+",
    Step.FAILED: "!",
    Step.CANCELLED: "-",
}
_STYLES: Final = {
    Step.FAILED: "bold $text-error",
    Step.DONE: "$text-success",
    Step.RUNNING: "bold",
    Step.PAUSED: "$text-warning",
}


def _file(board: Board, row: FileRow, now: float) -> Content:
    if row.step is Step.RUNNING:
        return _drawn(board, row, now)
    what = (row.step, row.seconds, row.total, row.at)
    if row.drawn is None or row.drawn[0] != what:
        row.drawn = (what, _drawn(board, row, now))
    return row.drawn[1]


def _drawn(board: Board, row: FileRow, now: float) -> Content:
    word = board.done_word if row.step is Step.DONE else str(row.step)
    state = Content.styled(f"{_MARKS[row.step]} {word:<12}", _STYLES.get(row.step, ""))
    facts = []
    if row.step is Step.RUNNING:
        facts.append(span(now - row.since))
    if row.seconds is not None:
        facts.append(span(row.seconds))
    if row.total:
        many = f"{row.total} statement{'s' * (row.total != 1)}"
        facts.append(many if row.seconds is not None else f"statement {row.at} of {row.total}")
    return Content.assemble(state, safe(row.version, 200), Content.styled("  " + " · ".join(facts), "dim"))


def _statements(row: FileRow, now: float) -> list[Content]:
    shown = row.statements
    lines = []
    before = shown[0].number - 1 if shown else 0
    if before:
        lines.append(Content.styled(f"      {before} statement{'s' * (before != 1)} before these", "dim"))
    for statement in shown:
        if statement.drawn is not None:
            lines.append(statement.drawn)
            continue
        if statement.ms is not None:
            how = f"{statement.ms:>7.0f} ms"
        elif row.step is Step.RUNNING:
            how = f"running {span(now - statement.since)}"
        else:
            how = str(row.step)
        line = Content.assemble(
            (f"  {statement.line or '':>5}  ", "dim"), (f"{how:<16}", "dim"), safe(one_line(statement.text), 160)
        )
        if statement.ms is not None:
            statement.drawn = line
        lines.append(line)
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
