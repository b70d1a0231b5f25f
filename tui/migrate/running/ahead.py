"""Worker processes that are started before it is known what they are to do, for jobs that will very likely follow.

    async with Ahead() as ahead:
        await ahead.prepare(project, "run")
        ...
        async with start_worker(project, order, ahead=ahead): ...

A worker needs a third of a second to import the ORM; so it does that while the person's side reads, lints and asks.
Nothing of the project is imported ahead, nothing is connected to, and what nobody wanted in the end is gone at once.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Self

from tui.migrate.running.worker import as_order, require_consent, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from tui.migrate.running.worker import Worker
    from tui.migrate.source.project import Project


class Ahead:
    """The workers that wait for their order: at most one a job. All belong to the loop that prepared them."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Project, Worker, contextlib.AsyncExitStack]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def prepare(self, project: Project, *jobs: str) -> None:
        """Starts a worker for each of the jobs. Raises as `start_worker`."""
        require_consent(project)
        for job in jobs:
            stack = contextlib.AsyncExitStack()
            worker = await stack.enter_async_context(running(project))
            self._waiting[job] = project, worker, stack
            await worker.send({**as_order(project, {"job": job}), "ahead": True})

    def take(self, project: Project, job: str) -> AbstractAsyncContextManager[Worker] | None:
        """The worker that waits for this job of this project: leaving it ends the process. None where none does, or
        where it died while it waited."""
        if job not in self._waiting:
            return None
        whose, worker, stack = self._waiting[job]
        if whose != project or worker.is_gone:
            return None
        del self._waiting[job]
        return _handed_over(worker, stack)

    async def close(self) -> None:
        """Ends those that still wait: all of them, also where this is cancelled."""
        async with contextlib.AsyncExitStack() as ending:
            while self._waiting:
                _, (_, worker, stack) = self._waiting.popitem()
                worker.kill()
                await ending.enter_async_context(stack)


@contextlib.asynccontextmanager
async def _handed_over(worker: Worker, stack: contextlib.AsyncExitStack) -> AsyncIterator[Worker]:
    async with stack:
        yield worker
