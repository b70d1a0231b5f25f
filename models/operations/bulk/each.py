"""A value of its own for each row, in one statement: many records as one FROM item of either dialect."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from models.operations.bulk.sql import execute, stored
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.bulk.sql import Values

_TYPES: Final = {
    "id": "int",
    "is_verified": "bool",
    "is_superuser": "bool",
    "must_change_password": "bool",
    "expires_at": "timestamptz",
    "deactivated_at": "timestamptz",
    "locked_until": "timestamptz",
}
"""PostgreSQL's types of the columns that are no text."""


def records(
    client: BaseDBAsyncClient, values: Values, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> str:
    """Return the rows as the FROM item `f` with these columns, its values added."""
    if is_postgres(client):
        arrays = ", ".join(f"{values([row[name] for row in rows])}::{_TYPES.get(name, 'text')}[]" for name in columns)
        return f"unnest({arrays}) AS f({', '.join(columns)})"
    packed = json.dumps([[_packed(client, row[name]) for name in columns] for row in rows])
    extracted = ", ".join(f"json_extract(j.value, '$[{place}]') AS {name}" for place, name in enumerate(columns))
    return f"(SELECT {extracted} FROM json_each({values(packed)}) j) AS f"


async def update_each(
    client: BaseDBAsyncClient,
    values: Values,
    table: str,
    key: str,
    rows: Sequence[Mapping[str, Any]],
    also: Sequence[str] = (),
) -> int:
    """Set, in the row of the table whose `key` is the record's `id`, its other columns; `also` are further assignments.
    All records have the same columns. Return how many rows were written."""
    columns = tuple(rows[0])
    source = records(client, values, columns, rows)
    sets = ", ".join([*(f"{name} = f.{name}" for name in columns if name != "id"), *also])
    return await execute(client, f"UPDATE {table} SET {sets} FROM {source} WHERE {table}.{key} = f.id", *values.given)


def _packed(client: BaseDBAsyncClient, value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return stored(client, value) if isinstance(value, datetime) else value
