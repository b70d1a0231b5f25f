"""How a run ended, as text: where it failed, why, what state the database is in, what can be done. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content

from tui.migrate.running.outcome import RunStatus
from tui.terminal.safe import safe, safe_block

if TYPE_CHECKING:
    from tui.migrate.running.outcome import RunOutcome
    from tui.migrate.source.excerpt import Excerpt

_TITLES = {
    RunStatus.DONE: "Done",
    RunStatus.FAILED: "Failed",
    RunStatus.CANCELLED: "Cancelled",
    RunStatus.CHANGED: "Stopped: not what was agreed to any more",
    RunStatus.LOCK_HELD: "Stopped: another upgrade holds the lock",
    RunStatus.REFUSED: "Refused",
    RunStatus.UNKNOWN: "The outcome is not known",
}


def outcome_content(outcome: RunOutcome) -> Content:
    """Everything there is to say, most important first."""
    return Content("\n").join(_lines(outcome))


def _lines(outcome: RunOutcome) -> Iterator[Content]:
    title = _TITLES[outcome.status]
    if outcome.failed and not outcome.is_ok:
        title += f": {outcome.failed}"
    yield safe(title, 300).stylize("bold $text-success" if outcome.is_ok else "bold $text-error")
    if outcome.message:
        code = f"  ({outcome.code})" if outcome.code else ""
        yield safe_block(f"{outcome.message}{code}", 4000).stylize("$text-error")
    for label, text in (("detail", outcome.detail), ("hint", outcome.hint)):
        if text:
            yield _labelled(label, text)
    for holder in outcome.holders:
        yield _labelled("held by", holder.sentence())
    if outcome.place:
        yield _labelled("where", outcome.place)
    if outcome.excerpt is not None:
        yield Content("")
        yield from excerpt_lines(outcome.excerpt)
        yield Content("")
    yield _labelled("state", outcome.sentence, "bold")
    yield from _what_now(outcome)
    if outcome.trace:
        yield Content.styled("Innermost frames", "bold")
        yield from (safe(f"  {frame}", 400) for frame in outcome.trace)
    if outcome.output:
        yield Content.styled("The last that the project printed", "bold")
        yield safe_block(outcome.output, 16_000)


def _what_now(outcome: RunOutcome) -> Iterator[Content]:
    """What can be done, what else is to be known, and what there is to go back to."""
    if outcome.next_step:
        yield _labelled("next", outcome.next_step)
    for note in outcome.notes:
        yield _labelled("note", note)
    if outcome.backup:
        yield _labelled("backup", outcome.backup)


def excerpt_lines(excerpt: Excerpt) -> Iterator[Content]:
    """The lines of the file, the one at fault marked, a caret below it."""
    marked = False
    for line in excerpt.text().split("\n"):
        marked = line.startswith(">") or (marked and line.strip(" |^") == "")
        yield safe(line, 600).stylize("bold $text-error") if marked else safe(line, 600).stylize("dim")


def _labelled(label: str, text: str, style: str = "") -> Content:
    shown = safe(text, 2000)
    return Content.assemble((f"{label:<9}", "dim"), shown.stylize(style) if style else shown)
