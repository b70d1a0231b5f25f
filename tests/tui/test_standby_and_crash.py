# ruff: noqa: PT012 - what raises is the statement after the crash
"""A standby is opened for reading; a server that crashes and comes back is spoken to again."""

import asyncio

import pytest
from tortoise.transactions import in_transaction

from models.engines.errors import DatabaseUnavailable, PermissionRefused
from tests.faults.server import server_of, standby_of
from tests.postgres import PostgresServer
from tui.database import Kind, identify, open_database
from tui.settings import parse_url

pytestmark = pytest.mark.postgres_only


async def create_table() -> None:
    async with in_transaction() as transaction:
        await transaction.execute_script("CREATE TABLE t (id INTEGER)")


async def test_a_standby_is_opened_for_reading(postgres_server: PostgresServer) -> None:
    with standby_of(postgres_server) as standby:
        async with await open_database(parse_url(standby.url("postgres"))) as database:
            assert database.read_only
            assert "standby" in database.warnings[0]
            assert (await identify(database)).kind is Kind.EMPTY
            async with in_transaction() as transaction:
                assert await transaction.execute_query_dict("SELECT 1 AS one") == [{"one": 1}]
            with pytest.raises(PermissionRefused):
                await create_table()
            # Opened as a primary, and demoted since.
            database.client.read_only = False
            with pytest.raises(PermissionRefused):
                await create_table()


async def test_a_server_that_crashes_and_comes_back(postgres_server: PostgresServer) -> None:
    with server_of(postgres_server) as server:
        async with await open_database(parse_url(server.url("postgres"))) as database:
            with pytest.raises(DatabaseUnavailable):
                async with in_transaction() as transaction:
                    await transaction.execute_script("CREATE TABLE lost (id INTEGER)")
                    await asyncio.to_thread(server.crash)
                    await transaction.execute_query("SELECT 1")
            with pytest.raises(DatabaseUnavailable):
                await database.connection.execute_query("SELECT 1")
            await asyncio.to_thread(server.start)
            await create_table()
            rows = await database.connection.execute_query_dict(
                "SELECT relname::text AS name FROM pg_class WHERE relname IN ('t', 'lost')"
            )
            assert rows == [{"name": "t"}]
