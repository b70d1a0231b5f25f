"""How long the event loop was kept from everything else: what a person would feel as a key that is not answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, TypeVar

GAP_AIM: Final = 0.050
"""Seconds: the longest that the interface may stand still."""

EVERY: Final = 0.001

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Timed:
    """How long a step took, in seconds, and the longest time in which the event loop answered nobody meanwhile."""

    seconds: float
    gap: float


async def timed(work: Awaitable[T]) -> tuple[Timed, T]:
    """Time a step, and watch the loop for as long."""
    async with watched() as gap:
        begun = time.perf_counter()
        done = await work
        seconds = time.perf_counter() - begun
    return Timed(seconds, gap.longest), done
