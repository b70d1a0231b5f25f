"""The statements that write an import: some thousand users at once, on both dialects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from models.operations.bulk.sql import Values, execute, fetch, ids_in, nothing_left, numbers, stored
from models.operations.importing.judging import NEW_DEFAULTS
from models.operations.importing.rows import FIELDS, values_of
from models.operations.transactions import is_postgres
from models.usernames import email_key, key

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene

_TYPES: Final = {
    "id": "int",
    "version": "int",
    "is_verified": "bool",
    "must_change_password": "bool",
    "expires_at": "timestamptz",
}
"""PostgreSQL's types of the columns that are no text."""

_FLAGS: Final = ("is_verified", "must_change_password")


@dataclass(frozen=True, slots=True)
class Change:
    """A row to write: a new user (`target` None), or one to change at a version. `touched` are the fields to write."""

    line: int
    target: int | None
    version: int | None
    label: str
    touched: Mapping[str, Any]
    changes: Mapping[str, Sequence[Any]]


def change_of(row: tuple[Any, ...]) -> Change:
    """Return a row of the spool as a change: (line, target, version, label, given, changes)."""
    line, target, version, label, given, changes = row
    values, touched = values_of(given), json.loads(changes)
    return Change(
        line,
        target,
        version,
        label,
        {name: value for name, value in values.items() if target is None or name in touched},
        touched,
    )


async def insert(client: BaseDBAsyncClient, scene: Scene, rows: Sequence[Change], hashed: str) -> list[tuple[int, int]]:
    """Create users without a password that anybody knows; return (id, line) of each."""
    columns = ("username", "username_key", "email", "email_key", *FIELDS[2:])
    records = [_columns({"email": None, "expires_at": None, **NEW_DEFAULTS, **row.touched}) for row in rows]
    values = Values()
    source, names = _source(client, values, columns, records)
    now, author, secret = values(scene.now), values(scene.actor and scene.actor.account.id), values(hashed)
    made = (
        f"INSERT INTO users ({', '.join(columns)}, hashed_password, has_usable_password, created_by_id, created_at,"
        f" updated_at) SELECT {names}, {_cast(client, secret, 'text')}, FALSE, {_cast(client, author, 'int')},"
        f" {_cast(client, now, 'timestamptz')}, {_cast(client, now, 'timestamptz')} FROM {source}"
        " RETURNING id, username_key"
    )
    # Tortoise takes a statement that begins with INSERT for one that answers nothing.
    sql = f"WITH made AS ({made}) SELECT id, username_key FROM made" if is_postgres(client) else made
    found = await fetch(client, sql, *values.given)
    lines = {record["username_key"]: row.line for record, row in zip(records, rows, strict=True)}
    return [(row[0], lines[row[1]]) for row in found]


async def update(client: BaseDBAsyncClient, scene: Scene, rows: Sequence[Change]) -> int:
    """Change users that have one set of touched fields, each at its version; return how many were written."""
    touched = tuple(name for name in FIELDS if name in rows[0].touched)
    records = [{"id": row.target, "version": row.version, **_columns(row.touched)} for row in rows]
    columns = tuple(records[0])
    values = Values()
    source, _ = _source(client, values, columns, records)
    written = [name for name in columns if name not in ("id", "version")]
    sets = ", ".join(f"{name} = f.{name}" for name in written)
    now = values(scene.now)
    count = await execute(
        client,
        f"UPDATE users SET {sets}, version = users.version + 1, updated_at = {now} FROM {source}"
        " WHERE users.id = f.id AND users.version = f.version",
        *values.given,
    )
    if "email" in touched:
        await _void_links(client, scene, [row.target for row in rows if row.target is not None])
    return count


def alike(rows: Sequence[Change]) -> list[list[Change]]:
    """Return the rows apart by which fields they touch, for `update`."""
    groups: dict[tuple[str, ...], list[Change]] = {}
    for row in rows:
        groups.setdefault(tuple(name for name in FIELDS if name in row.touched), []).append(row)
    return list(groups.values())


async def _void_links(client: BaseDBAsyncClient, scene: Scene, ids: Sequence[int]) -> None:
    """A link that was sent to the old address is worthless."""
    values = Values()
    now = values(scene.now)
    among = ids_in(client, "user_id", values(numbers(client, ids)))
    await execute(
        client,
        f"UPDATE one_time_tokens SET revoked_at = {now} WHERE {among} AND used_at IS NULL AND revoked_at IS NULL",
        *values.given,
    )
    await nothing_left(client, "one_time_tokens", ids, "used_at IS NULL AND revoked_at IS NULL")


def _columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to write for some fields, the compared keys behind their names."""
    columns: dict[str, Any] = {}
    for name in FIELDS:
        if name not in fields:
            continue
        value = fields[name]
        columns[name] = value
        if name == "username":
            columns["username_key"] = key(str(value))
        elif name == "email":
            columns["email_key"] = email_key(value)
    return columns


def _source(
    client: BaseDBAsyncClient, values: Values, columns: Sequence[str], records: Sequence[Mapping[str, Any]]
) -> tuple[str, str]:
    """The records as a FROM item `f`, and its columns."""
    names = ", ".join(f"f.{name}" for name in columns)
    if is_postgres(client):
        arrays = ", ".join(
            f"{values([record[name] for record in records])}::{_TYPES.get(name, 'text')}[]" for name in columns
        )
        return f"unnest({arrays}) AS f({', '.join(columns)})", names
    packed = json.dumps([[_packed(client, name, record[name]) for name in columns] for record in records])
    extracted = ", ".join(f"json_extract(j.value, '$[{place}]') AS {name}" for place, name in enumerate(columns))
    return f"(SELECT {extracted} FROM json_each({values(packed)}) j) AS f", names


def _packed(client: BaseDBAsyncClient, name: str, value: Any) -> Any:
    if name in _FLAGS:
        return int(value)
    return stored(client, value) if isinstance(value, datetime) else value


def _cast(client: BaseDBAsyncClient, mark: str, kind: str) -> str:
    return f"{mark}::{kind}" if is_postgres(client) else mark
