"""Plans and outcomes in words: what `--dry-run` prints, what is asked about, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations import Status
from tui.cli.exits import Exit
from tui.cli.output import line, note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from models.operations import Outcome, Plan, Refusal

EXITS = {
    Status.OK: Exit.DONE,
    Status.UNCHANGED: Exit.DONE,
    Status.REFUSED: Exit.REFUSED,
    Status.CONFLICT: Exit.CONFLICT,
    Status.GONE: Exit.CONFLICT,
    Status.ERROR: Exit.FAILED,
    Status.UNKNOWN: Exit.UNKNOWN,
}


def print_plan(plan: Plan, say: Callable[[object], None] = line) -> None:
    """The whole plan, one fact a line."""
    say(f"{plan.action}  {describe(plan)}")
    for change in plan.changes:
        say(f"  {change.field}: {value_words(change.before)} -> {value_words(change.after)}")
    for one in plan.skipped:
        say(f"  left as it is: {one.field} {one.sentence}")
    for effect in plan.effects:
        say(f"  also: {effect}")
    for loss in plan.irreversible:
        say(f"  cannot be undone: {loss}")
    for name, value in (("reason", plan.reason), ("ticket", plan.ticket)):
        if value:
            say(f"  {name}: {value}")
    print_obstacles(plan, say)
    if plan.is_allowed and plan.is_empty and not plan.effects:
        say("  nothing to change")


def print_obstacles(found: Plan | Outcome, say: Callable[[object], None] = line) -> None:
    """What stands against it: values that cannot be taken, rules that forbid it."""
    for error in found.errors:
        say(f"  {error.field}: {error.sentence}")
    for refusal in found.refusals:
        say(refusal_words(refusal))


def refusal_words(refusal: Refusal) -> str:
    """A rule that forbids it; or that the password is asked for, and how a script gives it."""
    if refusal.step_up is None:
        return f"  refused: {refusal.reason}"
    return f"  asks for your password again: shellback confirm {refusal.step_up}"


def forbids(refusals: Iterable[Refusal]) -> bool:
    """Whether anything is refused that no password would mend."""
    return any(refusal.step_up is None for refusal in refusals)


def print_outcome(outcome: Outcome) -> None:
    """One true sentence, on standard output where it was done, else on standard error with what stands against it."""
    if outcome.is_ok:
        line(outcome.sentence)
        return
    note(f"shellback: {outcome.sentence}")
    print_obstacles(outcome, note)
    for conflict in outcome.conflicts:
        by = f" by {conflict.by}" if conflict.by else ""
        note(
            f"  {conflict.field}: was {value_words(conflict.was)}, now {value_words(conflict.theirs)}{by}, "
            f"asked for {value_words(conflict.yours)}"
        )
    note_doubt(outcome.status, outcome.op_id)


def note_doubt(status: str, op_id: UUID | None) -> None:
    """Where nobody knows whether it happened: the command that asks again."""
    if status == Status.UNKNOWN and op_id is not None:
        note(f"  ask again, before anything else is done about it: shellback settle {op_id}")


def describe(plan: Plan) -> str:
    """The target as a person must recognise it: name, id, e-mail."""
    target = plan.target
    parts = [
        target.label,
        f"#{target.id}" if target.id is not None else "" if target.kind == "audit" else "(new)",
        target.email or "",
    ]
    return " ".join(part for part in parts if part)


def exit_of(outcome: Outcome) -> Exit:
    """The exit code of an outcome. A value that cannot be taken is a failure, a rule that forbids it a refusal."""
    if outcome.status is Status.REFUSED and outcome.errors and not outcome.refusals:
        return Exit.FAILED
    return EXITS[outcome.status]


def exit_of_plan(plan: Plan) -> Exit:
    """The exit code of a dry run: what applying it would end with, as far as is known now."""
    if forbids(plan.refusals):
        return Exit.REFUSED
    return Exit.FAILED if plan.errors else Exit.DONE


def value_words(value: object) -> str:
    """A value as a plan shows it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    return str(value)
