"""A second way to the database of a test, past Tortoise: another program, as far as Shellback can tell."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.database import Database

WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
)


async def execute(database: Database, sql: str) -> None:
    """Run SQL, several statements too, and commit it."""
    if database.url.path is not None:
        connection = sqlite3.connect(database.url.path)
        try:
            connection.executescript(sql)
        finally:
            connection.close()
        return
    other = await connect(database)
    try:
        await other.execute(sql)
    finally:
        await other.close()


async def connect(database: Database) -> asyncpg.Connection[asyncpg.Record]:
    server = database.url.server
    assert server is not None
    return await asyncpg.connect(host=server.host, port=server.port, user=server.user, database=server.database)


@asynccontextmanager
async def holding_users(database: Database, waiters: int) -> AsyncIterator[None]:
    """Hold every row of users until `waiters` other transactions wait for them, or the block is left.

    On SQLite another connection holds the write lock while the block starts its tasks.
    """
    if database.url.path is not None:
        connection = sqlite3.connect(database.url.path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        await asyncio.sleep(0)
        connection.execute("ROLLBACK")
        connection.close()
        return
    other, watcher = await connect(database), await connect(database)
    transaction = other.transaction()
    await transaction.start()
    await other.execute("SELECT 1 FROM users ORDER BY id FOR UPDATE")
    yield
    async with asyncio.timeout(10):
        while await watcher.fetchval(WAITING) < waiters:  # noqa: ASYNC110 - the server is asked, it tells nobody
            await asyncio.sleep(0.005)
    await transaction.rollback()
    await other.close()
    await watcher.close()
