"""One snapshot of the database, from which an export reads part after part.

PostgreSQL: one REPEATABLE READ, READ ONLY transaction of short statements, and COPY, so that the server writes the
lines. SQLite: one read transaction on a connection of its own, which in WAL mode keeps no writer waiting.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tortoise.transactions import in_transaction

from tui.browse.sql import Sql, connection, dialect
from tui.transfer.lines import Lines
from tui.transfer.sheets import Format

if TYPE_CHECKING:
    from models.engines.sqlite_connection import SettledConnection

_SNAPSHOT = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
    " SET LOCAL TimeZone TO 'UTC'; SET LOCAL DateStyle TO 'ISO'"
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows, and what makes their lines: a thread's work, so that it can be done while the next are read."""

    rows: int
    finish: Callable[[], bytes]


class Reader(Protocol):
    """Reads one snapshot. Raises what the engine raises."""

    async def rows(self, sql: Sql) -> Sequence[Sequence[Any]]:
        """Return the rows of a short SELECT."""

    async def part(self, sql: Sql, lines: Lines, format_: Format) -> Part:
        """Return the rows of a SELECT, on their way to lines."""


@asynccontextmanager
async def snapshot() -> AsyncIterator[Reader]:
    """Open a snapshot of the open database."""
    if dialect() == "postgres":
        async with in_transaction(connection().connection_name) as client:
            await client.execute_script(_SNAPSHOT)
            yield PostgresReader(client)
        return
    from models.engines.sqlite_connection import connect

    client_: Any = connection()
    own = await connect(client_.filename, {"query_only": 1}, mode="ro", patient=True)
    try:
        await own.run(lambda: own._conn.execute("BEGIN").close())
        yield SqliteReader(own)
    finally:
        await own.shut()


class PostgresReader:
    """Reads through COPY in the transaction of `client`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def rows(self, sql: Sql) -> Sequence[Sequence[Any]]:
        _, found = await self._client.execute_query(_numbered(sql.text), list(sql.parameters))
        return [tuple(row) for row in found]

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

        async def copy(client: Any, text: str) -> str:
            status: str = await client._connection.copy_from_query(text, *sql.parameters, output=keep, **options)
            return status

        status = await self._client._translate_exceptions(copy, _numbered(sql.text))
        return Part(int(status.split()[-1]), lambda: lines.fit(b"".join(blocks)))


class SqliteReader:
    """Reads in the thread of a connection that is only this export's."""

    def __init__(self, own: SettledConnection) -> None:
        self._own = own

    async def rows(self, sql: Sql) -> Sequence[Sequence[Any]]:
        found: list[Any] = await self._run(lambda: self._fetch(sql))
        return [tuple(row) for row in found]

    async def part(self, sql: Sql, lines: Lines, format_: Format) -> Part:
        del format_
        found: list[Any] = await self._run(lambda: self._fetch(sql))
        return Part(len(found), lambda: lines.of_rows(found))

    def _fetch(self, sql: Sql) -> list[Any]:
        cursor = self._own._conn.execute(sql.text, sql.parameters)
        try:
            return cursor.fetchall()
        finally:
            cursor.close()

    async def _run(self, work: Any) -> Any:
        from models.engines.from_sqlite3 import translated

        try:
            return await self._own.run(work)
        except Exception as error:
            raised = translated(error)
            if raised is error:
                raise
            raise raised from error


def _numbered(text: str) -> str:
    first, *others = text.split("?")
    return first + "".join(f"${number}{piece}" for number, piece in enumerate(others, 1))
