"""How a bulk speaks to both dialects: `$1` for a value, a list of numbers as one value."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

_MARK: Final = re.compile(r"\$(\d+)")

VERSION_BITS: Final = 31
"""On SQLite a frozen row travels as one number: its id above its version."""


async def fetch(client: BaseDBAsyncClient, sql: str, *values: object) -> Sequence[Any]:
    """Return the rows of a statement; columns by position or name. Raises what the engine raises."""
    return (await _run(client, sql, values))[1]


async def execute(client: BaseDBAsyncClient, sql: str, *values: object) -> int:
    """Return how many rows the statement wrote. Raises what the engine raises."""
    return (await _run(client, sql, values))[0]


def numbers(client: BaseDBAsyncClient, ids: Sequence[int]) -> object:
    """Return numbers as one value, for `ids_in`."""
    return list(ids) if is_postgres(client) else json.dumps(list(ids))


def ids_in(client: BaseDBAsyncClient, column: str, place: int) -> str:
    """Return the condition that a column is among the numbers at `$place`."""
    if is_postgres(client):
        return f"{column} = ANY(${place}::int[])"
    return f"{column} IN (SELECT value FROM json_each(${place}))"


def frozen(client: BaseDBAsyncClient, ids: Sequence[int], versions: Sequence[int]) -> tuple[object, object]:
    """Return the values of `$1` and `$2` in `FROZEN`."""
    if is_postgres(client):
        return list(ids), list(versions)
    packed = [(one << VERSION_BITS) | seen for one, seen in zip(ids, versions, strict=True)]
    return json.dumps(packed), None


def frozen_sql(client: BaseDBAsyncClient) -> str:
    """Return the FROM item `f(id, version)` of the rows at `$1` and `$2`."""
    if is_postgres(client):
        return "unnest($1::int[], $2::int[]) AS f(id, version)"
    mask = (1 << VERSION_BITS) - 1
    return f"(SELECT value >> {VERSION_BITS} AS id, value & {mask} AS version FROM json_each($1)) AS f"


def stored(client: BaseDBAsyncClient, value: object) -> object:
    """Return a value as the dialect keeps it: SQLite keeps moments as text."""
    return value.isoformat(" ") if isinstance(value, datetime) and not is_postgres(client) else value


async def _run(client: BaseDBAsyncClient, sql: str, values: Sequence[object]) -> tuple[int, Sequence[Any]]:
    sent = [stored(client, value) for value in values]
    return await client.execute_query(sql if is_postgres(client) else _MARK.sub(r"?\1", sql), sent)
