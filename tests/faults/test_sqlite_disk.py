"""A full disk under a file: at a write, at COMMIT, where the -wal is taken into the file, where a list is sorted."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.faults.invariant import assert_invariant
from tests.faults.small_disk import small_disk
from tests.faults.sqlite_child import played
from tests.faults.work import find_office, open_office, said
from tests.models.engines.support import engine
from tui.settings import parse_url

if TYPE_CHECKING:
    from tests.faults.work import Office

pytestmark = pytest.mark.sqlite_only

FULL = "The disk of the database file is full. Nothing was changed; make room first."
MOST = 600
"""Changes until a -wal of some hundred kilobytes is full, at most."""


async def test_a_disk_that_is_full(database_url: str) -> None:
    given = parse_url(database_url).path
    assert given is not None
    with small_disk(6) as disk:
        path = Path(shutil.copy(given, disk))
        async with engine(f"sqlite://{path}", wal_autocheckpoint=20) as client:
            office = await open_office()
            for _ in range(5):
                assert await said(office.bulk) == ""
            await (await client.writer()).execute_fetchall("PRAGMA wal_checkpoint")
            filler = _fill(disk)
            done = await _until_full(office)
            assert done > 0  # into the room that the -wal has, while the file could not grow
            assert "full" in _checkpointed(path)
            assert (await said(office.bulk)).startswith(FULL)
            assert await said(office.list) == ""
            filler.unlink()
            for work in (office.save, office.bulk, office.list):
                assert await said(work) == ""
            await office.check()


async def _until_full(office: Office) -> int:
    """How many changes were done before the first that was refused."""
    for done in range(MOST):
        sentence = await said(office.save)
        if sentence:
            assert sentence == FULL
            return done
    raise AssertionError("The disk never was full.")


def _fill(disk: Path) -> Path:
    """Takes all the room that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler


def _checkpointed(path: Path) -> str:
    with closing(sqlite3.connect(path, timeout=0)) as other:
        try:
            return str(other.execute("PRAGMA wal_checkpoint").fetchall())
        except sqlite3.OperationalError as error:
            return str(error)


async def test_files_that_may_not_grow(database_url: str) -> None:
    """At a write, at COMMIT, within a frame: it is done or it is not, and what was said is so after kill -9."""
    async with engine(database_url):
        await open_office()
    path = parse_url(database_url).path
    told = played(database_url, "limited", f"{path}-wal")
    for limited, free in zip(told[::2], told[1::2], strict=True):
        assert free["status"] == "ok"
        assert limited["status"] == "ok" or limited["sentence"].endswith("Nothing was changed.")
    assert Counter(one["status"] == "ok" for one in told[::2]).keys() == {True, False}
    async with engine(database_url):
        await assert_invariant(
            acknowledged=[UUID(one["op_id"]) for one in told if one["status"] == "ok"],
            refused=[UUID(one["op_id"]) for one in told if one["status"] != "ok"],
        )
        assert await said((await find_office()).save) == ""


async def test_no_room_to_sort(database_url: str) -> None:
    async with engine(database_url):
        await open_office()
    full, _, free, last = played(database_url, "sorting", "")
    assert full["sentence"].startswith("There is no room for the temporary files")
    assert (free["status"], last["status"]) == ("ok", "ok")
