"""Two PostgreSQL connections: one runs the files, a guard holds the lock and watches what blocks the first.

The guard never has a transaction open, and asks for the lock again and again instead of waiting in it: an open
transaction or a waiter in `pg_advisory_lock()` would block CREATE INDEX CONCURRENTLY for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import zlib
from typing import Any, Final

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient

from .channel import Emit
from .clients import Progress, StepPostgres

LOCK_TIMEOUT: Final = "3s"
"""How long a statement may wait for a table. It queues everybody behind it while it waits."""
APPLICATION: Final = "shellback migrate"
_CONNECT_S: Final = 10
_POLL_S: Final = 0.25
_SETTLE_S: Final = 30
_CLASS: Final = 0x41455249  # "AERI"

_IS_THERE: Final = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 AND application_name = $2)"
_BLOCKERS: Final = """
    SELECT a.pid, a.usename AS "user", a.application_name AS application,
        coalesce(a.client_addr::text, 'local') AS client,
        a.state, round(extract(epoch FROM clock_timestamp() - a.xact_start)::numeric, 1)::float8 AS seconds,
        left(a.query, 200) AS query
    FROM pg_stat_activity a WHERE a.pid = ANY (pg_blocking_pids($1))
"""
_HOLDERS: Final = """
    SELECT a.pid, a.usename AS "user", a.application_name AS application,
        coalesce(a.client_addr::text, 'local') AS client,
        round(extract(epoch FROM clock_timestamp() - a.backend_start)::numeric, 1)::float8 AS seconds
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::int4::oid AND l.objid = ($2::int8 & 4294967295)::oid
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class PostgresSession:
    """See `session.Session` for what the methods promise."""

    dialect: Final = "postgres"

    def __init__(
        self,
        client: AsyncpgDBClient,
        connection: asyncpg.Connection[Any],
        guard: asyncpg.Connection[Any],
        app: str,
        progress: Progress,
        emit: Emit,
    ) -> None:
        self.name = client.connection_name
        self.client = StepPostgres(client, connection, progress)
        self._connection = connection
        self._guard = guard
        self._key = zlib.crc32(f"aerich:{app}".encode()) - 2**31
        self._emit = emit
        self._label = f"{client.user}@{client.host}:{client.port}/{client.database}"

    @classmethod
    async def open(cls, client: AsyncpgDBClient, app: str, progress: Progress, emit: Emit) -> PostgresSession:
        """Connects twice with the settings of the project's own client."""
        options = _connect_options(client)
        connection = await asyncpg.connect(**options)
        try:
            guard = await asyncpg.connect(**options)
        except BaseException:
            connection.terminate()
            raise
        await connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'; SET statement_timeout = 0")
        await connection.execute("SET idle_in_transaction_session_timeout = 0")
        with contextlib.suppress(asyncpg.PostgresError):
            # From 14 on the server notices within seconds that we were killed, and stops the statement.
            await connection.execute("SET client_connection_check_interval = '2s'")
        return cls(client, connection, guard, app, progress, emit)

    async def facts(self) -> dict[str, Any]:
        row = await self._guard.fetchrow(
            "SELECT current_setting('server_version') AS version, current_schema() AS schema, "
            "pg_is_in_recovery() AS replica, current_setting('transaction_read_only') = 'on' AS read_only"
        )
        assert row is not None
        role = "replica" if row["replica"] else "primary"
        return {
            "dialect": self.dialect,
            "label": self._label,
            "server": f"PostgreSQL {row['version'].split()[0]} {role}",
            "schema": row["schema"],
            "writable": not (row["replica"] or row["read_only"]),
            "pid": self._connection.get_server_pid(),
        }

    async def settle(self, backend: int) -> None:
        for _ in range(round(_SETTLE_S / _POLL_S)):
            if not await self._guard.fetchval(_IS_THERE, backend, APPLICATION):
                return
            await asyncio.sleep(_POLL_S)
        raise TimeoutError(f"The statement of the dead worker still runs on the server (pid {backend}).")

    async def lock(self) -> None:
        """The session's advisory lock, asked for until it is had or the job is cancelled."""
        waited = False
        while not await self._guard.fetchval("SELECT pg_try_advisory_lock($1::int4, $2::int4)", _CLASS, self._key):
            holders = await self._guard.fetch(_HOLDERS, _CLASS, self._key)
            self._emit("waiting", on="lock", holders=[dict(row) for row in holders])
            waited = True
            await asyncio.sleep(_POLL_S)
        if waited:
            self._emit("locked")

    async def applied(self) -> list[dict[str, Any]] | None:
        if not await self._connection.fetchval("SELECT to_regclass('aerich') IS NOT NULL"):
            return None
        return [dict(row) for row in await self._connection.fetch("SELECT id, version, app FROM aerich ORDER BY id")]

    async def begin(self) -> None:
        await self._connection.execute("BEGIN")

    async def backup(self) -> str | None:
        """None: a server is backed up by its own tools."""
        return None

    async def commit(self) -> None:
        await self._connection.execute("COMMIT")

    async def rollback(self) -> None:
        if not self._connection.is_closed():
            await self._connection.execute("ROLLBACK")

    async def interrupt(self) -> None:
        """Nothing: asyncpg cancels the statement on the server when its task is cancelled."""

    async def watch(self) -> None:
        """Tells who blocks the running statement, as long as somebody does. Runs until cancelled."""
        pid = self._connection.get_server_pid()
        blocked = False
        while True:
            await asyncio.sleep(_POLL_S)
            rows = [dict(row) for row in await self._guard.fetch(_BLOCKERS, pid)]
            if rows:
                self._emit("waiting", on="table", holders=rows)
            elif blocked:
                self._emit("locked")
            blocked = bool(rows)

    async def close(self) -> None:
        for connection in (self._connection, self._guard):
            try:
                await connection.close(timeout=3)
            except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                connection.terminate()


def _connect_options(client: AsyncpgDBClient) -> dict[str, Any]:
    """What `asyncpg.connect` takes of the project's settings; those of the pool are left out."""
    known = set(inspect.signature(asyncpg.connect).parameters)
    options = {name: value for name, value in client.extra.items() if name in known and name != "command_timeout"}
    settings = dict(client.server_settings)
    if client.schema:
        settings["search_path"] = client.schema
    settings["application_name"] = APPLICATION
    return {
        "timeout": _CONNECT_S,
        **options,
        "host": client.host,
        "port": client.port,
        "user": client.user,
        "password": client.password,
        "database": client.database,
        "server_settings": settings,
    }
