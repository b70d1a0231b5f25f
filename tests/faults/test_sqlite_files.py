# ruff: noqa: ASYNC240 - the files are the matter, and nobody waits
"""A file that is moved, replaced, cut short or damaged while it is open, or that lies where nobody may write."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from models import Account
from models.engines.errors import DatabaseUnavailable
from models.engines.sqlite_files import CUT_WAL
from tests.faults.small_disk import remount, small_disk
from tests.faults.sqlite_child import played
from tests.faults.work import Office, find_office, open_office, said
from tests.models.engines.support import engine, settled, slots_in_use
from tui.database import OpenError, open_database
from tui.settings import parse_url

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.sqlite_only

MOVED = "The database file was moved or removed. Nothing was changed."
REPLACED = (
    "Another file stands in the place of the database file: leave and start again to open that one. "
    "Nothing was changed."
)
DAMAGED = "The database file is damaged. Restore it from a backup."
CUT = "The database file was cut short and is damaged. Nothing was changed. Restore it from a backup."


def _path(url: str) -> Path:
    path = parse_url(url).path
    assert path is not None
    return path


async def _says(office: Office, sentence: str) -> None:
    """To who reads and to who writes."""
    for work in (office.list, office.save, office.bulk):
        assert (await said(work)).startswith(sentence)


async def test_a_file_that_is_moved_away_and_back(database_url: str) -> None:
    path = _path(database_url)
    async with engine(database_url) as client:
        office = await open_office()
        kept = path.rename(path.with_name("kept"))
        await _says(office, MOVED)
        path.write_bytes(b"")
        await _says(office, REPLACED)
        assert path.read_bytes() == b""
        path.unlink()
        kept.rename(path)
        for work in (office.list, office.save, office.bulk):
            assert await said(work) == ""
        await settled(client)
        assert slots_in_use(client) == 0
        await office.check()


async def test_a_file_that_is_replaced_while_it_is_written(database_url: str) -> None:
    """As a restore does it: nothing is said to be done that stands only in a file that has no name any more."""
    path = _path(database_url)
    other = path.with_name("other.sqlite3")
    async with engine(database_url) as client:
        office = await open_office()
        shutil.copy(path, other)
        with pytest.raises(DatabaseUnavailable) as caught:
            await _replacing(client, lambda: other.rename(path))
        assert caught.value.sentence == REPLACED
        await _says(office, REPLACED)


async def _replacing(client: Any, replace: Callable[[], object]) -> None:
    async with client._in_transaction() as transaction:
        await transaction.execute_query("UPDATE users SET full_name = 'lost' WHERE username = 'person0'")
        replace()


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
@pytest.mark.parametrize("replaced", [False, True])
async def test_what_lies_beside_the_file_is_removed(database_url: str, ending: str, replaced: bool) -> None:
    """Another program would make new ones, and the two would write past each other."""
    path = _path(database_url)
    async with engine(database_url):
        office = await open_office()
        assert await said(office.save) == ""
        Path(f"{path}{ending}").unlink()
        if replaced:
            Path(f"{path}{ending}").write_bytes(b"")
        await _says(office, f"The file beside the database that ends in {ending} was removed or replaced")
    # Closed, which is what the sentence asks for, the file has all of it.
    async with engine(database_url):
        again = await find_office()
        again.acknowledged = office.acknowledged
        assert await said(again.save) == ""
        await again.check()


@pytest.mark.parametrize("part", [0, 0.5])
async def test_a_wal_that_is_cut_short(database_url: str, part: float) -> None:
    """SQLite itself writes on behind the hole: it has its pages in memory, and the file is nothing afterwards."""
    path = _path(database_url)
    async with engine(database_url) as client:
        office = await open_office()
        assert await said(office.save) == ""
        length = _cut_wal(path, part)
        with pytest.raises(DatabaseUnavailable) as caught:  # without a look at what is missing
            await _replacing(client, lambda: None)
        assert caught.value.sentence == CUT_WAL
        await _says_after_a_change(office, CUT_WAL)
        await settled(client)
        assert slots_in_use(client) == 0
        assert Path(f"{path}-wal").stat().st_size == length  # nothing was written behind the hole
    # What was in the file is whole, and is no file of another shape.
    with closing(sqlite3.connect(path)) as asking:
        assert asking.execute("PRAGMA quick_check").fetchone() == ("ok",)


async def test_a_wal_that_is_cut_short_while_it_is_written(database_url: str) -> None:
    path = _path(database_url)
    async with engine(database_url) as client:
        office = await open_office()
        with pytest.raises(DatabaseUnavailable) as caught:
            await _replacing(client, lambda: _cut_wal(path, 0.5))
        assert caught.value.sentence == CUT_WAL
        await _says(office, CUT_WAL)


async def test_a_wal_that_is_cut_short_while_another_program_takes_it_into_the_file(database_url: str) -> None:
    """Only one program does that at a time, and to do it is to ask what should be there: so it is waited for."""
    path = _path(database_url)
    async with engine(database_url) as client:
        office = await open_office()
        assert await said(office.save) == ""
        keeper = (
            "import fcntl, sys; f = open(sys.argv[1], 'r+b'); fcntl.lockf(f, fcntl.LOCK_EX, 1, 121); print(flush=True)"
        )
        with subprocess.Popen(  # noqa: ASYNC220 - it is waited for in a thread
            [sys.executable, "-c", f"{keeper}; sys.stdin.read()", f"{path}-shm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as other:
            assert other.stdin is not None
            assert other.stdout is not None
            await asyncio.to_thread(other.stdout.readline)
            _cut_wal(path, 0.5)
            saving = asyncio.create_task(_replacing(client, lambda: None))
            done, _ = await asyncio.wait({saving}, timeout=0.2)
            other.stdin.close()
        assert not done
        with pytest.raises(DatabaseUnavailable) as caught:
            await saving
        assert caught.value.sentence == CUT_WAL


async def test_a_wal_that_another_program_empties(database_url: str) -> None:
    """A backup or a service does that, at any moment: nothing is lost, and nobody is stopped."""
    path = _path(database_url)
    async with engine(database_url):
        office = await open_office()
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            for some in (0, 1, 60):
                assert await said(office.save) == ""
                other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                assert Path(f"{path}-wal").stat().st_size == 0
                for number in range(some):
                    other.execute("CREATE TABLE IF NOT EXISTS other (t)")
                    other.execute("INSERT INTO other VALUES (?)", (number,))
                for work in (office.list, office.save, office.bulk):
                    assert await said(work) == ""
        await office.check()


def _cut_wal(path: Path, part: float) -> int:
    """To a part of its length, which is returned, in bytes."""
    wal = f"{path}-wal"
    length = int(Path(wal).stat().st_size * part)
    os.truncate(wal, length)
    return length


async def _says_after_a_change(office: Office, sentence: str) -> None:
    """To who writes, and then to everybody."""
    for work in (office.save, office.bulk, office.list):
        assert (await said(work)).startswith(sentence)


@pytest.mark.parametrize("part", [0, 0.5])
async def test_a_file_that_is_cut_short(database_url: str, part: float) -> None:
    """What is in memory looks whole: a change of it would be called done, and be lost with the rest."""
    path = _path(database_url)
    async with engine(database_url) as client:
        office = await open_office()
        assert await said(office.save) == ""
        await (await client.writer()).execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        os.truncate(path, int(path.stat().st_size * part) // 4096 * 4096)
        for work in (office.save, office.bulk):
            assert (await said(work)).startswith((CUT, DAMAGED, "The file is not an SQLite database."))
        await settled(client)
        assert slots_in_use(client) == 0


async def test_a_vacuum_makes_a_file_shorter_and_it_is_whole(database_url: str) -> None:
    path = _path(database_url)
    async with engine(database_url) as client:
        office = await open_office()
        async with client._in_transaction() as transaction:
            await transaction.execute_script(
                "CREATE TABLE big (t TEXT); INSERT INTO big VALUES (hex(zeroblob(500000)))"
            )
        async with client._in_transaction() as transaction:
            await transaction.execute_script("DROP TABLE big")
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            assert await said(office.save) == ""
            before = path.stat().st_size
            other.execute("VACUUM")
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            assert path.stat().st_size < before
        for work in (office.list, office.save, office.bulk):
            assert await said(work) == ""
        await office.check()


async def test_a_page_that_is_damaged(database_url: str) -> None:
    path = _path(database_url)
    async with engine(database_url):
        await open_office()
    with closing(sqlite3.connect(path)) as asking:
        [page] = asking.execute("SELECT rootpage FROM sqlite_master WHERE name = 'users'").fetchone()
        [size] = asking.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    async with engine(database_url) as client:
        with pytest.raises(DatabaseUnavailable) as caught:
            await Account.all()
        assert caught.value.sentence == DAMAGED
        assert slots_in_use(client) == 0
        # What lies on other pages can be read still.
        assert await client.execute_query_dict("SELECT count(*) AS n FROM roles")


async def test_a_copy_is_a_database_of_its_own(database_url: str) -> None:
    """Made while it is open, with its -wal, as a snapshot of the disk is."""
    path = _path(database_url)
    async with engine(database_url):
        office = await open_office()
        assert await said(office.save) == ""
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", path.with_name(f"copy.sqlite3{ending}"))
    async with engine(f"sqlite://{path.with_name('copy.sqlite3')}"):
        copied = await find_office()
        copied.acknowledged = office.acknowledged
        assert await said(copied.save) == ""
        await copied.check()


async def test_a_read_only_disk(database_url: str) -> None:
    """A snapshot, or a volume of somebody else: it is looked at. SQLite by itself opens none there that had a -wal."""
    async with engine(database_url):
        await open_office()
    with small_disk(4) as disk:
        path = Path(shutil.copy(_path(database_url), disk))
        remount(disk, "ro")
        async with await open_database(parse_url(f"sqlite://{path}")) as database:
            assert database.read_only
            office = await find_office()
            assert await said(office.list) == ""
            for work in (office.save, office.bulk):
                assert (await said(work)).startswith("The database file takes no changes: it is write-protected")
            remount(disk, "rw")
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("UPDATE users SET full_name = 'changed'")
            assert (await said(office.list)).startswith(
                "The database file lies on a read-only file system, and somebody"
            )


async def test_a_read_only_disk_with_changes_that_are_not_in_the_file_yet(database_url: str) -> None:
    path = _path(database_url)
    with small_disk(4) as disk:
        async with engine(database_url):
            await open_office()
            for ending in ("", "-wal"):
                shutil.copy(f"{path}{ending}", disk)
        remount(disk, "ro")
        with pytest.raises(OpenError, match="Copy it to a directory of yours, with its -wal"):
            await open_database(parse_url(f"sqlite://{disk / path.name}"))


async def test_a_file_and_a_directory_that_take_no_changes(database_url: str) -> None:
    """For as long as it is so: the next change works, without a restart."""
    async with engine(database_url):
        await open_office()
    told = played(database_url, "protected", str(_path(database_url)))
    listed, refused, after, again, under, last = told
    assert refused["sentence"].startswith("The database file takes no changes: it is write-protected")
    assert listed["said"] == again["said"] == ""
    assert after["status"] == under["status"] == last["status"] == "ok"  # what lies beside the file was there already
    async with engine(database_url):
        await (await find_office()).check()
