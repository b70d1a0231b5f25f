"""Where migrations are tried on PostgreSQL: a scratch database, else a schema in a transaction that is rolled back.

A scratch database's name begins with what names the project's database, and its maker holds an advisory lock on the
name there as long as it is used: one whose lock is free was left by somebody who was killed, and is dropped.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import zlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import asyncpg

from ..catalogues.catalogue import Catalogue
from ..catalogues.postgres import read_postgres
from ..sessions.clients import StepPostgres
from ..sessions.connecting import connect_options
from ..sessions.owner import become_owner
from ..work import Work
from .trial import NoTrial, Place

PREFIX: Final = "shellback_scratch_"
_CLASS: Final = 0x53435254  # "SCRT"
_FACTS: Final = """
    SELECT current_database() AS name, current_schema() AS schema, current_setting('search_path') AS path,
        pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only,
        pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collate, d.datctype AS ctype,
        has_database_privilege(current_database(), 'CREATE') AS may_schema,
        (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user) AS may_database
    FROM pg_database d WHERE d.datname = current_database()
"""
_SCHEMAS: Final = (
    "SELECT nspname::text FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
)
_EXTENSIONS: Final = """
    SELECT e.extname::text AS name, n.nspname::text AS schema FROM pg_extension e
    JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY e.oid
"""


class PostgresPlace:
    """See `trial.Place`."""

    def __init__(
        self, connection: asyncpg.Connection[Any], client: Any, schema: str, how: str, outside: Sequence[str] = ()
    ) -> None:
        self._connection = connection
        self.client = client
        self._schema = schema
        self.how = how
        self.is_held = bool(outside)
        self._outside = outside

    def why_not(self, version: str, text: str) -> str | None:
        schema = names_a_schema(text, self._outside)
        if schema is None:
            return None
        return f"{version} names the schema {schema}, and there is no scratch database to run it in."

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        async with self._connection.transaction():
            yield

    async def read(self) -> Catalogue:
        return await read_postgres(self._connection, self._schema)

    async def things(self) -> list[dict[str, Any]]:
        return []


@contextlib.asynccontextmanager
async def open_postgres(work: Work) -> AsyncIterator[Place]:
    """Raises NoTrial when neither can be had, and what connecting raises."""
    client: Any = work.target.connection
    connection = await asyncpg.connect(**connect_options(client))
    try:
        if as_owner := await become_owner(connection):
            await connection.execute(as_owner)
        facts = await connection.fetchrow(_FACTS)
        assert facts is not None
        if facts["read_only"]:
            raise NoTrial("The server takes no changes: it is a replica, or read-only.")
        if facts["may_database"]:
            async with _database(work, client, connection, facts) as place:
                yield place
        elif facts["may_schema"]:
            async with _schema(work, client, connection) as place:
                yield place
        else:
            raise NoTrial("This user may make neither a database nor a schema to try it in.")
    finally:
        await connection.close(timeout=5)


@contextlib.asynccontextmanager
async def _database(
    work: Work, client: Any, admin: asyncpg.Connection[Any], facts: asyncpg.Record
) -> AsyncIterator[Place]:
    stem = f"{PREFIX}{zlib.crc32(facts['name'].encode()):08x}_"
    await _drop_left(admin, stem)
    name = f"{stem}{secrets.token_hex(4)}"
    await admin.fetchval("SELECT pg_advisory_lock($1::int4, $2::int4)", _CLASS, _key(name))
    await admin.execute(
        f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING '{facts['encoding']}' "
        f"LC_COLLATE '{facts['collate']}' LC_CTYPE '{facts['ctype']}'"
    )
    try:
        options = connect_options(client)
        options["database"] = name
        options["server_settings"] = {**options["server_settings"], "search_path": facts["path"]}
        connection = await asyncpg.connect(**options)
        try:
            await _furnish(admin, connection, facts["schema"])
            yield PostgresPlace(
                connection,
                StepPostgres(client, connection, work.progress),
                facts["schema"] or "public",
                "a scratch database",
            )
        finally:
            await connection.close(timeout=5)
    finally:
        await _drop(admin, name)


async def _furnish(admin: asyncpg.Connection[Any], connection: asyncpg.Connection[Any], schema: str | None) -> None:
    """The schema and the extensions that somebody made in the project's database before any migration."""
    if schema:
        await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    for row in await admin.fetch(_EXTENSIONS):
        with contextlib.suppress(asyncpg.PostgresError):
            await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{row["schema"]}"')
            await connection.execute(f'CREATE EXTENSION IF NOT EXISTS "{row["name"]}" SCHEMA "{row["schema"]}"')


async def _drop_left(admin: asyncpg.Connection[Any], stem: str) -> None:
    """Scratch databases of this database that nobody uses any more."""
    rows = await admin.fetch(
        "SELECT datname::text AS name FROM pg_database WHERE starts_with(datname::text, $1) "
        "AND pg_has_role(datdba, 'USAGE')",
        stem,
    )
    for row in rows:
        name = row["name"]
        if await admin.fetchval("SELECT pg_try_advisory_lock($1::int4, $2::int4)", _CLASS, _key(name)):
            try:
                await _drop(admin, name)
            finally:
                await admin.fetchval("SELECT pg_advisory_unlock($1::int4, $2::int4)", _CLASS, _key(name))


async def _drop(admin: asyncpg.Connection[Any], name: str) -> None:
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    await admin.execute(f'DROP DATABASE IF EXISTS "{name}"')


@contextlib.asynccontextmanager
async def _schema(work: Work, client: Any, connection: asyncpg.Connection[Any]) -> AsyncIterator[Place]:
    name = f"{PREFIX}{secrets.token_hex(6)}"
    outside = [row[0] for row in await connection.fetch(_SCHEMAS)]
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '60s'")
        await connection.execute(f'CREATE SCHEMA "{name}"')
        # Nothing of the application on the path: what a file names is found here or not at all.
        await connection.execute(f'SET LOCAL search_path = "{name}"')
        yield PostgresPlace(
            connection,
            StepPostgres(client, connection, work.progress),
            name,
            "a scratch schema in a transaction that was rolled back",
            outside,
        )
    finally:
        await transaction.rollback()


def names_a_schema(text: str, schemas: Sequence[str]) -> str | None:
    """The first schema of the database that a text names before a dot: it would reach out of a scratch schema."""
    for schema in schemas:
        if re.search(rf'(?<![\w."])"?{re.escape(schema)}"?\s*\.\s*["\w]', text):
            return schema
    return None


def _key(name: str) -> int:
    return zlib.crc32(name.encode()) - 2**31
