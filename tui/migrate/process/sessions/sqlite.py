"""One SQLite connection of our own, held for the whole job: the lock, the backup, the transaction around a file."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sqlite3
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import aiosqlite

from ..channel import Emit
from ..runs.progress import Progress
from .backups import back_up
from .ended import TransactionEnded
from .holder import Holder, lock_path
from .session import Fate
from .sqlite_commit import AtCommit, may_have_landed, settled
from .sqlite_file import NamedFile, require, why_read_only
from .sqlite_references import References

if TYPE_CHECKING:
    from tortoise.backends.sqlite.client import SqliteClient

    from ..settings import SqliteSettings
    from .clients import StepSqlite

R = TypeVar("R")

_POLL_S: Final = 0.1
_SETTLE_S: Final = 5.0
_PATIENT: Final = "busy_timeout = 5000"
"""For reads and for COMMIT, which other processes hold up for moments. BEGIN asks again by itself."""
_STEPS: Final = 10_000
"""How many of SQLite's own steps lie between two looks at whether to stop: under a millisecond."""
_SOMEBODY: Final = {"what": "another process is writing to the file; SQLite does not say which"}


class SqliteSession:
    """See `session.Session` for what the methods promise."""

    dialect: Final = "sqlite"
    lost: Final = "The disk answered COMMIT with an error; asked again, the file says that it"

    def __init__(
        self,
        client: SqliteClient | SqliteSettings,
        connection: aiosqlite.Connection,
        progress: Progress,
        emit: Emit,
        locks: str | None = None,
    ) -> None:
        self.name = client.connection_name
        self._given: Any = client
        self._progress = progress
        self._connection = connection
        self._path = client.filename
        self._file = NamedFile(client.filename)
        self._emit = emit
        self._stop = False
        self._holder = Holder(lock_path(locks, client.filename) if self._file.is_file else None)
        self._references = References(connection._conn)
        self._at_commit: AtCommit | None = None

    @classmethod
    async def open(
        cls,
        client: SqliteClient | SqliteSettings,
        progress: Progress,
        emit: Emit,
        create: bool = False,
        locks: str | None = None,
    ) -> SqliteSession:
        """Opens the file. A missing one is an error unless `create`: SQLite would make an empty database of a typo."""
        require(client.filename, create)
        # Waiting for the lock is done by asking again, so that it can be shown and given up.
        connection = await aiosqlite.connect(
            client.filename, isolation_level=None, timeout=0, uri=client.filename.startswith("file:")
        )
        connection.row_factory = sqlite3.Row
        # Patient first: the last one reads the file, which another upgrader may hold.
        for pragma in (_PATIENT, "foreign_keys = OFF", "synchronous = FULL"):
            await (await connection.execute(f"PRAGMA {pragma}")).close()
        session = cls(client, connection, progress, emit, locks)
        await connection.set_progress_handler(lambda: session._stop, _STEPS)
        return session

    @functools.cached_property
    def client(self) -> StepSqlite:
        """The `db` of a migration. Made when it is asked for: a look needs no Tortoise."""
        from .clients import StepSqlite

        return StepSqlite(self._given, self._connection, self._progress)

    async def select(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._connection.execute_fetchall(sql, tuple(values))]

    async def facts(self) -> dict[str, Any]:
        return {
            "dialect": self.dialect,
            "label": self._file.label,
            "server": f"SQLite {sqlite3.sqlite_version}",
            "schema": None,
            "writable": not (why := why_read_only(self._file.label)),
            "why_read_only": why,
            "pid": None,
        }

    async def settle(self, backend: int) -> None:
        """Nothing: what a dead process left in the journal is undone by whoever opens the file next."""

    async def lock(self) -> None:
        """Keeps other upgrades of ours out, for as long as the process lives; the transaction of each file keeps out
        everybody."""
        waited = False
        while (holders := self._holder.take()) is not None:
            self._emit("waiting", on="lock", holders=holders)
            waited = True
            await asyncio.sleep(_POLL_S)
        if waited:
            self._emit("locked")
        await self._in_thread(self._set_journal)

    def _set_journal(self) -> None:
        """As the project's own connections do on opening; where somebody is in the way it stays as it is."""
        mode = str(getattr(self._given, "pragmas", {}).get("journal_mode", ""))
        if mode.isalpha() and self._file.is_file:
            with contextlib.suppress(sqlite3.OperationalError):
                self._connection._conn.execute(f"PRAGMA journal_mode = {mode}").close()

    async def applied(self) -> list[dict[str, Any]] | None:
        return await self._in_thread(self._applied)

    def _applied(self) -> list[dict[str, Any]] | None:
        connection = self._connection._conn
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'aerich'").fetchone()
        if there is None:
            return None
        return [dict(row) for row in connection.execute("SELECT id, version, app FROM aerich ORDER BY id")]

    def look_for_table_again(self) -> None:
        """Nothing: it is looked for each time."""

    async def fresh(self) -> None:
        """Nothing: what a file may set here is set again by BEGIN, or does the next one no harm."""

    async def begin(self, expected: Sequence[tuple[str, str]] = ()) -> bool:
        """BEGIN IMMEDIATE, with foreign keys off since inside a transaction the pragma is ignored."""
        waited = False
        while (is_seen := await self._in_thread(lambda: self._begin(expected))) is None:
            if not waited:
                self._emit("waiting", on="lock", holders=self._holder.others() or [_SOMEBODY])
                waited = True
            await asyncio.sleep(_POLL_S)
        if waited:
            self._emit("locked")
        return is_seen

    async def write_aside(self, statement: str) -> None:
        """A statement of SQLite that fails undoes itself alone."""
        await self._in_thread(lambda: self._connection._conn.execute(statement).close())

    def _begin(self, expected: Sequence[tuple[str, str]]) -> bool | None:
        """Whether the rows are those expected; None when the lock was not had. In one go: each step by itself would
        wait for the connection's thread."""
        connection = self._connection._conn
        self._file.refuse_moved()
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            connection.execute("BEGIN IMMEDIATE").close()
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return None
        finally:
            connection.execute(f"PRAGMA {_PATIENT}")
        self._references.begin()
        applied = self._applied()
        self._at_commit = AtCommit(applied)
        return bool(expected) and [(row["app"], row["version"]) for row in applied or ()] == list(expected)

    async def backup(self) -> str | None:
        """Copies the database as it is under the lock, checks the copy, keeps five. None if empty or in memory."""
        if not await self._fetch("SELECT 1 FROM sqlite_master LIMIT 1"):
            return None
        return await asyncio.to_thread(back_up, self._path) if self._file.is_file else None

    async def commit(self) -> None:
        await self._in_thread(self._commit)

    def _commit(self) -> None:
        if not self._connection._conn.in_transaction:
            raise TransactionEnded(
                "The transaction that held the file was over before its end: SQLite ends one by itself where it cannot "
                "write, as on a full disk."
            )
        self._file.refuse_moved()
        self._references.check()
        at = self._at_commit or AtCommit(None)
        at.planned = self._applied()
        try:
            self._connection._conn.commit()
        except sqlite3.Error as error:
            at.is_lost = may_have_landed(error)
            raise
        self._references.committed()

    async def _in_thread(self, work: Callable[[], R]) -> R:
        """Runs on the connection's own thread, in one go."""
        done: R = await self._connection._execute(work)  # type: ignore[no-untyped-call]
        return done

    @property
    def is_lost(self) -> bool:
        return self._at_commit is not None and self._at_commit.is_lost

    async def fate(self) -> Fate:
        """Asked of the file, once its disk answers again."""
        at, fate = self._at_commit, Fate.UNKNOWN
        if at is None or not at.is_lost:
            return fate
        last = asyncio.get_running_loop().time() + _SETTLE_S
        while fate is Fate.UNKNOWN and asyncio.get_running_loop().time() < last:
            with contextlib.suppress(sqlite3.Error):
                fate = await self._in_thread(lambda: settled(self._connection._conn, at, self._applied))
            if at.tells_nothing:
                break
            await asyncio.sleep(_POLL_S)
        at.is_lost = fate is Fate.UNKNOWN
        return fate

    async def rollback(self) -> None:
        await self._connection.rollback()
        self._stop = False

    async def interrupt(self) -> None:
        """Stops the statement that runs, or that is on its way to the connection's thread: SQLite forgets an interrupt
        that comes before the statement, and the handler does not."""
        self._stop = True
        await self._connection.interrupt()

    async def watch(self) -> None:
        """Nothing blocks a statement here once the transaction has begun."""

    async def still_blocking(self) -> list[dict[str, Any]]:
        return []

    def forget_blockers(self) -> None:
        """Nothing was kept."""

    async def end_backend(self, pid: int, how: str) -> tuple[bool, str]:
        return False, f"pid {pid} is a process of its own: SQLite cannot {how} it."

    async def left_broken(self, _statement: str) -> str | None:
        return None

    async def close(self) -> None:
        self._holder.leave()
        await self._connection.close()

    async def _fetch(self, sql: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._connection.execute_fetchall(sql)]
