"""Hundreds of random cancellations: of reads, of writes, of transactions. The pool is counted afterwards."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Account
from tests.faults.calling_off import NotKept, cancelled
from tests.faults.work import open_office, said
from tests.models.engines.support import engine, settled, slots_in_use

pytestmark = pytest.mark.postgres_only

ROUNDS = 80
AT_ONCE = 5
SLOTS = 3
"""Fewer than want one, so that who waits for one is cancelled too."""
LONGEST = 0.04
"""Seconds until the cancellation, at most: as long as a save takes."""


async def new(client: Any, chance: random.Random) -> str:
    """A statement that was never prepared: the server begins it before asyncpg knows of it."""
    await client.execute_query(f"SELECT count(*) AS n{chance.randrange(10**9)} FROM users")
    return ""


async def in_pieces(client: Any) -> str:
    """A transaction with a savepoint in it, that writes what must not stay."""
    async with client._in_transaction() as outer:
        await outer.execute_query("SELECT count(*) FROM users")
        async with outer._in_transaction() as inner:
            await inner.execute_query("UPDATE users SET full_name = 'half' WHERE username = 'person7'")
            await inner.execute_query("SELECT pg_sleep(0.01)")
        raise NotKept


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whoever_is_cancelled_leaves_nothing_behind(database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    async with engine(database_url, maxsize=SLOTS) as client:
        office = await open_office()
        kinds = (office.save, office.bulk, office.list, lambda: in_pieces(client), lambda: new(client, chance))
        stopped = 0

        def once() -> Awaitable[bool]:
            return cancelled(chance.choice(kinds), chance, longest=LONGEST)

        for _ in range(ROUNDS):
            if chance.random() < 0.3:
                client.drop_idle()
            stopped += sum(await asyncio.gather(*(once() for _ in range(AT_ONCE))))
        await settled(client)
        assert slots_in_use(client) == 0
        assert all(holder._in_use is None for holder in client._pool._holders)
        # All of them at once work still: no slot is missing.
        async with asyncio.TaskGroup() as group:
            for _ in range(SLOTS):
                group.create_task(hold())
        assert stopped > ROUNDS
        assert (await Account.get(username="person7")).full_name != "half"
        for work in (office.save, office.bulk, office.list):
            assert await said(work) == ""
        await office.check()


async def hold() -> None:
    async with in_transaction() as transaction:
        await transaction.execute_query("SELECT pg_sleep(0.1)")
