"""From what the worker said last to the outcome: the place in the file, the state of the database, the next step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.migrate.excerpt import locate_line, locate_statement, show_statement
from tui.migrate.faults import LOCK_TIMEOUT, Fault, fault_of
from tui.migrate.files import MigrationFile, number_of
from tui.migrate.outcome import RunOutcome, RunStatus
from tui.migrate.wording import state_sentence
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.migrate.events import Finished, Holder
    from tui.migrate.inspecting import Inspection
    from tui.migrate.planning import RunPlan


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
    values = finished.values
    rows = values.get("applied")
    stay = _numbers([row["version"] for row in rows if row["app"] == plan.project.app] if rows else finished.done)
    version = values.get("file")
    match finished.outcome:
        case "done":
            return RunOutcome(RunStatus.DONE, state_sentence(stay), finished.done)
        case "changed":
            return RunOutcome(
                RunStatus.CHANGED,
                state_sentence(stay),
                finished.done,
                version,
                message=sanitise(values.get("reason"), 2000),
                next_step="Look at the list again, and apply what is pending then.",
            )
        case "cancelled":
            return _cancelled(finished, stay, waited_for, gave_up)
    return _failed(plan, finished, files, stay, output, waited_for)


def never_began(how: str) -> RunOutcome:
    """The worker died before the first file: while it started, or in the project's configuration."""
    return RunOutcome(
        RunStatus.FAILED,
        "Nothing was changed.",
        message=_death(how),
        next_step="Look at what the project printed, mend it, then apply again.",
    )


def judge_lost(plan: RunPlan, how: str, begun: str, found: Inspection) -> RunOutcome:
    """The worker died without a word in or after the file `begun`. `found` is what the database said afterwards."""
    message = _death(how)
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
    done = tuple(version for version in plan.versions if version in there)
    stay = _numbers(there)
    if len(done) == len(plan.files):
        return RunOutcome(RunStatus.DONE, state_sentence(stay), done, message=message)
    if begun in there:
        return RunOutcome(
            RunStatus.FAILED,
            state_sentence(stay),
            done,
            message=message,
            next_step="Nothing is half done. Apply the rest again.",
        )
    planned = next(file for file in plan.files if file.version == begun)
    if planned.transactional:
        sentence, step = state_sentence(stay, str(planned.number)), "Nothing is half done. Apply again."
    else:
        kept = state_sentence(stay) if stay else ""
        sentence = (
            f"{kept} {planned.number} runs outside a transaction: some of its statements may remain done.".strip()
        )
        step = f"Compare the database with the statements of {begun} before you apply again."
    return RunOutcome(RunStatus.FAILED, sentence, done, begun, message=message, next_step=step)


def _death(how: str) -> str:
    return f"The worker process died: {how}." if how else "The worker process died."


def _cancelled(finished: Finished, stay: Sequence[int], waited_for: Sequence[Holder], gave_up: bool) -> RunOutcome:
    values = finished.values
    version = values.get("file")
    if gave_up:
        return RunOutcome(
            RunStatus.LOCK_HELD,
            state_sentence(stay),
            finished.done,
            message="Another upgrade of this database is running.",
            next_step="Wait until it is over, look at the list, and apply what is pending then.",
            holders=tuple(waited_for),
        )
    in_the_middle = version is not None and version not in finished.done
    return RunOutcome(
        RunStatus.CANCELLED,
        _state(values, stay, version if in_the_middle else None),
        finished.done,
        version if in_the_middle else None,
        message="Cancelled.",
        next_step="Apply again when you are ready.",
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
    fault = fault_of(values, output)
    outcome = RunOutcome(
        RunStatus.FAILED,
        _state(values, stay, version) if version else "Nothing was changed.",
        finished.done,
        version,
        message=fault.message,
        detail=fault.detail,
        hint=fault.hint,
        code=fault.code,
        output=output,
        trace=fault.trace,
        next_step=_next_step(fault, version, values),
        holders=tuple(waited_for) if fault.code == LOCK_TIMEOUT else (),
    )
    file = files.get(version) if version else None
    if file is None:
        path = plan.project.root / "pyproject.toml" if values.get("stage") == "project" else None
        return outcome if plan.project.is_own else replace(outcome, path=path)
    return _placed(replace(outcome, path=file.path), file, values.get("error") or {})


def _placed(outcome: RunOutcome, file: MigrationFile, error: Mapping[str, Any]) -> RunOutcome:
    """The outcome with the line and the excerpt, as far as they are known."""
    if error.get("kind") == "statement":
        if found := locate_statement(file, error):
            place, excerpt = found
            return replace(outcome, line=place.line, excerpt=excerpt)
        return replace(outcome, excerpt=show_statement(error))
    line = error.get("line")
    if isinstance(line, int):
        return replace(outcome, line=line, excerpt=locate_line(file.path, line))
    return outcome


def _state(values: Mapping[str, Any], stay: Sequence[int], version: str | None) -> str:
    stopped = _short(version) if version else ""
    return state_sentence(
        stay,
        stopped,
        transactional=bool(values.get("transactional", True)),
        done=int(values.get("statements_done") or 0),
        total=int(values.get("statements") or 0),
    )


def _next_step(fault: Fault, version: str | None, values: Mapping[str, Any]) -> str:
    if fault.is_stopped:
        return "Mend what it names, then apply again."
    if values.get("stage") == "connect":
        return "Check that the database is there and lets you in, then apply again."
    if values.get("stage") == "project" or version is None:
        return "Mend the project's configuration, then apply again."
    if fault.code == LOCK_TIMEOUT:
        return "Somebody's transaction holds the table. Wait until it is over, or end it, then apply again."
    if not values.get("transactional", True):
        return f"Undo or finish by hand what {version} did, correct the file, then apply again."
    return f"Correct {version}, or the data that it met, then apply again."


def _numbers(versions: Sequence[str] | set[str]) -> list[int]:
    return sorted(number for version in versions if (number := number_of(version)) is not None)


def _short(version: str) -> str:
    number = number_of(version)
    return str(number) if number is not None else sanitise(version, 100)
