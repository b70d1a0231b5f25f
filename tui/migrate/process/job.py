"""One job from its order to its last event: the project is imported, the database opened, and both are closed."""

from __future__ import annotations

import contextlib
import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .channel import Emit
from .faults import describe, describe_project, describe_unreached
from .runs.progress import Progress
from .sessions.session import LOCK_TIMEOUT_S, open_session
from .sessions.standing import StateUnknown
from .settings import read_settings
from .work import Work

if TYPE_CHECKING:
    from .settings import Place
    from .target import Target


def import_ahead(name: str) -> None:
    """What a job of this name imports besides the project. What goes wrong goes wrong again, and is told, once the
    process has its order."""
    with contextlib.suppress(Exception, SystemExit):
        if not getattr(_module(name), "NEEDS_NO_MODELS", False):
            importlib.import_module(f"{__package__}.target")


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__package__}.jobs.{name}")


class Job:
    """A job that can be cancelled while it runs."""

    def __init__(self, order: dict[str, Any], emit: Emit) -> None:
        self._work = Work(order, emit, Progress(emit))

    async def run(self) -> None:
        """Ends with exactly one `finished` event: outcome, and what the job's module answers."""
        work = self._work
        outcome: dict[str, Any]
        try:
            module = _module(work.order["job"])
            place = read_settings(work.order) if getattr(module, "NEEDS_NO_MODELS", False) else None
            if place is not None:
                outcome = await self._on(module, place)
            else:
                from .target import load

                async with load(work.order) as target:
                    work.take(target)
                    outcome = await self._on(module, target)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the project's code raises is told
            outcome = {"outcome": "failed", "stage": "project", "error": describe_project(error)}
        work.emit("finished", done=work.done, **outcome)

    async def cancel(self) -> None:
        """Stops at once, or after the COMMIT that is on its way."""
        await self._work.cancel()

    async def hear(self, word: dict[str, Any]) -> None:
        """A word on the job while it runs: `end_backend` (cancel or terminate) of the blocker `pid`."""
        if how := word.get("end_backend"):
            await self._work.end_backend(int(word["pid"]), str(how))

    async def _on(self, module: ModuleType, target: Target | Place) -> dict[str, Any]:
        work = self._work
        if not getattr(module, "NEEDS_DATABASE", True):
            found: dict[str, Any] = await module.run(work)
            return found
        create = bool(work.order.get("create"))
        try:
            session = await open_session(
                target.connection,
                target.app,
                work.progress,
                work.emit,
                create,
                lock_timeout=float(work.order.get("lock_timeout", LOCK_TIMEOUT_S)),
                locks=work.order.get("locks"),
            )
        except Exception as error:  # noqa: BLE001 - a refused connection has many types
            return {"outcome": "failed", "stage": "connect", "error": describe_unreached(error, target.connection)}
        rows = None
        try:
            if target.rows.connection_name != target.connection.connection_name:
                try:
                    rows = await open_session(target.rows, target.app, work.progress, work.emit)
                except Exception as error:  # noqa: BLE001 - as above
                    return {"outcome": "failed", "stage": "connect", "error": describe_unreached(error, target.rows)}
            work.connect(session, rows, target.app)
            work.emit("connected", app=target.app, **await session.facts())
            try:
                answer: dict[str, Any] = await module.run(work)
            except StateUnknown as error:
                answer = {"outcome": "failed", "stage": "rows", "error": describe(error)}
            return answer
        finally:
            await session.close()
            if rows is not None:
                await rows.close()
