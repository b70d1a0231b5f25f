"""Bulks in words: the preview, what became of it, and the exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.operations.bulk import BulkStatus, RowResult
from models.operations.text import counted, grouped
from tui.cli.exits import Exit
from tui.cli.output import line, note
from tui.cli.plans import forbids, note_doubt, refusal_words
from tui.progress import pace_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.operations.bulk import BulkOutcome, BulkPlan, BulkProgress

_EXITS: Final = {
    BulkStatus.REFUSED: Exit.REFUSED,
    BulkStatus.FAILED: Exit.FAILED,
    BulkStatus.UNKNOWN: Exit.UNKNOWN,
    BulkStatus.STOPPED: Exit.INTERRUPTED,
}

_BY_RESULT: Final = (
    (RowResult.ERROR, Exit.FAILED),
    (RowResult.PENDING, Exit.FAILED),
    (RowResult.CONFLICT, Exit.CONFLICT),
    (RowResult.DENIED, Exit.REFUSED),
)


def print_plan(plan: BulkPlan, say: Callable[[object], None] = line) -> None:
    """The whole preview, one fact a line."""
    chosen = f"{grouped(plan.total)} selected ({plan.selection.words})"
    say(f"{plan.verb.words()}: {counted(plan.changing, 'user')} of {chosen}")
    if plan.done:
        say(f"  done before: {grouped(plan.done)}")
    if plan.unchanged:
        say(f"  already so: {grouped(plan.unchanged)}")
    for one in plan.excluded:
        names = ", ".join(one.labels) + (", ..." if one.count > len(one.labels) else "")
        say(f"  left out: {grouped(one.count)}, {one.reason}: {names}")
    for sample in plan.samples:
        changes = ", ".join(
            f"{change.field}: {_value(change.before)} -> {_value(change.after)}" for change in sample.changes
        )
        say(f"  {sample.label} #{sample.id}: {changes}")
    if plan.changing > len(plan.samples):
        say(f"  and {grouped(plan.changing - len(plan.samples))} more")
    facts = [("also", effect) for effect in plan.effects] + [("cannot be undone", loss) for loss in plan.irreversible]
    for name, value in (*facts, ("reason", plan.reason), ("ticket", plan.ticket)):
        if value:
            say(f"  {name}: {value}")
    for error in plan.errors:
        say(f"  {error.field}: {error.sentence}")
    for refusal in plan.refusals:
        say(refusal_words(refusal))
    if plan.is_allowed and not plan.is_empty:
        size = grouped(plan.batch_size)
        say(
            "  in one transaction, all or nothing" if plan.is_atomic else f"  in batches of {size}, each all or nothing"
        )


def print_outcome(outcome: BulkOutcome) -> None:
    """The sentence, and each reason why somebody was not changed."""
    (line if outcome.is_ok else note)(outcome.sentence if outcome.is_ok else f"shellback: {outcome.sentence}")
    note_doubt(outcome.status, outcome.plan.op_id)
    for verdict, number in outcome.reasons().items():
        if verdict.result not in {RowResult.OK, RowResult.UNCHANGED}:
            note(f"  {grouped(number)}: {verdict.reason}")


def progress_words(progress: BulkProgress) -> str:
    """Return `5 000 of 80 000 users · 9 800/s · 8 s left · ctrl+c stops between batches`."""
    done = f"{grouped(progress.done)} of {grouped(progress.total)} users"
    words = pace_words(done, rate=progress.rate, left=progress.seconds_left)
    return " · ".join([*words, "ctrl+c stops between batches"])


def exit_of(outcome: BulkOutcome) -> Exit:
    """The exit code: 0 only where what was asked is true of everybody."""
    if outcome.status is not BulkStatus.DONE:
        return Exit.FAILED if outcome.plan.errors else _EXITS[outcome.status]
    return next((code for result, code in _BY_RESULT if outcome.count(result)), Exit.DONE)


def exit_of_plan(plan: BulkPlan) -> Exit:
    """The exit code of a dry run, and of a bulk with nobody to change."""
    if forbids(plan.refusals):
        return Exit.REFUSED
    if plan.errors:
        return Exit.FAILED
    left = {one.verdict.result for one in plan.excluded}
    return next((code for result, code in _BY_RESULT if result in left), Exit.DONE) if plan.is_empty else Exit.DONE


def _value(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
