"""Applying again what was applied, or stopped, before: nothing is written twice, and the answer says which it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models import AuditEvent
from models.operations.audit.row import AuditOutcome
from models.operations.context import Stopped
from models.operations.plan import Status

if TYPE_CHECKING:
    from uuid import UUID

    from tortoise.backends.base.client import BaseDBAsyncClient

_ENDED: Final = {
    AuditOutcome.OK: (Status.UNCHANGED, "was applied before"),
    AuditOutcome.DENIED: (Status.REFUSED, "was refused before, and nothing was changed"),
    AuditOutcome.CONFLICT: (Status.CONFLICT, "met a conflict before, and nothing was changed"),
    AuditOutcome.ERROR: (Status.ERROR, "failed before, and nothing was changed"),
}
"""By what the audit says of it: what was applied once outweighs the rest."""


class Repeated(Stopped):
    """Raised inside the transaction. The audit has this operation already, so it is not recorded again."""


async def refuse_repeat(client: BaseDBAsyncClient, op_id: UUID, what: str) -> None:
    """Raise `Repeated` if the audit knows this operation. `what` is "plan" or "changeset"."""
    rows = await AuditEvent.filter(op_id=op_id).using_db(client).distinct().values_list("outcome", flat=True)
    outcomes = [str(outcome) for outcome in rows]
    for outcome, (status, how) in _ENDED.items():
        if outcome in outcomes:
            raise Repeated(status, f"This {what} {how}. Make a new one to do it again.")
