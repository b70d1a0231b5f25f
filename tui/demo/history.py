"""Who did what to the demo's users: chained audit rows that `shellback audit verify` finds whole.

The actions, fields and redactions are those that the operations write; the chain is made by the function that they use.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from models.operations.audit.writing import GENESIS, HASHED_FIELDS, chain_hash, event_payload
from models.operations.deletion.placeholders import placeholder
from models.operations.plan import REDACTED, REDACTED_CHANGED, Action
from tui.demo.lives import DAY, Life, World, random_bits
from tui.demo.people import Person
from tui.demo.rows import REASONS, Row, Value, has_address, stamp

COLUMNS: Final = (*HASHED_FIELDS, "prev_hash", "hash")

RECORDED: Final = 20_000
"""People who have a history at most: it is sorted and chained in memory. The others' changes were made before there
was an audit."""


NEW: Final = 60 * DAY
"""Age in seconds up to which an account's making is in the history."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change, before it is chained."""

    at: int
    number: int
    """Of the target."""
    target: str
    actor: int
    """Id of the user who did it."""
    action: str
    changes: Mapping[str, Any] | None
    outcome: str = "ok"
    reason: str | None = None
    ticket: str | None = None
    version: int | None = None
    """After it; None where nothing changed."""


def events(number: int, who: Person, row: Row, lived: Life, world: World) -> Iterator[Event]:
    """What was done to this user; `row` is the user's row, whose username the target is called by."""
    if number >= RECORDED:
        return
    name, bits = str(row[1]), lived.bits
    ticket = f"SUP-{1000 + bits % 9000}" if bits & 3 == 0 else None
    done = list(_done(number, who, lived))
    for turn, (at, (action, changes, reason)) in enumerate(zip(lived.changes, done, strict=True), 1):
        actor = 1 if action == Action.GRANT_ROLE else _actor(bits >> turn, world)
        yield Event(at, number, name, actor, action, changes, "ok", reason, ticket, turn + 1)
    if lived.created > world.now - NEW:
        fields = {"username": [None, name], "hashed_password": [None, REDACTED_CHANGED], "is_active": [None, True]}
        yield Event(lived.created, number, name, _actor(bits >> 5, world), Action.CREATE, fields, "ok", None, ticket)
    if bits % 110 == 9 and lived.last_login is not None and lived.locked_until is None:
        at = max(lived.created, lived.last_login - 300)
        fields = {"locked_until": [_iso(at + 600), None], "lock_cause": ["failures", None], "failed_count": [10, 0]}
        yield Event(at, number, name, _actor(bits >> 9, world), Action.UNLOCK, fields, "ok", "called in", ticket)
    if 0 < number <= 8 and lived.last_login is not None:
        for turn in range(5):
            yield Event(lived.last_login - turn * DAY, number, name, number + 1, "auth.sign_in", None)
    if bits % 700 == 3:
        at, support = lived.later, min(4, world.people)
        yield Event(at, number, name, support, Action.EDIT, None, "denied", "not allowed by your roles")


def _done(number: int, who: Person, lived: Life) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """What each of `lived.changes` was: action, fields before and after, reason."""
    if lived.role is not None:
        yield Action.GRANT_ROLE, {f"role:{lived.role}": [None, "granted"]}, None
    for turn in range(lived.edits):
        yield Action.EDIT, _edit(who, turn), "asked for on the telephone" if lived.bits & 1 else None
    if lived.deactivated is not None:
        reason = REASONS[lived.bits % len(REASONS)]
        fields = {
            "is_active": [True, False],
            "deactivated_at": [None, _iso(lived.deactivated)],
            "deactivation_reason": [None, reason],
        }
        yield Action.DEACTIVATE, fields, reason
    elif lived.deleted is not None:
        fields = {
            "username": [who.username, placeholder(number + 1)],
            "hashed_password": [REDACTED, REDACTED_CHANGED],
            "has_usable_password": [True, False],
            "deleted_at": [None, _iso(lived.deleted)],
        }
        if has_address(lived):
            fields["email"] = [who.email, None]
        yield Action.DELETE, fields, None
    elif lived.temporary_until is not None:
        fields = {
            "hashed_password": [REDACTED, REDACTED_CHANGED],
            "must_change_password": [False, True],
            "password_expires_at": [None, _iso(lived.temporary_until)],
        }
        yield Action.RESET_PASSWORD, fields, "forgot it"


def _edit(who: Person, turn: int) -> dict[str, Any]:
    if turn == 0:
        return {"full_name": [who.full_name[:-1], who.full_name]}
    return {"email": [who.email.replace("@", ".old@"), who.email]}


def chained(found: Iterable[Event], world: World, names: Mapping[int, str]) -> Iterator[Row]:
    """The rows of `audit_events`, in the order in which things happened. `names` has the actors' usernames by id."""
    before = GENESIS
    ordered = sorted(found, key=lambda event: (event.at, event.number, event.version or 0))
    for seq, event in enumerate(ordered, 1):
        row: dict[str, Any] = dict.fromkeys(HASHED_FIELDS)
        row |= {
            "seq": seq,
            "op_id": UUID(int=random_bits(seq, world.seed) << 64 | random_bits(seq, ~world.seed), version=4),
            "at": datetime.fromtimestamp(event.at, UTC),
            "actor_id": event.actor,
            "actor_label": names[event.actor],
            "actor_kind": "cli" if event.at % 7 == 0 else "tui",
            "claimed_os_user": names[event.actor].partition(".")[0],
            "claimed_host": f"desk{event.actor}",
            "action": str(event.action),
            "target_type": "user",
            "target_id": event.number + 1,
            "target_label": event.target,
            "outcome": event.outcome,
            "reason": event.reason,
            "ticket": event.ticket,
            "changes": event.changes,
            "version_before": event.version and event.version - 1,
            "version_after": event.version,
        }
        after = chain_hash(before, event_payload(row))
        yield *(_stored(row[name]) for name in HASHED_FIELDS), before, after
        before = after


def _actor(bits: int, world: World) -> int:
    """An operator or, rarely, the demo's superuser: the id."""
    return min((2, 3, 2, 3, 1)[bits % 5], world.people)


def _stored(value: Any) -> Value:
    if isinstance(value, datetime):
        return stamp(int(value.timestamp()))
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value) if isinstance(value, UUID) else value


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
