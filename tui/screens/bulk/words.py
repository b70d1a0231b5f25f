"""A bulk in words: its plan before, its progress while it runs, how it ended. Pure; the database's text goes through
`safe`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from models.operations.bulk import RowResult, SetField, Undo, Verdict
from models.operations.text import counted, field_label, grouped
from tui.progress import pace_words
from tui.screens.dialogs.review import change_content
from tui.screens.progress import progress_line
from tui.screens.twins import twin
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from models.operations.bulk import BulkOutcome, BulkPlan, BulkProgress, Excluded, Sample, Selection

TWIN_IDS: Final = 12
"""Marks that the command line twin names one by one; more come from a file."""

_WORDS: Final = {
    RowResult.OK: "done",
    RowResult.UNCHANGED: "already so",
    RowResult.CONFLICT: "changed, deleted or gone",
    RowResult.DENIED: "not allowed",
    RowResult.ERROR: "failed",
    RowResult.PENDING: "not reached",
}


def plan_lines(plan: BulkPlan) -> Content:
    """Return the preview: the counts, who is left out and why, what follows from it."""
    counts = [f"{grouped(plan.changing)} will change"]
    if plan.done:
        counts.insert(0, f"{grouped(plan.done)} done before")
    if plan.unchanged:
        counts.append(f"{grouped(plan.unchanged)} already so")
    if plan.excluded_count:
        counts.append(f"{grouped(plan.excluded_count)} left out")
    lines = [Content(" · ".join(counts)).stylize("bold")]
    lines += [_excluded_line(one) for one in plan.excluded]
    lines += [Content("· ") + safe(effect, 300) for effect in plan.effects]
    lines += [Content("! ") + safe(sentence, 300) for sentence in plan.irreversible]
    if plan.changing:
        lines.append(Content(_manner(plan)).stylize("dim"))
    return Content("\n").join(lines)


def sample_lines(plan: BulkPlan) -> Content:
    """Return the first ten of those who will change, and what changes."""
    if not plan.samples:
        return Content("")
    shown = "The first of them" if plan.changing > len(plan.samples) else "They are"
    return Content("\n").join([Content(shown).stylize("dim"), *map(_sample_line, plan.samples)])


def selection_line(selection: Selection) -> Content:
    """Return whom it is about: `inactive, holds the role "support" · 720 users`."""
    if selection.words.endswith(("marked user", "marked users")):
        return safe(selection.words, 300)
    return Content.assemble(safe(selection.words, 300), f" · {counted(len(selection), 'user')}")


def _manner(plan: BulkPlan) -> str:
    if plan.is_atomic:
        return "In one transaction: all of it, or nothing."
    return f"In batches of {grouped(plan.batch_size)}, each all or nothing; it can be stopped between them and resumed."


def _excluded_line(one: Excluded) -> Content:
    more = ", …" if one.count > len(one.labels) else ""
    names = Content(", ").join([safe(label, 50) for label in one.labels])
    return Content.assemble(f"  {grouped(one.count)} left out, {one.reason}: ", names, more)


def _sample_line(sample: Sample) -> Content:
    changes = Content(", ").join(
        [change_content(change, {change.field: field_label(change.field)}) for change in sample.changes[:2]]
    )
    return Content.assemble("  ", safe(sample.label, 30), f" #{sample.id}  ", changes)


def progress_lines(progress: BulkProgress | None, plan: BulkPlan) -> Content:
    """Return the bar, how far it is, how fast, and for how long still."""
    if progress is None or plan.is_atomic:
        return Content(f"Writing {counted(plan.changing, 'user')} in one transaction ...")
    words = pace_words(
        f"{grouped(progress.done)} of {grouped(progress.total)}", rate=progress.rate, left=progress.seconds_left
    )
    return progress_line(progress.done / progress.total if progress.total else 1.0, words)


def counts_line(outcome: BulkOutcome) -> Content:
    """Return `98 204 done · 1 500 already so · 296 not allowed`."""
    return Content(" · ".join(f"{grouped(number)} {_WORDS[result]}" for result, number in outcome.counts.items()))


def result_word(verdict: Verdict) -> str:
    """Return how a user ended, in a word or two."""
    return _WORDS[verdict.result]


def bulk_twin(command: str, plan: BulkPlan) -> str:
    """Return the command line that does the same; "" for more marks than anybody would type."""
    verb, selection = plan.verb, plan.selection
    if isinstance(verb, Undo):
        words: list[object] = ["audit", "undo", "--batch", verb.batch_id]
        words += ["--confirm", plan.confirmation] if plan.confirmation != "y" else []
        words += ["--ticket", plan.ticket] if plan.ticket else []
        return twin(command, *words, reason=plan.reason)
    words = ["users", "bulk", verb.name]
    if isinstance(verb, SetField):
        value = verb.value
        told = ("yes" if value else "no") if isinstance(value, bool) else value or ""
        words += ["--set", f"{verb.field}={told}"]
    elif hasattr(verb, "role"):
        words += ["--role", verb.role]
        until = getattr(verb, "expires_at", None)
        words += ["--until", until.isoformat()] if until else []
    if selection.query:
        words += ["--query", selection.query]
    elif len(selection) <= TWIN_IDS:
        words += ["--ids", ",".join(map(str, selection.ids))]
    else:
        return ""
    if plan.confirmation != "y":
        words += ["--confirm", plan.confirmation]
    return twin(command, *words, reason=plan.reason)
