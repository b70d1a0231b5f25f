"""Hundreds of random cancellations: of reads, of writes, of transactions. The pool is counted afterwards."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Account
from tests.faults.work import Office, open_office, said
from tests.models.engines.support import engine, settled, slots_in_use

pytestmark = pytest.mark.postgres_only

ROUNDS = 100
AT_ONCE = 4
LONGEST = 0.04
"""Seconds until the cancellation, at most: as long as a save takes."""


async def in_pieces(office: Office, client: Any) -> None:
    """A transaction with a savepoint in it, that writes what must not stay."""
    async with client._in_transaction() as outer:
        await outer.execute_query("SELECT count(*) FROM users")
        async with outer._in_transaction() as inner:
            await inner.execute_query("UPDATE users SET full_name = 'half' WHERE username = 'person7'")
            await inner.execute_query("SELECT pg_sleep(0.01)")
        raise NotKept


class NotKept(Exception):
    """Ends a transaction that is to leave nothing."""


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whoever_is_cancelled_leaves_nothing_behind(database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    async with engine(database_url) as client:
        office = await open_office()
        kinds = (office.save, office.save, office.bulk, office.list, lambda: in_pieces(office, client))
        cancelled = 0

        async def once(work: Any, seconds: float) -> bool:
            task = asyncio.create_task(said(work))
            await asyncio.wait([task], timeout=seconds)
            stopped = task.cancel()
            await asyncio.wait([task])
            error = None if task.cancelled() else task.exception()
            assert error is None or isinstance(error, NotKept), error
            return stopped and task.cancelled()

        for _ in range(ROUNDS):
            drawn = [(chance.choice(kinds), chance.uniform(0, LONGEST)) for _ in range(AT_ONCE)]
            cancelled += sum(await asyncio.gather(*(once(work, seconds) for work, seconds in drawn)))
        await settled(client)
        assert slots_in_use(client) == 0
        assert all(holder._in_use is None for holder in client._pool._holders)
        # All of them at once work still: no slot is missing.
        async with asyncio.TaskGroup() as group:
            for _ in range(client.slots.size):
                group.create_task(hold())
        assert cancelled > ROUNDS
        assert (await Account.get(username="person7")).full_name != "half"
        for work in (office.save, office.bulk, office.list):
            assert await said(work) == ""
        await office.check()


async def hold() -> None:
    async with in_transaction() as transaction:
        await transaction.execute_query("SELECT pg_sleep(0.1)")
