"""Work that is called off at a random moment: one operation cancelled, or a whole Shellback killed with -9."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from tests.faults.work import said

TURNS: Final = 60
"""Of the event loop, for every other one: some points are passed between two of them."""


class NotKept(Exception):
    """Ends a transaction that is to leave nothing."""


async def cancelled(work: Callable[[], Awaitable[str]], chance: random.Random, *, longest: float) -> bool:
    """Begins the work and cancels it within `longest` seconds; whether it was stopped. What was not ends well."""
    task = asyncio.ensure_future(said(work))
    if chance.random() < 0.5:
        await asyncio.wait([task], timeout=chance.uniform(0, longest))
    for _ in range(chance.randrange(TURNS)):
        await asyncio.sleep(0)
    stopped = task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        error = task.exception()
        assert error is None or isinstance(error, NotKept), error
        answer = "" if error else task.result()
        assert answer == "" or "changed while you were editing" in answer
    return stopped and task.cancelled()


async def killed(url: str, chance: random.Random, *, fewest: int, most: int, late: float) -> list[UUID]:
    """The changes that a Shellback acknowledged, which is killed within `late` seconds of so many."""
    told: list[UUID] = []
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.busy", url, stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout is not None
    try:
        async with asyncio.timeout(60):
            for _ in range(chance.randint(fewest, most)):
                told.append(UUID((await program.stdout.readline()).decode().strip()))
        await asyncio.sleep(chance.uniform(0, late))
    finally:
        program.kill()
        rest, _ = await program.communicate()
    return told + [UUID(line) for line in rest.decode().splitlines() if len(line) == 36]
