"""What the tests of undo share: do something, and find the row that the audit has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import AuditEvent
from models.operations import Status, apply, plan_undo, verify_chain

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from models.operations import Actor, Outcome, Plan


async def done(planning: Awaitable[Plan]) -> AuditEvent:
    """Apply the plan; return its row of the audit."""
    outcome = await apply(await planning)
    assert outcome.status is Status.OK, outcome.sentence
    return await AuditEvent.get(op_id=outcome.op_id, outcome="ok")


async def undo(actor: Actor, event: AuditEvent) -> Outcome:
    """Undo it, whatever comes of that; the chain holds, and the row of the undo says what it undoes."""
    plan = await plan_undo(actor, event.op_id, reason="a mistake", ticket="T-1")
    outcome = await apply(plan)
    assert (await verify_chain()).is_whole
    if outcome.status is Status.OK:
        row = await AuditEvent.get(op_id=outcome.op_id)
        assert (row.undo_of, row.reason, row.ticket) == (event.op_id, "a mistake", "T-1")
    return outcome


async def last() -> AuditEvent:
    """The newest row of the audit."""
    row = await AuditEvent.all().order_by("-seq").first()
    assert row is not None
    return row
