"""Run files and take everything back: what each statement locks, rewrites and scans, and how long it takes.

On PostgreSQL all files are one transaction that is rolled back, on SQLite they run on a copy. Aerich's rows are written
there as well, under numbers of their own: a sequence that was drawn from stays where it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any, Final

from ..faults import describe
from ..modules import LeftEarly, PlanChanged, import_migration, is_transactional, module_info, no_bytecode, pinned
from ..rehearsal.client_postgres import InTheWay
from ..rehearsal.limits import WHOLE_S
from ..rehearsal.stage_postgres import FailsAtCommit, LockHeld, PostgresRehearsal
from ..rehearsal.stage_sqlite import SqliteRehearsal
from ..runs.acting import what_changed
from ..sessions.postgres import PostgresSession
from ..work import Work

_PYTHON: Final = "(the file's Python)"


class NotTransactional(Exception):
    """The file does not run in a transaction."""


async def run(work: Work) -> dict[str, Any]:
    """Of the order: `files` ([version, sha256] in their order), `expected` ([app, version] of every row)."""
    session = work.session
    stage: PostgresRehearsal | SqliteRehearsal
    if isinstance(session, PostgresSession):
        stage = PostgresRehearsal(work, session)
    else:
        stage = await SqliteRehearsal.open(work, session)  # type: ignore[arg-type]
    # In the place of the session's own, which is made when it is first asked for: it measures what it sends.
    vars(session)["client"] = stage.client
    return await _DryRun(work, stage).outcome()


class _DryRun:
    def __init__(self, work: Work, stage: PostgresRehearsal | SqliteRehearsal) -> None:
        self._work = work
        self._stage = stage
        self._files: list[dict[str, Any]] = []
        self._began: float | None = None

    async def outcome(self) -> dict[str, Any]:
        work = self._work
        outcome: dict[str, Any] = {"outcome": "measured"}
        try:
            await work.cancellable(self._all())
        except PlanChanged as error:
            outcome = {"outcome": "changed", "reason": str(error), "file": error.version}
        except LockHeld:
            outcome = {"outcome": "lock_held"}
        except InTheWay as error:
            outcome = {"outcome": "in_the_way", "holders": error.holders}
        except TimeoutError:
            outcome = {"outcome": "too_long"}
        except asyncio.CancelledError:
            outcome = {"outcome": "cancelled"}
        except (Exception, SystemExit) as error:  # noqa: BLE001 - told to the other end, nothing is hidden
            # On SQLite it is the statement which was stopped that says so.
            outcome = {"outcome": "cancelled"} if work.is_cancelled else self._failed(error)
        held = None if self._began is None else round((time.perf_counter() - self._began) * 1000, 1)
        outcome |= {"file": work.progress.version or outcome.get("file"), "files": self._files, "held_ms": held}
        with contextlib.suppress(Exception):
            outcome |= await self._stage.facts()
        return outcome

    def _failed(self, error: BaseException) -> dict[str, Any]:
        version = self._work.progress.version
        path = (self._work.target.directory / version).absolute() if version else None
        return {
            "outcome": "failed",
            "stage": "commit" if isinstance(error, FailsAtCommit) else "file",
            "error": describe(error, path),
        }

    async def _all(self) -> None:
        """Everything between the lock and the ROLLBACK, which comes in any case."""
        stage, rows = self._stage, self._work.rows
        try:
            await stage.begin()
            self._began = time.perf_counter()
            if self._work.is_apart:
                await rows.begin()
            await self._guarded()
        finally:
            # Shielded: a second cancel must not come between us and the ROLLBACK.
            await asyncio.shield(stage.end())
            if self._work.is_apart:
                with contextlib.suppress(Exception):
                    await asyncio.shield(rows.rollback())

    async def _guarded(self) -> None:
        """The files, ended early when they take too long or are in others' way."""
        running = asyncio.create_task(self._each())
        watching = asyncio.create_task(self._stage.watch())
        try:
            async with asyncio.timeout(WHOLE_S):
                while not running.done():
                    awaited = {running} if watching.done() else {running, watching}
                    await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
                    if watching.done() and isinstance(watching.exception(), InTheWay):
                        await watching
            await running
        finally:
            for task in (running, watching):
                task.cancel()
            await asyncio.gather(running, watching, return_exceptions=True)

    async def _each(self) -> None:
        work = self._work
        expected = [(name, version) for name, version in work.order["expected"]]
        found = [(row["app"], row["version"]) for row in await work.rows.applied() or ()]
        if reason := what_changed(found, expected):
            raise PlanChanged(reason)
        for number, (version, digest) in enumerate(work.order["files"], 1):
            work.progress.begin(version, True)
            info, _ = module_info(work, version, digest)
            work.emit("file_started", version=version, number=number, total=len(work.order["files"]))
            try:
                await self._one(version, info)
            except SystemExit as error:
                # Out of a task it would stop the loop, and the job would look cancelled.
                raise LeftEarly(f"{version} called sys.exit({error.code!r}).").with_traceback(
                    error.__traceback__
                ) from None
            work.done.append(version)
            work.emit("file_done", version=version)

    async def _one(self, version: str, info: Any) -> None:
        stage, client = self._stage, self._stage.client
        started = time.perf_counter()
        file: dict[str, Any] = {"version": version, "is_whole": False}
        self._files.append(file)
        try:
            with pinned(self._work), no_bytecode():
                module = import_migration(info)
                if not is_transactional(module):
                    raise NotTransactional(f"{version} does not run in a transaction: it cannot be taken back.")
                await stage.begin_file()
                began = time.perf_counter()
                sql = await module.upgrade(client)
                await client.note(_PYTHON, began)
                await client.execute_script(sql)
                await stage.end_file(version)
            file["is_whole"] = True
        finally:
            ended = time.perf_counter()
            statements = client.take()
            for statement in statements:
                statement["held_ms"] = round((ended - statement.pop("at")) * 1000, 2)
            file |= {"ms": round((ended - started) * 1000, 2), "statements": statements}
