"""Hundreds of random cancellations on a file: of reads, of writes, of transactions. No transaction stays open."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Awaitable
from contextlib import closing
from typing import Any

import pytest

from models import Account
from tests.faults.calling_off import NotKept, cancelled
from tests.faults.work import open_office, said
from tests.models.engines.support import engine, settled, slots_in_use
from tests.models.operations.people import reread, user

pytestmark = pytest.mark.sqlite_only

ROUNDS = 80
AT_ONCE = 5
LONGEST = 0.03
"""Seconds until the cancellation, at most: as long as a save takes that waits for one other."""
SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT count(*) FROM n"


async def in_pieces(client: Any) -> str:
    """A transaction with a savepoint in it, that writes what must not stay."""
    async with client._in_transaction() as outer:
        await outer.execute_query("SELECT count(*) FROM users")
        async with outer._in_transaction() as inner:
            await inner.execute_query("UPDATE users SET full_name = 'half' WHERE username = 'person7'")
            await inner.execute_query(SLOW)
        raise NotKept


async def listed() -> str:
    """A page, past the tries of a list."""
    await Account.filter(username__startswith="person").order_by("-full_name").limit(5)
    return ""


async def slow(client: Any) -> str:
    """A read that is interrupted in the middle."""
    await client.execute_query(SLOW)
    return ""


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whoever_is_cancelled_leaves_nothing_behind(database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    async with engine(database_url) as client:
        office = await open_office()
        apart = await user("apart", full_name="")
        kinds = (office.save, office.bulk, listed, lambda: in_pieces(client), lambda: slow(client))
        stopped = alone = 0

        def once() -> Awaitable[bool]:
            return cancelled(chance.choice(kinds), chance, longest=LONGEST)

        for _ in range(ROUNDS):
            stopped += sum(await asyncio.gather(*(once() for _ in range(AT_ONCE))))
            if chance.random() < 0.2:
                await settled(client)
                await _alone(client)
                alone += 1
        await settled(client)
        assert slots_in_use(client) == 0
        assert stopped > ROUNDS
        assert (await reread(apart)).full_name == "." * alone
        assert (await Account.get(username="person7")).full_name != "half"
        for work in (office.save, office.bulk):
            assert await said(work) == ""
        await office.check()


async def _alone(client: Any) -> None:
    """No transaction is open, and the next write is committed by itself: others see it, and the file is free."""
    assert slots_in_use(client) == 0
    assert not (await client.writer()).in_transaction
    async with client._in_transaction() as transaction:
        await transaction.execute_query("UPDATE users SET full_name = full_name || '.' WHERE username = 'apart'")
    with closing(sqlite3.connect(client.filename, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        written = other.execute("SELECT full_name FROM users WHERE username = 'apart'").fetchone()[0]
    assert written == (await Account.get(username="apart")).full_name
