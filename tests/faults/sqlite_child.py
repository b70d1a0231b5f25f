"""A process of its own for what cannot be undone in the process of the tests: a limit, a failing disk, kill -9.

python -m tests.faults.sqlite_child URL SCENE [FILE]     prints what was said, a JSON object a line, and dies with -9
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from models.engines import settlement
from models.engines.errors import DatabaseError
from models.operations import apply, plan_edit, settling
from models.operations.transactions import connection
from tests.faults.work import find_office, said
from tests.models.operations.people import reread
from tui.database import open_database
from tui.settings import parse_url

if TYPE_CHECKING:
    from tests.faults.work import Office

SOON: Final = 0.5
"""Seconds instead of 30 that a lost COMMIT is asked about, so that it may stay unknown."""


LIMITS: Final = 16
STEP: Final = 4_500
"""Bytes: somewhere within a frame of the -wal, each time somewhere else, until the change fits."""
SORT: Final = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
    " SELECT count(*) AS n FROM (SELECT i, randomblob(80) AS b FROM n ORDER BY b LIMIT -1 OFFSET 1)"
)
WORDS: Final = 12
PATIENCE: Final = 200


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


async def unknown(office: Office, flag: str) -> None:
    """The disk fails at COMMIT and goes on failing: nobody can know; then Shellback dies."""
    settlement.settle.__kwdefaults__ = {"seconds": SOON}
    await save(office, "Before")
    await asyncio.to_thread(Path(flag).touch)
    await save(office, "In doubt")


async def settled(office: Office, flag: str) -> None:
    """The disk fails at COMMIT for a moment: it is asked, and written again; then Shellback dies."""
    await save(office, "Before")
    await asyncio.to_thread(Path(flag).touch)
    asyncio.get_running_loop().call_later(SOON, Path(flag).unlink)
    await save(office, "Again")


async def aborted(office: Office, flag: str) -> None:
    """The same, and it is not written again: what was called aborted must not come back."""
    await save(office, "Before")
    await asyncio.to_thread(Path(flag).touch)
    asyncio.get_running_loop().call_later(SOON, Path(flag).unlink)
    settling.ATTEMPTS = 1  # type: ignore[misc]
    await save(office, "Never")


async def limited(office: Office, wal: str) -> None:
    """Files may not grow beyond some point within the next change, or within the one after."""
    for number in range(LIMITS):
        limit = Path(wal).stat().st_size + number * STEP  # noqa: ASYNC240 - nobody else is here
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        await save(office, f"Limited {number}")
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await save(office, f"Free {number}")


async def sorting(office: Office, _: str) -> None:
    """A list that is sorted on the disk, and there is no room for that."""
    for limit in (1 << 16, resource.RLIM_INFINITY):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            await connection().execute_query_dict(SORT)
        except DatabaseError as error:
            tell(status="error", sentence=error.sentence)
        else:
            tell(status="ok")
        await save(office, f"With {limit}")


async def appending(office: Office, ready: str) -> None:
    """What several people do to one record at once: each adds a word to what it reads. The first plan is looked at
    until somebody else came first."""
    name = Path(ready).name
    for number in range(WORDS):
        word = f"{name}{number},"
        for attempt in range(PATIENCE):
            alice = await reread(office.people[0])
            plan = await plan_edit(office.actor, alice, {"full_name": f"{alice.full_name}{word}"})
            if (number, attempt) == (0, 0):
                await asyncio.to_thread(Path(ready).touch)
                while (await reread(alice)).version == alice.version:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.005)
            outcome = await apply(plan)
            tell(op_id=plan.op_id, status=outcome.status, word=word)
            if outcome.is_ok:
                break


async def protected(office: Office, path: str) -> None:
    """The file takes no changes for a while, then its directory takes no files. Without the powers of root, which no
    mode keeps out."""
    file = Path(path)
    for barred, mode in ((file, 0o400), (file.parent, 0o500)):
        before = barred.stat().st_mode
        barred.chmod(mode)
        tell(said=await said(office.list))
        await save(office, f"Under {mode:o}")
        barred.chmod(before)
        await save(office, f"After {mode:o}")


SCENES: Final[dict[str, Any]] = {
    scene.__name__: scene for scene in (unknown, settled, aborted, limited, sorting, appending, protected)
}


async def main(url: str, scene: str, *files: str) -> None:
    async with await open_database(parse_url(url)):
        await SCENES[scene](await find_office(), *files)
        os.kill(os.getpid(), signal.SIGKILL)


def played(url: str, scene: str, *files: str, environment: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """What a process said that played the scene, and was killed."""
    mortal = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if scene == "protected" else ()
    command = [
        *(mortal if os.geteuid() == 0 else ()),
        sys.executable,
        "-m",
        "tests.faults.sqlite_child",
        url,
        scene,
        *files,
    ]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
