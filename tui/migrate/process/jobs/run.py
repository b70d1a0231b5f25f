"""Run files, each with its row of Aerich's table: applied, reverted, stamped or unstamped, one by one or all at once.

A file in a transaction is there with its row and the row of our log, or not at all. One that gave up waiting for
somebody's lock is rolled back and tried again. A file without a transaction is sent statement by statement, each
written down before and after; only a statement that left nothing behind is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..faults import describe
from ..modules import LeftEarly, PlanChanged, import_migration, is_transactional, module_info
from ..runs.acting import FAKE, act, expect, what_changed
from ..runs.holding import CommitUnknown, Held, Stopped, holding
from ..runs.log import Log
from ..runs.retrying import Retries
from ..work import Work


async def run(work: Work) -> dict[str, Any]:
    """Of the order: `action`, `files` ([version, sha256] in their order), `expected` ([app, version] of every row),
    `outside` (versions that run without a transaction whatever they say), `at_once`, `resume` {version: statements},
    `retries`, and what the session and the log take of it."""
    log = await Log.open(work.session, work.rows, work.order, work.target.app)
    return await _Run(work, log).outcome()


GONE: Final = ""
"""The hash of a file that is not there any more, of which only the row can be forgotten."""


@dataclass(frozen=True, slots=True)
class _File:
    version: str
    info: Any
    number: int
    transactional: bool
    source: bytes


class _Run:
    """The one that writes down what its files send, and decides what is tried again (`progress.Keeper`)."""

    def __init__(self, work: Work, log: Log) -> None:
        self._work = work
        self._log = log
        self._retries = Retries(work)
        self._action: str = work.order.get("action", "apply")
        self._expected = [(app, version) for app, version in work.order["expected"]]
        self._is_backed_up = False
        self._held = Held()
        """Of the last transaction."""
        work.progress.keeper = self

    async def outcome(self) -> dict[str, Any]:
        work, log = self._work, self._log
        outcome: dict[str, Any] = {"outcome": "done"}
        try:
            await work.cancellable(work.session.lock())
            files = work.order["files"]
            if work.order.get("at_once"):
                await self._group(range(len(files)))
            else:
                for number in range(len(files)):
                    await self._group([number])
        except PlanChanged as error:
            outcome = {"outcome": "changed", "reason": str(error), "file": error.version}
            await log.fail("cancelled")
        except asyncio.CancelledError:
            outcome = {"outcome": "cancelled", **self._partial(), **await self._kept()}
            await log.fail("partial" if outcome.get("kept") else "cancelled")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - told to the other end, nothing is hidden
            outcome = await self._failed(error)
            is_unknown = outcome["stage"] == "commit" and not isinstance(error, Stopped)
            await log.fail("unknown" if is_unknown else "partial" if outcome.get("kept") else "failed")
        if self._held.settled:
            outcome["settled"] = self._held.settled
        if left := await self._left():
            outcome["left"] = left
        with contextlib.suppress(Exception):
            # What a file shows to who could not commit may not be what others find in it.
            if not (outcome.get("stage") == "commit" and work.session.is_lost):
                outcome["applied"] = await work.rows.applied()
        log.close(outcome["outcome"])
        return outcome | ({"log": log.said} if log.said else {})

    async def _failed(self, error: BaseException) -> dict[str, Any]:
        work = self._work
        version = work.progress.version
        path = work.target.directory / version if version else None
        told = {"outcome": "failed", "stage": "file", **self._partial()}
        if isinstance(error, CommitUnknown):
            return told | {"stage": "commit", "error": describe(error.__cause__ or error, path and path.absolute())}
        if isinstance(error, Stopped):
            told["stage"] = "commit"
            kept = {"kept": error.kept} if error.kept else {}
            return told | {"error": {"kind": "stopped", "message": str(error)}} | kept
        return told | {"error": describe(error, path and path.absolute())} | await self._kept()

    async def _kept(self) -> dict[str, str]:
        """What a file that did not end left behind all the same, although it was held by a transaction. A line that
        is gone is made anew for what is still to be asked and written."""
        work = self._work
        fates = [await each.fate() for each in {id(each): each for each in (work.session, work.rows)}.values()]
        is_kept = work.progress.transactional and fates[0] == "committed"
        return {"kept": "some"} if is_kept else {}

    async def _group(self, numbers: Sequence[int]) -> None:
        """The files of one transaction, or the one file without any."""
        work = self._work
        if self._held.settled:
            raise Stopped(f"{self._held.settled} The rest was not begun.")
        watcher = asyncio.create_task(work.session.watch())
        try:
            await work.cancellable(self._steps(numbers))
        finally:
            watcher.cancel()
            work.progress.stop()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await watcher
        for number in numbers:
            version = work.order["files"][number][0]
            work.done.append(version)
            work.emit("file_done", version=version)
        if work.is_cancelled:
            raise asyncio.CancelledError

    async def _steps(self, numbers: Sequence[int]) -> None:
        self._retries.start()
        while True:
            try:
                # Imported inside, so that an import that hangs can be cancelled as well as any statement.
                await self._attempt([await self._read(number) for number in numbers])
            except SystemExit as error:
                # Out of a task it would stop the loop, and the job would look cancelled.
                said = f"{self._work.progress.version} called sys.exit({error.code!r})."
                raise LeftEarly(said).with_traceback(error.__traceback__) from None
            except Exception as error:
                if not (self._work.progress.transactional and await self._retries.again(error)):
                    raise
                self._log.again()
            else:
                return

    async def _attempt(self, files: Sequence[_File]) -> None:
        loose = [file.version for file in files if not file.transactional]
        if not loose:
            await self._in_transaction(files)
        elif len(files) == 1:
            await self._without(files[0])
        else:
            raise PlanChanged(f"{loose[0]} runs outside a transaction: it cannot be one with others.", loose[0])

    async def _read(self, number: int) -> _File:
        """The file as the plan has it, imported. Raises PlanChanged, and what the file raises."""
        work = self._work
        version, digest = work.order["files"][number]
        work.progress.begin(version, True)
        if digest == GONE and self._action == "unstamp":
            info, source = None, b""
        else:
            info, source = module_info(work, version, digest)
        if not work.order.get("at_once"):
            self._announce(number)
        outside = version in work.order.get("outside", ())
        transactional = self._action in FAKE or (await self._imported(version, source, info) and not outside)
        return _File(version, info, number, transactional, source)

    async def _imported(self, version: str, source: bytes, info: Any) -> bool:
        """Whether the file wants a transaction. One that does not come so far leaves its row in the log, too."""
        try:
            return is_transactional(import_migration(info))
        except (Exception, SystemExit):
            await self._log.begin(version, source, transactional=True)
            raise

    def _announce(self, number: int) -> None:
        files = self._work.order["files"]
        self._work.emit("file_started", version=files[number][0], number=number + 1, total=len(files))

    async def _in_transaction(self, files: Sequence[_File]) -> None:
        work = self._work
        expected = self._expected
        self._held = Held()
        async with holding(work, self._held, files[-1].version, self._expected):
            if not self._held.is_seen:
                await self._check(files[0].version)
            await self._back_up()
            for file in files:
                if work.order.get("at_once"):
                    self._announce(file.number)
                work.progress.begin(file.version, True)
                await self._log.begin(file.version, file.source, transactional=True)
                await act(work, self._action, file.version, file.info)
                await self._log.write()
                expected = expect(self._action, expected, work.target.app, file.version)
        self._log.committed()
        self._expected = expected

    async def _without(self, file: _File) -> None:
        work = self._work
        skip = int(work.order.get("resume", {}).get(file.version, 0))
        for session in {id(each): each for each in (work.session, work.rows)}.values():
            await session.fresh()
        work.progress.begin(file.version, False, skip)
        await self._check(file.version)
        await self._back_up()
        await self._log.begin(file.version, file.source, transactional=False, done=skip)
        await act(work, self._action, file.version, file.info)
        await self._log.write()
        self._log.committed()
        self._expected = expect(self._action, self._expected, work.target.app, file.version)

    async def _back_up(self) -> None:
        """Before the first change, once: the copy is of the state before the run."""
        if not self._is_backed_up and (copy := await self._work.session.backup()):
            self._work.emit("backed_up", path=copy)
            self._log.backed_up(copy)
        self._is_backed_up = True

    async def _check(self, version: str) -> None:
        """Somebody else may have upgraded since the plan was shown: under the lock, the state is read again."""
        found = [(row["app"], row["version"]) for row in await self._work.rows.applied() or ()]
        if reason := what_changed(found, self._expected):
            raise PlanChanged(reason, version)

    def _partial(self) -> dict[str, Any]:
        progress = self._work.progress
        return {
            "file": progress.version or None,
            "statements_done": progress.done,
            "statements": progress.total,
            "transactional": progress.transactional,
        }

    async def _left(self) -> str | None:
        """What the statement that ended early left half done, outside of a transaction."""
        progress = self._work.progress
        running = progress.running
        if progress.transactional or running is None:
            return None
        with contextlib.suppress(Exception):
            return await self._work.session.left_broken(running.text)
        return None

    # The keeper of the progress -------------------------------------------------------------------------------------

    async def step(self, index: int, total: int, text: str, *, is_done: bool = False) -> None:
        if not is_done and not self._work.progress.transactional:
            self._retries.start()
        await self._log.step(index, total, text, is_done=is_done)

    async def again(self, error: BaseException) -> bool:
        return await self._retries.again(error)
