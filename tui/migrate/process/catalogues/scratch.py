"""Schemas built apart from the application, looked at, and gone again: that of the models, and that of the files.

PostgreSQL: a schema of its own in a transaction that is always rolled back. While the files are replayed nothing of the
application is on the search path, and models refer to each other there only: no table of the application is touched or
locked. SQLite: a database in memory.
"""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

import asyncpg

from .catalogue import Catalogue
from .postgres import read_postgres
from .replay import may_drop_nothing, with_schemas
from .sqlite import read_sqlite

Tell = Callable[[int], None]

_LIMITS: Final = (
    "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30s'; SET LOCAL client_min_messages = error"
)
_MEMBERS: Final = """
    SELECT m.name, n.nspname::text AS schema FROM pg_depend d JOIN (
        SELECT 'pg_type'::regclass AS class, oid, typname::text AS name, typnamespace AS space FROM pg_type
        UNION ALL SELECT 'pg_opclass'::regclass, oid, opcname::text, opcnamespace FROM pg_opclass
        UNION ALL SELECT 'pg_proc'::regclass, oid, proname::text, pronamespace FROM pg_proc
    ) m ON m.class = d.classid AND m.oid = d.objid JOIN pg_namespace n ON n.oid = m.space
    WHERE d.deptype = 'e' AND n.nspname <> 'pg_catalog'
"""
_SQLITE_STEPS: Final = 50_000_000
"""Of SQLite's own: some seconds of a statement that makes a table."""


class NotBuilt(Exception):
    """A statement could not be run there. The first argument is a sentence; the database's own words are not in it."""


@contextlib.asynccontextmanager
async def _apart(connection: asyncpg.Connection[Any]) -> AsyncIterator[str]:
    """A transaction with an empty schema in it, never committed; the name of the schema."""
    name = f"shellback_scratch_{uuid.uuid4().hex[:12]}"
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(_LIMITS)
        await connection.execute(f'CREATE SCHEMA "{name}"')
        yield name
    finally:
        await transaction.rollback()


async def models_in_postgres(
    connection: asyncpg.Connection[Any], statements: Sequence[str], tell: Tell | None = None
) -> Catalogue:
    """What these statements make. They name only tables that they make, so that the rest of the path may stay on it.

    Raises NotBuilt; InsufficientPrivilegeError where no schema may be made.
    """
    async with _apart(connection) as schema:
        await connection.execute(
            "SELECT set_config('search_path', quote_ident($1) || ', ' || current_setting('search_path'), true)", schema
        )
        for number, statement in enumerate(statements, 1):
            try:
                await connection.execute(statement)
            except asyncpg.PostgresError as error:
                raise NotBuilt(_reason(error)) from error
            if tell is not None:
                tell(number)
        return await read_postgres(connection, schema)


class PostgresReplay:
    """The files run one after another in a schema of their own. Used inside `replay_in_postgres`."""

    def __init__(self, connection: asyncpg.Connection[Any], schema: str, path: str) -> None:
        self._connection = connection
        self._schema = schema
        self._path = path
        self._members: dict[str, str] | None = None

    async def run(self, statements: Sequence[str], *, is_program: bool) -> None:
        """Raises NotBuilt. Of a program, a DROP of what only its Python would have made is passed over."""
        for statement in statements:
            try:
                await self._run(statement)
            except asyncpg.PostgresError as error:
                if not (is_program and may_drop_nothing(statement)):
                    raise NotBuilt(_reason(error)) from error

    async def read(self) -> Catalogue:
        """What is there now, with the application's path behind: what lives there is told without its schema."""
        await self._set_path(self._path)
        found = await read_postgres(self._connection, self._schema)
        await self._set_path(self._alone)
        return found

    @property
    def _alone(self) -> str:
        return f'"{self._schema}"'

    async def _set_path(self, path: str) -> None:
        await self._connection.execute("SELECT set_config('search_path', $1, true)", path)

    async def _run(self, statement: str) -> None:
        try:
            async with self._connection.transaction():
                await self._connection.execute(statement)
        except (asyncpg.UndefinedObjectError, asyncpg.UndefinedFunctionError):
            # An extension lives in the application's schema, which is not on the path: its names are written out.
            if self._members is None:
                rows = await self._connection.fetch(_MEMBERS)
                self._members = {row["name"]: row["schema"] for row in rows}
            other = with_schemas(statement, self._members)
            if other == statement:
                raise
            async with self._connection.transaction():
                await self._connection.execute(other)


@contextlib.asynccontextmanager
async def replay_in_postgres(connection: asyncpg.Connection[Any]) -> AsyncIterator[PostgresReplay]:
    """Raises InsufficientPrivilegeError where no schema may be made."""
    async with _apart(connection) as schema:
        path: str = await connection.fetchval("SELECT current_setting('search_path')")
        await connection.execute("SELECT set_config('search_path', quote_ident($1), true)", schema)
        await connection.execute("SET LOCAL check_function_bodies = off")
        yield PostgresReplay(connection, schema, path)


class SqliteReplay:
    """A database in memory, for one thread. `close` it."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._left = 0
        self._stop = False
        # Nothing outside of this memory: ATTACH is the one way there.
        self._connection.set_authorizer(_authorize)
        self._connection.set_progress_handler(self._tick, 10_000)

    def run(self, statements: Sequence[str], *, is_program: bool = False) -> None:
        """Raises NotBuilt."""
        for statement in statements:
            self._left = _SQLITE_STEPS
            try:
                self._connection.execute(statement)
            except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
                if not (is_program and may_drop_nothing(statement)):
                    raise NotBuilt(f"SQLite says: {error}.") from error

    def script(self, sql: str) -> None:
        """Several statements at once. Raises NotBuilt."""
        self._left = _SQLITE_STEPS
        try:
            self._connection.executescript(sql)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            raise NotBuilt(f"SQLite says: {error}.") from error

    def read(self) -> Catalogue:
        self._left = _SQLITE_STEPS
        self._connection.set_authorizer(None)
        try:
            return read_sqlite(self._connection)
        finally:
            self._connection.set_authorizer(_authorize)

    def stop(self) -> None:
        """Ends what runs; from any thread."""
        self._stop = True

    def close(self) -> None:
        self._connection.close()

    def _tick(self) -> bool:
        self._left -= 10_000
        return self._stop or self._left < 0


def _authorize(action: int, *_: object) -> int:
    return sqlite3.SQLITE_DENY if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH) else sqlite3.SQLITE_OK


def _reason(error: asyncpg.PostgresError) -> str:
    return f"PostgreSQL says: {error.args[0] if error.args else error.sqlstate}."
