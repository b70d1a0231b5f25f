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
    "audit_events": {"op_id": OP, "at": NOW, "target_type": "user", "target_id": USER, "batch_id": OP, "undo_of": OP},
    "audit_archives": {"first_seq": 0, "last_seq": 0, "rows": 0, "made_at": NOW},
    "shellback_migrations": {"app": "models", "started_at": NOW, "statements": 1, "begun": 1, "done": 1, "took_ms": 5},
}
"""What each row needs besides its text. `aerich` is apart: a row of it that nobody knows keeps the program out."""
OWN: Final[Mapping[str, Mapping[str, Any]]] = {
    "user_sessions": {"id": 993, "user_id": 1, "created_at": NOW, "expires_at": SOON, "token_hash": "own"},
    "mfa_factors": {"user_id": 1, "secret_encrypted": b"nothing", "created_at": NOW},
}
"""What else whoever is signed in has."""

WIDTHS: Final = (
    "山", "👩\u200d🚀", "❤\ufe0f", "🇩🇪", "👍🏽", "ﷺ", "ｱﾞ", "ที่", "क्षि", "\u1100\u1161", "\U000e0041", "e" + "\u0301" * 4,
)  # fmt: skip
"""What takes two cells, none, or as many as the terminal likes: the names of some users consist of each."""

_NEXT: Final = {"audit_events": {"seq": "(SELECT max(seq) + 1 FROM audit_events)"}}
"""Columns whose value the database makes."""

Statement = tuple[str, tuple[Any, ...]]


def write(url: str, sqlite: bool) -> None:
    """Puts the rows in."""
    users = (
        {"id": number, "username": name * 9, "full_name": name * 20, **dict.fromkeys(("email", "email_key"))}
        | {"username_key": f"w{number}"}
        for number, name in enumerate(WIDTHS, USER + 1)
    )
    wide = [_insert("users", others, sqlite) for others in users]
    _run(url, sqlite, [*(_insert(table, others, sqlite) for table, others in TABLES.items()), *wide])


def write_own(url: str, sqlite: bool) -> None:
    """Makes whoever is signed in hostile, too: their names, a session of theirs and an authenticator."""
    columns = {name: text_columns()["users", name] for name in ("username", "email", "full_name")}
    names = {name: hostile(column.number, column.length, sqlite=sqlite, turn=7) for name, column in columns.items()}
    changes = ", ".join(f'"{name}" = {mark}' for name, mark in zip(names, _marks(names, sqlite), strict=True))
    update = f"UPDATE users SET {changes} WHERE id = 1", tuple(names.values())
    _run(url, sqlite, [update, *(_insert(table, others, sqlite) for table, others in OWN.items())])


def _run(url: str, sqlite: bool, statements: Sequence[Statement]) -> None:
    if sqlite:
        with closing(sqlite3.connect(str(parse_url(url).path))) as base, base:
            base.execute(create_log("shellback_migrations", "sqlite"))
            for statement, values in statements:
                base.execute(statement, [_of_sqlite(value) for value in values])
        return

    async def go() -> None:
        base = await asyncpg.connect(url)
        try:
            await base.execute(create_log("shellback_migrations", "postgres"))
            for statement, values in statements:
                await base.execute(statement, *values)
        finally:
            await base.close()

    asyncio.run(go())


def _insert(table: str, others: Mapping[str, Any], sqlite: bool) -> Statement:
    row = {**_texts(table, sqlite), **others}
    made = _NEXT.get(table, {})
    names = ", ".join(f'"{name}"' for name in (*row, *made))
    values = ", ".join((*_marks(row, sqlite), *made.values()))
    return f'INSERT INTO "{table}" ({names}) VALUES ({values})', tuple(row.values())


def _marks(row: Mapping[str, Any], sqlite: bool) -> list[str]:
    """Where the values go. Bytes that are no UTF-8 stay text with this cast: SQLite asks for no encoding."""
    if not sqlite:
        return [f"${number}" for number in range(1, len(row) + 1)]
    return ["CAST(? AS TEXT)" if _is_raw(name, value) else "?" for name, value in row.items()]


def _texts(table: str, sqlite: bool) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    for (of, name), column in text_columns().items():
        if of == table:
            value = hostile(column.number, column.length, sqlite=sqlite)
            texts[name] = _document(value) if column.json else value
    return texts


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
