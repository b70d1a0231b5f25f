"""What the tests of a read replica do over and over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tortoise.transactions import in_transaction

from models import User
from tests.faults.server import OwnServer, Standby
from tui.browse.lists.orders import Order
from tui.browse.lists.pages import open_source
from tui.browse.search.query import Query
from tui.database import open_database
from tui.database.replica.attaching import attach_replica
from tui.database.replica.replica import Replica
from tui.settings import parse_url

if TYPE_CHECKING:
    from tui.database import Database

PATIENCE: Final = 20.0


async def opened(url: str, read_url: str, primary: OwnServer, standby: Standby, limit: float = 10) -> Database:
    await asyncio.to_thread(standby.caught_up, primary)
    return await attached(url, read_url, limit)


async def attached(url: str, read_url: str, limit: float = 10) -> Database:
    """As a program begins, wherever its replica is."""
    database = await open_database(parse_url(url, insecure_tls=True))
    await attach_replica(database, parse_url(read_url, insecure_tls=True), limit)
    return database


def replica_of(database: Database) -> Replica:
    assert database.replica is not None
    return database.replica


async def add(name: str) -> None:
    async with in_transaction():
        await User.create(username=name, hashed_password="!")


async def somebody_adds(primary: OwnServer, database: Database, name: str) -> None:
    """A change of another program."""
    assert database.url.server is not None
    columns = "INSERT INTO users (username, username_key, hashed_password) VALUES"
    await asyncio.to_thread(primary.execute, f"{columns} ('{name}', '{name}', '!')", database.url.server.database)


async def listed(database: Database) -> list[str]:
    """The list of users, as the screen and the command line read it."""

    async def read() -> list[str]:
        source = await open_source(Query(), Order(), database.reads)
        return [row.username for row in (await source.page(None, 50, forward=True)).rows]

    return await database.reads.run(read)


async def where(database: Database) -> str:
    """Which server answers a list."""

    async def ask() -> str:
        found = await database.connection.execute_query_dict("SELECT current_setting('port') AS port")
        assert database.url.server is not None
        return "primary" if int(found[0]["port"]) == database.url.server.port else "replica"

    return await database.reads.run(ask)


async def until_from(database: Database, server: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await where(database) != server:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
