"""The rescues of the last days, for every superuser to see."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models import AuditEvent
from models.clock import database_now
from models.operations.plan import Action
from models.operations.transactions import connection

if TYPE_CHECKING:
    from datetime import datetime

WARNED_FOR: Final = timedelta(days=7)
"""How long superusers are told of a rescue."""

TOLD: Final = 5
"""Rescues that are told of at most."""


async def recent_rescues() -> tuple[str, ...]:
    """Return a sentence for each rescue of the last week, newest first: "alice was made superuser by rescue, by
    root@host, 3 h ago". Raises what the engine raises."""
    client = connection()
    now = await database_now(client)
    rows = (
        await AuditEvent.filter(action=str(Action.RESCUE), outcome="ok", at__gt=now - WARNED_FOR)
        .using_db(client)
        .order_by("-id")
        .limit(TOLD)
    )
    return tuple(_told(row, now) for row in rows)


def _told(row: AuditEvent, now: datetime) -> str:
    host = f"@{row.claimed_host}" if row.claimed_host else ""
    why = f" ({row.reason})" if row.reason else ""
    return f"{row.target_label} was made superuser by rescue, by {row.actor_label}{host}, {_ago(now - row.at)}{why}"


def _ago(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days ago"
