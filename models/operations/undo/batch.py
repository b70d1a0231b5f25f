"""Undo of a whole batch: a bulk, a changeset or an import, as a bulk of its own.

It is applied by `bulk.apply_bulk`: up to 10 000 users in one transaction, more in batches that can be stopped and gone
on with, and a result for each user. Each user is judged as by the undo of one event.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from models import AuditEvent
from models.operations.bulk import BulkPlan, Selection, Undo
from models.operations.bulk.planning import database_mark, look
from models.operations.bulk.selection import in_order
from models.operations.bulk.undo_events import operations_of, users_of
from models.operations.text import moment
from models.operations.transactions import connection
from models.operations.undo.events import NoSuchEvent

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Actor

_WORDS: Final = {
    "users.edit": "an edit",
    "users.import": "an import",
    "users.activate": "an activation",
    "users.deactivate": "a deactivation",
    "users.delete": "a deletion",
    "users.restore": "a restoration",
    "users.unlock": "an unlock",
    "users.lock": "a lock",
    "users.revoke_sessions": "ended sessions",
    "roles.grant": "a grant",
    "roles.revoke": "a taking away",
}


async def plan_undo_batch(
    actor: Actor,
    batch_id: UUID,
    *,
    reason: str = "",
    ticket: str = "",
    progress: Callable[[float], object] | None = None,
) -> BulkPlan:
    """Plan to put back what a batch wrote, for each of its users what still holds. Reads only.

    `progress` is told how far it is, from 0 to 1. Raises `NoSuchEvent`, and what the engine raises.
    """
    client = connection()
    words = await _words(client, batch_id)
    found = await users_of(client, await operations_of(client, batch_id))
    if not found:
        raise NoSuchEvent(f"The batch {batch_id} changed no user: there is nothing to undo.")
    ids = in_order(found)
    selection = Selection(ids, array("q", bytes(8 * len(ids))), words)
    mark = await database_mark()
    plan = BulkPlan(actor, selection, Undo(str(batch_id)), reason=reason, ticket=ticket, database=mark)
    return await look(plan, progress)


async def _words(client: BaseDBAsyncClient, batch_id: UUID) -> str:
    """What the batch was, who did it and when: `a deactivation by maria at 2026-11-22 14:02 UTC`."""
    row = await AuditEvent.filter(batch_id=batch_id).using_db(client).order_by("id").first()
    if row is None:
        raise NoSuchEvent(f"The audit has no batch {batch_id}.")
    return f"{_WORDS.get(row.action, 'a batch')} by {row.actor_label} at {moment(row.at)}"
