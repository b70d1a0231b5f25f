"""Several programs on one file: who waits, who is told what, and that nobody's change is lost under another's."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from models import Account
from models.engines import sqlite_transaction
from models.engines.sqlite import SafeSqliteClient
from models.operations.transactions import connection
from tests.faults.invariant import violations
from tests.faults.sqlite_child import WORDS, played
from tests.faults.work import open_office, said
from tests.models.engines.support import engine
from tui.settings import parse_url

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.sqlite_only

WRITING = "Another program is writing to this database. Nothing was changed; try again."
KEPT = "Another program keeps the database file for itself. Nothing was read or changed; try again."


def _path(url: str) -> Path:
    path = parse_url(url).path
    assert path is not None
    return path


@contextmanager
def _held(path: Path, statement: str = "BEGIN IMMEDIATE", mode: str = "NORMAL") -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute(f"PRAGMA locking_mode = {mode}")
        other.execute(statement)
        yield other


async def test_two_shellbacks_and_a_service_lose_no_update(database_url: str, tmp_path: Path) -> None:
    """Each adds words to what it reads of the same record, in two statements with time between them."""
    async with engine(database_url):
        await open_office()
        first = (await Account.get(username="person0")).id
    with ThreadPoolExecutor(3) as others:
        ready = [tmp_path / "a", tmp_path / "b"]
        told = [others.submit(played, database_url, "appending", str(file)) for file in ready]
        service = others.submit(_serving, _path(database_url), first, ready)
    outcomes = [one for each in told for one in each.result()]
    words = [one["word"] for one in outcomes if one["status"] == "ok"] + service.result()
    assert len(words) == 3 * WORDS
    assert {one["status"] for one in outcomes} == {"ok", "conflict"}
    async with engine(database_url):
        person = await Account.get(id=first)
        assert sorted(person.full_name.rstrip(",").split(",")) == sorted(word.rstrip(",") for word in words)
        assert person.version == 1 + len(words)
        found = await violations(
            acknowledged=[UUID(one["op_id"]) for one in outcomes if one["status"] == "ok"],
            refused=[UUID(one["op_id"]) for one in outcomes if one["status"] != "ok"],
        )
        # What the service changed by itself the audit does not know; nothing else is wrong.
        assert all(one.startswith((f"user {first}:", f"user {first} is at")) for one in found), found


def _serving(path: Path, key: int, ready: list[Path]) -> list[str]:
    """A service of the same tables that keeps to their rule: a version more with each change. It comes first where both
    others have read."""
    last = time.monotonic() + 40
    while not all(file.exists() for file in ready) and time.monotonic() < last:
        time.sleep(0.005)
    chance = random.Random(5)
    words: list[str] = []
    with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as file:
        while len(words) < WORDS:
            name, version = file.execute("SELECT full_name, version FROM users WHERE id = ?", (key,)).fetchone()
            word = f"s{len(words)},"
            time.sleep(chance.uniform(0, 0.01))  # works out what it will write
            done = file.execute(
                "UPDATE users SET full_name = ?, version = version + 1 WHERE id = ? AND version = ?",
                (f"{name}{word}", key, version),
            )
            if done.rowcount == 1:
                words.append(word)
                time.sleep(chance.uniform(0, 0.05))  # serves others
    return words


async def test_a_file_that_is_locked_for_three_seconds_is_waited_for(database_url: str) -> None:
    async with engine(database_url):
        office = await open_office()
        with _held(_path(database_url)) as other:
            saving = asyncio.create_task(said(office.save))
            asyncio.get_running_loop().call_later(3, other.rollback)
            assert await said(office.list) == ""
            assert not saving.done()
            assert await saving == ""
        await office.check()


async def test_a_file_that_stays_locked(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is locked for 30 s, with a shorter patience."""
    monkeypatch.setattr(sqlite_transaction, "BUSY_MILLISECONDS", 200)
    async with engine(database_url):
        office = await open_office()
        with _held(_path(database_url)):
            for work in (office.save, office.bulk):
                assert (await said(work)).startswith(WRITING)
            assert await said(office.list) == ""
        for work in (office.save, office.bulk, office.list):
            assert await said(work) == ""
        await office.check()


async def test_a_program_that_keeps_the_file_for_itself(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.sqlite_connection.CONNECT_BUSY_SECONDS", 0.2)
    async with engine(database_url) as client:
        office = await open_office()
        await client.close()
    async with engine(database_url, busy_timeout=200) as client:
        with _held(_path(database_url), "PRAGMA journal_mode = WAL", "EXCLUSIVE") as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("COMMIT")
            assert isinstance(connection(), SafeSqliteClient)
            assert await said(office.list) == KEPT
            assert (await said(office.save)) in (KEPT, WRITING)
        for work in (office.save, office.list):
            assert await said(work) == ""
        await office.check()
