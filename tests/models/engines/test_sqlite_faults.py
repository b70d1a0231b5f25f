# ruff: noqa: PT012 - what raises is the end of the `async with`, not one of its statements
"""SQLite: several processes, full disks, long statements, files that only their owner reads."""

import asyncio
import contextlib
import sys
import threading
from typing import Any

import pytest

from models.engines import sqlite_connection, sqlite_transaction
from models.engines.errors import (
    CommitUnknown,
    ConstraintViolated,
    DatabaseError,
    PoolTimeout,
    Retryable,
    StatementTimeout,
)
from models.engines.settlement import Fate, settle
from tests.models.engines.support import change, engine, landed, settled, slots_in_use
from tui.settings import parse_url

pytestmark = pytest.mark.sqlite_only

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

PROCESSES = 4
CHANGES = 40
WORKER = """
import asyncio, sys
from tests.models.engines.support import engine

async def main(url, name):
    async with engine(url) as client:
        for n in range(CHANGES):
            async with client._in_transaction() as transaction:
                rows = await transaction.execute_query_dict("SELECT value FROM counter")
                await transaction.execute_query(f"UPDATE counter SET value = {rows[0]['value'] + 1}")
                await transaction.execute_query(f"INSERT INTO ledger (op) VALUES ('{name}-{n}')")

asyncio.run(main(*sys.argv[1:]))
""".replace("CHANGES", str(CHANGES))


async def test_processes_that_read_and_then_write_never_collide(ledger_url: str) -> None:
    workers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, ledger_url, str(n)) for n in range(PROCESSES)
    ]
    assert await asyncio.gather(*(worker.wait() for worker in workers)) == [0] * PROCESSES
    async with engine(ledger_url) as client:
        assert len(await landed(client)) == PROCESSES * CHANGES


async def test_a_writer_that_does_not_end_is_told_apart(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_transaction, "BUSY_MILLISECONDS", 60)
    async with engine(ledger_url) as client:
        with _locked(ledger_url), pytest.raises(Retryable):
            await change(client, "x")
        await change(client, "y")
        assert await landed(client) == {"y"}


async def test_waiting_for_another_process_can_be_cancelled(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        await landed(client)
        with _locked(ledger_url):
            task = asyncio.create_task(change(client, "x"))
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await settled(client)
            assert slots_in_use(client) == 0
        await change(client, "y")
        assert await landed(client) == {"y"}


async def test_a_failed_commit_is_not_committed_by_the_next_one(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        for _ in range(3):
            with pytest.raises(ConstraintViolated):
                async with client._in_transaction() as transaction:
                    await transaction.execute_query("INSERT INTO ledger (op) VALUES ('refused')")
                    await transaction.execute_query("INSERT INTO child (id, op) VALUES (1, 'missing')")
            assert not (await client.writer()).in_transaction
            assert slots_in_use(client) == 0
        await change(client, "next")
        assert await landed(client) == {"next"}


async def test_a_full_disk_has_its_sentence_and_changes_nothing(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        await change(client, "before")
        await (await client.writer()).execute("PRAGMA max_page_count = 1")
        with pytest.raises(DatabaseError, match="disk") as caught:
            async with client._in_transaction() as transaction:
                await transaction.execute_query("UPDATE counter SET value = 99")
                await transaction.execute_query("INSERT INTO ledger (op) VALUES (hex(randomblob(100000)))")
        assert caught.value.code == "SQLITE_FULL"
        assert await landed(client) == {"before"}


async def test_what_follows_a_rollback_of_sqlites_own_is_not_committed_alone(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        with pytest.raises(DatabaseError):
            async with client._in_transaction() as transaction:
                with pytest.raises(ConstraintViolated):
                    await transaction.execute_query("INSERT OR ROLLBACK INTO counter VALUES (1, 1)")
                with pytest.raises(DatabaseError):
                    await transaction.execute_query("INSERT INTO ledger (op) VALUES ('alone')")
        assert await landed(client) == set()


async def test_a_cancelled_statement_is_over_when_its_caller_leaves(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        for send in (client.execute_query, _in_transaction(client)):
            task = asyncio.create_task(send(ENDLESS))
            await asyncio.sleep(0.02)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await settled(client)
            assert slots_in_use(client) == 0
        await change(client, "next")
        assert await landed(client) == {"next"}


async def test_a_statement_has_a_deadline(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_connection, "COMMAND_SECONDS", 0.05)
    async with engine(ledger_url) as client:
        with pytest.raises(StatementTimeout):
            await client.execute_query(ENDLESS)
        with pytest.raises(StatementTimeout):
            await _in_transaction(client)(ENDLESS)
        assert slots_in_use(client) == 0
        await change(client, "next")
        assert await landed(client) == {"next"}


def _in_transaction(client: Any) -> Any:
    async def send(query: str) -> None:
        async with client._in_transaction() as transaction:
            await transaction.execute_query("INSERT INTO ledger (op) VALUES ('half')")
            await transaction.execute_query(query)

    return send


async def test_a_commit_that_the_disk_does_not_answer_is_unknown_until_it_is_settled(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread stands still before COMMIT, as in an fsync that hangs."""
    monkeypatch.setattr(sqlite_connection, "COMMAND_SECONDS", 0.05)
    monkeypatch.setattr(sqlite_connection, "STOP_SECONDS", 0.05)
    monkeypatch.setattr(sqlite_transaction, "BUSY_MILLISECONDS", 60)
    disk = threading.Event()
    plain = sqlite_transaction.SqliteTransaction._commit_now

    def slow(transaction: sqlite_transaction.SqliteTransaction) -> None:
        disk.wait()
        plain(transaction)

    async with engine(ledger_url) as client:
        with monkeypatch.context() as patch:
            patch.setattr(sqlite_transaction.SqliteTransaction, "_commit_now", slow)
            with pytest.raises(CommitUnknown) as caught:
                await change(client, "op")

        async def look() -> bool:
            return "op" in await landed_inside(client)

        settling = asyncio.create_task(settle(client, caught.value, look))
        await asyncio.sleep(0.05)
        assert not settling.done()
        disk.set()
        assert await settling is Fate.COMMITTED
        assert await landed(client) == {"op"}


async def landed_inside(client: Any) -> set[str]:
    return {row["op"] for row in await client.execute_query_dict("SELECT op FROM ledger")}


async def test_reads_do_not_wait_for_a_transaction(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        async with client._in_transaction() as transaction:
            await transaction.execute_query("INSERT INTO ledger (op) VALUES ('x')")
            assert await landed_inside(client) == set()
        assert await landed_inside(client) == {"x"}


async def test_one_transaction_waits_for_the_other(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.sqlite.LOCK_SECONDS", 0.05)
    async with engine(ledger_url) as client:
        async with client._in_transaction():
            with pytest.raises(PoolTimeout):
                await asyncio.create_task(change(client, "x"))
        await change(client, "y")
        assert await landed(client) == {"y"}


async def test_a_script_is_part_of_its_transaction(ledger_url: str) -> None:
    script = """
    CREATE TABLE made (id INTEGER, note TEXT); -- a comment; with a semicolon
    CREATE TRIGGER made_t AFTER INSERT ON made BEGIN UPDATE made SET note = ';'; SELECT 1; END;
    INSERT INTO made VALUES (1, 'a;b');
    /* the end; */
    """
    async with engine(ledger_url) as client:
        with pytest.raises(ZeroDivisionError):
            async with client._in_transaction() as transaction:
                await transaction.execute_script(script)
                raise ZeroDivisionError
        assert await client.execute_query_dict("SELECT name FROM sqlite_master WHERE name LIKE 'made%'") == []
        async with client._in_transaction() as transaction:
            await transaction.execute_script(script)
        assert await client.execute_query_dict("SELECT * FROM made") == [{"id": 1, "note": ";"}]


@pytest.mark.parametrize("pragma", ["PRAGMA foreign_keys=OFF", "pragma main.foreign_keys = 0;"])
async def test_a_pragma_that_would_do_nothing_is_refused(ledger_url: str, pragma: str) -> None:
    async with engine(ledger_url) as client:
        with pytest.raises(DatabaseError, match="foreign_keys"):
            async with client._in_transaction() as transaction:
                await transaction.execute_script(pragma)


@contextlib.contextmanager
def _locked(url: str) -> Any:
    """Another connection in the middle of a write."""
    import sqlite3

    path = parse_url(url).path
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_closing_does_not_wait_for_a_long_read(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        reading = asyncio.create_task(client.execute_query(ENDLESS))
        await asyncio.sleep(0.02)
        await client.close()
        with pytest.raises(StatementTimeout):
            await reading


async def test_rows_are_counted_without_what_triggers_did(ledger_url: str) -> None:
    async with engine(ledger_url) as client, client._in_transaction() as transaction:
        await transaction.execute_script(
            "CREATE TRIGGER counted AFTER UPDATE ON ledger BEGIN UPDATE counter SET value = value + 1; END"
        )
        await transaction.execute_query("INSERT INTO ledger (op) VALUES ('a')")
        assert (await transaction.execute_query("UPDATE ledger SET note = 'x' WHERE op = 'a'"))[0] == 1
        assert (await transaction.execute_query("UPDATE ledger SET note = 'x' WHERE op = 'b'"))[0] == 0
        changed, rows = await transaction.execute_query("UPDATE ledger SET note = 'y' RETURNING op")
        assert (changed, [dict(row) for row in rows]) == (1, [{"op": "a"}])
        assert (await transaction.execute_query("SELECT op FROM ledger"))[0] == 1
