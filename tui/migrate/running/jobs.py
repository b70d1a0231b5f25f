"""One job of the worker process from its order to its end, for jobs that answer once. `apply` has a run of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.migrate.running.events import Connected, Event, Finished
from tui.migrate.running.faults import Fault, fault_of
from tui.migrate.running.worker import Worker, start_worker

if TYPE_CHECKING:
    from tui.migrate.running.ahead import Ahead
    from tui.migrate.source.project import Project


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a job ended. Without `fault` its answer is in `values`; `connected` as soon as the database answered."""

    connected: Connected | None = None
    finished: Finished | None = None
    fault: Fault | None = None
    output: str = ""
    """The last of what the project printed, safe to show."""

    @property
    def values(self) -> Mapping[str, Any]:
        """The job's answer; texts in it are not safe to show before `sanitise`."""
        return self.finished.values if self.finished is not None else {}


async def run_job(
    project: Project,
    order: Mapping[str, Any],
    on_event: Callable[[Event], object] | None = None,
    *,
    cancel: asyncio.Event | None = None,
    ahead: Ahead | None = None,
) -> JobEnd:
    """Runs a job. `on_event` hears each event in order, in this task. Set `cancel`, or cancel this task, to stop it.
    `ahead` may have a worker that waits for it.

    A job that answers `failed`, and a worker that dies, are a `fault`.
    Raises `ProjectError` without consent to run a foreign project, OSError when no process can be started.
    """
    connected: Connected | None = None
    finished: Finished | None = None
    async with start_worker(project, order, ahead=ahead) as worker, _cancelling(worker, cancel):
        async for event in worker.events():
            if isinstance(event, Connected):
                connected = event
            elif isinstance(event, Finished):
                finished = event
            if on_event is not None:
                on_event(event)
    # Left the block: the process is gone, its last words are there.
    if finished is None:
        died = f"The worker process died: {worker.end}." if worker.end else "The worker process died."
        return JobEnd(connected, None, Fault(died), worker.output)
    fault = fault_of(finished.values, worker.output) if finished.outcome == "failed" else None
    return JobEnd(connected, finished, fault, worker.output)


@contextlib.asynccontextmanager
async def _cancelling(worker: Worker, cancel: asyncio.Event | None) -> Any:
    """Passes a cancel on to the worker while the block runs."""
    if cancel is None:
        yield
        return

    async def watch() -> None:
        await cancel.wait()
        await worker.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()


__all__ = ["JobEnd", "run_job"]
