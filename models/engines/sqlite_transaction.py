"""One transaction on SQLite, from BEGIN IMMEDIATE to its end. The rules of a safe end live in `Transacting`."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.connection import get_connections

from models.engines.errors import (
    CommitUnknown,
    DatabaseError,
    DatabaseUnavailable,
    PermissionRefused,
    Retryable,
    StatementTimeout,
    TransactionEnded,
)
from models.engines.from_sqlite3 import BUSY, SHORT, leaves_commit_unknown, translated
from models.engines.sqlite_connection import BUSY_MILLISECONDS
from models.engines.sqlite_executor import SqliteByModel
from models.engines.sqlite_statements import Statements

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

    from models.engines.sqlite import SafeSqliteClient
    from models.engines.sqlite_connection import SettledConnection
    from models.engines.sqlite_files import OpenFiles

_savepoints = count()


LONGEST_PAUSE: Final = 0.025
"""Seconds between two attempts to begin while another process writes."""


class SqliteTransaction(Statements, SqliteClient, TransactionalDBClient):
    """What models speak to inside `in_transaction()`."""

    executor_class = SqliteByModel

    def __init__(self, parent: SafeSqliteClient | SqliteTransaction) -> None:
        self.connection_name = parent.connection_name
        self.capabilities = parent.capabilities
        self.fetch_inserted = parent.fetch_inserted
        self.log = parent.log
        self.filename = parent.filename
        self.pragmas = parent.pragmas
        self._parent = parent
        self._connection = None
        self._finalized = False
        self._lock = asyncio.Lock()
        self.outer: SqliteTransaction = parent.outer if isinstance(parent, SqliteTransaction) else self
        """The transaction itself; a savepoint's own wrapper points at it."""
        self._files: OpenFiles = parent._files if isinstance(parent, SqliteTransaction) else parent.files
        self.ended = False
        self.spoilt = False
        """The file is opened anew after it: what was opened write-protected stays so, whatever its mode becomes."""
        self._savepoint_name = f"shellback_{next(_savepoints)}"

    def _in_transaction(self) -> Any:
        nested = SqliteTransaction(self)
        nested._connection = self._connection
        nested._lock = self._lock
        return NestedTransactionContext(nested)

    @property
    def connection(self) -> SettledConnection:
        connection: Any = self._connection
        settled: SettledConnection = connection
        return settled

    @asynccontextmanager
    async def speaking(self, query: str) -> AsyncIterator[SettledConnection]:
        del query
        async with self._lock:
            # Some errors, and an interrupted write, make SQLite roll back by itself: what follows would then be
            # committed on its own.
            if self.outer.ended:
                raise TransactionEnded("A statement was sent through a transaction that is over.")
            if self.connection.stuck or not self.connection.in_transaction:
                raise DatabaseError("An earlier statement of this transaction failed. Nothing was changed.")
            try:
                yield self.connection
            except asyncio.CancelledError:
                self.outer.ended = True
                raise
            except Exception as error:
                raised = translated(error)
                if getattr(raised, "code", None) == SHORT:
                    raise self._files.wal_is_cut() from error
                # Who swallows it must not go on either: the statement may have happened or not.
                if isinstance(raised, StatementTimeout):
                    self.outer.ended = True
                self.outer.spoilt |= isinstance(raised, (PermissionRefused, DatabaseUnavailable))
                if raised is error:
                    raise
                raise raised from error

    async def begin(self) -> None:
        """Raises `DatabaseUnavailable` where the file was moved or replaced, `Retryable` where somebody else writes on.

        BEGIN IMMEDIATE: waits up to 5 s for another process that writes, without keeping the thread busy.
        """
        parent: Any = self._parent
        self._files.refuse_others()
        loop = asyncio.get_running_loop()
        end = loop.time() + BUSY_MILLISECONDS / 1000
        pause = 0.001
        while True:
            if self._files.wal_is_shorter:
                await self._refuse_cut_wal()
            try:
                await self.connection.run(self._begin_now)
            except sqlite3.OperationalError as error:
                is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                self.spoilt = not is_busy
                if not is_busy or loop.time() >= end:
                    raise translated(error) from error
            except Exception as error:
                raise translated(error) from error
            else:
                if self._files.wal_is_shorter:  # between the two
                    await self.connection.run(self._roll_back_now)
                    continue
                if not parent.autocommit:  # a migration may change how the file is written
                    self._files.begun()
                    self._files.wal_is_whole()
                if self._files.is_shorter:
                    await self._refuse_damage()
                self._files.is_whole()
                return
            await asyncio.sleep(random.uniform(pause / 2, pause))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _refuse_cut_wal(self) -> None:
        """Raises `DatabaseUnavailable` where frames of the -wal are missing, `Retryable` where another program keeps
        that from being found out; looks on where one emptied it."""
        loop = asyncio.get_running_loop()
        end = loop.time() + BUSY_MILLISECONDS / 1000
        try:
            while True:
                is_cut = await self.connection.run(self._is_wal_cut)
                if is_cut is not None or loop.time() >= end:
                    break
                await asyncio.sleep(LONGEST_PAUSE)
        except Exception as error:
            raised = translated(error)
            if getattr(raised, "code", None) != SHORT:
                raise raised from error
            is_cut = True
        if is_cut is None:
            raise Retryable(BUSY, code="SQLITE_BUSY")
        if is_cut:
            raise self._files.wal_is_cut()
        self._files.wal_is_whole()

    def _is_wal_cut(self) -> bool | None:
        """Asks how many frames there should be. Twice, as another program may empty it while its length is looked at.
        Taking them into the file is how one asks, and fails at the first that is missing; None where another program
        does that at this moment."""
        raw = self.connection._conn
        if raw.in_transaction:
            raw.rollback()
        page = int(raw.execute("PRAGMA page_size").fetchone()[0])
        before = None
        while True:
            is_busy, frames, _ = raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if is_busy:
                return None
            if self._files.holds(frames, page):
                return False
            if frames == before:
                return True
            before = frames

    async def _refuse_damage(self) -> None:
        """Raises `DatabaseUnavailable` where pages of the file are missing."""
        try:
            is_damaged = await self.connection.run(self._is_damaged)
        except Exception as error:
            raise translated(error) from error
        if is_damaged:
            raise DatabaseUnavailable(
                "The database file was cut short and is damaged. Nothing was changed. Restore it from a backup.",
                code="SQLITE_CORRUPT",
            )

    def _is_damaged(self) -> bool:
        raw = self.connection._conn
        raw.execute("PRAGMA shrink_memory").close()  # what is in memory is whole
        return bool(raw.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")

    def _begin_now(self) -> None:
        raw = self.connection._conn
        if raw.in_transaction:  # never commit what somebody else left
            raw.rollback()
        raw.execute("PRAGMA busy_timeout=0").close()
        try:
            raw.execute("BEGIN IMMEDIATE").close()
        finally:
            raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}").close()

    async def commit(self) -> None:
        """Commits, or raises with nothing changed; `CommitUnknown` when the disk does not answer for 15 s, or with an
        error that does not tell. Raises `DatabaseUnavailable` where the file lost its name meanwhile."""
        self._finalize()
        self._files.refuse_others()
        if self._files.wal_is_shorter:  # nobody else may empty it meanwhile
            raise self._files.wal_is_cut()
        try:
            await self.connection.run(self._commit_now, interruptible=False)
        except StatementTimeout as error:
            raise CommitUnknown from error
        except Exception as error:
            if leaves_commit_unknown(error):
                raise CommitUnknown from error
            raise translated(error) from error

    def _commit_now(self) -> None:
        raw = self.connection._conn
        if not raw.in_transaction:
            raise DatabaseError("An earlier statement of this transaction failed. Nothing was changed.")
        try:
            raw.execute("COMMIT").close()
            self._files.wal_is_whole()
        except BaseException:
            # A transaction that is left open here would be committed by whoever comes next.
            if raw.in_transaction:
                with suppress(sqlite3.Error):  # the disk that failed COMMIT may fail this
                    raw.rollback()
            raise

    async def rollback(self) -> None:
        self._finalize()
        await self.connection.run(self._roll_back_now)

    def _roll_back_now(self) -> None:
        raw = self.connection._conn
        if raw.in_transaction:
            raw.rollback()

    async def savepoint(self) -> None:
        await self.execute_script(f"SAVEPOINT {self._savepoint_name}")

    async def savepoint_rollback(self) -> None:
        if self.outer.ended:  # all of it is rolled back; who was cancelled is told so, and not of this
            return
        self._finalize()
        if self.connection.in_transaction:
            await self.execute_script(f"ROLLBACK TO {self._savepoint_name}; RELEASE {self._savepoint_name}")

    async def release_savepoint(self) -> None:
        self._finalize()
        await self.execute_script(f"RELEASE {self._savepoint_name}")

    def _finalize(self) -> None:
        if self._finalized or self.outer.ended:
            raise TransactionEnded("This transaction is over already.")
        self._finalized = True


class Transacting:
    """The writer's lock, from BEGIN IMMEDIATE to COMMIT or ROLLBACK."""

    __slots__ = ("_connections", "_parent", "_token", "client", "connection_name")

    def __init__(self, client: SqliteTransaction) -> None:
        self.client = client
        self.connection_name = client.connection_name
        self._parent: Any = client._parent
        self._connections = get_connections()
        self._token: Any = None

    async def __aenter__(self) -> SqliteTransaction:
        await self._parent.take_writer()
        try:
            self.client._connection = await self._parent.writer()
            await self.client.begin()
        except BaseException:
            # A cancelled BEGIN may have begun.
            self._in_background(commit=False)
            raise
        self._token = self._connections.set(self.connection_name, self.client)
        return self.client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await asyncio.shield(self._in_background(commit=kind is None))
        finally:
            self._connections.reset(self._token)

    def _in_background(self, *, commit: bool) -> asyncio.Task[None]:
        """The end, in a task of its own: who is cancelled stops waiting for it, and does not stop it."""
        task: asyncio.Task[None] = self._parent.in_background(self._end(commit=commit))
        return task

    async def _end(self, *, commit: bool) -> None:
        try:
            if commit and not self.client._finalized:
                await self.client.commit()
        finally:
            self.client.ended = True
            try:
                if self.client._connection is not None:
                    with suppress(Exception):
                        await self.client.connection.run(self.client._roll_back_now)
                if self.client.spoilt:
                    await self._parent.open_anew()
            finally:
                self._parent.write_lock.release()
