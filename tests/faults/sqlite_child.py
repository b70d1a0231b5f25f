"""A process of its own for what cannot be undone in the process of the tests: a limit, a failing disk, kill -9.

python -m tests.faults.sqlite_child URL SCENE [FILE]     prints what was said, a JSON object a line, and dies with -9
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from models.engines import settlement
from models.engines.errors import DatabaseError
from models.operations import apply, plan_edit, settling
from tests.faults.work import find_office
from tests.models.operations.people import reread
from tui.database import open_database
from tui.settings import parse_url

if TYPE_CHECKING:
    from tests.faults.work import Office

SOON: Final = 0.5
"""Seconds instead of 30 that a lost COMMIT is asked about, so that it may stay unknown."""


def tell(**told: Any) -> None:
    sys.stdout.write(json.dumps(told, default=str) + "\n")
    sys.stdout.flush()


async def save(office: Office, name: str) -> None:
    """One change, and what was said of it."""
    alice = await reread(office.people[0])
    plan = await plan_edit(office.actor, alice, {"full_name": name})
    try:
        outcome = await apply(plan)
    except DatabaseError as error:
        tell(op_id=plan.op_id, status="error", sentence=error.sentence)
    else:
        tell(op_id=plan.op_id, status=outcome.status, sentence=outcome.sentence)


async def unknown(office: Office, flag: Path) -> None:
    """The disk fails at COMMIT and goes on failing: nobody can know; then Shellback dies."""
    settlement.settle.__kwdefaults__ = {"seconds": SOON}
    await save(office, "Before")
    flag.touch()
    await save(office, "In doubt")


async def settled(office: Office, flag: Path) -> None:
    """The disk fails at COMMIT for a moment: it is asked, and written again; then Shellback dies."""
    await save(office, "Before")
    flag.touch()
    asyncio.get_running_loop().call_later(SOON, flag.unlink)
    await save(office, "Again")


async def aborted(office: Office, flag: Path) -> None:
    """The same, and it is not written again: what was called aborted must not come back."""
    await save(office, "Before")
    flag.touch()
    asyncio.get_running_loop().call_later(SOON, flag.unlink)
    settling.ATTEMPTS = 1  # type: ignore[misc]
    await save(office, "Never")


SCENES: Final = {scene.__name__: scene for scene in (unknown, settled, aborted)}


async def main(url: str, scene: str, *files: str) -> None:
    async with await open_database(parse_url(url)):
        await SCENES[scene](await find_office(), *map(Path, files))
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
