# ruff: noqa: PT012 - what raises is the end of the `async with`, not one of its statements
"""The server's own limits, and what other sessions do to ours: timeouts, locks, deadlocks, serialization failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from models.engines.errors import DatabaseUnavailable, Retryable
from models.operations.transactions import write_transaction
from tests.faults.work import Office, open_office, said
from tests.models.engines.support import engine, settled, slots_in_use

pytestmark = pytest.mark.postgres_only

TOO_LONG = "The database stopped the statement: it took too long. Nothing was changed."
HELD = "Another session holds the rows this needs. Nothing was changed; try again in a moment."
DEADLOCK = "Two changes waited for each other, and this one gave way. Nothing was changed; try again."
SERIAL = "Somebody else changed the same rows at the same time. Nothing was changed; try again."
TEMPORARY = "A limit of the database server is reached, as that of its temporary files. Nothing was changed."
ENDED = (
    "The connection to the database ended while the change was under way, between two statements. Nothing was changed."
)


@asynccontextmanager
async def third(url: str) -> AsyncIterator[Any]:
    """A session of somebody else's."""
    connection = await asyncpg.connect(url.replace("postgres://", "postgresql://", 1))
    try:
        yield connection
    finally:
        await connection.close()


async def until(connection: Any, query: str, value: object) -> None:
    async with asyncio.timeout(20):
        while await connection.fetchval(query) != value:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)


async def is_whole(office: Office, client: Any) -> None:
    for work in (office.list, office.save):
        assert await said(work) == ""
    await settled(client)
    assert slots_in_use(client) == 0
    await office.check()


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"statement_timeout": "200", "lock_timeout": "0"}, TOO_LONG),
        ({"statement_timeout": "0", "lock_timeout": "100"}, HELD),
    ],
)
async def test_a_row_that_somebody_holds(database_url: str, limits: dict[str, str], sentence: str) -> None:
    async with engine(database_url, server_settings=limits) as client, third(database_url) as other:
        office = await open_office()
        async with other.transaction():
            await other.execute("UPDATE users SET full_name = full_name WHERE username = 'person0'")
            assert await said(office.save) == sentence
            assert sentence in await said(office.bulk)
            assert await said(office.list) == ""
        await is_whole(office, client)


async def test_a_table_that_somebody_holds_stops_a_read(database_url: str) -> None:
    async with engine(database_url, server_settings={"statement_timeout": "200"}) as client:
        office = await open_office()
        async with third(database_url) as other, other.transaction():
            await other.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            assert await said(office.list) == TOO_LONG
        await is_whole(office, client)


async def test_a_transaction_that_stands_still(database_url: str) -> None:
    async with engine(database_url, server_settings={"idle_in_transaction_session_timeout": "50"}) as client:
        office = await open_office()
        with pytest.raises(DatabaseUnavailable) as caught:
            async with client._in_transaction() as transaction:
                await transaction.execute_query("UPDATE users SET full_name = 'half'")
                async with third(database_url) as other:
                    await until(other, "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'", 0)
                while transaction._connection._con is not None:  # noqa: ASYNC110 - and its end has come here
                    await asyncio.sleep(0.01)
        assert caught.value.sentence == ENDED
        await is_whole(office, client)


async def test_sessions_that_the_server_ends_because_nobody_uses_them(database_url: str) -> None:
    async with engine(database_url, server_settings={"idle_session_timeout": "50"}) as client:
        office = await open_office()
        for work in (office.list, office.save, office.sign_in):
            assert await said(work) == ""
            async with third(database_url) as other:
                mine = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                await until(other, mine, 1)
        await is_whole(office, client)


async def test_a_deadlock_with_another_session(database_url: str) -> None:
    """Ours gives way, since the other one is patient; and is written again when the other one is done."""
    async with engine(database_url) as client, third(database_url) as other:
        office = await open_office()
        with pytest.raises(Retryable) as caught:
            async with client._in_transaction() as ours, other.transaction():
                await deadlocked(ours, other)
        assert caught.value.sentence == DEADLOCK
        tries = []

        async def write(ours: Any) -> None:
            tries.append(ours)
            async with other.transaction():
                if len(tries) == 1:
                    await deadlocked(ours, other)

        await write_transaction(write)
        assert len(tries) == 2
        await is_whole(office, client)


async def deadlocked(ours: Any, other: Any) -> None:
    """Each holds a row, and waits for the other's."""
    await other.execute("SET LOCAL deadlock_timeout = '60s'")
    await other.execute("SET LOCAL lock_timeout = '0'")
    mine, theirs = (f"SELECT 1 FROM users WHERE username = 'person{n}' FOR UPDATE" for n in (0, 1))
    await ours.execute_query(mine)
    await other.execute(theirs)
    waiting = asyncio.create_task(other.execute(mine))
    try:
        await ours.execute_query(theirs)
    finally:
        if not waiting.done():
            ours._connection.terminate()
        await waiting


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
async def test_serialization_failures(database_url: str, isolation: str) -> None:
    """A server whose owner wants a stricter isolation: several write the same rows at once."""
    async with engine(database_url, server_settings={"default_transaction_isolation": isolation}) as client:
        office = await open_office()
        async with third(database_url) as other:
            with pytest.raises(Retryable) as caught:
                async with client._in_transaction() as ours:
                    if isolation == "repeatable read":
                        await ours.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                    await ours.execute_query("SELECT count(*) FROM users")
                    await other.execute("UPDATE users SET full_name = 'other' WHERE username = 'person0'")
                    await ours.execute_query("UPDATE users SET full_name = 'half' WHERE username = 'person0'")
            assert caught.value.sentence == SERIAL
        answers = await asyncio.gather(*(said(work) for _ in range(6) for work in (office.save, office.list)))
        assert "" in answers[::2]
        assert set(answers[1::2]) == {""}
        assert all(said_of in {"", SERIAL} or "changed while you were editing" in said_of for said_of in answers)
        await settled(client)
        assert slots_in_use(client) == 0


async def test_a_limit_of_temporary_files(database_url: str) -> None:
    settings = {"temp_file_limit": "1MB", "work_mem": "64kB"}
    async with engine(database_url, server_settings=settings) as client:
        office = await open_office()
        sort = "SELECT count(*) FROM (SELECT g FROM generate_series(1, 300000) g ORDER BY md5(g::text)) s"
        assert await said(lambda: client.execute_query(sort)) == TEMPORARY
        await is_whole(office, client)
