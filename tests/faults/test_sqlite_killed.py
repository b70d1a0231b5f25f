"""kill -9 in a loop of a Shellback that writes to a file: all it acknowledged is there, nothing is half there, the file
opens and is not locked, and what lies beside it is its owner's alone."""

from __future__ import annotations

import random
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from tests.faults.calling_off import killed
from tests.faults.work import find_office, open_office, said
from tests.models.engines.support import engine
from tui.settings import parse_url

pytestmark = pytest.mark.sqlite_only

KILLS = 6
FEWEST = 1
MOST = 20
"""Changes that are acknowledged before the end comes, at some moment of the next one."""


async def test_kill_9_in_a_loop(database_url: str) -> None:
    chance = random.Random(4)
    acknowledged: list[UUID] = []
    path = parse_url(database_url).path
    assert path is not None
    async with engine(database_url):
        await open_office()
    for number in range(KILLS):
        acknowledged += await killed(database_url, chance, fewest=FEWEST, most=MOST, late=0.03)
        found = _beside(path)
        assert found == {path.name: 0o600, f"{path.name}-shm": 0o600, f"{path.name}-wal": 0o600}
        if number % 2:  # else the next Shellback finds what the killed one left
            assert _free(path) == "ok"
    async with engine(database_url):
        office = await find_office()
        office.acknowledged = acknowledged
        await office.check()
        assert await said(office.save) == ""
        await office.check()
    assert _beside(path) == {path.name: 0o600}


def _beside(path: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob(f"{path.name}*")}


def _free(path: Path) -> str:
    """What SQLite's own check says, under the lock of a writer that is had at once."""
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=0, isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        return str(file.execute("PRAGMA quick_check").fetchone()[0])
