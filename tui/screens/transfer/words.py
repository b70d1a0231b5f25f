"""Export and import in words: the progress of both, and the command lines that do the same. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.operations.text import grouped
from tui.progress import pace_words, rate_of
from tui.screens.progress import progress_line
from tui.screens.twins import twin
from tui.transfer.columns import DEFAULT, names_of

if TYPE_CHECKING:
    from textual.content import Content

    from tui.transfer.export import ExportRequest
    from tui.transfer.importing import ImportRequest

TWIN_IDS: Final = 12
"""Marks that a command line names one by one; more are read from standard input."""


def transfer_line(done: int, total: int | None, rows: int, seconds: float, verb: str) -> Content:
    """Return how far it is: `rows` are `verb`, `done` of `total` were looked at in so many seconds."""
    part = min(1.0, done / total) if total else None
    left = seconds / part - seconds if part and part < 1 and seconds >= 1 else None
    return progress_line(part, pace_words(f"{grouped(rows)} {verb}", rate=rate_of(rows, seconds), left=left))


def export_twin(command: str, request: ExportRequest) -> str:
    """Return the command line that exports the same."""
    words: list[object] = ["users", "export"]
    if request.marked is not None:
        words += ["--ids", ",".join(map(str, request.marked)) if len(request.marked) <= TWIN_IDS else "-"]
    elif request.query.terms:
        text = str(request.query)
        words.append(f"--query={text}" if text.startswith("-") else text)
    if request.columns != DEFAULT:
        words += ["--columns", ",".join(names_of(request.columns))]
    order = str(request.order)
    if order != "id":
        words += ["--order", f"{order[1:]}-" if order.startswith("-") else order]
    words += ["--output", request.path]
    if request.force:
        words.append("--force")
    return twin(command, *words, reason=request.reason)


def import_twin(command: str, request: ImportRequest, writes: int | None) -> str:
    """Return the command line that imports the same; `writes` is what was agreed to, None for a dry run."""
    words: list[object] = ["users", "import", request.path]
    if request.delimiter:
        words += ["--delimiter", "tab" if request.delimiter == "\t" else request.delimiter]
    if request.encoding:
        words += ["--encoding", request.encoding]
    for column, field in request.mapping:
        words += ["--map", f"{column}={field}"]
    for column in request.ignored:
        words += ["--ignore", column]
    words += ["--dry-run"] if writes is None else ["--confirm", writes]
    return twin(command, *words, reason=request.reason)
