"""A row in every table whose every text is hostile, written past the program: as another writer may have done it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg

from tests.hostile.columns import text_columns
from tests.hostile.values import hostile
from tui.migrate.process.runs.log_table import create as create_log
from tui.settings import parse_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOW: Final = datetime.now(UTC)
SOON: Final = NOW + timedelta(days=1)
USER: Final = 990
ROLE: Final = 991
OP: Final = UUID(int=5)
TABLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "users": {"id": USER, "is_active": False, "deactivated_at": NOW},
    "roles": {"id": ROLE},
    "role_permissions": {"role_id": ROLE},
    "user_roles": {"user_id": USER, "role_id": ROLE, "granted_at": NOW},
    "user_auth_state": {"user_id": USER, "last_login_at": NOW, "locked_until": SOON, "failed_count": 3},
    "login_attempts": {"user_id": USER, "created_at": NOW},
    "user_sessions": {"id": 992, "user_id": USER, "created_at": NOW, "expires_at": SOON},
    "step_ups": {"session_id": 992, "at": NOW, "expires_at": SOON},
    "one_time_tokens": {"user_id": USER, "created_at": NOW, "expires_at": SOON},
    "mfa_factors": {"user_id": USER, "secret_encrypted": b"nothing", "created_at": NOW},
    "user_notes": {"user_id": USER, "pinned": True, "created_at": NOW},
    "saved_views": {"owner_id": 1, "is_shared": True},
    "audit_events": {"op_id": OP, "at": NOW, "target_id": USER, "batch_id": OP, "undo_of": OP},
    "audit_archives": {"first_seq": 0, "last_seq": 0, "rows": 0, "made_at": NOW},
    "shellback_migrations": {"started_at": NOW, "statements": 1, "begun": 1, "done": 1, "took_ms": 5},
}
"""What each row needs besides its text. `aerich` is apart: a row of it that nobody knows keeps the program out."""
NOT_HOSTILE: Final[Mapping[tuple[str, str], object]] = {
    ("audit_events", "target_type"): "user",  # so that it is of the user's history
    ("shellback_migrations", "app"): "models",  # so that it is of the history that is shown
}


def write(url: str, sqlite: bool) -> None:
    """Puts the rows in."""
    rows = {table: {**others, **_texts(table, sqlite)} for table, others in TABLES.items()}
    asked = "SELECT max(seq) FROM audit_events"
    if sqlite:
        with closing(sqlite3.connect(str(parse_url(url).path))) as base, base:
            rows["audit_events"]["seq"] = base.execute(asked).fetchone()[0] + 1
            base.execute(create_log("shellback_migrations", "sqlite"))
            for table, row in rows.items():
                # Bytes that are no UTF-8 stay text with this cast: SQLite asks for no encoding.
                marks = ["CAST(? AS TEXT)" if _is_raw(name, value) else "?" for name, value in row.items()]
                base.execute(_insert(table, row, marks), [_of_sqlite(value) for value in row.values()])
        return

    async def go() -> None:
        base = await asyncpg.connect(url)
        try:
            rows["audit_events"]["seq"] = await base.fetchval(asked) + 1
            await base.execute(create_log("shellback_migrations", "postgres"))
            for table, row in rows.items():
                marks = [f"${number}" for number in range(1, len(row) + 1)]
                await base.execute(_insert(table, row, marks), *row.values())
        finally:
            await base.close()

    asyncio.run(go())


def _texts(table: str, sqlite: bool) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    for name, column in text_columns().items():
        if name[0] == table and name not in NOT_HOSTILE:
            value = hostile(column.number, column.length, sqlite=sqlite)
            texts[name[1]] = _document(value) if column.json else value
    return texts | {column: value for (of, column), value in NOT_HOSTILE.items() if of == table}


def _document(value: str | bytes) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return json.dumps({text: [text, {text: text}]})


def _of_sqlite(value: object) -> object:
    """As Tortoise would store it."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return str(value) if isinstance(value, UUID) else value


def _is_raw(name: str, value: object) -> bool:
    return isinstance(value, bytes) and name != "secret_encrypted"


def _insert(table: str, row: Mapping[str, Any], marks: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in row)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(marks)})'
