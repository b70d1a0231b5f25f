"""Two PostgreSQL connections: one runs the files, a guard holds the lock and watches what blocks the first."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from ..channel import Emit
from ..runs.progress import Progress
from .blockers import IS_THERE
from .connecting import APPLICATION, connected
from .ended import TransactionEnded
from .fate import find_fate
from .guard import NOT_REACHED, Guard
from .in_the_way import POLL_S, InTheWay
from .indexes import broken_index
from .owner import become_owner
from .session import LOCK_TIMEOUT_S, Fate
from .silence import answered
from .standing import DIGEST, digest_of, is_there, why_read_only
from .stopping import STOP, stopped
from .unreached import BehindPooler

if TYPE_CHECKING:
    from tortoise.backends.asyncpg.client import AsyncpgDBClient

    from ..settings import PostgresSettings
    from .clients import StepPostgres

_SETTLE_S: Final = 30
_CLASS: Final = 0x41455249  # "AERI"
_ASIDE: Final = "shellback_aside"
_NUMBER: Final = "CASE WHEN pg_is_in_recovery() THEN '' ELSE txid_current()::text END"
"""Of this transaction. A replica gives none: there the first statement that writes says why it cannot."""
_SEEN: Final = f"SELECT {_NUMBER} AS xid, ({DIGEST}) AS digest"
_ENDED: Final = "shellback: the file ended its transaction"
_STILL_HELD: Final = f"""
    SELECT CASE WHEN txid_current_if_assigned() = {{xid}} THEN 0
        ELSE ('{_ENDED}' || coalesce(txid_current_if_assigned()::text, ''))::int END
"""
"""Fails unless the transaction is the one with that number, so that what is sent with it is not run."""
_FRESH: Final = """
    RESET SESSION AUTHORIZATION; RESET ROLE; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); RESET ALL;
    SET lock_timeout = {lock_timeout}; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
"""
_NOTICES: Final = "SET client_connection_check_interval = '2s'"
"""From 14 on the server notices within seconds that we were killed, and stops the statement."""


class PostgresSession:
    """See `session.Session` for what the methods promise."""

    dialect: Final = "postgres"
    lost: Final = "The connection was lost at COMMIT; asked over a new one, the server says that it"

    def __init__(
        self,
        client: AsyncpgDBClient | PostgresSettings,
        connection: asyncpg.Connection[Any],
        guard: asyncpg.Connection[Any],
        app: str,
        progress: Progress,
        emit: Emit,
        lock_timeout: float = LOCK_TIMEOUT_S,
    ) -> None:
        self.name = client.connection_name
        self._given: Any = client
        self._progress = progress
        self._connection = connection
        self._lock = (_CLASS, zlib.crc32(f"aerich:{app}".encode()) - 2**31)
        self._guard = Guard(guard, lambda: connected(client), self._lock)
        self._others = InTheWay(self._guard, progress, emit)
        self._lock_timeout = round(lock_timeout * 1000)
        self._fresh = _FRESH.format(lock_timeout=self._lock_timeout)
        self._backend = connection.get_server_pid()
        self._xid = ""
        self._emit = emit
        self._has_table = False
        self._label = f"{client.user}@{client.host}:{client.port}/{client.database}"

    @classmethod
    async def open(
        cls,
        client: AsyncpgDBClient | PostgresSettings,
        app: str,
        progress: Progress,
        emit: Emit,
        lock_timeout: float = LOCK_TIMEOUT_S,
    ) -> PostgresSession:
        """Connects twice with the settings of the project's own client. `lock_timeout`: seconds, 0 for no limit."""
        connection = await connected(client)
        try:
            await _refuse_pooler(connection)
            guard = await connected(client)
        except BaseException:
            connection.terminate()
            raise
        session = cls(client, connection, guard, app, progress, emit, lock_timeout)
        await session._set_up()
        return session

    @functools.cached_property
    def client(self) -> StepPostgres:
        """The `db` of a migration. Made when it is asked for: a look needs no Tortoise."""
        from .clients import StepPostgres

        return StepPostgres(self._given, self._connection, self._progress, self._seems_at_work)

    async def select(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._connection.fetch(sql, *values)]

    async def facts(self) -> dict[str, Any]:
        rows = await self._guard.rows(
            "SELECT current_setting('server_version') AS version, current_schema() AS schema, "
            "pg_is_in_recovery() AS replica, current_setting('transaction_read_only') = 'on' AS read_only"
        )
        row = rows[0]
        role = "replica" if row["replica"] else "primary"
        return {
            "dialect": self.dialect,
            "label": self._label,
            "server": f"PostgreSQL {row['version'].split()[0]} {role}",
            "schema": row["schema"],
            "writable": not (row["replica"] or row["read_only"]),
            "why_read_only": why_read_only(is_replica=row["replica"], is_read_only=row["read_only"]),
            "pid": self._connection.get_server_pid(),
        }

    async def settle(self, backend: int) -> None:
        for _ in range(round(_SETTLE_S / POLL_S)):
            if not await self._guard.value(IS_THERE, backend, APPLICATION):
                return
            await asyncio.sleep(POLL_S)
        raise TimeoutError(f"The statement of the dead worker still runs on the server (pid {backend}).")

    async def lock(self) -> None:
        """The session's advisory lock, asked for until it is had or the job is cancelled."""
        waited = False
        while not await self._guard.try_lock():
            await self._others.tell_holders(self._lock)
            waited = True
            await asyncio.sleep(POLL_S)
        if waited:
            self._emit("locked")

    async def applied(self) -> list[dict[str, Any]] | None:
        # Once it was seen, a table that is gone is an error: whoever dropped it did not upgrade.
        self._has_table = self._has_table or await is_there(self._connection.fetch)
        if not self._has_table:
            return None
        return [dict(row) for row in await self._connection.fetch("SELECT id, version, app FROM aerich ORDER BY id")]

    def look_for_table_again(self) -> None:
        self._has_table = False

    async def fresh(self) -> None:
        self._xid, self._backend = "", self._connection.get_server_pid()
        await self._connection.execute(self._fresh)

    async def _set_up(self) -> None:
        """A new connection as each file finds it."""
        self._fresh = f"{_FRESH.format(lock_timeout=self._lock_timeout)} {await become_owner(self._connection)}"
        with contextlib.suppress(asyncpg.PostgresError):
            await self._connection.execute(_NOTICES)
            self._fresh = f"{self._fresh} {_NOTICES};"
        await self.fresh()

    async def begin(self, expected: Sequence[tuple[str, str]] = ()) -> bool:
        self._backend = self._connection.get_server_pid()
        self._xid, digest = await self._begin()
        return bool(expected) and digest == digest_of(expected)

    async def _begin(self) -> tuple[str, str | None]:
        """The transaction's number, given now, so that it can be asked for when the answer to COMMIT is lost; and the
        digest of Aerich's rows, None without a table. Both are one question: each takes as long as a small file."""
        connection = self._connection
        # COMMIT: else the transaction would have begun with what is reset, as its isolation level.
        await connection.execute(f"{self._fresh} COMMIT; BEGIN")
        if not self._has_table:
            return str(await connection.fetchval(f"SELECT {_NUMBER}")), None
        row = await connection.fetchrow(_SEEN)
        assert row is not None
        return row["xid"], row["digest"]

    async def write_aside(self, statement: str) -> None:
        try:
            await self._connection.execute(f"SAVEPOINT {_ASIDE}; {statement}; RELEASE SAVEPOINT {_ASIDE}")
        except asyncpg.PostgresError:
            await self._connection.execute(f"ROLLBACK TO SAVEPOINT {_ASIDE}; RELEASE SAVEPOINT {_ASIDE}")
            raise

    async def backup(self) -> str | None:
        """None: a server is backed up by its own tools."""
        return None

    async def commit(self) -> None:
        # In a transaction that an error ended the first of the two raises: COMMIT would be a ROLLBACK, and no error.
        try:
            sent = self._connection.execute(f"{_STILL_HELD.format(xid=self._xid)}; COMMIT")
            await answered(sent, self._is_at_work, self._connection.terminate)
        except asyncpg.InvalidTextRepresentationError as error:
            if _ENDED not in str(error):
                raise
            raise TransactionEnded("The file ended the transaction that held it.") from None

    async def _is_at_work(self) -> bool:
        return await self._guard.is_at_work(self._connection.get_server_pid())

    async def _seems_at_work(self) -> bool:
        return await self._guard.seems_at_work(self._connection.get_server_pid())

    @property
    def is_lost(self) -> bool:
        return self._connection.is_closed()

    async def fate(self) -> Fate:
        if self._xid:
            return await find_fate(self._anew, self._xid, self._backend)
        backend = self._backend
        if self._connection.is_closed():
            with contextlib.suppress(*NOT_REACHED, TimeoutError):
                async with asyncio.timeout(_SETTLE_S):
                    await self._anew("SELECT 1")
                    await self.settle(backend)
        return Fate.UNKNOWN

    async def _anew(self, query: str, *values: Any) -> Any:
        """The guard's answer. Connections that are gone are made anew, and the lock is asked for once."""
        if self._connection.is_closed():
            self._connection = self.client._connection = await connected(self._given)
            await self._set_up()
        await self._guard.anew()
        return await self._guard.at_once(query, *values)

    async def rollback(self) -> None:
        if not self._connection.is_closed():
            # What was set since BEGIN is undone as well, and with it that a session was fresh.
            rollback = self._connection.execute(f"ROLLBACK; {self._fresh}")
            await stopped(rollback, lambda: self._guard.rows(STOP, self._connection.get_server_pid()))

    async def interrupt(self) -> None:
        """Cancels on the server what runs outside of a transaction; in one, asyncpg does when its task is cancelled."""
        if not self._progress.transactional and self._progress.running is not None:
            with contextlib.suppress(*NOT_REACHED):
                await self._guard.rows("SELECT pg_cancel_backend($1)", self._connection.get_server_pid())

    async def watch(self) -> None:
        await self._others.watch(self._connection.get_server_pid())

    async def still_blocking(self) -> list[dict[str, Any]]:
        return await self._others.still()

    def forget_blockers(self) -> None:
        self._others.forget()

    async def end_backend(self, pid: int, how: str) -> tuple[bool, str]:
        return await self._others.end(pid, how)

    async def left_broken(self, statement: str) -> str | None:
        return await broken_index(self._guard.connection, statement)

    async def pids(self) -> list[int]:
        """The backends of this session."""
        return [self._connection.get_server_pid(), self._guard.pid]

    async def ask(self, query: str, *values: Any) -> list[Any]:
        """Rows that the guard reads, outside of any transaction."""
        return await self._guard.rows(query, *values)

    async def close(self) -> None:
        for connection in (self._connection, self._guard.connection):
            try:
                await connection.close(timeout=3)
            except (TimeoutError, *NOT_REACHED):
                connection.terminate()


async def _refuse_pooler(connection: asyncpg.Connection[Any]) -> None:
    """Raises BehindPooler: it greets with a process id of its own making."""
    if await connection.fetchval("SELECT pg_backend_pid()") != connection.get_server_pid():
        raise BehindPooler
