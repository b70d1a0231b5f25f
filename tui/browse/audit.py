"""The audit trail as a list, newest first by key range, and one event whole. Reading only.

Columns are read as they are stored and interpreted here, without raising: the trail is looked at when something is
wrong, and a row that somebody has tampered with must be shown, not end the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tui.browse.changes import FieldChange, field_changes, json_object
from tui.browse.pages import Page
from tui.browse.rows import Position
from tui.browse.sql import NOTHING, Sql, moment, rows, where

LISTED = (
    "id, seq, at, actor_id, actor_label, actor_kind, action, target_type, target_id, target_label, outcome, reason,"
    " ticket, changes"
)
WHOLE = (
    LISTED + ", op_id, claimed_os_user, claimed_host, claimed_ssh_client, db_user, batch_id, version_before,"
    " version_after, undo_of, meta, prev_hash, hash"
)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One event of the list. Texts are as stored, not yet safe to show; `at` is in UTC, None when unreadable.

    `changed` names the fields that changed; None when what is stored cannot be read.
    """

    id: int
    seq: int
    at: datetime | None
    actor_id: int | None
    actor_label: str
    actor_kind: str
    action: str
    target_type: str
    target_id: int | None
    target_label: str
    outcome: str
    reason: str
    ticket: str
    changed: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class AuditDetail:
    """One event whole. What is named `claimed` is what the client said of itself; nobody has checked it.

    `changes` and `meta` are None when what is stored cannot be read.
    """

    row: AuditRow
    op_id: str
    claimed_os_user: str
    claimed_host: str
    claimed_ssh_client: str
    db_user: str
    batch_id: str
    version_before: int | None
    version_after: int | None
    undo_of: str
    changes: tuple[FieldChange, ...] | None
    meta: Mapping[str, object] | None
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where the trail goes: the least and the greatest id, and the greatest sequence number.

    The sequence has no gaps in a trail that is whole, so `seq` is also how many events there are.
    """

    oldest: int
    newest: int
    seq: int

    def fraction(self, event_id: int) -> float:
        """How far down the list an id stands, from 0 (newest) to 1 (oldest)."""
        length = self.newest - self.oldest
        return min(1.0, max(0.0, (self.newest - event_id) / length)) if length > 0 else 0.0

    def at(self, fraction: float) -> int:
        """The id that stands so far down the list, whether or not there is an event with it."""
        return round(self.newest - min(1.0, max(0.0, fraction)) * (self.newest - self.oldest))


@dataclass(frozen=True, slots=True)
class AuditSource:
    """The whole trail, newest first. It is append-only, so an id never moves and a page never changes behind us."""

    def key(self, row: AuditRow) -> int:
        """Return what an event is known by: its id."""
        return row.id

    def position(self, row: AuditRow) -> Position:
        """Return where an event stands."""
        return position_of(row.id)

    async def page(self, origin: Position | None, count: int, *, forward: bool) -> Page[AuditRow]:
        """Return up to `count` events older (or newer) than `origin`; None begins at the newest (or the oldest)."""
        beyond, direction = ("<", "DESC") if forward else (">", "ASC")
        after = Sql(f"id {beyond} ?", (origin.key[0],)) if origin else NOTHING
        records = await rows(
            f"SELECT {LISTED} FROM audit_events" + where(after) + Sql(f" ORDER BY id {direction} LIMIT ?", (count,))
        )
        found = [_row(record) for record in records]
        edge = position_of(found[-1].id) if len(found) == count else None
        return Page(tuple(found if forward else reversed(found)), edge)

    async def find(self, key: object) -> AuditRow | None:
        """Return one event by its id, or None."""
        found = await rows(Sql(f"SELECT {LISTED} FROM audit_events WHERE id = ?", (int(str(key)),)))
        return _row(found[0]) if found else None


def position_of(event_id: int) -> Position:
    """Return the place of an id in the list."""
    return Position(0, (event_id,))


async def load_span() -> Span | None:
    """Return from where to where the trail goes; None when it is empty. Reads the ends of two indexes."""
    found = await rows(
        Sql(
            "SELECT (SELECT min(id) FROM audit_events) AS oldest, (SELECT max(id) FROM audit_events) AS newest,"
            " (SELECT max(seq) FROM audit_events) AS seq"
        )
    )
    record = found[0]
    return None if record["newest"] is None else Span(record["oldest"], record["newest"], record["seq"])


async def load_event(event_id: int) -> AuditDetail | None:
    """Return one event whole, or None when there is none with this id."""
    found = await rows(Sql(f"SELECT {WHOLE} FROM audit_events WHERE id = ?", (event_id,)))
    return _detail(found[0]) if found else None


def _row(record: Mapping[str, Any]) -> AuditRow:
    changes = json_object(record["changes"])
    return AuditRow(
        id=record["id"],
        seq=record["seq"],
        at=_moment(record["at"]),
        actor_id=record["actor_id"],
        actor_label=_text(record["actor_label"]),
        actor_kind=_text(record["actor_kind"]),
        action=_text(record["action"]),
        target_type=_text(record["target_type"]),
        target_id=record["target_id"],
        target_label=_text(record["target_label"]),
        outcome=_text(record["outcome"]),
        reason=_text(record["reason"]),
        ticket=_text(record["ticket"]),
        changed=tuple(changes) if changes is not None else None,
    )


def _detail(record: Mapping[str, Any]) -> AuditDetail:
    changes = json_object(record["changes"])
    return AuditDetail(
        row=_row(record),
        op_id=_text(record["op_id"]),
        claimed_os_user=_text(record["claimed_os_user"]),
        claimed_host=_text(record["claimed_host"]),
        claimed_ssh_client=_text(record["claimed_ssh_client"]),
        db_user=_text(record["db_user"]),
        batch_id=_text(record["batch_id"]),
        version_before=record["version_before"],
        version_after=record["version_after"],
        undo_of=_text(record["undo_of"]),
        changes=field_changes(changes) if changes is not None else None,
        meta=json_object(record["meta"]),
        prev_hash=_text(record["prev_hash"]),
        hash=_text(record["hash"]),
    )


def _moment(stored: object) -> datetime | None:
    try:
        return moment(stored)
    except ValueError:
        return None


def _text(stored: object) -> str:
    return "" if stored is None else str(stored)
