"""SQLite's file: made only when it may be, its owner's alone, whole when it is closed, and untouched by looking."""

import asyncio
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from models.engines.errors import DatabaseUnavailable
from tests.models.engines.support import change, create_ledger, engine, settled, slots_in_use
from tui.settings import parse_url

pytestmark = pytest.mark.sqlite_only


async def test_a_mistyped_path_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "typo.sqlite3"
    async with engine(f"sqlite://{path}") as client:
        with pytest.raises(DatabaseUnavailable):
            await client.execute_query("SELECT 1")
        with pytest.raises(DatabaseUnavailable):
            await change(client, "x")
        await settled(client)
        assert slots_in_use(client) == 0
    assert not path.exists()


async def test_a_new_file_and_what_lies_beside_it_are_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite3"

    def files() -> dict[str, int]:
        return {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}

    async with engine(f"sqlite://{path}", create=True) as client:
        async with client._in_transaction() as transaction:
            await transaction.execute_script("CREATE TABLE t (id INTEGER)")
        assert files() == {"new.sqlite3": 0o600, "new.sqlite3-shm": 0o600, "new.sqlite3-wal": 0o600}
    # Closed, the one file is the whole database: it can be copied.
    assert files() == {"new.sqlite3": 0o600}


async def test_looking_changes_nothing_in_the_file(ledger_url: str) -> None:
    path = parse_url(ledger_url).path
    assert path is not None
    before = path.read_bytes()
    async with engine(ledger_url) as client:
        await client.execute_query("SELECT op FROM ledger")
    assert path.read_bytes() == before
    async with engine(ledger_url) as client:
        await change(client, "x")
        assert (await client.execute_query_dict("PRAGMA journal_mode"))[0]["journal_mode"] == "wal"
        writer = await client.writer()
        for pragma, value in (("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)):
            rows = list(await writer.execute_fetchall(f"PRAGMA {pragma}"))
            assert rows[0][0] == value


async def test_a_program_that_forgets_to_close_can_end(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'ledger.sqlite3'}"
    (tmp_path / "ledger.sqlite3").touch()
    await create_ledger(url)
    program = """
import asyncio, sys
from tests.models.engines.support import change
from tui.database import open_database
from tui.settings import parse_url

async def main(url):
    database = await open_database(parse_url(url))
    await change(database.client, "x")

asyncio.run(main(sys.argv[1]))
"""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-W", "ignore", "-c", program, url], timeout=20, check=False
    )
    assert done.returncode == 0


async def test_bytes_that_are_no_text_spoil_no_page(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        async with client._in_transaction() as transaction:
            await transaction.execute_query("INSERT INTO ledger (op, note) VALUES ('a', CAST(x'41ff42' AS TEXT))")
        rows = await client.execute_query_dict("SELECT note FROM ledger")
        assert rows == [{"note": "A\N{REPLACEMENT CHARACTER}B"}]
