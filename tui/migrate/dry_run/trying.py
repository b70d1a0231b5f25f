"""The measured dry run: what is pending is run, measured, and all taken back.

    report = await dry_run(plan)

On PostgreSQL in one transaction that is rolled back, on SQLite on a copy. Headless: the command line and the screen
call the same function; how it reads is in `tui.migrate.dry_run.words`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.dry_run.measured import Lock, MeasuredFile, Traces, Verdict, files_of, traces_of
from tui.migrate.running.events import Finished, Holder, StatementStarted, Waiting, as_holder
from tui.migrate.running.faults import LOCK_TIMEOUT, Fault
from tui.migrate.running.jobs import run_job
from tui.migrate.source.excerpt import Excerpt, locate_line, locate_statement, show_statement
from tui.migrate.source.files import MigrationFile, read_files
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.running.events import Event
    from tui.migrate.running.jobs import JobEnd

STATEMENT_TIMEOUT: Final = "57014"


class DryStatus(StrEnum):
    """How it ended. Whichever it is, the database is as it was."""

    MEASURED = "measured"
    FAILED = "failed"
    """A statement, or what COMMIT would run, fails: applying would fail there too."""
    TOO_LONG = "too long"
    LOCKED_OUT = "locked out"
    """A table was not had within its second."""
    IN_THE_WAY = "in the way"
    """Others waited for what it held, and it gave up."""
    LOCK_HELD = "lock held"
    """Another upgrade runs."""
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a dry run found. `files` as far as it came, the last one in the middle when it did not end."""

    status: DryStatus
    dialect: str | None = None
    files: tuple[MeasuredFile, ...] = ()
    traces: Traces = field(default_factory=Traces)
    held_ms: float | None = None
    """How long it held what it took."""
    stopped: str | None = None
    """The file that did not end."""
    fault: Fault | None = None
    path: Path | None = None
    line: int | None = None
    excerpt: Excerpt | None = None
    at_commit: bool = False
    """It fails only when it is committed."""
    wanted: Lock | None = None
    """What was waited for in vain."""
    holders: tuple[Holder, ...] = ()
    """Who held that, or who waited for the dry run."""
    message: str = ""
    """Why it did not begin, in a sentence that is safe to show."""

    @property
    def is_ok(self) -> bool:
        return self.status is DryStatus.MEASURED

    @property
    def verdict(self) -> Verdict:
        """The worst of all files."""
        return max((file.verdict for file in self.files), default=Verdict.OK)


def why_not_dry(plan: RunPlan) -> str | None:
    """Why a plan cannot be tried, in a sentence that names the files; None when it can."""
    if plan.refusals:
        return " ".join(plan.refusals)
    if plan.create:
        return "The database does not exist yet: there is nothing in it to measure."
    loose = [file.version for file in plan.files if not file.transactional]
    if loose:
        runs = "do not run" if len(loose) > 1 else "does not run"
        return (
            f"{', '.join(loose)} {runs} in a transaction, so that nothing would take back what was tried. "
            "Try the files before it, or apply it where it does no harm."
        )
    return None


async def dry_run(
    plan: RunPlan, on_event: Callable[[Event], object] | None = None, *, cancel: asyncio.Event | None = None
) -> DryRun:
    """Runs the plan's files and takes everything back. `on_event` hears each event in order; set `cancel` to stop.

    Raises `ProjectError` without consent to run a foreign project, OSError when no process can be started.
    """
    if reason := why_not_dry(plan):
        return DryRun(DryStatus.REFUSED, message=reason)
    read = await asyncio.to_thread(read_files, plan.project)
    files = {file.version: file for file in read}
    waited: list[Waiting] = []

    def hear(event: Event) -> None:
        if isinstance(event, Waiting):
            waited.append(event)
        if on_event is not None:
            on_event(_with_line(event, files) if isinstance(event, StatementStarted) else event)

    order = {
        "job": "dry_run",
        "files": [[file.version, file.sha256] for file in plan.files],
        "expected": [list(row) for row in plan.expected],
    }
    end = await run_job(plan.project, order, hear, cancel=cancel)
    if end.finished is None:
        return DryRun(DryStatus.FAILED, fault=end.fault, message="Nothing was changed: what had begun is taken back.")
    return _judged(plan, end, end.finished, files, waited)


def _judged(
    plan: RunPlan, end: JobEnd, finished: Finished, files: dict[str, MigrationFile], waited: list[Waiting]
) -> DryRun:
    values = finished.values
    digests = {file.version: file.sha256 for file in plan.files}
    measured = tuple(_with_lines(file, files.get(file.version)) for file in files_of(values, digests))
    found = DryRun(
        DryStatus.MEASURED,
        end.connected.dialect if end.connected is not None else None,
        measured,
        traces_of(values),
        values.get("held_ms"),
        stopped=None if finished.outcome == "measured" else values.get("file"),
    )
    match finished.outcome:
        case "measured":
            return found
        case "changed":
            return replace(found, status=DryStatus.CHANGED, message=sanitise(values.get("reason"), 2000))
        case "in_the_way":
            holders = tuple(as_holder(each) for each in values["holders"])
            return replace(found, status=DryStatus.IN_THE_WAY, holders=holders)
        case "lock_held":
            return replace(found, status=DryStatus.LOCK_HELD, holders=waited[-1].holders if waited else ())
        case "too_long":
            return replace(found, status=DryStatus.TOO_LONG)
        case "cancelled":
            return replace(found, status=DryStatus.CANCELLED)
    return _failed(found, end, values, files)


def _failed(found: DryRun, end: JobEnd, values: Any, files: dict[str, MigrationFile]) -> DryRun:
    """What failed, and where in the file; a limit of ours that was reached is no failure of the file."""
    error = values.get("error") or {}
    status = DryStatus.FAILED
    if error.get("code") == LOCK_TIMEOUT:
        status = DryStatus.LOCKED_OUT
        wanted = values.get("wanted") or {}
        if wanted:
            holders = tuple(as_holder(each) for each in wanted["holders"])
            found = replace(found, wanted=Lock(wanted["on"], wanted["mode"]), holders=holders)
    elif error.get("code") == STATEMENT_TIMEOUT:
        status = DryStatus.TOO_LONG
    found = replace(found, status=status, fault=end.fault, at_commit=values.get("stage") == "commit")
    file = files.get(values.get("file") or "")
    if file is None:
        return found
    found = replace(found, path=file.path)
    if error.get("kind") == "statement":
        if place := locate_statement(file, error):
            return replace(found, line=place[0].line, excerpt=place[1])
        return replace(found, excerpt=show_statement(error))
    line = error.get("line")
    if isinstance(line, int):
        return replace(found, line=line, excerpt=locate_line(file.path, line))
    return found


def _with_lines(measured: MeasuredFile, file: MigrationFile | None) -> MeasuredFile:
    if file is None:
        return measured
    return replace(
        measured,
        statements=tuple(
            replace(each, line=_line(file, each.text, each.offset)) if each.number else each
            for each in measured.statements
        ),
    )


def _with_line(event: StatementStarted, files: dict[str, MigrationFile]) -> StatementStarted:
    file = files.get(event.version)
    return event if file is None else replace(event, line=_line(file, event.text, event.offset))


def _line(file: MigrationFile, text: str, offset: int) -> int | None:
    """The statement's line in the file, where its SQL stands there as it was sent."""
    if file.up.sql is None or not file.up.sql.startswith(text, offset):
        return None
    place = file.place("up", offset)
    return place.line if place else None
