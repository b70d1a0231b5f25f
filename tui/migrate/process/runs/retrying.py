"""What is tried again: a file, or a statement, that gave up waiting for somebody's lock and left nothing behind."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from typing import Any, Final

from ..work import Work

PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Before the first retry, the second, and so on; the last one for all that follow."""
RETRIES: Final = len(PAUSES_S)
_POLL_S: Final = 0.25
_STATES: Final = frozenset({"55P03", "40P01"})
"""PostgreSQL's lock_not_available and deadlock_detected: both leave nothing behind."""


def is_lock_wait(error: BaseException) -> bool:
    """Whether this is, or came from, a lock that was not had in time."""
    return any(
        getattr(each, "sqlstate", None) in _STATES
        or (isinstance(each, sqlite3.Error) and getattr(each, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY)
        for each in _chain(error)
    )


class Retries:
    """The tries of one file, or of one statement outside of a transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._most = int(work.order.get("retries", RETRIES))
        self._made = 0

    def start(self) -> None:
        """What comes next has all its tries before it."""
        self._made = 0

    async def again(self, error: BaseException) -> bool:
        """Whether to try once more, after a pause that ends early when nobody is in the way any more."""
        if not is_lock_wait(error) or self._made >= self._most:
            return False
        pause = PAUSES_S[min(self._made, len(PAUSES_S) - 1)]
        self._made += 1
        session, end = self._work.session, time.monotonic() + pause
        told: list[Any] | None = None
        while (left := end - time.monotonic()) > 0:
            holders = await session.still_blocking()
            if told and not holders:
                break
            pids = [each.get("pid") for each in holders]
            if told is None or pids != told:
                self._work.emit(
                    "retrying",
                    version=self._work.progress.version,
                    attempt=self._made,
                    of=self._most,
                    seconds=round(left, 2),
                    holders=holders,
                )
                told = pids
            await asyncio.sleep(min(_POLL_S, left))
        session.forget_blockers()
        return True


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what Tortoise wrapped in it, and what it came from."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [arg for arg in each.args if isinstance(arg, BaseException)]
        waiting += [cause for cause in (each.__cause__, each.__context__) if cause is not None]
