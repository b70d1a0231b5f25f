"""From what the worker said last to the outcome: the place in the file, the state of the database, the next step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.plans.action import Action
from tui.migrate.running.faults import LOCK_TIMEOUT, NO_PRIVILEGE, Fault, fault_of
from tui.migrate.running.outcome import RunOutcome, RunStatus
from tui.migrate.source.excerpt import locate_line, locate_statement, show_statement
from tui.migrate.source.files import Direction, MigrationFile, number_of
from tui.migrate.wording import listed, state_sentence
from tui.sanitise import sanitise

_RECOVER: Final = "recovery (R in the list, `shellback migrate recover`)"

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.running.events import Finished, Holder
    from tui.migrate.running.inspecting import Inspection


def judge(
    plan: RunPlan,
    finished: Finished,
    files: Mapping[str, MigrationFile],
    *,
    output: str = "",
    waited_for: Sequence[Holder] = (),
    gave_up: bool = False,
) -> RunOutcome:
    """The outcome that a `Finished` event tells. `files` are those of the plan as they were read before."""
    stay = _stay(plan, finished)
    match finished.outcome:
        case "done":
            outcome = RunOutcome(RunStatus.DONE, state_sentence(stay, is_changed=True), finished.done)
        case "changed":
            outcome = RunOutcome(
                RunStatus.CHANGED,
                state_sentence(stay, is_changed=bool(finished.done)),
                finished.done,
                finished.values.get("file"),
                message=sanitise(finished.values.get("reason"), 2000),
                next_step=f"Look at the list again, and {plan.action} what is to be done then.",
            )
        case "cancelled":
            outcome = _cancelled(plan, finished, stay, waited_for, gave_up)
        case _:
            outcome = _failed(plan, finished, files, stay, output, waited_for)
    return replace(outcome, notes=notes_of(finished))


def never_began(how: str) -> RunOutcome:
    """The worker died before the first file: while it started, or in the project's configuration."""
    return RunOutcome(
        RunStatus.FAILED,
        "Nothing was changed.",
        message=_death(how),
        next_step="Look at what the project printed, mend it, then try again.",
    )


def judge_lost(plan: RunPlan, how: str, begun: str, found: Inspection, *, is_dead: bool = True) -> RunOutcome:
    """The worker died without a word in or after the file `begun`, or (not `is_dead`) lost the database at COMMIT and
    could not ask it. `found` is what the database said afterwards."""
    message = _death(how) if is_dead else "COMMIT was not confirmed."
    if found.fault is not None:
        return RunOutcome(
            RunStatus.UNKNOWN,
            "Whether the last file was applied is not known: the database did not answer afterwards.",
            failed=begun,
            message=message,
            detail=found.fault.message,
            next_step="Look at the list again once the database answers: it shows what is applied.",
        )
    rows = found.rows or ()
    there = {row.version for row in rows if row.app == plan.project.app}
    done = tuple(version for version in plan.versions if (version in there) != plan.action.is_down)
    stay = _numbers(there)
    if len(done) == len(plan.files):
        return RunOutcome(RunStatus.DONE, state_sentence(stay, is_changed=True), done, message=message)
    if begun in done:
        return RunOutcome(
            RunStatus.FAILED,
            state_sentence(stay),
            done,
            message=message,
            next_step=f"Nothing is half done. {_upper(plan.action)} the rest again.",
        )
    planned = next(file for file in plan.files if file.version == begun)
    if planned.transactional or not plan.action.runs_sql:
        sentence = state_sentence(stay, str(planned.number), action=plan.action)
        step = f"Nothing is half done. {_upper(plan.action)} again."
    else:
        kept = state_sentence(stay) if stay else ""
        sentence = (
            f"{kept} {planned.number} runs outside a transaction: some of its statements may remain done.".strip()
        )
        step = f"{_upper(_RECOVER)} tells how far {begun} came, and goes on from there."
    return RunOutcome(RunStatus.FAILED, sentence, done, begun, message=message, next_step=step)


def _death(how: str) -> str:
    return f"The worker process died: {how}." if how else "The worker process died."


def _cancelled(
    plan: RunPlan, finished: Finished, stay: Sequence[int], waited_for: Sequence[Holder], gave_up: bool
) -> RunOutcome:
    values = finished.values
    version = values.get("file")
    if gave_up:
        return RunOutcome(
            RunStatus.LOCK_HELD,
            state_sentence(stay),
            finished.done,
            message="Another upgrade of this database is running.",
            next_step=f"Wait until it is over, look at the list, and {plan.action} what is to be done then.",
            holders=tuple(waited_for),
        )
    in_the_middle = version is not None and version not in finished.done
    return RunOutcome(
        RunStatus.CANCELLED,
        _state(plan, finished, stay, version if in_the_middle else None),
        finished.done,
        version if in_the_middle else None,
        message="Cancelled.",
        next_step=_again_after_cancel(plan, values),
    )


def _failed(
    plan: RunPlan,
    finished: Finished,
    files: Mapping[str, MigrationFile],
    stay: Sequence[int],
    output: str,
    waited_for: Sequence[Holder],
) -> RunOutcome:
    values = finished.values
    version = values.get("file")
    if version in finished.done:
        # What stopped the run came after it.
        version = None
    fault = fault_of(values, output)
    outcome = RunOutcome(
        RunStatus.FAILED,
        _state(plan, finished, stay, version) if version or finished.done else "Nothing was changed.",
        finished.done,
        version,
        message=fault.message,
        detail=fault.detail,
        hint=fault.hint,
        code=fault.code,
        output=output,
        trace=fault.trace,
        next_step=_next_step(plan, fault, version, values),
        holders=tuple(waited_for) if fault.code == LOCK_TIMEOUT else (),
    )
    file = files.get(version) if version else None
    if file is None:
        path = plan.project.root / "pyproject.toml" if values.get("stage") == "project" else None
        return outcome if plan.project.is_own else replace(outcome, path=path)
    return _placed(replace(outcome, path=file.path), file, values.get("error") or {}, plan.direction)


def _placed(outcome: RunOutcome, file: MigrationFile, error: Mapping[str, Any], direction: Direction) -> RunOutcome:
    """The outcome with the line and the excerpt, as far as they are known."""
    if error.get("kind") == "statement":
        if found := locate_statement(file, error, direction):
            place, excerpt = found
            return replace(outcome, line=place.line, excerpt=excerpt)
        return replace(outcome, excerpt=show_statement(error))
    line = error.get("line")
    if isinstance(line, int):
        return replace(outcome, line=line, excerpt=locate_line(file.path, line))
    return outcome


def _stay(plan: RunPlan, finished: Finished) -> list[int]:
    """The numbers of this app that have a row now."""
    app = plan.project.app
    rows = finished.values.get("applied")
    if rows is not None:
        return _numbers([row["version"] for row in rows if row["app"] == app])
    # Not asked: what there was, and what this run did to it.
    before = {version for of_app, version in plan.expected if of_app == app}
    done = set(finished.done)
    return _numbers(before - done if plan.action.is_down else before | done)


def _state(plan: RunPlan, finished: Finished, stay: Sequence[int], version: str | None) -> str:
    values = finished.values
    if version and (kept := values.get("kept")):
        return _kept(plan, finished, stay, version, str(kept))
    stopped = _short(version) if version else ""
    if plan.at_once and version:
        stopped = listed([str(file.number) for file in plan.files])
    return state_sentence(
        stay,
        stopped,
        transactional=bool(values.get("transactional", True)),
        done=int(values.get("statements_done") or 0),
        total=int(values.get("statements") or 0),
        action=plan.action,
        is_changed=bool(finished.done),
    )


def _kept(plan: RunPlan, finished: Finished, stay: Sequence[int], version: str, kept: str) -> str:
    """Of a file that was held by a transaction, and whose changes are there although it did not end."""
    rows = finished.values.get("applied")
    has_row = any((row["app"], row["version"]) == (plan.project.app, version) for row in rows or ())
    others = state_sentence([number for number in stay if number != number_of(version)]) if len(stay) > has_row else ""
    name = _short(version) if plan.action is Action.APPLY else f"the {plan.action} of {_short(version)}"
    what = f"{_upper(name)} did not end, and what it did is there"
    if kept == "some":
        what = f"{_upper(name)} ended its transaction itself: what it did before that is there"
    recorded = "whether it is recorded as applied is not known"
    if rows is not None:
        recorded = "it is recorded as applied" if has_row else "it is not recorded as applied"
    return f"{others} {what}; {recorded}.".strip()


def notes_of(finished: Finished) -> tuple[str, ...]:
    """What else is to be known: a COMMIT that had to be asked for, an index left invalid, a log that is elsewhere."""
    values = finished.values
    left = values.get("left")
    broken = f"{left} The next attempt drops it and builds it anew." if left else ""
    return tuple(sanitise(each, 1000) for each in (values.get("settled"), broken, values.get("log")) if each)


def _is_partial(values: Mapping[str, Any]) -> bool:
    """Whether a file without a transaction had begun: the list calls it PARTIAL then."""
    return not values.get("transactional", True) and bool(values.get("statements"))


def _again_after_cancel(plan: RunPlan, values: Mapping[str, Any]) -> str:
    if values.get("kept"):
        return f"{_upper(_RECOVER)} shows the ways on."
    if _is_partial(values):
        return f"{_upper(_RECOVER)} goes on where it stopped."
    return f"{_upper(plan.action)} again when you are ready."


def _next_step(plan: RunPlan, fault: Fault, version: str | None, values: Mapping[str, Any]) -> str:
    again = f"{plan.action} again"
    if values.get("kept"):
        return f"{_upper(_RECOVER)} shows the ways on."
    if values.get("stage") == "commit":
        return f"Look at the list, and {plan.action} what is to be done then."
    if fault.is_stopped:
        return f"Mend what it names, then {again}."
    if values.get("stage") == "connect":
        return f"Check that the database is there and lets you in, then {again}."
    if values.get("stage") == "project" or version is None:
        return f"Mend the project's configuration, then {again}."
    if fault.code == LOCK_TIMEOUT:
        return f"Somebody's transaction holds the table. Wait until it is over, or end it, then {again}."
    if _is_partial(values):
        return f"Mend what stopped {version}; {_RECOVER} then goes on where it stopped."
    if fault.code == NO_PRIVILEGE:
        return f"The role of this connection may not do that: connect as the owner of what it names, then {again}."
    return f"Correct {version}, or the data that it met, then {again}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _numbers(versions: Sequence[str] | set[str]) -> list[int]:
    return sorted(number for version in versions if (number := number_of(version)) is not None)


def _short(version: str) -> str:
    number = number_of(version)
    return str(number) if number is not None else sanitise(version, 100)
