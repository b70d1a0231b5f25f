"""The least that an export and an import could do: what `bench.transfer` is beside.

An export is `COPY (SELECT ...) TO STDOUT` on PostgreSQL, the SELECT of sqlite3 and csv.writer on SQLite. An import
is one INSERT (or UPDATE) of users and one INSERT of as many audit rows.
"""

from __future__ import annotations

import asyncio
import csv
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

import asyncpg

if TYPE_CHECKING:
    from pathlib import Path

DAY: Final = "2026-01-01 00:00:00+00:00"
OP: Final = "00000000-0000-4000-8000-000000000000"

COLUMNS: Final = (
    "u.id, u.username, u.email, u.full_name, u.is_active, u.is_verified, u.must_change_password, u.expires_at,"
    " {roles} AS roles, u.created_at, a.last_login_at"
)
JOINED: Final = " FROM users u LEFT JOIN user_auth_state a ON a.user_id = u.id"
ROLES_POSTGRES: Final = (
    " LEFT JOIN (SELECT r.user_id, string_agg(n.name, ';') AS roles FROM user_roles r JOIN roles n ON n.id = r.role_id"
    " WHERE r.user_id <= {users} GROUP BY r.user_id) g ON g.user_id = u.id"
)
ROLES_SQLITE: Final = (
    "(SELECT group_concat(n.name, ';') FROM user_roles r JOIN roles n ON n.id = r.role_id WHERE r.user_id = u.id)"
)

USERS: Final = (
    "INSERT INTO users (username, username_key, email, email_key, full_name, hashed_password, has_usable_password,"
    " created_by_id, created_at, updated_at) SELECT {name}, {name}, {name} || '@example.org', {name} ||"
    " '@example.org', 'Imported Person', '!', FALSE, 1, {day}, {day} FROM {numbers}"
)
CHANGES: Final = "UPDATE users SET full_name = 'Changed Person', version = version + 1, updated_at = {day} WHERE {some}"
AUDIT: Final = (
    "INSERT INTO audit_events (op_id, at, actor_id, actor_label, actor_kind, action, target_type, target_id,"
    " target_label, batch_id, outcome, changes, version_before, version_after, meta, seq, prev_hash, hash)"
    " SELECT {op}, {day}, 1, 'admin', 'cli', 'users.import', 'user', id, username, {op}, 'ok', {changes}, version - 1,"
    " version, NULL, (SELECT max(seq) FROM audit_events) + id, {digest}, {digest} FROM users WHERE {some}"
)
FACTS: Final = (
    '{"email":[null,"somebody@example.org"],"full_name":[null,"Imported Person"],"username":[null,"imported"]}'
)


def bare_export(dialect: str, url: str, users: int, path: Path) -> tuple[int, float]:
    """Write users into a CSV file; returns how many, and the seconds that it took."""
    if dialect == "postgres":
        return asyncio.run(_copy(url, users, path))
    select = f"SELECT {COLUMNS.format(roles=ROLES_SQLITE)}{JOINED} WHERE u.id <= {users} ORDER BY u.id"
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as connection, path.open("w", newline="") as file:
        begun = time.perf_counter()
        csv.writer(file).writerows(connection.execute(select))
        file.flush()
        seconds = time.perf_counter() - begun
        return connection.execute("SELECT count(*) FROM users WHERE id <= ?", (users,)).fetchone()[0], seconds


async def _copy(url: str, users: int, path: Path) -> tuple[int, float]:
    connection = await asyncpg.connect(url)
    try:
        select = f"SELECT {COLUMNS.format(roles='g.roles')}{JOINED}{ROLES_POSTGRES.format(users=users)}"
        begun = time.perf_counter()
        status = await connection.copy_from_query(
            f"{select} WHERE u.id <= {users} ORDER BY u.id", output=path, format="csv"
        )
        return int(status.split()[-1]), time.perf_counter() - begun
    finally:
        await connection.close()


def bare_import(dialect: str, url: str, users: int, what: str, *, keep: bool) -> float:
    """Create or change so many users, with as many rows of the audit; returns seconds. Without `keep`, rolled back."""
    if dialect == "postgres":
        return asyncio.run(_import_postgres(url, users, what, keep=keep))
    with closing(sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        numbers = f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users}) SELECT i FROM n)"
        last = connection.execute("SELECT max(id) FROM users").fetchone()[0]
        statements = _statements(what, users, last, numbers, f"'{DAY}'", f"'{OP}'", f"'{FACTS}'")
        begun = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        connection.execute("COMMIT" if keep else "ROLLBACK")
        return time.perf_counter() - begun


async def _import_postgres(url: str, users: int, what: str, *, keep: bool) -> float:
    connection = await asyncpg.connect(url)
    try:
        last = await connection.fetchval("SELECT max(id) FROM users")
        numbers = f"generate_series(1, {users}) AS n(i)"
        day, op, facts = f"'{DAY}'::timestamptz", f"'{OP}'::uuid", f"'{FACTS}'::jsonb"
        begun = time.perf_counter()
        await connection.execute("BEGIN")
        for statement in _statements(what, users, last, numbers, day, op, facts):
            await connection.execute(statement)
        await connection.execute("COMMIT" if keep else "ROLLBACK")
        return time.perf_counter() - begun
    finally:
        await connection.close()


def _statements(what: str, users: int, last: int, numbers: str, day: str, op: str, facts: str) -> list[str]:
    digest = "'" + "0" * 64 + "'"
    if what == "new":
        some = f"id > {last}"
        first = USERS.format(name="'imported' || i", numbers=numbers, day=day)
    else:
        some = f"id IN (SELECT id FROM users WHERE NOT is_superuser AND deleted_at IS NULL ORDER BY id LIMIT {users})"
        first = CHANGES.format(day=day, some=some)
    return [first, AUDIT.format(op=op, day=day, digest=digest, changes=facts, some=some)]
