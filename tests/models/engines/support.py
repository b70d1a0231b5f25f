"""An engine on a database with one table, and what the tests of engines ask of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tortoise.context import TortoiseContext, set_global_context

from tests.tui.migrate.projects import execute
from tui.database import CONNECTION, tortoise_config
from tui.settings import parse_url

SCHEMA = (
    "CREATE TABLE ledger (op TEXT PRIMARY KEY, note TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL CONSTRAINT not_negative CHECK (value >= 0))",
    "CREATE TABLE child (id INTEGER PRIMARY KEY, op TEXT REFERENCES ledger (op) DEFERRABLE INITIALLY DEFERRED)",
    "INSERT INTO counter VALUES (1, 0)",
)


async def create_ledger(url: str) -> None:
    """The tables of the tests, made past the engine."""
    await execute(url, *SCHEMA)


@asynccontextmanager
async def engine(url: str, **credentials: Any) -> AsyncIterator[Any]:
    """The engine of the URL as Tortoise makes it, with other options; closed at the end."""
    config = tortoise_config(parse_url(url))
    config["connections"][CONNECTION]["credentials"].update(credentials)
    context = TortoiseContext()
    set_global_context(context)
    client = None
    try:
        await context.init(config=config)
        client = context.connections.get(CONNECTION)
        yield client
    finally:
        if client is not None:
            await client.close()
        await context.close_connections()


async def change(client: Any, op: str) -> None:
    """A change as Shellback makes them: a version counted up, and its row, in one transaction."""
    async with client._in_transaction() as transaction:
        await transaction.execute_query("UPDATE counter SET value = value + 1 WHERE id = 1")
        await transaction.execute_query(f"INSERT INTO ledger (op) VALUES ('{op}')")


async def landed(client: Any) -> set[str]:
    """The changes that are there. Fails when the counter counts others: half a change landed."""
    async with client._in_transaction() as transaction:
        ops = {row["op"] for row in await transaction.execute_query_dict("SELECT op FROM ledger")}
        rows = await transaction.execute_query_dict("SELECT value FROM counter WHERE id = 1")
    assert rows[0]["value"] == len(ops)
    return ops


def slots_in_use(client: Any) -> int:
    """How many connections are not free."""
    if client.capabilities.dialect == "sqlite":
        return int(client._lock.locked()) + int(client.write_lock.locked())
    return int(client.slots.in_use)


async def settled(client: Any) -> None:
    """Waits until everything that callers left behind has come to its end."""
    waiting = client if client.capabilities.dialect == "sqlite" else client.slots
    async with asyncio.timeout(20):
        await waiting.settled()
