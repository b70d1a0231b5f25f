"""The `db` that a migration gets: Tortoise's own transaction clients on one pinned connection, which run a script
statement by statement and report each.

Aerich hands the whole script to the driver: on SQLite that commits, on PostgreSQL it hides which statement failed and
makes one implicit transaction of what must not be in one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import aiosqlite
import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper

from .channel import Emit
from .indexes import check_concurrent_index
from .statements import Statement, ends_the_transaction, is_held_by_the_session, split


class StatementFailed(Exception):
    """A statement of the script failed, or must not be run. The database's error is `__cause__` where there is one."""

    def __init__(self, index: int, total: int, statement: Statement, message: str) -> None:
        super().__init__(message)
        self.index = index
        self.total = total
        self.statement = statement


@dataclass(slots=True)
class Progress:
    """How far the current script is. Statements count from 1."""

    emit: Emit
    version: str = ""
    transactional: bool = True
    total: int = 0
    current: int = 0
    done: int = 0
    statements: list[Statement] = field(default_factory=list)

    def begin(self, version: str, transactional: bool) -> None:
        self.version, self.transactional = version, transactional
        self.total = self.current = self.done = 0


class StepPostgres(TransactionWrapper):
    """A client on one asyncpg connection. Whether a transaction is open is the session's business."""

    def __init__(self, client: AsyncpgDBClient, connection: asyncpg.Connection[Any], progress: Progress) -> None:
        super().__init__(client)
        self._connection = connection
        self.progress = progress

    async def execute_script(self, query: str) -> None:
        progress = self.progress
        for index, total, statement in _steps(progress, query, "postgres"):
            started = time.perf_counter()
            if progress.transactional:
                _refuse_end(index, total, statement)
            try:
                await self._connection.execute(statement.text)
                if fault := await check_concurrent_index(self._connection, statement.text):
                    raise StatementFailed(index, total, statement, fault)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                raise StatementFailed(index, total, statement, str(error)) from error
            _done(progress, index, started)


class StepSqlite(SqliteTransactionWrapper):
    """A client on one aiosqlite connection. Whether a transaction is open is the session's business."""

    def __init__(self, client: SqliteClient, connection: aiosqlite.Connection, progress: Progress) -> None:
        super().__init__(client)
        self._connection = connection
        self.progress = progress

    async def execute_script(self, query: str) -> None:
        progress = self.progress
        for index, total, statement in _steps(progress, query, "sqlite"):
            started = time.perf_counter()
            held = progress.transactional and is_held_by_the_session(statement.text)
            if not held:
                if progress.transactional:
                    _refuse_end(index, total, statement)
                try:
                    await (await self._connection.execute(statement.text)).close()
                except (aiosqlite.Error, aiosqlite.Warning, ValueError) as error:
                    raise StatementFailed(index, total, statement, str(error)) from error
            _done(progress, index, started)


def _steps(progress: Progress, query: str, dialect: str) -> list[tuple[int, int, Statement]]:
    statements = split(query, dialect)
    progress.total = len(statements)
    progress.statements = statements

    def announced() -> Any:
        for index, statement in enumerate(statements, 1):
            progress.current = index
            progress.emit(
                "statement_started",
                version=progress.version,
                index=index,
                total=len(statements),
                text=statement.text[:2000],
                offset=statement.offset,
            )
            yield index, len(statements), statement

    return announced()  # type: ignore[no-any-return]


def _refuse_end(index: int, total: int, statement: Statement) -> None:
    """Raises StatementFailed before a statement that would end the transaction which holds the whole file."""
    if ends_the_transaction(statement.text):
        raise StatementFailed(
            index,
            total,
            statement,
            "This would end the transaction that holds the file. Remove it, or set RUN_IN_TRANSACTION = False.",
        )


def _done(progress: Progress, index: int, started: float) -> None:
    progress.done = index
    progress.emit(
        "statement_done", version=progress.version, index=index, ms=round((time.perf_counter() - started) * 1000, 2)
    )
