"""One moment of the database for several reads through the models: what is committed meanwhile is not seen.

PostgreSQL: a REPEATABLE READ, READ ONLY transaction. SQLite: a read transaction on a connection of its own, which in
WAL mode keeps no writer waiting. Nothing is written here.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from models.operations.transactions import connection, is_postgres

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tortoise.backends.base.client import BaseDBAsyncClient


class _Read(Exception):
    """Ends a transaction that has nothing to commit."""


@asynccontextmanager
async def one_moment() -> AsyncIterator[BaseDBAsyncClient]:
    """Give the client to read with (`using_db`). On PostgreSQL no table is read from end to end where an index will do,
    whatever the statistics say, which are none after a bulk load. Raises what the engine raises."""
    client: Any = connection()
    if not is_postgres(client):
        from models.engines.sqlite import SafeSqliteClient

        own = SafeSqliteClient(client.filename, connection_name=client.connection_name, read_only=True)
        try:
            await own.begin_reading()
            yield own
        finally:
            await own.close()
        return
    with suppress(_Read):
        async with in_transaction(client.connection_name) as inside:
            await inside.execute_script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            await inside.execute_script("SET LOCAL enable_seqscan = off")
            yield inside
            raise _Read  # a rollback is one message to the server, a COMMIT is two and can be left in doubt
