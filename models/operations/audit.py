"""The audit trail: one chained row for each fact, written where it happens, and the check of the chain.

``hash = SHA-256(prev_hash || canonical JSON of the row)``. The lock of the chain is the last statement before COMMIT,
so that nobody waits for a chain that somebody else holds while working. SQLite's BEGIN IMMEDIATE already serialises.
Secrets are redacted here, whatever the caller hands over.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from tortoise.exceptions import FieldError

from models import AuditEvent
from models.clock import database_now
from models.operations.plan import REDACTED, REDACTED_CHANGED, Actor, Change, Json, Target, json_value
from models.operations.text import clipped
from models.operations.transactions import is_postgres, write_transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

GENESIS: Final = "0" * 64
"""The `prev_hash` of the first row."""

CHAIN_LOCK: Final = 0x53_68_65_6C_6C_62_61
"""The key of PostgreSQL's advisory lock: "Shellba"."""

SECRET_FIELDS: Final = frozenset(
    {"hashed_password", "password", "token", "token_hash", "secret", "encrypted_secret", "password_fingerprint"}
)

HASHED_FIELDS: Final = (
    "seq",
    "op_id",
    "at",
    "actor_id",
    "actor_label",
    "actor_kind",
    "claimed_os_user",
    "claimed_host",
    "claimed_ssh_client",
    "db_user",
    "action",
    "target_type",
    "target_id",
    "target_label",
    "batch_id",
    "outcome",
    "reason",
    "ticket",
    "changes",
    "version_before",
    "version_after",
    "undo_of",
    "meta",
)
"""Every column but `id`, `prev_hash` and `hash`."""


class AuditOutcome(StrEnum):
    """How the recorded thing ended."""

    OK = "ok"
    DENIED = "denied"
    CONFLICT = "conflict"
    ERROR = "error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AuditDraft:
    """What the writer of a fact knows. The clock, the database's user and the chain are added when it is appended."""

    actor: Actor
    action: str
    target: Target
    outcome: AuditOutcome = AuditOutcome.OK
    changes: tuple[Change, ...] = ()
    reason: str = ""
    ticket: str = ""
    version_before: int | None = None
    version_after: int | None = None
    batch_id: UUID | None = None
    undo_of: UUID | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)
    op_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row at which the chain does not hold, and what is wrong with it."""

    seq: int
    id: int
    problem: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of the chain found. `tip_seq` and `tip_hash` are those of the last good row: anchor them outside."""

    rows: int
    tip_seq: int
    tip_hash: str
    bad: BadRow | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every row that is there is as it was written. A cut tail is invisible from inside."""
        return self.bad is None


def chain_hash(prev_hash: str, payload: Mapping[str, Json]) -> str:
    """Return the hash of a row: 64 hexadecimal digits. `payload` is what `event_payload` returns."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256((prev_hash + text).encode("ascii")).hexdigest()


def event_payload(row: Mapping[str, object]) -> dict[str, Json]:
    """Return the hashed part of a row, JSON-ready. `row` maps every name of `HASHED_FIELDS` to its column's value."""
    return {name: json_value(row[name]) for name in HASHED_FIELDS}


def redact(change: Change) -> Change:
    """Return the change with a secret's values replaced by the fact that it changed."""
    if change.field not in SECRET_FIELDS:
        return change
    return replace(change, before=REDACTED, after=REDACTED_CHANGED if change.before != change.after else REDACTED)


async def append(connection: BaseDBAsyncClient, draft: AuditDraft) -> int:
    """Add a row to the chain in the caller's transaction and return its `seq`.

    It must be the last statement before COMMIT: the lock of the chain is held from here on.
    """
    row = _row(draft, await database_now(connection))
    if is_postgres(connection):
        _, rows = await connection.execute_query("SELECT session_user AS name, host(inet_client_addr()) AS address")
        row["db_user"] = clipped(str(rows[0]["name"]), 100)
        if rows[0]["address"]:
            row["meta"] = {**(row["meta"] or {}), "client_address": rows[0]["address"]}
        await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [CHAIN_LOCK])
    tip = await AuditEvent.all().using_db(connection).order_by("-seq").limit(1).values_list("seq", "hash")
    seq, prev_hash = tip[0] if tip else (0, GENESIS)
    row["seq"] = seq + 1
    await AuditEvent.create(
        using_db=connection, **row, prev_hash=prev_hash, hash=chain_hash(prev_hash, event_payload(row))
    )
    return int(seq) + 1


async def record(draft: AuditDraft) -> int:
    """Record what changes nothing (a refusal, a conflict, a sign-in) in its own transaction; return its `seq`."""
    return await write_transaction(lambda connection: append(connection, draft))


async def verify_chain(
    *,
    batch: int = 1000,
    after_seq: int = 0,
    after_hash: str = GENESIS,
    progress: Callable[[int], object] | None = None,
) -> ChainReport:
    """Check every row after `after_seq`, in constant memory, and name the first bad one.

    Hand over the `(seq, hash)` of an anchor to check only what came after it. `progress` is told after each batch
    how many rows have been found good.
    """
    seq, prev_hash, count = after_seq, after_hash, 0
    while True:
        following = AuditEvent.filter(seq__gt=seq).order_by("seq").limit(batch)
        try:
            rows = await following.values()
        except (FieldError, ValueError, TypeError):  # a value that no writer of ours stored, somewhere among these
            if batch > 1:
                batch = 1
                continue
            [(bad_seq, bad_id)] = await following.values_list("seq", "id")
            return ChainReport(count, seq, prev_hash, BadRow(bad_seq, bad_id, "its content cannot be read"))
        for row in rows:
            problem = _problem(row, seq, prev_hash)
            if problem:
                return ChainReport(count, seq, prev_hash, BadRow(row["seq"], row["id"], problem))
            seq, prev_hash, count = row["seq"], row["hash"], count + 1
        if len(rows) < batch:
            return ChainReport(count, seq, prev_hash)
        if progress is not None:
            progress(count)


def _problem(row: Mapping[str, Any], seq: int, prev_hash: str) -> str | None:
    if row["seq"] != seq + 1:
        return f"rows {seq + 1} to {row['seq'] - 1} are missing before it"
    if row["prev_hash"] != prev_hash:
        return "it does not continue the row before it"
    if row["hash"] != chain_hash(prev_hash, event_payload(row)):
        return "its content is not what was written"
    return None


def _row(draft: AuditDraft, at: datetime) -> dict[str, Any]:
    actor, target = draft.actor, draft.target
    meta = {**draft.meta, **({"sudo_user": clipped(actor.sudo_user, 100)} if actor.sudo_user else {})}
    return {
        "op_id": draft.op_id,
        "at": at,
        "actor_id": actor.user_id,
        "actor_label": clipped(actor.label, 100),
        "actor_kind": str(actor.kind),
        "claimed_os_user": clipped(actor.os_user, 100) or None,
        "claimed_host": clipped(actor.host, 255) or None,
        "claimed_ssh_client": clipped(actor.ssh_client, 100) or None,
        "db_user": None,
        "action": str(draft.action),
        "target_type": target.kind,
        "target_id": target.id,
        "target_label": clipped(target.label, 100),
        "batch_id": draft.batch_id,
        "outcome": str(draft.outcome),
        "reason": clipped(draft.reason, 500) or None,
        "ticket": clipped(draft.ticket, 100) or None,
        "changes": {c.field: [c.before, c.after] for c in map(redact, draft.changes)} or None,
        "version_before": draft.version_before,
        "version_after": draft.version_after,
        "undo_of": draft.undo_of,
        "meta": meta or None,
    }
