"""One process that works on the database until it is told to end, or is killed: `python -m tests.faults.soak.writer`.

It tells on standard output what it does, a JSON object a line. On SIGTERM it begins nothing more, asks what became of
what it does not know, and leaves.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import signal
import sys
from pathlib import Path
from typing import Any, Final

from models.engines.errors import DatabaseError
from models.engines.settlement import Fate, settle
from models.operations import TargetGone, settling
from tests.faults.soak.desk import Desk, tell
from tests.faults.soak.operations import OPERATIONS
from tui.database import OpenError, open_database
from tui.settings import parse_url

TASKS: Final = 2
SETTLE_SECONDS: Final = 3.0
"""Shorter than a person's 30, so that commits stay unknown for a while and are asked about again."""
CANCELLED: Final = 0.1
"""How many operations are cancelled on their way."""
LAST_QUESTIONS: Final = 10


async def _work(told: dict[str, Any]) -> None:
    ends = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ends.set)
    vars(settling)["settle"] = _settle
    # It tells its log of every connection that it could not make; the command line is deaf to that, too.
    logging.getLogger("asyncpg").propagate = False
    database = await _opened(told["url"], ends)
    if database is None:
        return
    async with database:
        tell(event="open")
        desks = [_desk(told, number) for number in range(TASKS)]
        async with asyncio.TaskGroup() as group:
            for desk in desks:
                group.create_task(_sit(desk, ends))
        for _ in range(LAST_QUESTIONS):
            if not any(desk.doubts for desk in desks):
                break
            for desk in desks:
                await desk.settle()
    tell(event="left")


async def _settle(*arguments: Any, seconds: float = SETTLE_SECONDS) -> Fate:
    """As the operations do, and tell it."""
    fate = await settle(*arguments, seconds=seconds)
    tell(event="fate", fate=fate)
    return fate


async def _opened(url: str, ends: asyncio.Event) -> Any:
    """The database, once it can be opened."""
    while not ends.is_set():
        try:
            return await open_database(parse_url(url, insecure_tls=True))
        except OpenError as error:
            tell(event="closed", sentence=error.sentence)
            await asyncio.sleep(0.2)
    return None


def _desk(told: dict[str, Any], number: int) -> Desk:
    chance = random.Random(f"{told['seed']}-{told['name']}-{number}")
    name = f"{told['name']}n{number}"
    return Desk(chance, tuple(told["actors"]), tuple(told["people"]), Path(told["directory"]), name)


async def _sit(desk: Desk, ends: asyncio.Event) -> None:
    weights = [weight for weight, _ in OPERATIONS]
    while not ends.is_set():
        [(_, operation)] = desk.chance.choices(OPERATIONS, weights)
        task = asyncio.ensure_future(operation(desk))
        if desk.chance.random() < CANCELLED:
            await asyncio.wait([task], timeout=desk.chance.uniform(0, 0.1))
            if task.cancel():
                tell(event="cancel", kind=operation.__name__)
        await asyncio.wait([task])
        if task.cancelled():
            continue
        error = task.exception()
        if isinstance(error, TargetGone):
            tell(event="gone")
        elif isinstance(error, DatabaseError):
            tell(event="error", kind=operation.__name__, sentence=str(error))
            await asyncio.sleep(0.02)
        elif error is not None:
            raise error
        await desk.settle()


if __name__ == "__main__":
    asyncio.run(_work(json.loads(sys.argv[1])))
