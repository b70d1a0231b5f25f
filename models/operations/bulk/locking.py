"""The locks of one transaction of a bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations.bulk.sql import fetch, ids_in, numbers
from models.operations.bulk.verdicts import Verdict
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.bulk.plan import BulkPlan
    from models.operations.plan import Actor


async def lock_rows(client: BaseDBAsyncClient, actor: Actor, ids: Sequence[int]) -> None:
    """Lock these users in the order of their ids by one statement, with the actor, and every superuser where the last
    one could be among them. SQLite has one writer at a time: nothing needs locking there."""
    if not is_postgres(client):
        return
    wanted = numbers(client, [*ids, *([actor.user_id] if actor.user_id is not None else [])])
    theirs = ids_in(client, "id", "$1")
    # Whoever becomes one after this has another version than was selected, and is left out.
    found = await fetch(
        client, f"SELECT EXISTS (SELECT 1 FROM users WHERE is_superuser AND {theirs})", numbers(client, ids)
    )
    which = f"{theirs} OR is_superuser" if found[0][0] else theirs
    rows = f"SELECT id FROM users WHERE {which} ORDER BY id FOR NO KEY UPDATE"
    await fetch(client, f"SELECT count(*) FROM ({rows}) locked", wanted)


async def written_before(client: BaseDBAsyncClient, plan: BulkPlan, ids: Sequence[int]) -> dict[int, Verdict]:
    """Return which of these locked users this bulk has written by an earlier run. Asked before the locks are held, the
    audit says no of a COMMIT that is still on its way; its rows are free only once it is over."""
    if not plan.results:
        return {}
    among = ids_in(client, "target_id", "$2")
    sql = f"SELECT target_id FROM audit_events WHERE op_id = $1 AND target_type = 'user' AND {among}"
    return {row[0]: Verdict.OK for row in await fetch(client, sql, str(plan.op_id), numbers(client, ids))}
