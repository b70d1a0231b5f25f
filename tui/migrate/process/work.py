"""What a job works with: its order, the project, the connections, and the one task that a cancel may stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .channel import Emit
from .runs.causes import is_called_off
from .runs.holding import CommitUnknown, Stopped
from .runs.progress import Progress

if TYPE_CHECKING:
    from .sessions.session import Session
    from .target import Target


@dataclass(slots=True)
class Work:
    """One job. `done` are the versions that it has finished; `is_committing`: a COMMIT was sent and is waited for."""

    order: dict[str, Any]
    emit: Emit
    progress: Progress
    done: list[str] = field(default_factory=list)
    is_cancelled: bool = False
    is_committing: bool = False
    app: str = ""
    """The app that the job is about, once its database is open."""
    _target: Target | None = None
    _session: Session | None = None
    _rows: Session | None = None
    _task: asyncio.Task[Any] | None = None

    @property
    def target(self) -> Target:
        """The project's configuration, imported."""
        assert self._target is not None
        return self._target

    @property
    def session(self) -> Session:
        """The connection that runs the files."""
        assert self._session is not None
        return self._session

    @property
    def rows(self) -> Session:
        """The connection that has Aerich's table: nearly always the same."""
        assert self._rows is not None
        return self._rows

    @property
    def is_apart(self) -> bool:
        """Whether Aerich's table is in another database than the files' own."""
        return self._rows is not self._session

    def take(self, target: Target) -> None:
        self._target = target

    def connect(self, session: Session, rows: Session | None, app: str) -> None:
        """`rows` only where Aerich's table is elsewhere."""
        self.app = app
        self._session = session
        self._rows = rows or session

    async def cancellable(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Awaits what a cancel may stop. Raises CancelledError at once when there was one already."""
        if self.is_cancelled:
            work.close()
            raise asyncio.CancelledError
        self._task = asyncio.create_task(work)
        try:
            return await self._task
        except Exception as error:
            if self._was_stopped(error):
                raise asyncio.CancelledError from error
            raise
        finally:
            self._task = None

    def _was_stopped(self, error: Exception) -> bool:
        """Whether a statement was told to stop here, and said so before its task was cancelled. What became of a COMMIT
        is said whatever it came from."""
        return self.is_cancelled and not isinstance(error, (CommitUnknown, Stopped)) and is_called_off(error)

    async def cancel(self) -> None:
        """Stops at once, or after the COMMIT that is on its way."""
        self.is_cancelled = True
        if self._task is not None and not self.is_committing:
            if self._session is not None:
                await self._session.interrupt()
            if self._task is not None:
                self._task.cancel()

    async def end_backend(self, pid: int, how: str) -> None:
        """Cancels or ends a session that is in the way, and tells what became of that."""
        if self._session is not None:
            done, sentence = await self._session.end_backend(pid, how)
            self.emit("answered", pid=pid, done=done, sentence=sentence)
