"""One job: look at the database, or apply files to it one by one, each with its row in Aerich's table."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from aerich.utils import file_module_info, import_py_module
from tortoise.connection import get_connections

from .channel import Emit
from .clients import Progress
from .faults import describe
from .session import Session, open_session
from .target import Target, load

_NOWHERE: Final = f"{os.devnull}/nowhere"
"""Where compiled files would be looked for: a place that cannot exist."""


class PlanChanged(Exception):
    """What is applied, or what a file says, is no longer what the plan was made from."""

    def __init__(self, reason: str, version: str | None = None) -> None:
        super().__init__(reason)
        self.version = version


class LeftEarly(Exception):
    """The project's code wanted to end the process."""


class Job:
    """A job that can be cancelled while it runs. Once a COMMIT was sent, it is waited for."""

    def __init__(self, order: dict[str, Any], emit: Emit) -> None:
        self._order = order
        self._emit = emit
        self._progress = Progress(emit)
        self._session: Session | None = None
        self._task: asyncio.Task[None] | None = None
        self._committing = False
        self._cancelled = False
        self._done: list[str] = []
        self._expected: list[tuple[str, str]] = []

    async def run(self) -> None:
        """Ends with exactly one `finished` event: outcome, and what is applied now as the database says."""
        outcome: dict[str, Any] = {"outcome": "failed"}
        try:
            async with load(self._order) as target:
                outcome = await self._on(target)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the project's code raises is told
            outcome = {"outcome": "failed", "stage": "project", "error": describe(error)}
        self._emit("finished", done=self._done, **outcome)

    async def cancel(self) -> None:
        """Stops at once, or after the COMMIT that is on its way."""
        self._cancelled = True
        if self._task is not None and not self._committing:
            if self._session is not None:
                await self._session.interrupt()
            self._task.cancel()

    async def _on(self, target: Target) -> dict[str, Any]:
        create = bool(self._order.get("create"))
        try:
            session = await open_session(target.connection, target.app, self._progress, self._emit, create)
        except Exception as error:  # noqa: BLE001 - a refused connection has many types
            return {"outcome": "failed", "stage": "connect", "error": describe(error)}
        self._session = session
        rows = session
        try:
            if target.rows.connection_name != target.connection.connection_name:
                rows = await open_session(target.rows, target.app, self._progress, self._emit)
            self._emit("connected", app=target.app, **await session.facts())
            if self._order["job"] == "inspect":
                if backend := self._order.get("after_backend"):
                    await session.settle(backend)
                return {"outcome": "inspected", "applied": await rows.applied()}
            return await self._apply(target, session, rows)
        finally:
            await session.close()
            if rows is not session:
                await rows.close()

    async def _apply(self, target: Target, session: Session, rows: Session) -> dict[str, Any]:
        outcome: dict[str, Any] = {"outcome": "applied"}
        self._expected = [(app, version) for app, version in self._order["expected"]]
        version: str | None = None
        try:
            await self._cancellable(session.lock())
            for number, (version, digest) in enumerate(self._order["files"]):
                await self._one(target, session, rows, version, digest, number)
        except PlanChanged as error:
            outcome = {"outcome": "changed", "reason": str(error), "file": error.version}
        except asyncio.CancelledError:
            outcome = {"outcome": "cancelled", "file": version, **self._partial()}
        except (Exception, SystemExit) as error:  # noqa: BLE001 - told to the other end, nothing is hidden
            path = target.directory / version if version else None
            outcome = {
                "outcome": "failed",
                "stage": "file",
                "file": version,
                "error": describe(error, path.absolute() if path else None),
                **self._partial(),
            }
        with contextlib.suppress(Exception):
            outcome["applied"] = await rows.applied()
        return outcome

    async def _one(
        self, target: Target, session: Session, rows: Session, version: str, digest: str, number: int
    ) -> None:
        path = target.directory / version
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise PlanChanged(f"{version} was edited since the plan was made.", version)
        module_info = file_module_info(target.directory.absolute(), Path(version).stem)
        self._progress.begin(version, True)
        self._emit("file_started", version=version, number=number + 1, total=len(self._order["files"]))

        async def work() -> None:
            # Imported inside, so that an import that hangs can be cancelled as well as any statement.
            try:
                with _no_bytecode():
                    module = import_py_module(module_info)
                transactional = bool(getattr(module, "RUN_IN_TRANSACTION", True))
                self._progress.begin(version, transactional)
                if transactional:
                    await self._in_transaction(target, session, rows, version, module_info, number)
                else:
                    await self._without(target, session, rows, version, module_info, number)
            except SystemExit as error:
                # Out of a task it would stop the loop, and the job would look cancelled.
                raise LeftEarly(f"{version} called sys.exit({error.code!r}).").with_traceback(
                    error.__traceback__
                ) from None

        watcher = asyncio.create_task(session.watch())
        try:
            await self._cancellable(work())
        finally:
            watcher.cancel()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await watcher
        self._done.append(version)
        self._expected.append((target.app, version))
        self._emit("file_done", version=version)
        if self._cancelled:
            raise asyncio.CancelledError

    async def _in_transaction(
        self, target: Target, session: Session, rows: Session, version: str, module_info: Any, number: int
    ) -> None:
        apart = rows is not session
        try:
            await session.begin()
            if apart:
                await rows.begin()
            await self._check(rows, version)
            if number == 0 and (copy := await session.backup()):
                self._emit("backed_up", path=copy)
            with _connected(session, rows), _no_bytecode():
                await target.command._upgrade(session.client, version, False, module_info)
            self._committing = True
            self._emit("committing", version=version)
            await session.commit()
            if apart:
                await rows.commit()
        except BaseException:
            with contextlib.suppress(Exception):
                await asyncio.shield(session.rollback())
            if apart:
                with contextlib.suppress(Exception):
                    await asyncio.shield(rows.rollback())
            raise
        finally:
            self._committing = False

    async def _without(
        self, target: Target, session: Session, rows: Session, version: str, module_info: Any, number: int
    ) -> None:
        await self._check(rows, version)
        if number == 0 and (copy := await session.backup()):
            self._emit("backed_up", path=copy)
        with _connected(session, rows), _no_bytecode():
            await target.command._upgrade(session.client, version, False, module_info)

    async def _check(self, rows: Session, version: str) -> None:
        """Somebody else may have upgraded since the plan was shown: under the lock, the state is read again."""
        found = [(row["app"], row["version"]) for row in await rows.applied() or ()]
        if found != self._expected:
            new = [f"{name} of {app}" for app, name in found if (app, name) not in self._expected]
            gone = [f"{name} of {app}" for app, name in self._expected if (app, name) not in found]
            what = [
                f"{', '.join(new)} was applied meanwhile" if new else "",
                f"{', '.join(gone)} is gone" if gone else "",
            ]
            raise PlanChanged("; ".join(filter(None, what)) or "The applied migrations are in another order.", version)

    def _partial(self) -> dict[str, Any]:
        progress = self._progress
        return {"statements_done": progress.done, "statements": progress.total, "transactional": progress.transactional}

    async def _cancellable(self, work: Any) -> None:
        if self._cancelled:
            work.close()
            raise asyncio.CancelledError
        self._task = asyncio.create_task(work)
        try:
            await self._task
        finally:
            self._task = None


@contextlib.contextmanager
def _no_bytecode() -> Iterator[None]:
    """What was shown is what runs: a compiled file in `__pycache__` may be another program of the same size."""
    before = sys.pycache_prefix, sys.dont_write_bytecode
    sys.pycache_prefix, sys.dont_write_bytecode = _NOWHERE, True
    try:
        yield
    finally:
        sys.pycache_prefix, sys.dont_write_bytecode = before


@contextlib.contextmanager
def _connected(session: Session, rows: Session) -> Any:
    """Makes the pinned clients the connections that models use meanwhile, Aerich's own among them."""
    connections = get_connections()
    tokens = [connections.set(each.name, each.client) for each in ({session.name: session, rows.name: rows}).values()]
    try:
        yield
    finally:
        for token in reversed(tokens):
            connections.reset(token)
