"""What a row of the audit is: its draft, its hashed part, its hash. Pure: nothing here touches a database.

``hash = SHA-256(prev_hash || canonical JSON of the row)``. Secrets are redacted here, whatever the caller hands over.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from models.audit import LABEL_LENGTH
from models.operations.audit.text import REASON_LENGTH, TICKET_LENGTH
from models.operations.plan import REDACTED, REDACTED_CHANGED, Actor, ActorKind, Change, Json, Target, json_value
from models.operations.text import clipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

GENESIS: Final = "0" * 64
"""The `prev_hash` of the first row."""

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


canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode
"""A JSON value as the one ASCII text that is hashed."""


def chain_hash(prev_hash: str, payload: Mapping[str, Json]) -> str:
    """Return the hash of a row: 64 hexadecimal digits. `payload` is what `event_payload` returns.

    The hash before may be anything where somebody wrote past the program: what comes after it is chained all the same.
    """
    return hashlib.sha256((prev_hash + canonical(payload)).encode("utf-8", "surrogatepass")).hexdigest()


def event_payload(row: Mapping[str, object]) -> dict[str, Json]:
    """Return the hashed part of a row, JSON-ready. `row` maps every name of `HASHED_FIELDS` to its column's value."""
    return {name: json_value(row[name]) for name in HASHED_FIELDS}


def redact(change: Change) -> Change:
    """Return the change with a secret's values replaced by the fact that it changed."""
    if change.field not in SECRET_FIELDS:
        return change
    return replace(change, before=REDACTED, after=REDACTED_CHANGED if change.before != change.after else REDACTED)


AS_ROLE: Final = " as "
"""Between the person at the machine and the role of the database: no username has a blank."""


def named_by_role(actor: Actor, role: str | None) -> str:
    """Return who is written down: an account by its name; whoever has none by what the machine calls it and by what the
    database does, where it has roles."""
    if actor.user_id is not None or actor.kind is not ActorKind.SYSTEM or not role:
        return clipped(actor.label, LABEL_LENGTH)
    suffix = f"{AS_ROLE}{role}"
    return f"{clipped(actor.label, LABEL_LENGTH - len(suffix))}{suffix}"


def draft_row(draft: AuditDraft, at: datetime) -> dict[str, Any]:
    """Return the columns of a draft but those of the chain: `seq`, `prev_hash` and `hash`."""
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
        "reason": clipped(draft.reason, REASON_LENGTH) or None,
        "ticket": clipped(draft.ticket, TICKET_LENGTH) or None,
        "changes": {c.field: [c.before, c.after] for c in map(redact, draft.changes)} or None,
        "version_before": draft.version_before,
        "version_after": draft.version_after,
        "undo_of": draft.undo_of,
        "meta": meta or None,
    }
