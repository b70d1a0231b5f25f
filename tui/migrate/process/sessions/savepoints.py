"""What `in_transaction()` gives inside a file: a savepoint of the file's own transaction.

Tortoise's would not do here. asyncpg opens none in a transaction that it did not begin, and a script of SQLite's client
commits what came before it: half a file would stay.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.backends.base.client import NestedTransactionContext
from tortoise.backends.sqlite.client import SqliteTransactionWrapper

if TYPE_CHECKING:
    from .clients import StepPostgres, StepSqlite

_NUMBERS: Final = count(1)


class PostgresSavepoint(TransactionWrapper):
    """On the connection of the file; scripts are run by the file's own client, statement by statement."""

    def __init__(self, step: StepPostgres) -> None:
        super().__init__(step)
        self._step = step
        self._name = f"shellback_{next(_NUMBERS)}"

    def _in_transaction(self) -> NestedTransactionContext:
        return NestedTransactionContext(PostgresSavepoint(self._step))

    async def execute_script(self, query: str) -> None:
        await self._step.execute_script(query)

    async def savepoint(self) -> None:
        await self._connection.execute(f"SAVEPOINT {self._name}")

    async def release_savepoint(self) -> None:
        await self._connection.execute(f"RELEASE SAVEPOINT {self._name}")
        self._finalized = True

    async def savepoint_rollback(self) -> None:
        await self._connection.execute(f"ROLLBACK TO SAVEPOINT {self._name}")
        self._finalized = True


class SqliteSavepoint(SqliteTransactionWrapper):
    """The same on SQLite, where Tortoise's own savepoints do."""

    def __init__(self, step: StepSqlite) -> None:
        super().__init__(step)
        self._step = step

    def _in_transaction(self) -> NestedTransactionContext:
        return NestedTransactionContext(SqliteSavepoint(self._step))

    async def execute_script(self, query: str) -> None:
        await self._step.execute_script(query)
