"""The audit trail: one chained row for each fact, written where it happens.

What a row is and how it is hashed: `row.py`. The check of the chain: `verify.py`.

The lock of the chain is the last statement before COMMIT, so that nobody waits for a chain that somebody else holds
while working. SQLite's BEGIN IMMEDIATE already serialises.
"""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import TYPE_CHECKING, Final

from models import AuditArchive, AuditEvent
from models.clock import database_now
from models.operations.audit import anchors
from models.operations.audit.inserts import insert
from models.operations.audit.row import (
    GENESIS,
    HASHED_FIELDS,
    AuditDraft,
    AuditOutcome,
    chain_hash,
    draft_row,
    event_payload,
    named_by_role,
    redact,
)
from models.operations.audit.rows import ROWS_AT_ONCE, draw, draw_alike, in_thread, seal, sealed_parts
from models.operations.refused import row_refused
from models.operations.text import clipped
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.audit.rows import Drawn, Own, Sealed

__all__ = [
    "GENESIS",
    "HASHED_FIELDS",
    "AuditDraft",
    "AuditOutcome",
    "append",
    "append_alike",
    "append_all",
    "chain_hash",
    "event_payload",
    "redact",
]

CHAIN_LOCK: Final = 0x53_68_65_6C_6C_62_61
"""The key of PostgreSQL's advisory lock: "Shellba"."""


async def append(connection: BaseDBAsyncClient, draft: AuditDraft) -> int:
    """Add a row to the chain in the caller's transaction and return its `seq`.

    It must be the last statement before COMMIT: the lock of the chain is held from here on.
    """
    at, db_user, address = await _server_facts(connection)
    row = {**draft_row(draft, at), "db_user": db_user, "actor_label": named_by_role(draft.actor, db_user)}
    if address:
        row["meta"] = {**(row["meta"] or {}), "client_address": address}
    seq, prev_hash = await _lock_tip(connection)
    row["seq"] = seq + 1
    digest = chain_hash(prev_hash, event_payload(row))
    made = await AuditEvent.create(using_db=connection, **row, prev_hash=prev_hash, hash=digest)
    if made.id is None:  # a trigger can swallow a row, and the database says nothing
        raise row_refused()
    anchors.appended(1, seq + 1, digest)
    return seq + 1


async def append_all(connection: BaseDBAsyncClient, drafts: Sequence[AuditDraft]) -> int:
    """Add many rows to the chain, in their order, in the caller's transaction; return the last one's `seq`, or 0.

    Set-based: a statement for some thousand rows, prepared and hashed in a thread. One `op_id` may have several rows,
    each on another target. It must come last before COMMIT, as `append`.
    """
    if not drafts:
        return 0
    facts = await _server_facts(connection)
    return await _append_drawn(connection, await in_thread(len(drafts), draw, drafts, *facts))


async def append_alike(
    connection: BaseDBAsyncClient,
    draft: AuditDraft,
    own: Callable[[], Iterable[Own]],
    writing: Callable[[], Awaitable[None]],
) -> int:
    """Add the rows of a bulk: as `append_all` of drafts that are as `draft` but for what `own()` yields, and quicker.

    `writing` does the last write that they record: meanwhile the rows are made, in a thread where `own` runs too. On
    SQLite, where nobody else is writing, they are chained meanwhile as well.
    """
    facts = await _server_facts(connection)
    tip = None if is_postgres(connection) else await _lock_tip(connection)

    def make() -> tuple[Drawn, list[Sealed]]:
        drawn = draw_alike(draft, own(), *facts)
        return drawn, list(sealed_parts(drawn, *tip)) if tip is not None else []

    _, (drawn, sealed) = await asyncio.gather(writing(), asyncio.to_thread(make))
    if tip is None:
        return await _append_drawn(connection, drawn) if drawn.rows else 0
    for part in sealed:
        await insert(connection, drawn, part)
    if not sealed:
        return 0
    anchors.appended(len(drawn.rows), sealed[-1].last, sealed[-1].hashes[-1])
    return sealed[-1].last


async def _append_drawn(connection: BaseDBAsyncClient, drawn: Drawn) -> int:
    """Seal and insert, part after part: while the database takes one, the next is hashed."""
    seq, prev_hash = await _lock_tip(connection)
    parts = [drawn.rows[start : start + ROWS_AT_ONCE] for start in range(0, len(drawn.rows), ROWS_AT_ONCE)]
    sealed = await in_thread(len(parts[0]), seal, drawn, parts[0], seq, prev_hash)
    for part in parts[1:]:
        following = in_thread(len(part), seal, drawn, part, sealed.last, sealed.hashes[-1])
        _, sealed = await asyncio.gather(insert(connection, drawn, sealed), following)
    await insert(connection, drawn, sealed)
    anchors.appended(len(drawn.rows), sealed.last, sealed.hashes[-1])
    return sealed.last


async def _server_facts(connection: BaseDBAsyncClient) -> tuple[datetime, str | None, str | None]:
    """The database's moment, its own user and the address that it sees; None where it has no such thing."""
    if not is_postgres(connection):
        return await database_now(connection), None, None
    _, rows = await connection.execute_query(
        "SELECT clock_timestamp() AS moment, session_user AS name, host(inet_client_addr()) AS address"
    )
    return rows[0]["moment"].astimezone(UTC), clipped(str(rows[0]["name"]), 100), rows[0]["address"]


async def _lock_tip(connection: BaseDBAsyncClient) -> tuple[int, str]:
    """Lock the chain until the end of the transaction; return the `seq` and the hash of its last row."""
    if is_postgres(connection):
        await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [CHAIN_LOCK])
    tip = await AuditEvent.all().using_db(connection).order_by("-seq").limit(1).values_list("seq", "hash")
    if not tip:  # nothing was ever written, or all of it is archived
        archives = AuditArchive.all().using_db(connection).order_by("-last_seq").limit(1)
        tip = await archives.values_list("last_seq", "last_hash")
    seq, prev_hash = tip[0] if tip else (0, GENESIS)
    return int(seq), str(prev_hash)
