"""Whether a server is the replica of this database: others, exchanged ones, those of another history are not read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.faults.proxy import FaultProxy
from tests.faults.replicas import PATIENCE, add, attached, listed, opened, replica_of, somebody_adds, until_from, where
from tests.faults.server import OwnServer, Standby
from tests.postgres import PostgresServer

if TYPE_CHECKING:
    from tui.database import Database

pytestmark = pytest.mark.postgres_only

FILLED = "pg_logical_emit_message(false, 'x', repeat('x', 2000000))"


async def test_a_role_without_rights_of_its_own_is_enough(
    own_server: OwnServer, own_name: str, standby: Standby
) -> None:
    """Where the servers are may be asked by everybody, and which cluster they are of."""
    await asyncio.to_thread(own_server.execute, f"CREATE ROLE desk_{own_name} LOGIN")
    await asyncio.to_thread(own_server.execute, f"GRANT SELECT ON users TO desk_{own_name}", own_name)
    url, read_url = (
        server.url(own_name).replace(f"://{server.user}@", f"://desk_{own_name}@") for server in (own_server, standby)
    )
    async with await opened(url, read_url, own_server, standby) as database:
        await until_from(database, "replica")
        assert replica_of(database).whence.words == "replica up to date"


@pytest.mark.parametrize("database_too", [False, True])
async def test_a_server_that_is_no_replica_of_this_database_is_not_read(
    own_server: OwnServer, own_name: str, standby: Standby, database_too: bool, postgres_server: PostgresServer
) -> None:
    """The primary itself, and a server of another cluster, which has a database of this name as well."""
    read_url = own_server.url(own_name)
    if database_too:
        postgres_server.create(own_name)
        read_url = postgres_server.url(own_name)
    try:
        async with await opened(own_server.url(own_name), read_url, own_server, standby) as database:
            assert await where(database) == "primary"
            words = replica_of(database).whence.words
            assert words == ("primary: replica of another system" if database_too else "primary: replica is no standby")
    finally:
        if database_too:
            postgres_server.drop(own_name)


async def test_a_replica_that_was_exchanged(
    own_server: OwnServer, own_name: str, standby: Standby, postgres_server: PostgresServer
) -> None:
    """At the same address: another replica of the primary is read as soon as it was looked at, a stranger never."""
    postgres_server.create(own_name)
    try:
        with own_server.standby() as other:
            async with (
                FaultProxy(standby) as proxy,
                await opened(own_server.url(own_name), proxy.url(own_name), own_server, standby) as database,
            ):
                await until_from(database, "replica")
                await add("maria")
                await until_from(database, "replica")
                for server, words in (
                    (other, "replica up to date"),
                    (postgres_server, "primary: replica of another system"),
                    (standby, "replica up to date"),
                ):
                    proxy.server = server
                    proxy.cut()
                    async with asyncio.timeout(PATIENCE):
                        while replica_of(database).whence.words != words:
                            assert await listed(database) == ["maria"]
                            await asyncio.sleep(0.05)
    finally:
        postgres_server.drop(own_name)


async def test_a_primary_that_went_back_to_an_older_state(
    own_server: OwnServer, own_name: str, standby: Standby
) -> None:
    """The replica has what the primary has lost: it is not shown, also not once the primary has written as much."""
    with own_server.standby() as older:
        older.caught_up(own_server)
        older.detach()
        async with (
            FaultProxy(own_server) as proxy,
            await opened(proxy.url(own_name), standby.url(own_name), own_server, standby) as database,
        ):
            await until_from(database, "replica")
            await somebody_adds(own_server, database, "lost")
            await asyncio.to_thread(own_server.execute, f"SELECT {FILLED}", own_name)
            await asyncio.to_thread(standby.caught_up, own_server)
            await until_from(database, "replica")
            assert await listed(database) == ["lost"]
            older.promote()
            proxy.server = older
            proxy.cut()
            async with asyncio.timeout(PATIENCE):
                while replica_of(database).whence.words != "primary: replica of another history":
                    await replica_of(database).look()
            assert await listed(database) == []
        url, read_url = older.url(own_name), standby.url(own_name)
        async with await attached(url, read_url) as database:  # a program that begins now knows of nothing before
            assert replica_of(database).whence.words == "primary: replica of another history"
            assert await listed(database) == []
            await asyncio.to_thread(older.execute, f"SELECT {FILLED}, {FILLED}", own_name)
            await replica_of(database).look()
            assert await listed(database) == []
        async with await attached(url, read_url) as database:
            assert replica_of(database).whence.words == "primary: replica of before a failover"
            assert await listed(database) == []
        with older.standby() as its_own:
            its_own.caught_up(older)
            async with (
                FaultProxy(own_server) as proxy,
                FaultProxy(standby) as read_proxy,
                await opened(proxy.url(own_name), read_proxy.url(own_name), own_server, standby) as database,
            ):
                for _ in range(4):  # the copy of a server takes it some segments on
                    await asyncio.to_thread(own_server.execute, f"SELECT {FILLED}, pg_switch_wal()", own_name)
                await asyncio.to_thread(standby.caught_up, own_server)
                for server, path, words in (
                    (older, proxy, "primary: replica of another history"),
                    (its_own, read_proxy, "replica up to date"),  # where the other one was says nothing of this one
                ):
                    path.server = server
                    path.cut()
                    async with asyncio.timeout(PATIENCE):
                        while replica_of(database).whence.words != words:
                            await replica_of(database).look()


async def test_a_promoted_replica_is_left_for_the_primary(both: Database, standby: Standby) -> None:
    """The last of this file: the replica is none any more."""
    await asyncio.to_thread(standby.promote)
    await until_from(both, "primary")
    assert replica_of(both).whence.words == "primary: replica is no standby"
