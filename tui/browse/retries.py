"""Reading again what a lost connection or a restarted server broke off. Reads only: a write says what is known."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

R = TypeVar("R")

ATTEMPTS: Final = 3
PAUSE: Final = (0.05, 0.2)
"""Seconds, from and to, times the number of the attempt: a restarted server does not meet everybody at once."""


async def reading(work: Callable[[], Awaitable[R]]) -> R:
    """Return what `work()` reads, begun again where the connection was lost. Raises what the last attempt raises."""
    for attempt in range(1, ATTEMPTS):
        try:
            return await work()
        except Exception as error:
            if not _passes(error):
                raise
        await asyncio.sleep(random.uniform(*PAUSE) * attempt)
    return await work()


def _passes(error: Exception) -> bool:
    """Whether another attempt may do better: a pool that is full has been waited for already."""
    from models.engines.errors import DatabaseUnavailable, PoolTimeout, Retryable  # not before the first paint

    return isinstance(error, DatabaseUnavailable | Retryable) and not isinstance(error, PoolTimeout)
