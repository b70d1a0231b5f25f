"""One moment of the database, read by several statements: what is committed meanwhile is not seen.

PostgreSQL: a REPEATABLE READ, READ ONLY transaction. SQLite: a read transaction on a connection of its own, which in
WAL mode keeps no writer waiting.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from tortoise.transactions import in_transaction

from models.engines.from_sqlite3 import translated
from models.engines.sqlite_connection import connect
from tui.browse.sql import Sql, connection, dialect, numbered

if TYPE_CHECKING:
    from models.engines.sqlite_connection import SettledConnection


T = TypeVar("T")


class _Read(Exception):
    """Ends a transaction that has nothing to commit."""


@asynccontextmanager
async def snapshot(*, by_index: bool = False) -> AsyncIterator[PostgresSnapshot | SqliteSnapshot]:
    """Open a snapshot. `by_index`: on PostgreSQL no table is read from end to end where an index will do."""
    if dialect() == "sqlite":
        file: Any = connection()
        own = await connect(file.filename, {"query_only": 1}, mode="ro", patient=True)
        try:
            await own.run(lambda: own._conn.execute("BEGIN").close())
            yield SqliteSnapshot(own)
        finally:
            await own.shut()
        return
    with suppress(_Read):
        async with in_transaction(connection().connection_name) as client:
            await client.execute_script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if by_index:
                await client.execute_script("SET LOCAL enable_seqscan = off")
            yield PostgresSnapshot(client)
            raise _Read


class PostgresSnapshot:
    """Reads one moment through the client of its transaction. Raises what the engine raises."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def run(self, script: str) -> None:
        """Run statements that set something for the rest of the snapshot."""
        await self._client.execute_script(script)

    async def send(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """Do something with the driver's own connection. What goes wrong is translated by the engine, and ends the
        transaction where it must."""

        async def done(client: Any) -> T:
            return await work(client._connection)

        result: T = await self._client._translate_exceptions(done)
        return result

    async def rows(self, sql: Sql) -> Sequence[Any]:
        """Return the rows of a short SELECT."""
        _, found = await self._client.execute_query(numbered(sql.text), list(sql.parameters))
        rows: Sequence[Any] = found
        return rows

    async def batches(self, sql: Sql, size: int) -> AsyncGenerator[Sequence[Any], None]:
        """Yield the rows of one SELECT as they are found, `size` at a time. Close it when it is left early."""

        async def begin(driver: Any) -> Any:
            return await driver.cursor(numbered(sql.text), *sql.parameters)

        async def more(driver: Any) -> Any:
            del driver
            return await cursor.fetch(size)

        cursor = await self.send(begin)
        while found := await self.send(more):
            yield found


class SqliteSnapshot:
    """Reads one moment in the thread of a connection of its own. Raises what the engine raises."""

    def __init__(self, own: SettledConnection) -> None:
        self._own = own

    async def rows(self, sql: Sql) -> Sequence[Any]:
        """Return the rows of a SELECT."""

        def read() -> Any:
            cursor = self._own._conn.execute(sql.text, sql.parameters)
            try:
                return cursor.fetchall()
            finally:
                cursor.close()

        def read_quickly() -> Any:
            """The connection decodes texts in Python, whatever somebody wrote. Where all is UTF-8 the driver does so
            itself, in a fraction of the time."""
            connection_ = self._own._conn
            patient = connection_.text_factory
            connection_.text_factory = str
            try:
                return read()
            except sqlite3.OperationalError as error:
                if "decode" not in str(error):
                    raise
            finally:
                connection_.text_factory = patient
            return read()

        found: Sequence[Any] = await self._run(read_quickly)
        return found

    async def batches(self, sql: Sql, size: int) -> AsyncGenerator[Sequence[Any], None]:
        """Yield the rows of one SELECT as they are found, `size` at a time. Close it when it is left early."""
        cursor = await self._run(lambda: self._own._conn.execute(sql.text, sql.parameters))
        try:
            while found := await self._run(lambda: cursor.fetchmany(size)):
                yield found
        finally:
            await self._run(cursor.close)

    async def _run(self, work: Any) -> Any:
        try:
            return await self._own.run(work)
        except Exception as error:
            raised = translated(error)
            if raised is error:
                raise
            raise raised from error
