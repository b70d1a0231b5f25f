"""The `db` that a migration gets: Tortoise's own transaction clients on one pinned connection, which run a script
statement by statement and report each.

Aerich hands the whole script to the driver: on SQLite that commits, on PostgreSQL it hides which statement failed and
makes one implicit transaction of what must not be in one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final

import aiosqlite
import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import NestedTransactionContext, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper

from ..runs.progress import Progress, StatementFailed
from ..sql.scanner import without_comments
from ..sql.statements import Statement, ends_the_transaction, is_held_by_the_session, split
from .ended import TransactionEnded
from .indexes import broken_index, mend_index
from .savepoints import PostgresSavepoint, SqliteSavepoint
from .silence import answered

_LAST_WORD_S: Final = 10.0
"""How long a statement that was cancelled on the server may take to say whether it was done all the same."""

_ENDS: Final = "This would end the transaction that holds the file. Remove it, or set RUN_IN_TRANSACTION = False."


class StepPostgres(TransactionWrapper):
    """A client on one asyncpg connection. Whether a transaction is open is the session's business.

    `is_at_work` says whether the server works on what was sent last, as far as it can be asked.
    """

    def __init__(
        self,
        client: AsyncpgDBClient,
        connection: asyncpg.Connection[Any],
        progress: Progress,
        is_at_work: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        super().__init__(client)
        self._connection = connection
        self.progress = progress
        self._is_at_work = is_at_work

    def _in_transaction(self) -> TransactionContext:
        """A savepoint where the file is a transaction; outside of one the file's Python may begin its own."""
        if self.progress.transactional:
            return NestedTransactionContext(PostgresSavepoint(self))
        return super()._in_transaction()

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, list[dict[str, Any]]]:
        _refuse_word(self.progress, query, "postgres")
        found: tuple[int, list[dict[str, Any]]] = await super().execute_query(query, values)
        return found

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        _refuse_word(self.progress, query, "postgres")
        found: list[dict[str, Any]] = await super().execute_query_dict(query, values)
        return found

    async def execute_script(self, query: str) -> None:
        progress = self.progress
        progress.script(split(query, "postgres"))
        for index, statement in enumerate(progress.statements, 1):
            if index <= progress.done:
                continue
            if progress.transactional:
                _refuse_end(progress, index, statement)
            await progress.sent(index)
            async with _counted(progress, index):
                await self._until_done(index, statement)

    async def _until_done(self, index: int, statement: Statement) -> None:
        progress = self.progress
        while True:
            try:
                if progress.transactional:
                    await self._sent(statement.text)
                else:
                    await self._alone(index, statement)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                if not await progress.again(error):
                    raise StatementFailed(index, progress.total, statement, str(error)) from error
            else:
                return
            finally:
                progress.stop()

    async def _sent(self, text: str) -> None:
        """Sends it, and waits while the server works on it: a line that swallowed it is ended."""
        connection = self._connection
        if self._is_at_work is None:
            await connection.execute(text)
        else:
            await answered(connection.execute(text), self._is_at_work, connection.terminate)

    async def _alone(self, index: int, statement: Statement) -> None:
        """Outside of a transaction: what an earlier attempt left is cleared away, what this one leaves is looked at."""
        progress = self.progress
        if mended := await mend_index(self._connection, statement.text):
            progress.emit("mended", version=progress.version, index=mended)
        await _with_last_word(self._sent(statement.text))
        if fault := await broken_index(self._connection, statement.text):
            raise StatementFailed(index, progress.total, statement, fault)


class StepSqlite(SqliteTransactionWrapper):
    """A client on one aiosqlite connection. Whether a transaction is open is the session's business."""

    def __init__(self, client: SqliteClient, connection: aiosqlite.Connection, progress: Progress) -> None:
        super().__init__(client)
        self._connection = connection
        self.progress = progress

    def _in_transaction(self) -> TransactionContext:
        """A savepoint where the file is a transaction; outside of one the file's Python may begin its own."""
        if self.progress.transactional:
            return NestedTransactionContext(SqliteSavepoint(self))
        return super()._in_transaction()

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[dict[str, Any]]]:
        _refuse_word(self.progress, query, "sqlite")
        found: tuple[int, Sequence[dict[str, Any]]] = await super().execute_query(query, values)
        return found

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        _refuse_word(self.progress, query, "sqlite")
        found: list[dict[str, Any]] = await super().execute_query_dict(query, values)
        return found

    async def execute_script(self, query: str) -> None:
        progress = self.progress
        progress.script(split(query, "sqlite"))
        for index, statement in enumerate(progress.statements, 1):
            if index <= progress.done:
                continue
            held = progress.transactional and is_held_by_the_session(statement.text)
            if progress.transactional and not held:
                _refuse_end(progress, index, statement)
            await progress.sent(index)
            async with _counted(progress, index):
                if not held:
                    await self._until_done(index, statement)

    async def _until_done(self, index: int, statement: Statement) -> None:
        progress = self.progress
        try:
            if progress.transactional:
                await self._run(statement.text)
            else:
                await _with_last_word(self._run(statement.text))
        except (aiosqlite.Error, aiosqlite.Warning, ValueError) as error:
            raise StatementFailed(index, progress.total, statement, str(error)) from error
        finally:
            progress.stop()

    async def _run(self, text: str) -> None:
        def run() -> None:
            connection = self._connection._conn
            if self.progress.transactional and not connection.in_transaction:
                # Every further statement would stay, whatever becomes of the file.
                raise TransactionEnded("The transaction that held the file was over before its end.")
            connection.execute(text).close()

        # In one go: the cursor's own close would wait for the connection's thread once more.
        await self._connection._execute(run)  # type: ignore[no-untyped-call]


class DoneAllTheSame(asyncio.CancelledError):
    """The job was cancelled, and the statement that ran outside of a transaction had ended by then."""


async def _with_last_word(statement: Coroutine[Any, Any, Any]) -> None:
    """Awaits a statement that no rollback would undo. Cancelled (after `Session.interrupt`), it is waited for: what is
    told and written down then is what became of it."""
    running = asyncio.ensure_future(statement)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running}, timeout=_LAST_WORD_S)
        if not running.done():
            running.cancel()
        elif running.exception() is None:
            raise DoneAllTheSame from None
        raise


@contextlib.asynccontextmanager
async def _counted(progress: Progress, index: int) -> AsyncIterator[None]:
    """Counts the statement of the block as done when it is, even if that was only heard after a cancel."""
    try:
        yield
    except DoneAllTheSame:
        await progress.came_back(index)
        raise asyncio.CancelledError from None
    await progress.came_back(index)


class EndRefused(Exception):
    """The file's Python sent what would end the transaction which holds the whole file."""


def _refuse_word(progress: Progress, query: str, dialect: str) -> None:
    """Raises EndRefused for a single query that the file's Python sends itself."""
    if progress.transactional and ends_the_transaction(without_comments(query, dialect).lstrip()):
        raise EndRefused(_ENDS)


def _refuse_end(progress: Progress, index: int, statement: Statement) -> None:
    """Raises StatementFailed before a statement that would end the transaction which holds the whole file."""
    if ends_the_transaction(statement.text):
        progress.current = index
        raise StatementFailed(index, progress.total, statement, _ENDS)
