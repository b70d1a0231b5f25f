"""How long the event loop was kept from everything else: what a person would feel as a key that is not answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

GAP_AIM: Final = 0.050
"""Seconds: the longest that the interface may stand still."""

EVERY: Final = 0.001


@dataclass(slots=True)
class Gap:
    """The longest time, in seconds, that a task which is always ready had to wait for its turn."""

    longest: float = 0.0


@asynccontextmanager
async def watched() -> AsyncIterator[Gap]:
    """Watch the loop while inside. What is found is in the value, also before the end."""
    gap = Gap()

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(EVERY)
            gap.longest = max(gap.longest, time.perf_counter() - before - EVERY)

    watcher = asyncio.create_task(watch())
    try:
        await asyncio.sleep(0)
        yield gap
        await asyncio.sleep(0)
    finally:
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher
