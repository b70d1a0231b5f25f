# ruff: noqa: PT012 - what raises is the end of the `async with`, not one of its statements
"""The server stands still, crashes, starts, is full, ends a session: each its own sentence, and work goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from models import Account
from models.engines.errors import DatabaseError, DatabaseUnavailable
from tests.faults.server import OwnServer
from tests.faults.work import Office, open_office, said
from tests.models.engines.support import engine, settled, slots_in_use
from tui.database import open_database
from tui.database.errors import OpenError
from tui.settings import parse_url

pytestmark = pytest.mark.postgres_only

SOON = 0.5
"""Seconds: the deadline of a statement, and of a connection, where nobody answers."""

LATE = "The database did not answer in time. The transaction was rolled back."
ENDED = (
    "The connection to the database ended while the change was under way, between two statements. Nothing was changed."
)
LOST = "The connection to the database was lost. Nothing was changed."
DOWN = "No connection to the database could be made: its server is down, or the way to it is. Nothing was changed."
STARTING = "The database is starting up and takes no connections yet. Nothing was changed."
FULL = "The database has no free connection: too many clients. Nothing was changed; try again in a moment."
MUTE = "The database did not answer within 0.5 seconds. Nothing was changed."


@pytest.fixture
async def client(own_server: OwnServer, own_name: str) -> AsyncIterator[Any]:
    """The engine on a fresh database of the server's, with deadlines that a test can wait for."""
    async with engine(own_server.url(own_name), command_timeout=SOON, timeout=SOON) as opened:
        yield opened


@pytest.fixture
async def office(client: Any) -> Office:
    return await open_office()


async def is_whole(office: Office, client: Any) -> None:
    """Everything works again, and what was said is so."""
    for work in (office.list, office.save, office.bulk):
        assert await said(work) == ""
    await settled(client)
    assert slots_in_use(client) == 0
    await office.check()


async def test_a_server_that_is_stopped_and_continued(own_server: OwnServer, client: Any, office: Office) -> None:
    """SIGSTOP: connections stand, and nobody answers. What was in the middle is not half there afterwards."""
    own_server.pause()
    try:
        assert await said(office.save) == LATE
        assert await said(office.list) == MUTE
    finally:
        own_server.resume()
    await is_whole(office, client)


async def test_a_server_that_stops_in_the_middle_of_a_transaction(
    own_server: OwnServer, client: Any, office: Office
) -> None:
    """Paused after it has seen every statement but COMMIT: nobody knows, until it goes on."""
    alice = office.people[0]
    with pytest.raises(DatabaseError) as caught:
        async with in_transaction() as transaction:
            await Account.filter(id=alice.id).using_db(transaction).update(full_name="half")
            own_server.pause()
            try:
                await Account.filter(id=alice.id).using_db(transaction).exists()
            finally:
                own_server.resume()
    assert caught.value.sentence == LATE
    await is_whole(office, client)
    assert (await Account.get(id=alice.id)).full_name != "half"


async def test_a_server_that_crashes_is_down_and_comes_back(own_server: OwnServer, client: Any, office: Office) -> None:
    assert await said(office.save) == ""
    await asyncio.to_thread(own_server.crash)
    for work in (office.list, office.save, office.sign_in):
        assert await said(work) == DOWN
    assert DOWN in await said(office.bulk)
    await asyncio.to_thread(own_server.start)
    await is_whole(office, client)


async def test_a_server_that_is_down_when_it_is_opened(own_server: OwnServer, own_name: str) -> None:
    await asyncio.to_thread(own_server.crash)
    with pytest.raises(OpenError, match=r"Is the server running\?"):
        await open_database(parse_url(own_server.url(own_name)))
    with pytest.raises(OpenError, match=r"No PostgreSQL server answers at 127\.0\.0\.1:\d+\. Is it running\?"):
        await open_database(parse_url(own_server.loopback_url(own_name), insecure_tls=True))
    await asyncio.to_thread(own_server.start)
    async with await open_database(parse_url(own_server.url(own_name))) as database:
        assert database.server.startswith("PostgreSQL ")


async def test_a_crash_in_the_middle_of_work(own_server: OwnServer, client: Any, office: Office) -> None:
    """Several at once, and the power fails; whatever became of each is what was said of it."""
    stop = asyncio.Event()

    async def busy() -> None:
        while not stop.is_set():
            await said(office.save)
            await asyncio.sleep(0)

    workers = [asyncio.create_task(busy()) for _ in range(4)]
    try:
        while len(office.acknowledged) < 8:  # noqa: ASYNC110 - work is under way
            await asyncio.sleep(0.01)
        await asyncio.to_thread(own_server.restart, "immediate")
        done = len(office.acknowledged)
        while len(office.acknowledged) < done + 8:  # noqa: ASYNC110 - and goes on by itself
            await asyncio.sleep(0.01)
    finally:
        stop.set()
        await asyncio.gather(*workers)
    assert office.unknown == []
    await is_whole(office, client)


async def test_a_backend_that_is_killed_takes_the_others_with_it(
    own_server: OwnServer, client: Any, office: Office
) -> None:
    """kill -9 of one process: the server ends all its sessions and recovers."""
    with pytest.raises(DatabaseUnavailable) as own:
        async with client._in_transaction() as mine:
            rows = await mine.execute_query_dict("SELECT pg_backend_pid() AS pid")
            with pytest.raises(DatabaseUnavailable) as other:
                async with client._in_transaction() as neighbour:
                    await neighbour.execute_query("UPDATE users SET full_name = 'half' WHERE username = 'person1'")
                    own_server.kill_backend(rows[0]["pid"])
                    await neighbour.execute_query("SELECT pg_sleep(20)")
            await mine.execute_query("SELECT 1")
    assert own.value.sentence in {ENDED, LOST}  # whether the driver heard of it before it was asked again
    assert other.value.sentence == LOST
    while said_now := await said(office.save):
        assert said_now in {STARTING, DOWN}
    await is_whole(office, client)


async def test_a_session_that_an_administrator_ends(
    own_server: OwnServer, own_name: str, client: Any, office: Office
) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        async with in_transaction() as transaction:
            rows = await transaction.execute_query_dict("SELECT pg_backend_pid() AS pid")
            waiting = asyncio.create_task(transaction.execute_query("SELECT pg_sleep(20)"))
            asleep = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'"
            await asyncio.to_thread(own_server.until, lambda: own_server.ask(asleep, rows[0]["pid"]) == 1)
            own_server.ask("SELECT pg_terminate_backend($1)", rows[0]["pid"])
            await waiting
    assert caught.value.sentence == "The database is shutting down or ended this session. Nothing was changed."
    # All of them at once, while nobody uses them.
    ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1"
    own_server.ask(ended, own_name)
    await is_whole(office, client)


async def test_too_many_clients(own_server: OwnServer, client: Any, office: Office) -> None:
    """Every connection of the server is taken by others; whoever has one goes on with it."""
    own_server.set("max_connections", "8")
    own_server.set("superuser_reserved_connections", "0")
    await asyncio.to_thread(own_server.restart)
    others = []
    try:
        with pytest.raises(asyncpg.TooManyConnectionsError):
            while True:
                others.append(await asyncpg.connect(own_server.loopback_url("postgres")))
        client.drop_idle()
        assert await said(office.list) == FULL
        assert await said(office.save) == FULL
        await others.pop().close()
        assert await said(office.list) == ""
        assert await said(office.save) == ""
        # With one connection for all, who wants a second one is told the same, and the first one stays good.
        async with in_transaction() as transaction:
            assert await said(lambda: one(client)) == FULL
            await transaction.execute_query("SELECT 1")
    finally:
        for other in others:
            await other.close()
        own_server.set("max_connections", "200")
        await asyncio.to_thread(own_server.restart)
    await is_whole(office, client)


async def test_too_many_clients_when_it_is_opened(own_server: OwnServer, own_name: str) -> None:
    own_server.execute("CREATE ROLE clerk LOGIN CONNECTION LIMIT 0")
    with pytest.raises(OpenError) as caught:
        await open_database(parse_url(own_server.url(own_name).replace("postgres@", "clerk@")))
    assert caught.value.sentence == f"{own_server.host} answers, but {own_name} was not opened. {FULL}"


async def test_a_server_that_is_starting(own_server: OwnServer, own_name: str) -> None:
    """A standby that lets nobody in yet speaks like any server that recovers, for as long as a test needs."""
    with own_server.standby() as standby:
        standby.stop()
        with (standby.data / "postgresql.auto.conf").open("a") as settings:
            settings.write("hot_standby = off\n")
        standby.start(wait=False)
        await asyncio.to_thread(standby.until, lambda: is_starting(standby))
        with pytest.raises(OpenError) as caught:
            await open_database(parse_url(standby.loopback_url(own_name), insecure_tls=True))
        assert caught.value.sentence.endswith(f" answers, but {own_name} was not opened. {STARTING}")
        async with engine(standby.url(own_name)) as client:
            assert await said(lambda: one(client)) == STARTING
            standby.run("pg_ctl", "-D", "data", "-W", "promote")
            await asyncio.to_thread(standby.until, standby.is_open)
            assert await said(lambda: one(client)) == ""


def is_starting(server: OwnServer) -> bool:
    try:
        server.ask("SELECT 1")
    except asyncpg.CannotConnectNowError:
        return True
    except OSError:
        return False
    return False


async def one(client: Any) -> str:
    await client.execute_query("SELECT 1")
    return ""
