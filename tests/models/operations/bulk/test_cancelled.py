"""A bulk whose task is cancelled anywhere: a batch is whole, with its audit, or not there, and nothing is left over."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from tortoise.transactions import in_transaction

from models import Account
from models.operations.bulk import ForceChange, GrantRole, RevokeSessions, SoftDelete, apply_bulk, freeze_ids, plan_bulk
from models.operations.bulk.verbs import Verb
from tests.models.operations.bulk.crowd import check, crowd, recorded
from tests.models.operations.people import acting, superuser
from tui.database import Database


@pytest.mark.parametrize("verb", [RevokeSessions(), GrantRole("support"), ForceChange(), SoftDelete()])
async def test_cancelled_anywhere_all_of_it_is_written_or_nothing(database: Database, verb: Verb) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(30)
    for turns in range(0, 120, 4):
        selection = await freeze_ids(ids)
        plan = await plan_bulk(actor, selection, verb)
        running = asyncio.create_task(apply_bulk(plan))
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        # Whoever is cancelled leaves a COMMIT behind that still runs: what is locked here comes after it.
        async with in_transaction():
            now = await Account.filter(id__in=ids).select_for_update().values_list("id", "version")
            written = await recorded(plan.op_id)
        assert written in (0, plan.changing)
        seen = dict(zip(selection.ids, selection.versions, strict=True))
        assert sum(version != seen[user_id] for user_id, version in now) == written
    await check(ids)
