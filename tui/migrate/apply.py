"""Applying a plan: the worker process does it, this side listens, gives up, cancels, and tells how it ended.

    plan = plan_apply(project, look.listing)
    outcome = await apply_plan(plan, on_event)

Headless: the command line and the screens call the same two functions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING

from models.engines.errors import DatabaseError
from tui.migrate.allowed import apply_refusals
from tui.migrate.audit import record_apply
from tui.migrate.events import (
    BackedUp,
    Connected,
    Event,
    FileDone,
    FileStarted,
    Finished,
    Holder,
    Locked,
    StatementStarted,
    Waiting,
)
from tui.migrate.files import MigrationFile, read_files
from tui.migrate.inspecting import inspect
from tui.migrate.judging import judge, judge_lost, never_began
from tui.migrate.outcome import RunOutcome, RunStatus
from tui.migrate.planning import Caution, PlannedFile, RunPlan, plan_apply, plan_next
from tui.migrate.worker import Worker, start_worker

if TYPE_CHECKING:
    from pathlib import Path

    from models.operations import Actor
    from tui.database import Database

Listener = Callable[[Event], object]


async def apply_plan(
    plan: RunPlan,
    on_event: Listener | None = None,
    *,
    give_up: float | None = None,
    cancel: asyncio.Event | None = None,
    actor: Actor | None = None,
    database: Database | None = None,
) -> RunOutcome:
    """Applies the files of a plan one by one, each with its row, and stops at the first that fails.

    `on_event` is called in order with each event, in this task. `give_up`: seconds to wait for another upgrade's lock
    (0: not at all, None: as long as it takes); then the outcome is LOCK_HELD. Set `cancel` to stop: the file that runs
    is rolled back and the outcome tells so, but a COMMIT that was sent is waited for. Cancelling this task instead ends
    the worker too, and loses the outcome.

    `actor`, with a session, is asked again whether it may. With our own open `database` it leaves an audit row once
    that database is current; when it cannot be written, `outcome.message` says so.
    Raises `ProjectError` without the person's consent to run a foreign project, OSError when no process can be started.
    """
    if plan.refusals:
        return RunOutcome(RunStatus.REFUSED, "Nothing was changed.", message=" ".join(plan.refusals))
    if actor is not None and (refusals := await apply_refusals(actor)):
        reasons = " ".join(refusal.reason for refusal in refusals)
        return RunOutcome(RunStatus.REFUSED, "Nothing was changed.", message=reasons)
    if plan.create:
        _make_room(plan)
    outcome = await _Run(plan, on_event, give_up, cancel).outcome()
    if actor is not None and database is not None and plan.project.is_own:
        try:
            await record_apply(plan, outcome, actor, database)
        except DatabaseError as error:
            # What was applied stays applied, and that is what has to be told.
            said = f"The audit row was not written. {error.sentence}"
            outcome = replace(outcome, message=f"{outcome.message} {said}".strip())
    return outcome


@dataclass(slots=True)
class _Run:
    """What is known of a run while it goes on."""

    plan: RunPlan
    on_event: Listener | None
    give_up: float | None
    cancel: asyncio.Event | None
    files: dict[str, MigrationFile] = field(default_factory=dict)
    begun: str | None = None
    backend: int | None = None
    backup: str | None = None
    waited_for: tuple[Holder, ...] = ()
    gave_up: bool = False
    milliseconds: dict[str, float] = field(default_factory=dict)
    _since: float = 0.0
    _timer: asyncio.Task[None] | None = None

    async def outcome(self) -> RunOutcome:
        read = await asyncio.to_thread(read_files, self.plan.project)
        self.files = {file.version: file for file in read}
        order = {
            "job": "run",
            "action": str(self.plan.action),
            "files": [[file.version, file.sha256] for file in self.plan.files],
            "expected": [list(row) for row in self.plan.expected],
            "create": self.plan.create,
        }
        finished: Finished | None = None
        async with start_worker(self.plan.project, order) as worker:
            watching = asyncio.create_task(self._watch_cancel(worker))
            try:
                async for event in worker.events():
                    await self._hear(event, worker)
                    if isinstance(event, Finished):
                        finished = event
            finally:
                watching.cancel()
                self._stop_timer()
        # Left the block: the process is gone, its last words are there.
        if finished is None:
            outcome = replace(await self._of_the_dead(worker.end), output=worker.output)
        else:
            outcome = judge(
                self.plan,
                finished,
                self.files,
                output=worker.output,
                waited_for=self.waited_for,
                gave_up=self.gave_up,
            )
        return replace(outcome, backup=self.backup, milliseconds=self.milliseconds)

    async def _of_the_dead(self, how: str) -> RunOutcome:
        """The outcome when the worker said nothing at its end."""
        if self.begun is None:
            return never_began(how)
        found = await inspect(self.plan.project, after_backend=self.backend)
        return judge_lost(self.plan, how, self.begun, found)

    async def _hear(self, event: Event, worker: Worker) -> None:
        match event:
            case Connected(pid=pid):
                self.backend = pid
            case FileStarted(version=version):
                self.begun, self._since = version, monotonic()
            case FileDone(version=version):
                self.milliseconds[version] = round((monotonic() - self._since) * 1000, 1)
            case BackedUp(path=path):
                self.backup = path
            case StatementStarted():
                event = self._with_line(event)
            case Waiting(on=on, holders=holders):
                self.waited_for = holders
                if on == "lock" and self.give_up is not None and self._timer is None:
                    self._timer = asyncio.create_task(self._give_up_later(self.give_up, worker))
            case Locked():
                self._stop_timer()
        if self.on_event is not None:
            self.on_event(event)

    def _with_line(self, event: StatementStarted) -> StatementStarted:
        """The statement's line in the file, where its SQL stands there as it was sent."""
        file = self.files.get(event.version)
        if file is None or file.up.sql is None or not file.up.sql.startswith(event.text, event.offset):
            return event
        place = file.place("up", event.offset)
        return replace(event, line=place.line) if place else event

    async def _watch_cancel(self, worker: Worker) -> None:
        if self.cancel is not None:
            await self.cancel.wait()
            await worker.cancel()

    async def _give_up_later(self, seconds: float, worker: Worker) -> None:
        await asyncio.sleep(seconds)
        self.gave_up = True
        await worker.cancel()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _make_room(plan: RunPlan) -> None:
    """The directory of an SQLite file that is to be made, 0700 as all that are made for it."""
    url = plan.project.own_url
    path: Path | None = url.path if url is not None else None
    if path is None:
        return
    for place in reversed([each for each in path.parents if not each.exists()]):
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)


__all__ = [
    "Caution",
    "Event",
    "Listener",
    "PlannedFile",
    "RunOutcome",
    "RunPlan",
    "RunStatus",
    "apply_plan",
    "plan_apply",
    "plan_next",
]
