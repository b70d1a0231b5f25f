# ruff: noqa: PT012 - what raises is the end of the `async with`, not one of its statements
"""PostgreSQL behind a line that stalls and breaks: deadlines hold, slots come back, no COMMIT is told wrongly."""

import asyncio
import os
import signal
from typing import Any
from urllib.parse import urlsplit

import pytest
from asyncpg import connect_utils

from models.engines import postgres_pool
from models.engines.errors import (
    CommitUnknown,
    DatabaseUnavailable,
    PoolTimeout,
    Retryable,
    StatementTimeout,
    TransactionEnded,
)
from models.engines.settlement import Fate, settle
from tests.faults.proxy import Fault, FaultProxy
from tests.models.engines.support import change, engine, landed, settled, slots_in_use
from tests.postgres import PostgresServer

pytestmark = pytest.mark.postgres_only

SOON = 0.3
"""Seconds: the deadline of a statement in these tests, in place of 15."""


@pytest.fixture
def through(proxy: FaultProxy, ledger_url: str) -> str:
    """The ledger's URL by way of the proxy."""
    return proxy.url(urlsplit(ledger_url).path.removeprefix("/"))


def is_there(client: Any, op: str) -> Any:
    async def look() -> bool:
        return op in await landed(client)

    return look


@pytest.mark.parametrize(
    ("fault", "truths"),
    [
        (Fault.CUT_BEFORE_COMMIT, {Fate.ABORTED}),
        (Fault.CUT_AT_COMMIT, {Fate.COMMITTED, Fate.ABORTED}),
        (Fault.CUT_AFTER_COMMIT, {Fate.COMMITTED}),
        (Fault.SWALLOW_COMMIT, {Fate.ABORTED}),
    ],
)
async def test_an_unanswered_commit_is_unknown_until_it_is_settled(
    proxy: FaultProxy, through: str, fault: Fault, truths: set[Fate]
) -> None:
    async with engine(through, command_timeout=SOON) as client:
        for n in range(5):
            op = f"op{n}"
            proxy.lose_commit(fault)
            with pytest.raises(CommitUnknown) as caught:
                await change(client, op)
            proxy.fault = Fault.NONE
            assert caught.value.xid is not None
            assert caught.value.backend_pid is not None
            fate = await settle(client, caught.value, is_there(client, op))
            assert fate in truths
            assert (op in await landed(client)) == (fate is Fate.COMMITTED)
        await settled(client)
        assert slots_in_use(client) == 0


async def test_settling_waits_for_a_server_that_is_away(proxy: FaultProxy, through: str) -> None:
    async with engine(through, command_timeout=SOON) as client:
        await landed(client)
        proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
        with pytest.raises(CommitUnknown) as caught:
            await change(client, "op")
        proxy.fault = Fault.REFUSE
        proxy.cut()
        settling = asyncio.create_task(settle(client, caught.value, is_there(client, "op")))
        with pytest.raises(DatabaseUnavailable):
            await client.execute_query("SELECT 1")
        assert not settling.done()
        proxy.fault = Fault.NONE
        assert await settling is Fate.COMMITTED


async def test_settling_gives_up_and_says_so(proxy: FaultProxy, through: str) -> None:
    async with engine(through, command_timeout=SOON) as client:
        await landed(client)
        proxy.fault = Fault.REFUSE
        proxy.cut()
        unknown = CommitUnknown(xid=1, backend_pid=1)
        assert await settle(client, unknown, is_there(client, "op"), seconds=0.2) is Fate.UNKNOWN


async def test_a_transaction_of_another_server_is_not_called_lost_unless_this_one_never_had_it(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        await change(client, "here")
        future = CommitUnknown(xid=(1 << 40) + 3, backend_pid=1)
        assert await settle(client, future, is_there(client, "gone")) is Fate.ABORTED
        assert await settle(client, future, is_there(client, "here")) is Fate.COMMITTED
        rows = await client.execute_query_dict("SELECT xmin::text AS xid FROM ledger")
        taken = CommitUnknown(xid=int(rows[0]["xid"]), backend_pid=1)
        assert await settle(client, taken, is_there(client, "gone")) is Fate.UNKNOWN


async def test_who_is_cancelled_at_commit_does_not_stop_it(proxy: FaultProxy, through: str) -> None:
    async with engine(through) as client:
        await landed(client)
        proxy.commit_seen.clear()
        task = asyncio.create_task(change(client, "op"))
        # The line stands still from the moment that the COMMIT is on it.
        await proxy.commit_seen.wait()
        proxy.stall()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        proxy.resume()
        await settled(client)
        assert await landed(client) == {"op"}


async def test_a_stalled_server_costs_the_deadline_and_no_slot(proxy: FaultProxy, through: str) -> None:
    async with engine(through, command_timeout=SOON) as client:
        await landed(client)
        proxy.stall()
        with pytest.raises(StatementTimeout):
            await client.execute_query("SELECT 1")
        proxy.resume()
        with pytest.raises(TransactionEnded):
            async with client._in_transaction() as transaction:
                await transaction.execute_query("SELECT 1")
                proxy.stall()
                with pytest.raises(StatementTimeout):
                    await transaction.execute_query("UPDATE counter SET value = 1")
                proxy.resume()
                # Swallowed, and on it goes: that statement may still run.
                with pytest.raises(TransactionEnded):
                    await transaction.execute_query("UPDATE counter SET value = 2")
        await settled(client)
        assert slots_in_use(client) == 0
        await change(client, "after")
        assert await landed(client) == {"after"}


async def test_a_body_that_timed_out_is_rolled_back_without_another_word(proxy: FaultProxy, through: str) -> None:
    async with engine(through, command_timeout=SOON) as client:
        await landed(client)
        with pytest.raises(StatementTimeout):
            async with client._in_transaction() as transaction:
                await transaction.execute_query("INSERT INTO ledger (op) VALUES ('x')")
                proxy.stall()
                await transaction.execute_query("SELECT 1")
        proxy.resume()
        await settled(client)
        assert slots_in_use(client) == 0
        assert await landed(client) == set()


async def test_a_server_that_does_not_greet_is_unavailable(proxy: FaultProxy, through: str) -> None:
    async with engine(through, timeout=SOON) as client:
        proxy.stall()
        with pytest.raises(DatabaseUnavailable):
            await client.execute_query("SELECT 1")
        proxy.resume()
        assert await landed(client) == set()


async def test_when_all_connections_are_busy_it_says_so(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_pool, "ACQUIRE_SECONDS", 0.05)
    async with engine(ledger_url, maxsize=1) as client:
        async with client._in_transaction():
            with pytest.raises(PoolTimeout):
                await client.execute_query("SELECT 1")
            with pytest.raises(PoolTimeout):
                await change(client, "x")
        await change(client, "y")
        assert await landed(client) == {"y"}


async def test_a_lost_connection_changes_nothing_and_the_next_one_works(proxy: FaultProxy, through: str) -> None:
    async with engine(through) as client:
        with pytest.raises(DatabaseUnavailable):
            async with client._in_transaction() as transaction:
                await transaction.execute_query("INSERT INTO ledger (op) VALUES ('x')")
                proxy.cut()
                await transaction.execute_query("SELECT 1")
        await change(client, "y")
        assert await landed(client) == {"y"}


async def test_a_backend_that_an_administrator_ends(ledger_url: str, postgres_server: PostgresServer) -> None:
    async with engine(ledger_url) as client:
        with pytest.raises(DatabaseUnavailable):
            async with client._in_transaction() as transaction:
                rows = await transaction.execute_query_dict("SELECT pg_backend_pid() AS pid")
                postgres_server.execute(f"SELECT pg_terminate_backend({rows[0]['pid']})")
                await transaction.execute_query("SELECT 1")
        await change(client, "y")
        assert await landed(client) == {"y"}


async def test_a_frozen_backend_costs_the_deadline(ledger_url: str) -> None:
    async with engine(ledger_url, command_timeout=SOON) as client:
        with pytest.raises(StatementTimeout):
            async with client._in_transaction() as transaction:
                rows = await transaction.execute_query_dict("SELECT pg_backend_pid() AS pid")
                pid = rows[0]["pid"]
                os.kill(pid, signal.SIGSTOP)
                try:
                    await transaction.execute_query("SELECT 1")
                finally:
                    os.kill(pid, signal.SIGCONT)
        await settled(client)
        assert slots_in_use(client) == 0
        await change(client, "y")
        assert await landed(client) == {"y"}


async def test_a_write_begins_after_a_read_that_was_cancelled_anywhere(ledger_url: str) -> None:
    async with engine(ledger_url, minsize=1, maxsize=1) as client:
        for turns in range(0, 400, 4):
            # Each one new, and so prepared first: in between the server has begun a transaction of its own.
            task = asyncio.create_task(client.execute_query(f"SELECT count(*) AS n{turns} FROM pg_class"))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            await change(client, f"op{turns}")
        assert len(await landed(client)) == 100


async def _sleeping(client: Any) -> int:
    rows = await client.execute_query_dict(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(13)%' AND state = 'active'"
    )
    return int(rows[0]["n"])


async def _until_sleeping(client: Any, number: int) -> None:
    async with asyncio.timeout(10):
        while await _sleeping(client) != number:  # noqa: ASYNC110 - the server's state
            await asyncio.sleep(0.01)


async def test_a_cancelled_statement_stops_on_the_server(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        for send in (client.execute_query, _in_transaction(client)):
            task = asyncio.create_task(send("SELECT pg_sleep(13)"))
            await _until_sleeping(client, 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await _until_sleeping(client, 0)
        await settled(client)
        assert slots_in_use(client) == 0


async def test_a_cancelled_statement_is_stopped_also_where_the_server_forgot_it(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL drops what it is asked between two messages of the client."""
    ask, asked = connect_utils._cancel, 0  # type: ignore[attr-defined]

    async def forgotten_once(**given: Any) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            await ask(**given)

    monkeypatch.setattr(connect_utils, "_cancel", forgotten_once)
    async with engine(ledger_url) as client:
        for send in (client.execute_query, _in_transaction(client)):
            asked = 0
            task = asyncio.create_task(send("SELECT pg_sleep(13)"))
            await _until_sleeping(client, 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await settled(client)
            assert asked == 2
            assert await _sleeping(client) == 0
            assert slots_in_use(client) == 0


def _in_transaction(client: Any) -> Any:
    async def send(query: str) -> None:
        async with client._in_transaction() as transaction, transaction._in_transaction() as inner:
            await inner.execute_query(query)

    return send


async def test_locks_and_deadlocks_may_be_tried_again(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        await change(client, "held")
        async with client._in_transaction() as holder:
            await holder.execute_query("UPDATE ledger SET note = 'x' WHERE op = 'held'")
            with pytest.raises(Retryable):
                async with client._in_transaction() as waiter:
                    await waiter.execute_query("SELECT * FROM ledger FOR UPDATE NOWAIT")


async def test_the_session_has_its_limits(ledger_url: str) -> None:
    async with engine(ledger_url) as client:
        assert await _limits(client) == ("14s", "5s", "30s", "on", "shellback")
        async with client._in_transaction() as transaction:
            assert (await _limits(transaction))[:3] == ("14s", "5s", "30s")


async def test_behind_pgbouncer_the_limits_are_each_transactions_own(ledger_url: str) -> None:
    """PgBouncer refuses these settings at the start of a session, and hands a session from one client to another."""
    async with engine(ledger_url, pgbouncer=True) as client:
        assert await _limits(client) == ("0", "0", "0", "off", "shellback")
        async with client._in_transaction() as transaction:
            assert (await _limits(transaction))[:3] == ("14s", "5s", "30s")
        assert client.extra["statement_cache_size"] == 0
        await change(client, "op")
        assert await landed(client) == {"op"}


async def _limits(client: Any) -> tuple[str, ...]:
    names = (
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "default_transaction_read_only",
        "application_name",
    )
    shown = ", ".join(f"current_setting('{name}') AS {name}" for name in names)
    rows = await client.execute_query_dict(f"SELECT {shown}")
    return tuple(rows[0][name] for name in names)
