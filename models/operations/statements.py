"""Raw statements that speak to both dialects: `$1` for a value, a list of numbers as one value."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from models.engines.sqlite_executor import moment_text
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

_MARK: Final = re.compile(r"\$(\d+)")


class Values:
    """The values of a statement that is being put together: each call adds one and returns its mark."""

    __slots__ = ("given",)

    def __init__(self) -> None:
        self.given: list[object] = []

    def __call__(self, value: object) -> str:
        self.given.append(value)
        return f"${len(self.given)}"


async def fetch(client: BaseDBAsyncClient, sql: str, *values: object) -> Sequence[Any]:
    """Return the rows of a statement; columns by position or name. Raises what the engine raises."""
    return (await _run(client, sql, values))[1]


async def execute(client: BaseDBAsyncClient, sql: str, *values: object) -> int:
    """Return how many rows the statement wrote. Raises what the engine raises."""
    return (await _run(client, sql, values))[0]


def numbers(client: BaseDBAsyncClient, ids: Sequence[int]) -> object:
    """Return numbers as one value, for `ids_in`."""
    return list(ids) if is_postgres(client) else json.dumps(list(ids))


def ids_in(client: BaseDBAsyncClient, column: str, mark: str) -> str:
    """Return the condition that a column is among the `numbers` at this mark."""
    if is_postgres(client):
        return f"{column} = ANY({mark}::int[])"
    return f"{column} IN (SELECT value FROM json_each({mark}))"  # noqa: S608 - names of ours


def stored(client: BaseDBAsyncClient, value: object) -> object:
    """Return a value as the dialect keeps it: SQLite keeps moments as text, in UTC, since it compares them as text."""
    return moment_text(value) if isinstance(value, datetime) and not is_postgres(client) else value


async def _run(client: BaseDBAsyncClient, sql: str, values: Sequence[object]) -> tuple[int, Sequence[Any]]:
    sent = [stored(client, value) for value in values]
    return await client.execute_query(sql if is_postgres(client) else _MARK.sub(r"?\1", sql), sent)
