"""How a run reads so far: one line a file, one a statement. Pure: no widget, no clock."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from tui.migrate.running.events import Advanced
from tui.sanitise import one_line
from tui.screens.migrations.apply.board import Board, FileRow, Step
from tui.terminal.safe import safe

BEFORE: Final = 20
AFTER: Final = 5
"""Files around the one at work that are listed while a run goes on."""
BAR: Final = 30
"""Cells of the bar of a statement that tells how far it is."""


def content(board: Board, now: float, *, is_whole: bool = True) -> Content:
    """The board as lines. Not `is_whole`: of many files those around the one at work, which is quick to draw again and
    keeps it in sight."""
    begin, end = (0, len(board.files)) if is_whole else _around(board)
    lines: list[Content] = []
    if begin:
        lines.append(Content.styled(f"  {_files(begin)} before these", "dim"))
    for row in board.files[begin:end]:
        lines.append(_file(board, row, now))
        lines.extend(Content.assemble("      ", safe(note, 300)).stylize("dim") for note in row.notes)
        if row.step not in (Step.WAITING, Step.DONE, Step.RAN):
            lines.extend(_statements(row, now))
            lines.extend(_what_holds_it_up(board, row, now))
    if left := len(board.files) - end:
        lines.append(Content.styled(f"  {_files(left)} after these", "dim"))
    if board.blocked and board.running is None:
        lines.append(safe(board.blocked, 400).stylize("$text-warning"))
    return Content("\n").join(lines)


def _around(board: Board) -> tuple[int, int]:
    """The first and the last file that are shown, this one not."""
    over = (Step.DONE, Step.RAN)
    at = next((place for place, row in enumerate(board.files) if row.step not in over), len(board.files))
    return max(0, at - BEFORE), min(len(board.files), at + 1 + AFTER)


def _files(count: int) -> str:
    return f"{count} file{'s' * (count != 1)}"


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
            (f"  {statement.line or '':>5}  ", "dim"), (f"{how:<16}", "dim"), safe(one_line(statement.text[:2000]), 160)
        )
        if statement.ms is not None:
            statement.drawn = line
        lines.append(line)
    return lines


def span(seconds: float) -> str:
    """`40 ms`, `4.1 s`, `3 min 20 s`."""
    if seconds < 1:
        return f"{max(0, round(seconds * 1000))} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
