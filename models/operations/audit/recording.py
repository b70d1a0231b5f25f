"""What changes nothing and is recorded all the same: a refusal, a conflict, a secret that was looked at.

Each in a transaction of its own, which is known to be there or not before it is spoken of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models import AuditEvent
from models.engines.errors import DatabaseError
from models.operations.audit.writing import append, append_all
from models.operations.settling import InDoubt, write_until_known
from models.operations.transactions import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.audit.row import AuditDraft

NO_RECORD: Final = "The audit could not be written, so there is no record of this attempt."
NOT_KNOWN: Final = "The database did not confirm the record of this attempt: the audit has it, or has it not."


class RecordUnknown(DatabaseError):
    """Nobody can say whether the audit has the record."""


async def record(draft: AuditDraft) -> int:
    """Record it, and return its `seq`. Raises `DatabaseError`; of these `RecordUnknown` where nobody can say."""
    return await record_all([draft])


async def record_all(drafts: Sequence[AuditDraft]) -> int:
    """The same for several at once; return the last one's `seq`, or 0."""
    if not drafts:
        return 0

    async def write(client: BaseDBAsyncClient) -> int:
        return await (append(client, drafts[0]) if len(drafts) == 1 else append_all(client, drafts))

    async def landed(seq: int) -> bool:
        # The operation may have a row from before; and its number in the chain, if this one is lost, somebody else's.
        return await AuditEvent.filter(seq=seq, op_id=drafts[-1].op_id).using_db(connection()).exists()

    done = await write_until_known(write, landed)
    if isinstance(done, InDoubt):
        raise RecordUnknown(NOT_KNOWN) from done.unknown
    return done


def unrecorded(error: DatabaseError) -> str:
    """What to add to the sentence of a refusal whose record ended with this error; begins with a space."""
    return f" {NOT_KNOWN if isinstance(error, RecordUnknown) else NO_RECORD}"
