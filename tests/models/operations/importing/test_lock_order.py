"""An import beside other writers: it locks users in the order of their ids, and so nobody waits in a circle."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models.operations import Status, verify_chain
from models.operations.importing import ImportRow, apply_import, plan_import
from tests.models.operations.people import acting, superuser, user
from tests.models.operations.raw import WAITING, connect

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import TypeVar

    from models import Account
    from models.operations.importing import ImportPlan
    from tui.database import Database

    T = TypeVar("T")

pytestmark = pytest.mark.postgres_only


async def test_users_before_the_actor_are_locked_before_the_actor(database: Database) -> None:
    first, actor = await user("first"), await superuser("zoe")
    plan = await _planned(actor, ImportRow(2, first.id, {"full_name": "First"}))
    outcome = await _beside(database, apply_import(plan), held=first, wanted=actor)
    plan.close()
    assert outcome.status is Status.OK
    assert (await verify_chain()).is_whole


async def test_trying_it_out_locks_in_the_same_order(database: Database) -> None:
    first, second, actor = await user("first"), await user("second"), await superuser("zoe")
    rows = (ImportRow(2, second.id, {"full_name": "Second"}), ImportRow(3, first.id, {"email": "first@example.org"}))
    plan = await _beside(database, _planned(actor, *rows), held=first, wanted=second)
    assert plan.is_allowed
    plan.close()


async def _planned(actor: Account, *rows: ImportRow) -> ImportPlan:
    return await plan_import(acting(actor), iter(rows), ("id", "full_name", "email"), "users.csv")


async def _beside(database: Database, importing: Awaitable[T], *, held: Account, wanted: Account) -> T:
    """Do it while another writer has one user and, once the import waits for that one, takes another."""
    other, watcher = await connect(database), await connect(database)
    transaction = other.transaction()
    await transaction.start()
    lock = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE"
    await other.execute(lock, held.id)
    task = asyncio.ensure_future(importing)
    async with asyncio.timeout(10):
        while not await watcher.fetchval(WAITING):  # noqa: ASYNC110 - the server is asked, it tells nobody
            await asyncio.sleep(0.005)
    await other.execute(f"{lock} NOWAIT", wanted.id)
    await transaction.rollback()
    await other.close()
    await watcher.close()
    return await task
