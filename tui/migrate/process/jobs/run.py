"""Run files one by one, each with its row of Aerich's table: applied, reverted, stamped or unstamped."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from aerich.models import Aerich

from ..faults import describe
from ..modules import LeftEarly, PlanChanged, import_migration, is_transactional, module_info, no_bytecode, pinned
from ..work import Work


async def run(work: Work) -> dict[str, Any]:
    """Of the order: `action`, `files` ([version, sha256] in their order), `expected` ([app, version] of every row)."""
    return await _Run(work).outcome()


class NotReverted(Exception):
    """The file has nothing that takes it back."""


class _Run:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._action: str = work.order.get("action", "apply")
        self._expected = [(app, version) for app, version in work.order["expected"]]

    async def outcome(self) -> dict[str, Any]:
        work = self._work
        outcome: dict[str, Any] = {"outcome": "done"}
        version: str | None = None
        try:
            await work.cancellable(work.session.lock())
            for number, (version, digest) in enumerate(work.order["files"]):
                await self._one(version, digest, number)
        except PlanChanged as error:
            outcome = {"outcome": "changed", "reason": str(error), "file": error.version}
        except asyncio.CancelledError:
            outcome = {"outcome": "cancelled", "file": version, **self._partial()}
        except (Exception, SystemExit) as error:  # noqa: BLE001 - told to the other end, nothing is hidden
            path = work.target.directory / version if version else None
            outcome = {
                "outcome": "failed",
                "stage": "file",
                "file": version,
                "error": describe(error, path.absolute() if path else None),
                **self._partial(),
            }
        with contextlib.suppress(Exception):
            outcome["applied"] = await work.rows.applied()
        return outcome

    async def _one(self, version: str, digest: str, number: int) -> None:
        work = self._work
        info = module_info(work, version, digest)
        work.progress.begin(version, True)
        work.emit("file_started", version=version, number=number + 1, total=len(work.order["files"]))

        async def steps() -> None:
            # Imported inside, so that an import that hangs can be cancelled as well as any statement.
            try:
                transactional = is_transactional(import_migration(info))
                work.progress.begin(version, transactional)
                if transactional or self._action in ("stamp", "unstamp"):
                    await self._in_transaction(version, info, number)
                else:
                    await self._without(version, info, number)
            except SystemExit as error:
                # Out of a task it would stop the loop, and the job would look cancelled.
                raise LeftEarly(f"{version} called sys.exit({error.code!r}).").with_traceback(
                    error.__traceback__
                ) from None

        watcher = asyncio.create_task(work.session.watch())
        try:
            await work.cancellable(steps())
        finally:
            watcher.cancel()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await watcher
        work.done.append(version)
        self._expect(version)
        work.emit("file_done", version=version)
        if work.is_cancelled:
            raise asyncio.CancelledError

    async def _in_transaction(self, version: str, info: Any, number: int) -> None:
        work = self._work
        session, rows = work.session, work.rows
        try:
            await session.begin()
            if work.is_apart:
                await rows.begin()
            await self._check(version)
            await self._back_up(number)
            await self._act(version, info)
            work.is_committing = True
            work.emit("committing", version=version)
            await session.commit()
            if work.is_apart:
                await rows.commit()
        except BaseException:
            with contextlib.suppress(Exception):
                await asyncio.shield(session.rollback())
            if work.is_apart:
                with contextlib.suppress(Exception):
                    await asyncio.shield(rows.rollback())
            raise
        finally:
            work.is_committing = False

    async def _without(self, version: str, info: Any, number: int) -> None:
        await self._check(version)
        await self._back_up(number)
        await self._act(version, info)

    async def _act(self, version: str, info: Any) -> None:
        """The file's SQL and its row, by Aerich; a downgrade is Aerich's own without its transaction."""
        work = self._work
        with pinned(work), no_bytecode():
            if self._action in ("apply", "stamp"):
                await work.target.command._upgrade(work.session.client, version, self._action == "stamp", info)
                return
            if self._action == "revert":
                sql = await import_migration(info).downgrade(work.session.client)
                if not sql.strip():
                    raise NotReverted(f"{version} has no downgrade: nothing takes it back.")
                await work.session.client.execute_script(sql)
            await Aerich.filter(app=work.target.app, version=version).delete()

    async def _back_up(self, number: int) -> None:
        if number == 0 and (copy := await self._work.session.backup()):
            self._work.emit("backed_up", path=copy)

    def _expect(self, version: str) -> None:
        pair = (self._work.target.app, version)
        if self._action in ("apply", "stamp"):
            self._expected.append(pair)
        else:
            self._expected = [each for each in self._expected if each != pair]

    async def _check(self, version: str) -> None:
        """Somebody else may have upgraded since the plan was shown: under the lock, the state is read again."""
        found = [(row["app"], row["version"]) for row in await self._work.rows.applied() or ()]
        if found != self._expected:
            new = [f"{name} of {app}" for app, name in found if (app, name) not in self._expected]
            gone = [f"{name} of {app}" for app, name in self._expected if (app, name) not in found]
            what = [
                f"{', '.join(new)} was applied meanwhile" if new else "",
                f"{', '.join(gone)} is gone" if gone else "",
            ]
            raise PlanChanged("; ".join(filter(None, what)) or "The applied migrations are in another order.", version)

    def _partial(self) -> dict[str, Any]:
        progress = self._work.progress
        return {"statements_done": progress.done, "statements": progress.total, "transactional": progress.transactional}
