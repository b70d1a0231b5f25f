"""What became of an operation, asked by its number alone: by whoever was told "outcome unknown", from anywhere.

The audit says yes by its row. "Not there" counts only once everything is over that was being written when it was asked.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tortoise.expressions import Q

from models import AuditEvent
from models.engines.errors import DatabaseError
from models.engines.settlement import LONGEST_PAUSE, Fate
from models.operations.audit.row import AuditOutcome
from models.operations.context import USER
from models.operations.plan import json_value
from models.operations.text import counted, moment
from models.operations.transactions import connection, is_postgres

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Json

PATIENCE: Final = 45.0
"""Seconds. The server ends a transaction that stands still after 30."""

WRITING: Final = (
    "SELECT transactionid::text AS xid FROM pg_locks"
    " WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted"
)
"""Every transaction that has written holds its own number, whoever's it is; it lets go after it can be seen.

Not the snapshot's `xmax`: that is behind the last one that is over, and says nothing of those that run and are newer.
"""

NOT_THERE: Final = "It did not happen: everything that was being written when you asked is over, and it is not there."
NOT_KNOWN: Final = "Not known yet: what was being written when you asked is not over. Ask again in a moment."
STANDBY: Final = "Not known: this server is a standby, which may not have heard of it yet. Ask the primary."
READ_ONLY: Final = (
    "Not known: it is not there, and a database that is open read-only cannot tell what is still on its way."
)

_STOPPED: Final = {
    AuditOutcome.DENIED: "it was refused",
    AuditOutcome.CONFLICT: "it met a conflict",
    AuditOutcome.ERROR: "it failed",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`fate` in a sentence; of what is there also what it was, when by the database's clock, and how many users."""

    op_id: UUID
    fate: Fate
    sentence: str
    action: str = ""
    at: datetime | None = None
    users: int = 0

    def as_json(self) -> dict[str, Json]:
        """Return what `--json` prints."""
        return {
            "op_id": str(self.op_id),
            "fate": str(self.fate),
            "sentence": self.sentence,
            "action": self.action or None,
            "at": json_value(self.at),
            "users": self.users,
        }


async def what_became(op_id: UUID, *, seconds: float = PATIENCE) -> Answer:
    """Ask for at most `seconds`; a lost server is tried again. Writes nothing, raises nothing that a database does."""
    unknown, pause = NOT_KNOWN, 0.05
    before: set[str] | None = None
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    before, answer = await _ask(op_id, before)
                except DatabaseError as error:
                    unknown, answer = f"Not known: {error.sentence}", None
                else:
                    unknown = NOT_KNOWN
                if answer is not None:
                    return answer
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
    except TimeoutError:
        return Answer(op_id, Fate.UNKNOWN, unknown)


async def _ask(op_id: UUID, before: set[str] | None) -> tuple[set[str] | None, Answer | None]:
    """One question. `before` are the transactions of then that are not over yet; None where nobody asked yet."""
    client: Any = connection()
    found = await _recorded(client, op_id)
    if found is not None:
        return before, found
    if not is_postgres(client):
        return None, await _ask_the_file(client, op_id)
    if (await client.execute_query_dict("SELECT pg_is_in_recovery() AS standby"))[0]["standby"]:
        return before, Answer(op_id, Fate.UNKNOWN, STANDBY)
    writing = {row["xid"] for row in await client.execute_query_dict(WRITING)}
    before = writing if before is None else before & writing
    if before:
        return before, None
    return before, await _recorded(client, op_id) or Answer(op_id, Fate.ABORTED, NOT_THERE)


async def _ask_the_file(client: Any, op_id: UUID) -> Answer:
    """Whoever gets the lock of the writer comes after everybody who wrote before."""
    if client.read_only:
        return Answer(op_id, Fate.UNKNOWN, READ_ONLY)
    async with client._in_transaction() as inside:
        return await _recorded(inside, op_id) or Answer(op_id, Fate.ABORTED, NOT_THERE)


async def _recorded(client: BaseDBAsyncClient, op_id: UUID) -> Answer | None:
    """What the audit has of it. A bulk, a changeset and a large import are one batch with a row for each user."""
    rows = AuditEvent.filter(Q(op_id=op_id) | Q(batch_id=op_id)).using_db(client)
    done = rows.filter(outcome=AuditOutcome.OK)
    # These columns alone: a tier of the database may read no more of a row than the history of an account shows.
    first = await done.order_by("seq").only("id", "action", "at").first()
    if first is not None:
        users = await done.filter(target_type=USER).count()
        many = f" to {counted(users, 'user')}" if users > 1 else ""
        sentence = f"It happened{many}: {first.action}, at {moment(first.at)}."
        return Answer(op_id, Fate.COMMITTED, sentence, str(first.action), first.at, users)
    stopped = (
        await rows.filter(outcome__in=list(_STOPPED)).order_by("seq").only("id", "action", "at", "outcome").first()
    )
    if stopped is None:
        return None
    how = _STOPPED[AuditOutcome(stopped.outcome)]
    sentence = f"It did not happen: {how} at {moment(stopped.at)}, and nothing was changed."
    return Answer(op_id, Fate.ABORTED, sentence, str(stopped.action), stopped.at)
