"""That a generated secret was looked at or copied: recorded, since who has seen a password may use it.

What was revealed is never part of the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations.audit.recording import record
from models.operations.audit.writing import AuditDraft

if TYPE_CHECKING:
    from uuid import UUID

    from models.operations.plan import Actor, Target

REVEALED = "secrets.reveal"
COPIED = "secrets.copy"


async def record_reveal(actor: Actor, target: Target, action: str, *, of: UUID) -> int:
    """Record that the secret of the operation `of` was shown or copied, on whom; return the `seq` of the record.

    `action` is REVEALED or COPIED. Raises `DatabaseError`.
    """
    return await record(AuditDraft(actor, action, target, meta={"operation": str(of)}))
