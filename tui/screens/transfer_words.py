"""Export and import in words: the progress of both, and the command lines that do the same. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from models.operations.text import grouped
from tui.screens.twins import twin
from tui.transfer.columns import DEFAULT, names_of

if TYPE_CHECKING:
    from tui.transfer.export import ExportRequest
    from tui.transfer.importing import ImportRequest

BAR: Final = 30
"""Cells of the bar."""

TWIN_IDS: Final = 12
"""Marks that a command line names one by one; more are read from standard input."""


def progress_line(done: int, total: int | None, rows: int, seconds: float, verb: str) -> Content:
    """Return `━━━━╌╌╌╌ 40 %  120 000 written · 98 000/s · about 12 s left`; without a total no bar and no time."""
    rate = f" · {grouped(int(rows / seconds))}/s" if seconds >= 1 else ""
    said = f"{grouped(rows)} {verb}{rate}"
    if not total:
        return Content(said)
    part = min(1.0, done / total)
    filled = round(part * BAR)
    left = f" · about {_duration(seconds / part - seconds)} left" if seconds >= 1 and 0 < part < 1 else ""
    return Content.assemble(
        ("━" * filled, "$text-success"), ("╌" * (BAR - filled), "$text-muted"), f" {part:.0%}  {said}{left}"
    )


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
    for column, field in request.mapping:
        words += ["--map", f"{column}={field}"]
    for column in request.ignored:
        words += ["--ignore", column]
    words += ["--dry-run"] if writes is None else ["--confirm", writes]
    return twin(command, *words, reason=request.reason)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
