# ruff: noqa: PT012 - what raises is the end of the `async with`, not one of its statements
"""What holds on both dialects: whole transactions or nothing, no write outside one, every slot back."""

import asyncio
import logging
import random
from typing import TYPE_CHECKING, Any, cast

import pytest
from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

from models.clock import database_now
from models.engines.errors import (
    ConstraintViolated,
    DatabaseError,
    PermissionRefused,
    TransactionEnded,
    WriteOutsideTransaction,
    columns_of,
    constraint_of,
)
from tests.models.engines.support import change, engine, landed, settled, slots_in_use

if TYPE_CHECKING:
    from models.engines.sqlite_transaction import SqliteTransaction

CANCELLATIONS = 400


async def test_a_transaction_is_whole_or_nothing(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        await change(client, "kept")
        with pytest.raises(ZeroDivisionError):
            async with in_transaction() as transaction:
                await transaction.execute_query("INSERT INTO ledger (op) VALUES ('dropped')")
                raise ZeroDivisionError
        assert await landed(client) == {"kept"}


async def test_a_savepoint_is_taken_back_alone(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        async with in_transaction() as outer:
            await outer.execute_query("INSERT INTO ledger (op) VALUES ('outer')")
            with pytest.raises(ZeroDivisionError):
                async with in_transaction() as inner:
                    await inner.execute_query("INSERT INTO ledger (op) VALUES ('inner')")
                    raise ZeroDivisionError
            async with in_transaction() as again:
                await again.execute_query("INSERT INTO ledger (op) VALUES ('again')")
            await outer.execute_query("UPDATE counter SET value = 2")
        assert await landed(client) == {"outer", "again"}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger (op) VALUES ('x')",
        "  -- a comment\n UPDATE counter SET value = 7",
        "/* another */ DELETE FROM ledger",
        "CREATE TABLE other (id INTEGER)",
        "BEGIN",
        "",
    ],
)
async def test_a_write_outside_a_transaction_is_a_mistake_of_the_program(ledger_url: str, statement: str) -> None:
    async with engine(ledger_url) as client:
        with pytest.raises(WriteOutsideTransaction):
            await client.execute_query(statement)
        with pytest.raises(WriteOutsideTransaction):
            await client.execute_script(statement)
        assert await landed(client) == set()


async def test_the_database_refuses_what_only_looks_like_reading(ledger_url: str) -> None:
    hidden = "WITH old AS (SELECT 1) UPDATE counter SET value = 7"
    async with engine(ledger_url) as client:
        with pytest.raises(PermissionRefused):
            await client.execute_query(hidden)
        assert await landed(client) == set()


async def test_autocommit_is_for_those_who_ask_for_it(ledger_url: str) -> None:
    async with engine(ledger_url, autocommit=True) as client:
        await client.execute_script("INSERT INTO ledger (op) VALUES ('a'); UPDATE counter SET value = 1;")
        await client.execute_insert("INSERT INTO child (id, op) VALUES (1, 'a')", [])
        assert await landed(client) == {"a"}


async def test_read_only_takes_no_change_of_any_kind(ledger_url: str) -> None:
    async with engine(ledger_url, read_only=True) as client:
        assert await client.execute_query_dict("SELECT value FROM counter") == [{"value": 0}]
        with pytest.raises(PermissionRefused):
            await change(client, "x")
        await settled(client)
        assert slots_in_use(client) == 0


async def test_a_transaction_that_swallowed_an_error_is_not_called_committed(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        with pytest.raises(DatabaseError):
            async with in_transaction() as transaction:
                await transaction.execute_query("INSERT INTO ledger (op) VALUES ('half')")
                with pytest.raises(DatabaseError):
                    await transaction.execute_query("SELECT * FROM nowhere")
                if client.capabilities.dialect == "sqlite":
                    # SQLite goes on after most errors; here it rolled back by itself, as when the disk is full.
                    await cast("SqliteTransaction", transaction).connection.rollback()
                    await transaction.execute_query("INSERT INTO ledger (op) VALUES ('alone')")
        assert await landed(client) == set()


@pytest.mark.parametrize(
    ("statement", "kind", "columns"),
    [
        ("INSERT INTO ledger (op) VALUES ('s3cret')", "unique", ("op",)),
        ("INSERT INTO ledger (op, note) VALUES ('b', NULL)", "not_null", ("note",)),
        ("UPDATE counter SET value = -1", "check", ()),
    ],
)
async def test_constraints_are_told_by_name_and_never_by_value(
    ledger_url: str, statement: str, kind: str, columns: tuple[str, ...]
) -> None:
    async with engine(ledger_url) as client:
        await change(client, "s3cret")
        with pytest.raises(ConstraintViolated) as caught:
            async with in_transaction() as transaction:
                await transaction.execute_query(statement)
        assert caught.value.kind == kind
        assert columns_of(caught.value) == columns
        assert constraint_of(caught.value)
        assert "s3cret" not in str(caught.value)
        if kind == "check":
            assert constraint_of(caught.value) == "not_negative"


async def test_a_constraint_that_commit_finds_leaves_nothing_behind(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        with pytest.raises(ConstraintViolated) as caught:
            async with in_transaction() as transaction:
                await transaction.execute_query("INSERT INTO child (id, op) VALUES (1, 'missing')")
        assert caught.value.kind == "foreign_key"
        await change(client, "next")
        assert await landed(client) == {"next"}
        assert await client.execute_query_dict("SELECT * FROM child") == []


async def test_a_task_that_outlives_its_transaction_writes_nothing(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        over = asyncio.Event()

        async def straggler() -> None:
            await over.wait()
            await get_connections().get("default").execute_query("INSERT INTO ledger (op) VALUES ('late')")

        async with in_transaction():
            task = asyncio.create_task(straggler())
        over.set()
        with pytest.raises(TransactionEnded):
            await task
        assert await landed(client) == set()


async def test_changes_side_by_side_are_all_counted(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        await asyncio.gather(*(change(client, f"op{n}") for n in range(30)))
        assert await landed(client) == {f"op{n}" for n in range(30)}


async def test_hundreds_of_cancellations_lose_nothing(ledger_url: str) -> None:
    """Every acknowledged change is there once, none is half there, every slot comes back, the next change works."""
    chance = random.Random(20_26)
    acknowledged: set[str] = set()

    async def attempt(client: Any, op: str) -> None:
        await change(client, op)
        acknowledged.add(op)

    async with engine(ledger_url) as client:
        before = get_connections().get("default")
        for batch in range(CANCELLATIONS // 4):
            tasks = [asyncio.create_task(attempt(client, f"{batch}-{n}")) for n in range(4)]
            for task in tasks:
                # Steps of the loop, not time: each lands at another place of the code.
                for _ in range(chance.randrange(12)):
                    await asyncio.sleep(0)
                if chance.random() < 0.3:
                    await asyncio.sleep(chance.random() / 500)
                if chance.random() < 0.9:
                    task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            reading = asyncio.create_task(client.execute_query_dict("SELECT count(*) AS n FROM ledger"))
            await asyncio.sleep(0)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        await settled(client)
        assert slots_in_use(client) == 0
        assert get_connections().get("default") is before
        await attempt(client, "last")
        assert acknowledged <= await landed(client)
        assert len(acknowledged) > 10


async def test_no_value_reaches_a_log(ledger_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with engine(ledger_url) as client:
        async with in_transaction() as transaction:
            first = "?" if client.capabilities.dialect == "sqlite" else "$1"
            await transaction.execute_insert(f"INSERT INTO ledger (op) VALUES ({first})", ["s3cret"])
            await transaction.execute_query(f"SELECT op FROM ledger WHERE op = {first}", ["s3cret"])
        await client.execute_query_dict(f"SELECT op FROM ledger WHERE op = {first}", ["s3cret"])
    assert "s3cret" not in caplog.text


async def test_the_clock_is_the_databases_and_in_utc(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        first = await database_now(client)
        async with in_transaction() as transaction:
            second = await database_now(transaction)
        offset = first.utcoffset()
        assert offset is not None
        assert offset.total_seconds() == 0
        assert second >= first
