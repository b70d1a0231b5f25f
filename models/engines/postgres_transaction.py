"""One statement, or one transaction, on a slot of the pool. The rules of a safe end live in `Transacting`."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.connection import get_connections

from models.engines.errors import (
    CommitUnknown,
    DatabaseError,
    DatabaseUnavailable,
    StatementTimeout,
    TransactionEnded,
)
from models.engines.from_asyncpg import translated
from models.engines.postgres_executor import PostgresByModel
from models.engines.postgres_pool import RELEASE_SECONDS, is_silence

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from models.engines.postgres import PostgresClient

_savepoints = count()

ASK_IDENTITY: Final = "SELECT pg_current_xact_id_if_assigned()::text, pg_backend_pid()"
"""One round trip before each COMMIT: without the id, an unanswered COMMIT is settled only by looking for its row."""


ENDED_MEANWHILE: Final = (
    "The connection to the database ended while the change was under way, between two statements. Nothing was changed."
)


class Reading:
    """A slot for one statement outside a transaction."""

    __slots__ = ("_client", "_connection", "_pool")

    def __init__(self, client: PostgresClient) -> None:
        self._client = client
        self._connection: Any = None
        self._pool: Any = None

    async def __aenter__(self) -> Any:
        self._pool = await self._client.ensure_pool()
        self._connection = await self._client.slots.take(self._pool)
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        slots = self._client.slots
        if kind is None:
            await slots.give_back(self._pool, self._connection, broken=False)
        else:
            # A cancelled statement is cancelled on the server too: asyncpg waits for that while it cleans.
            slots.abandon(self._pool, self._connection, broken=issubclass(kind, TimeoutError))


class PostgresTransaction(TransactionWrapper):
    """What models speak to inside `in_transaction()`. Savepoints are plain SQL: asyncpg's own transaction objects
    cannot say READ WRITE, nor tell a COMMIT that the server answered with ROLLBACK."""

    executor_class = PostgresByModel

    def __init__(self, parent: PostgresClient | PostgresTransaction) -> None:
        super().__init__(parent)
        self.outer: PostgresTransaction = parent.outer if isinstance(parent, PostgresTransaction) else self
        """The transaction itself; a savepoint's own wrapper points at it."""
        self.ended = False
        self._savepoint_name = f"shellback_{next(_savepoints)}"

    @property
    def role(self) -> str:
        """Whom the server knows the connection as."""
        client: Any = self.outer._parent
        return str(client.role)

    def _in_transaction(self) -> Any:
        nested = PostgresTransaction(self)
        nested._lock = self._lock
        return Nesting(nested)

    async def _translate_exceptions(self, func: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        if self.outer.ended:
            raise TransactionEnded("A statement was sent through a transaction that is over.")
        try:
            return await func(self, *args, **kwargs)
        except asyncio.CancelledError:
            self.outer.ended = True
            raise
        except Exception as error:
            raised = self._told(error)
            # Who swallows it must not go on either: the statement may still run, and be committed with the rest.
            if isinstance(raised, _SILENCING):
                self.outer.ended = True
            if raised is error:
                raise
            raise raised from error

    def _told(self, error: Exception) -> Exception:
        """The error to raise. When nobody answers, the connections that are idle now lead nowhere, too."""
        raised = translated(error, self.role)
        if isinstance(error, asyncpg.InterfaceError) and _is_gone(self._connection):
            raised = DatabaseUnavailable(ENDED_MEANWHILE)
        client: Any = self.outer._parent
        if is_silence(raised):
            client.drop_idle()
        return raised

    async def begin(self) -> None:
        """Raises `PermissionRefused` when the server became a standby, which does not even begin to write."""
        client: Any = self._parent
        try:
            await self._connection.execute(client.begin_sql)
        except asyncpg.FeatureNotSupportedError as error:
            raise translated(asyncpg.ReadOnlySQLTransactionError()) from error

    async def savepoint(self) -> None:
        await self.execute_script(f"SAVEPOINT {self._savepoint_name}")

    async def savepoint_rollback(self) -> None:
        self._finalize()
        await self.execute_script(f"ROLLBACK TO SAVEPOINT {self._savepoint_name}")

    async def release_savepoint(self) -> None:
        self._finalize()
        await self.execute_script(f"RELEASE SAVEPOINT {self._savepoint_name}")

    async def rollback(self) -> None:
        self._finalize()
        await self._connection.execute("ROLLBACK", timeout=RELEASE_SECONDS)

    async def commit(self) -> None:
        """Commits, or raises: `CommitUnknown` when the server did not answer, anything else when nothing landed."""
        self._finalize()
        try:
            identity: Any = await self._connection.fetchrow(ASK_IDENTITY)
        except Exception as error:
            raise self._told(error) from error
        xid, pid = identity
        try:
            answer = await self._connection.execute("COMMIT")
        except Exception as error:
            if xid is None or _server_refused(error):
                raise translated(error, self.role) from error
            self._told(error)
            raise CommitUnknown(xid=int(xid), backend_pid=pid) from error
        finally:
            if xid is not None:
                client: Any = self._parent
                client.committed()
        if answer != "COMMIT":
            raise DatabaseError("An earlier statement of this transaction failed. Nothing was changed.", code="25P02")

    def _finalize(self) -> None:
        if self._finalized or self.outer.ended:
            raise TransactionEnded("This transaction is over already.")
        self._finalized = True


class Nesting:
    """A savepoint. When its body was cancelled or lost the server, the whole transaction is over: a further word to a
    server that stands still would keep the cancelled caller waiting."""

    __slots__ = ("client", "connection_name")

    def __init__(self, client: PostgresTransaction) -> None:
        self.client = client
        self.connection_name = client.connection_name

    async def __aenter__(self) -> PostgresTransaction:
        await self.client.savepoint()
        return self.client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.client._finalized:
            return
        if kind is None:
            await self.client.release_savepoint()
        elif issubclass(kind, _SILENCING):
            self.client.outer.ended = True
        else:
            await self.client.savepoint_rollback()


class Transacting:
    """A slot from BEGIN to COMMIT or ROLLBACK."""

    __slots__ = ("_connections", "_parent", "_pool", "_token", "client", "connection_name")

    def __init__(self, client: PostgresTransaction) -> None:
        self.client = client
        self.connection_name = client.connection_name
        self._parent: Any = client._parent
        self._pool: Any = None
        self._connections = get_connections()
        self._token: Any = None

    async def __aenter__(self) -> PostgresTransaction:
        self._pool = await self._parent.ensure_pool()
        self.client._connection = await self._parent.slots.take(self._pool)
        try:
            await self.client.begin()
        except BaseException as error:
            self._abandon(broken=True)
            if not isinstance(error, Exception):
                raise
            raise self.client._told(error) from error
        self._token = self._connections.set(self.connection_name, self.client)
        return self.client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is not None and issubclass(kind, _SILENCING):
                # A cancelled statement is stopped on the server, and cleaning rolls back: nobody waits for either.
                # Never a further word on a connection whose last statement timed out: it could answer that one.
                self._abandon(broken=not issubclass(kind, asyncio.CancelledError))
            else:
                # In a task of its own: who is cancelled stops waiting for the end, and does not stop it.
                await asyncio.shield(self._parent.slots.in_background(self._end(commit=kind is None)))
        finally:
            self._connections.reset(self._token)

    async def _end(self, *, commit: bool) -> None:
        broken = True
        try:
            if commit and self.client.ended:
                raise TransactionEnded("A statement of this transaction did not end. Nothing was changed.")
            if not self.client._finalized:
                await (self.client.commit() if commit else self._roll_back())
            broken = False
        finally:
            self.client.ended = True
            await self._parent.slots.give_back(self._pool, self.client._connection, broken=broken)

    async def _roll_back(self) -> None:
        """What went wrong before is what the caller hears of; a connection that cannot even roll back is ended."""
        try:
            await self.client.rollback()
        except Exception:  # noqa: BLE001
            # A connection that died was taken out of the pool already, and asyncpg refuses to end it once more.
            with suppress(asyncpg.InterfaceError):
                self.client._connection.terminate()

    def _abandon(self, *, broken: bool) -> None:
        self.client.ended = True
        self._parent.slots.abandon(self._pool, self.client._connection, broken=broken)


_SILENCING: Final = (asyncio.CancelledError, TimeoutError, StatementTimeout, DatabaseUnavailable)
"""After these the connection is not spoken to again."""


def _is_gone(connection: Any) -> bool:
    """Whether the connection of a slot was closed, and so taken out of the pool, before this statement was sent."""
    return connection._con is None or connection.is_closed()


def _server_refused(error: Exception) -> bool:
    """Whether the server itself answered that the COMMIT did not happen: it speaks, and it is not going away. What ends
    the session (FATAL, PANIC), whatever its code, says nothing of a COMMIT that was on its way."""
    if not isinstance(error, asyncpg.PostgresError):
        return False
    if (error.severity_en or error.severity) in ("FATAL", "PANIC"):
        return False
    return not str(error.sqlstate or "").startswith(("57P", "08", "XX", "40003"))
