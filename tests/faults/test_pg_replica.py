"""Lists from a streaming replica: what is read where, how old it is, and what happens when either server goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import User
from tests.faults.server import OwnServer, Standby
from tui.browse.orders import Order
from tui.browse.pages import open_source
from tui.browse.query import Query
from tui.database import open_database
from tui.database.replica.attaching import attach_replica
from tui.database.replica.replica import Replica
from tui.settings import parse_url

if TYPE_CHECKING:
    from tui.database import Database

pytestmark = pytest.mark.postgres_only

PATIENCE = 20.0


@pytest.fixture(scope="module")
def standby(own_server: OwnServer) -> Iterator[Standby]:
    """A replica that every test leaves running and replaying."""
    with own_server.standby() as running:
        yield running


@pytest.fixture
async def both(own_server: OwnServer, own_name: str, standby: Standby) -> AsyncIterator[Database]:
    """A fresh database, opened, with its replica beside it."""
    async with await opened(own_server.url(own_name), standby.url(own_name), own_server, standby) as database:
        yield database


async def opened(url: str, read_url: str, primary: OwnServer, standby: Standby, limit: float = 10) -> Database:
    await asyncio.to_thread(standby.caught_up, primary)
    database = await open_database(parse_url(url, insecure_tls=True))
    await attach_replica(database, parse_url(read_url, insecure_tls=True), limit)
    return database


def replica_of(database: Database) -> Replica:
    assert database.replica is not None
    return database.replica


async def add(name: str) -> None:
    async with in_transaction():
        await User.create(username=name, hashed_password="!")


async def listed(database: Database) -> list[str]:
    """The list of users, as the screen and the command line read it."""

    async def read() -> list[str]:
        source = await open_source(Query(), Order(), database.reads)
        return [row.username for row in (await source.page(None, 50, forward=True)).rows]

    return await database.reads.run(read)


async def where(database: Database) -> str:
    """Which server answers a list."""

    async def ask() -> str:
        found = await database.connection.execute_query_dict("SELECT pg_is_in_recovery() AS standby")
        return "replica" if found[0]["standby"] else "primary"

    return await database.reads.run(ask)


async def until_from(database: Database, server: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await where(database) != server:
            await asyncio.sleep(0.05)


async def test_a_list_comes_from_the_replica(both: Database) -> None:
    assert both.warnings == ()
    assert await where(both) == "replica"
    assert replica_of(both).whence.words == "replica up to date"


async def test_one_sees_ones_own_change_at_once_while_replay_stands_still(both: Database, standby: Standby) -> None:
    await asyncio.to_thread(standby.pause_replay)
    try:
        await add("maria")
        assert await listed(both) == ["maria"]
        assert await where(both) == "primary"
        await replica_of(both).look()
        assert await where(both) == "primary"
        assert replica_of(both).whence.words == "primary: replica lacks your change"
    finally:
        await asyncio.to_thread(standby.resume_replay)
    await until_from(both, "replica")
    assert await listed(both) == ["maria"]
