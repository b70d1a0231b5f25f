"""How many rows and values a rename would keep, asked of the project's database with a limit on the time it takes."""

from __future__ import annotations

from typing import Any

import aiosqlite
import asyncpg

from ..sessions.session import open_session
from ..sql.names import quoted
from ..work import Work

_LIMIT_S = 5


async def count(work: Work) -> dict[str, Any]:
    """Of the order: `places`, each [id, table, column or None]. Answers [rows, values] by id, as far as they come."""
    session = await open_session(work.target.connection, work.target.app, work.progress, work.emit, False)
    found: dict[str, list[int]] = {}
    try:
        async with session.client.acquire_connection() as connection:
            for name, table, column in work.order["places"]:
                one, two = (quoted(each) for each in (table, column or ""))
                sql = f"SELECT count(*), count({two if column else '*'}) FROM {one}"  # noqa: S608 - quoted
                try:
                    found[name] = await _ask(connection, sql)
                except (aiosqlite.Error, asyncpg.PostgresError):
                    continue
    finally:
        await session.close()
    return {"outcome": "counted", "counts": found}


async def _ask(connection: Any, sql: str) -> list[int]:
    if isinstance(connection, asyncpg.Connection):
        async with connection.transaction(readonly=True):
            await connection.execute(f"SET LOCAL statement_timeout = '{_LIMIT_S}s'")
            return list(await connection.fetchrow(sql) or (0, 0))
    rows = await connection.execute_fetchall(sql)
    return list(rows[0])
