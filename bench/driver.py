"""The driver alone, asyncpg or sqlite3 in this thread: the baseline that everything over it is measured against."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.places import Place

Fetch = Callable[[str, Sequence[object]], Awaitable[Sequence[Any]]]
"""Takes SQL with `$1`, `$2` and their values; returns the rows, read by name."""


@asynccontextmanager
async def driver(place: Place) -> AsyncIterator[Fetch]:
    """Connect to a place."""
    if place.dialect == "postgres":
        server = await asyncpg.connect(place.driver)

        async def ask(sql: str, values: Sequence[object]) -> Sequence[Any]:
            return list(await server.fetch(sql, *values))

        try:
            yield ask
        finally:
            await server.close()
        return
    with closing(sqlite3.connect(place.driver)) as file:
        file.row_factory = sqlite3.Row

        async def read(sql: str, values: Sequence[object]) -> Sequence[Any]:
            return file.execute(sql.replace("$1", "?1").replace("$2", "?2"), values).fetchall()

        yield read
