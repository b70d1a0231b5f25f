"""What is tried again: a file, or a statement, that gave up waiting for somebody's lock and left nothing behind."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from ..work import Work
from .causes import is_lock_wait

PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Before the first retry, the second, and so on; the last one for all that follow."""
RETRIES: Final = len(PAUSES_S)
_POLL_S: Final = 0.25


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
