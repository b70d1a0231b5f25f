"""What was done to one user, newest first, by key range: who, when, and each field before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tui.browse.audit.changes import FieldChange, field_changes, json_object
from tui.browse.audit.large import cut
from tui.browse.lists.pages import Page
from tui.browse.lists.rows import Position
from tui.browse.sql import Sql, moment, rows, where

_COLUMNS = "id, op_id, at, actor_label, actor_kind, action, outcome, reason, ticket"


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One event on a user. Texts are as stored, not yet safe to show."""

    id: int
    op_id: UUID
    at: datetime | None
    actor: str
    kind: str
    action: str
    outcome: str
    reason: str
    ticket: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class HistorySource:
    """The events on one user. The audit is append-only, so an event's id never moves."""

    user_id: int

    def key(self, row: HistoryRow) -> int:
        """Return what an event is known by: its id."""
        return row.id

    def position(self, row: HistoryRow) -> Position:
        """Return where an event stands."""
        return Position(0, (row.id,))

    async def page(self, origin: Position | None, count: int, *, forward: bool) -> Page[HistoryRow]:
        """Return up to `count` events older (or newer) than `origin`; None begins at the newest (or the oldest)."""
        beyond, direction = ("<", "DESC") if forward else (">", "ASC")
        condition = Sql("target_type = ? AND target_id = ?", ("user", self.user_id))
        if origin is not None:
            condition += Sql(f" AND id {beyond} ?", (origin.key[0],))
        records = await rows(
            f"SELECT {_COLUMNS}, {cut('changes')} FROM audit_events"
            + where(condition)
            + Sql(f" ORDER BY id {direction} LIMIT ?", (count,))
        )
        found = [_row(record) for record in records]
        edge = self.position(found[-1]) if len(found) == count else None
        return Page(tuple(found if forward else reversed(found)), edge)

    async def find(self, key: object) -> HistoryRow | None:
        """Return one event of this user by its id, or None."""
        condition = Sql("target_type = ? AND target_id = ? AND id = ?", ("user", self.user_id, key))
        found = await rows(f"SELECT {_COLUMNS}, {cut('changes')} FROM audit_events" + where(condition))
        return _row(found[0]) if found else None


def _row(record: Mapping[str, Any]) -> HistoryRow:
    return HistoryRow(
        id=record["id"],
        op_id=record["op_id"] if isinstance(record["op_id"], UUID) else UUID(record["op_id"]),
        at=moment(record["at"]),
        actor=record["actor_label"],
        kind=record["actor_kind"],
        action=record["action"],
        outcome=record["outcome"],
        reason=record["reason"] or "",
        ticket=record["ticket"] or "",
        changes=_changes(record["changes"]),
    )


def _changes(stored: object) -> tuple[FieldChange, ...]:
    """The changes of an event; what cannot be read is shown as it is stored."""
    changes = json_object(stored)
    return field_changes(changes) if changes is not None else (FieldChange("changes", None, stored),)
