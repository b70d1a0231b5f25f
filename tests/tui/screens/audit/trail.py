"""A trail for tests of the audit: rows with fixed times and ids, chained as Shellback chains them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from models import AuditEvent
from models.operations.audit.writing import GENESIS, chain_hash, event_payload
from models.operations.transactions import is_postgres, write_transaction

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

HOSTILE = "a\x1b]52;c;AAAA\x07[red]x[/red][/nope]\u202ebob\u200b\U0001f468\u200d\U0001f469 漢字"
"""Control characters, OSC 52, markup, bidi, zero width, joined emoji, wide letters."""


def event(**values: Any) -> dict[str, Any]:
    """The columns of one event; what is not given is ordinary."""
    return {
        "actor_id": 1,
        "actor_label": "maria",
        "actor_kind": "tui",
        "claimed_os_user": "maria",
        "claimed_host": "ws12",
        "claimed_ssh_client": None,
        "db_user": None,
        "action": "users.edit",
        "target_type": "user",
        "target_id": 4712,
        "target_label": "alice.jones",
        "batch_id": None,
        "outcome": "ok",
        "reason": None,
        "ticket": None,
        "changes": {"email": ["a@old.example", "a@new.example"]},
        "version_before": 3,
        "version_after": 4,
        "undo_of": None,
        "meta": None,
        **values,
    }


EVERYDAY = (
    event(
        action="session.sign_in", target_id=1, target_label="maria", changes=None, version_before=None,
        version_after=None,
    ),
    event(ticket="4471", reason="new address, by letter"),
    event(
        action="users.reset_password",
        changes={"password": ["[redacted]", "[redacted: changed]"], "must_change_password": [False, True]},
        ticket="4471",
        reason="caller verified by manager",
        meta={"sessions_revoked": 2},
    ),
    event(action="users.deactivate", outcome="denied", target_id=1, target_label="maria", changes=None, reason=None),
    event(action="roles.grant", actor_label="root", actor_kind="cli", changes={"roles": [[], ["support"]]}),
    event(outcome="conflict", target_label="алиса", target_id=1204551, changes={"full_name": ["", "Алиса Петрова"]}),
    event(
        action="migrations.apply",
        actor_id=None,
        actor_label="tom",
        actor_kind="system",
        target_type="migration",
        target_id=None,
        target_label="2_add_notes",
        changes=None,
    ),
)  # fmt: skip


async def write_trail(events: Iterable[dict[str, Any]]) -> None:
    """Writes the events after those that are there, two minutes apart, ids and sequence numbers from 1 on."""

    async def write(connection: Any) -> None:
        tip = await AuditEvent.all().using_db(connection).order_by("-seq").limit(1).values_list("seq", "hash")
        seq, prev_hash = tip[0] if tip else (0, GENESIS)
        rows = []
        for values in events:
            seq += 1
            row = {**values, "seq": seq, "op_id": UUID(int=seq), "at": START + timedelta(minutes=2 * seq)}
            digest = chain_hash(prev_hash, event_payload(row))
            rows.append(AuditEvent(id=seq, **row, prev_hash=prev_hash, hash=digest))
            prev_hash = digest
        await AuditEvent.bulk_create(rows, using_db=connection)
        if is_postgres(connection):  # ids were given: whoever writes next gets the one after them
            await connection.execute_query("SELECT setval(pg_get_serial_sequence('audit_events', 'id'), $1)", [seq])

    await write_transaction(write)
