"""One run while it goes on, seen from this side: its order, what the worker told of it, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.past.journals import mark_told, run_order
from tui.migrate.running.events import (
    BackedUp,
    Connected,
    Event,
    FileDone,
    FileStarted,
    Finished,
    Holder,
    Locked,
    Retrying,
    StatementStarted,
    Waiting,
)
from tui.migrate.running.inspecting import inspect
from tui.migrate.running.judging import judge, judge_lost, never_began, notes_of
from tui.migrate.running.outcome import RunOutcome, RunStatus
from tui.migrate.running.worker import Worker, start_worker
from tui.migrate.source.files import MigrationFile, read_files
from tui.settings import state_dir

if TYPE_CHECKING:
    from models.operations import Actor
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.running.ahead import Ahead

Listener = Callable[[Event], object]

LOCK_TIMEOUT_S: Final = 3.0
RETRIES: Final = 5


@dataclass(frozen=True, slots=True)
class RunOptions:
    """`lock_timeout`: seconds that a statement waits for a table of PostgreSQL. `retries`: how often what gave up then
    is tried again, with pauses of 1, 2, 4, 8 and 15 seconds."""

    lock_timeout: float = LOCK_TIMEOUT_S
    retries: int = RETRIES


class Blockers:
    """The way to whoever is in the way of a run: its worker is asked, and says `Answered`."""

    def __init__(self) -> None:
        self._worker: Worker | None = None

    async def end(self, pid: int, how: str) -> None:
        """`how`: "cancel" the statement, or "terminate" the session. Nothing, when the run is over."""
        if self._worker is not None:
            await self._worker.end_backend(pid, how)

    def attach(self, worker: Worker | None) -> None:
        self._worker = worker


@dataclass(slots=True)
class Run:
    """What is known of a run while it goes on."""

    plan: RunPlan
    on_event: Listener | None
    give_up: float | None
    cancel: asyncio.Event | None
    actor: Actor | None = None
    options: RunOptions = field(default_factory=lambda: RunOptions())
    blockers: Blockers | None = None
    ahead: Ahead | None = None
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
        finished: Finished | None = None
        order = self.order()
        async with start_worker(self.plan.project, order, ahead=self.ahead) as worker:
            watching = asyncio.create_task(self._watch_cancel(worker))
            if self.blockers is not None:
                self.blockers.attach(worker)
            try:
                async for event in worker.events():
                    await self._hear(event, worker)
                    if isinstance(event, Finished):
                        finished = event
            finally:
                watching.cancel()
                self._stop_timer()
                if self.blockers is not None:
                    self.blockers.attach(None)
        # Left the block: the process is gone, its last words are there.
        if finished is None or _is_lost(finished):
            notes = notes_of(finished) if finished is not None else ()
            outcome = replace(
                await self._of_the_dead(worker.end, is_dead=finished is None), output=worker.output, notes=notes
            )
        else:
            outcome = judge(
                self.plan,
                finished,
                self.files,
                output=worker.output,
                waited_for=self.waited_for,
                gave_up=self.gave_up,
            )
        if outcome.status is not RunStatus.UNKNOWN:
            # Else the next look says what became of it.
            await asyncio.to_thread(mark_told, Path(order["journal"]))
        return replace(outcome, backup=self.backup, milliseconds=self.milliseconds)

    def order(self) -> dict[str, Any]:
        """What the worker is told."""
        plan = self.plan
        return {
            "job": "run",
            "action": str(plan.action),
            "files": [[file.version, file.sha256] for file in plan.files],
            "outside": [file.version for file in plan.files if not file.transactional],
            "expected": [list(row) for row in plan.expected],
            "create": plan.create,
            "at_once": plan.at_once,
            "resume": dict(plan.resume),
            "lock_timeout": self.options.lock_timeout,
            "retries": self.options.retries,
            "locks": str(state_dir() / "migrations" / "locks"),
            **run_order(plan, self.actor),
        }

    async def _of_the_dead(self, how: str, *, is_dead: bool = True) -> RunOutcome:
        """The outcome when the worker said nothing at its end."""
        if self.begun is None:
            return never_began(how)
        found = await inspect(self.plan.project, after_backend=self.backend)
        return judge_lost(self.plan, how, self.begun, found, is_dead=is_dead)

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
            case Retrying(holders=holders) if holders:
                self.waited_for = holders
            case Locked():
                self._stop_timer()
        if self.on_event is not None:
            self.on_event(event)

    def _with_line(self, event: StatementStarted) -> StatementStarted:
        """The statement's line in the file, where its SQL stands there as it was sent."""
        file = self.files.get(event.version)
        direction = self.plan.direction
        sql = file.script(direction).sql if file is not None else None
        if file is None or sql is None or not sql.startswith(event.text, event.offset):
            return event
        place = file.place(direction, event.offset)
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


def _is_lost(finished: Finished) -> bool:
    """Whether the worker lost its connection at COMMIT, and could not ask afterwards what became of it."""
    return finished.values.get("stage") == "commit" and "applied" not in finished.values
