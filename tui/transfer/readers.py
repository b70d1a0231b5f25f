"""One snapshot of the database, from which an export reads part after part.

PostgreSQL: short statements, and COPY, so that the server writes the lines. SQLite: the rows, of which a thread makes
the lines.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from tui.browse.snapshots import PostgresSnapshot, SqliteSnapshot, snapshot
from tui.browse.sql import Sql, numbered
from tui.transfer.lines import Lines
from tui.transfer.sheets import Format


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows, and what gives their lines: a thread's work, which may be done while the next are read. `last` is
    the last row, where it came as values."""

    rows: int
    finish: Callable[[], bytes]
    last: Sequence[Any] = ()


class Reader(Protocol):
    """Reads one snapshot. Raises what the engine raises."""

    async def rows(self, sql: Sql) -> Sequence[Sequence[Any]]:
        """Return the rows of a short SELECT."""

    async def part(self, sql: Sql, lines: Lines, format_: Format) -> Part:
        """Return the rows of a SELECT, on their way to lines."""


@asynccontextmanager
async def reading() -> AsyncIterator[Reader]:
    """Open a snapshot of the open database."""
    async with snapshot() as moment:
        if isinstance(moment, SqliteSnapshot):
            yield SqliteReader(moment)
            return
        await moment.run("SET LOCAL TimeZone TO 'UTC'; SET LOCAL DateStyle TO 'ISO'")
        yield PostgresReader(moment)


class PostgresReader:
    """Reads through COPY."""

    def __init__(self, moment: PostgresSnapshot) -> None:
        self._moment = moment

    async def rows(self, sql: Sql) -> Sequence[Sequence[Any]]:
        return [tuple(row) for row in await self._moment.rows(sql)]

    async def part(self, sql: Sql, lines: Lines, format_: Format) -> Part:
        blocks: list[bytes] = []

        async def keep(block: bytes) -> None:
            blocks.append(block)

        options: dict[str, Any] = {"format": "csv"}
        if format_ is Format.JSONL:
            # One column whose text holds neither of the two: JSON writes control characters as escapes. So the CSV
            # writer leaves it as it is, where the text format would double every backslash.
            sql = "SELECT row_to_json(t) FROM (" + sql + ") t"
            options |= {"delimiter": "\x02", "quote": "\x01"}

        async def copy(driver: Any) -> str:
            status: str = await driver.copy_from_query(numbered(sql.text), *sql.parameters, output=keep, **options)
            return status

        status = await self._moment.send(copy)
        rows = int(status.split()[-1])
        return Part(rows, lambda: lines.fit(b"".join(blocks), rows))


class SqliteReader:
    """Reads rows as they are stored."""

    def __init__(self, moment: SqliteSnapshot) -> None:
        self._moment = moment

    async def rows(self, sql: Sql) -> Sequence[Sequence[Any]]:
        return [tuple(row) for row in await self._moment.rows(sql)]

    async def part(self, sql: Sql, lines: Lines, format_: Format) -> Part:
        del format_
        found = await self._moment.rows(sql)
        # Not while the next rows are read: SQLite's driver takes the interpreter's lock for each row, and two threads
        # that pass it to and fro need twice the time of one after the other.
        made = await asyncio.to_thread(lines.of_rows, found)
        return Part(len(found), lambda: made, tuple(found[-1]) if found else ())
