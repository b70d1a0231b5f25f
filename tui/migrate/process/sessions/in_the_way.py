"""Who stands in the way of the statement that runs, told while it waits; and ending the one that a person chose."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from .blockers import HOLDERS, REFUSALS, SENTENCES, SIGNALS, STILL, WAITS_FOR, progress_query
from .guard import NOT_REACHED

if TYPE_CHECKING:
    from ..channel import Emit
    from ..runs.progress import Progress
    from .guard import Guard

POLL_S: Final = 0.25


class InTheWay:
    """What was told last is remembered: only who was shown is ended, and only while it is the same session."""

    def __init__(self, guard: Guard, progress: Progress, emit: Emit) -> None:
        self._guard = guard
        self._progress = progress
        self._emit = emit
        self._told: dict[int, tuple[Any, Any]] = {}

    async def tell_holders(self, lock: tuple[int, int]) -> None:
        """Who holds the lock of upgrades."""
        self._emit("waiting", on="lock", holders=self._remember(await self._guard.rows(HOLDERS, *lock)))

    async def watch(self, backend: int) -> None:
        """Tells who blocks the statement of a backend, and how far a long one is. Runs until cancelled."""
        blocked = False
        while True:
            await asyncio.sleep(POLL_S)
            rows = await self._guard.rows(WAITS_FOR, backend)
            if rows:
                self._emit("waiting", on="table", holders=self._remember(rows))
            elif blocked:
                self._emit("locked")
            blocked = bool(rows)
            running = self._progress.running
            query = progress_query(running.text) if running is not None else None
            for row in await self._guard.rows(query, backend) if query else ():
                self._emit("advanced", phase=row["phase"], done=row["done"] or 0, total=row["total"] or 0)

    async def still(self) -> list[dict[str, Any]]:
        """Those that were told last and have their transaction open still."""
        known = [(pid, begun) for pid, (_, begun) in self._told.items() if begun is not None]
        if not known:
            return []
        rows = await self._guard.rows(STILL, [pid for pid, _ in known], [begun for _, begun in known])
        return [_plain(row) for row in rows]

    def forget(self) -> None:
        """Those that were told last are out of the way."""
        self._told.clear()

    async def end(self, pid: int, how: str) -> tuple[bool, str]:
        """Cancels the statement ("cancel") or ends the session ("terminate"): whether that was done, and a sentence."""
        # Only who was shown, and is the same session still: the system gives numbers out again.
        if pid not in self._told or how not in SIGNALS:
            return False, f"pid {pid} is not in the way any more."
        try:
            done = await self._guard.value(SIGNALS[how], pid, self._told[pid][0])
        except asyncpg.InsufficientPrivilegeError as error:
            reason = ", ".join(filter(None, (str(error.args[0]), getattr(error, "detail", None) or "")))
            return False, REFUSALS[how].format(pid=pid, reason=reason)
        except NOT_REACHED as error:
            return False, f"pid {pid} was not reached: {error}"
        return (True, SENTENCES[how].format(pid=pid)) if done else (False, f"pid {pid} is gone already.")

    def _remember(self, rows: list[Any]) -> list[dict[str, Any]]:
        """The rows as they are told, kept so that one of them can be ended."""
        self._told = {row["pid"]: (row["backend_start"], row.get("xact_start")) for row in rows}
        return [_plain(row) for row in rows]


def _plain(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("backend_start", "xact_start")}
