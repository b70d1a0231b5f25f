"""SQLite through aiosqlite, hardened: name this module as the `engine` of a Tortoise connection.

Against the stock engine of Tortoise 1.1.9: a mistyped path makes no file; a transaction is BEGIN IMMEDIATE, so reading
and then writing never fails half way; a failed COMMIT is rolled back at once; a cancelled statement is over before the
next one; nothing is written outside a transaction. Reads have a connection of their own, which cannot write: a list
does not wait for a bulk change, and looking at a file changes nothing in it (WAL is set by the first transaction).

Options of its own in `credentials`: `read_only`; `create` (a new file may be made, mode 0600); `autocommit` (for
migrations: statements outside a transaction may write and take as long as they need; one connection does everything
then, so that a PRAGMA before a transaction holds inside it). All other options are pragmas.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tortoise.backends.sqlite.client import SqliteClient

from models.engines.autocommit import refuse_write
from models.engines.errors import PoolTimeout
from models.engines.from_sqlite3 import SHORT, translated, translated_read
from models.engines.quiet import SILENT
from models.engines.sqlite_connection import BUSY_MILLISECONDS, SettledConnection, connect
from models.engines.sqlite_executor import SqliteByModel
from models.engines.sqlite_files import OpenFiles
from models.engines.sqlite_statements import Statements
from models.engines.sqlite_transaction import SqliteTransaction, Transacting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

LOCK_SECONDS: Final = 5.0
CLOSE_SECONDS: Final = 2.0

PRAGMAS: Final = {"busy_timeout": BUSY_MILLISECONDS, "foreign_keys": "ON", "trusted_schema": "OFF"}
WRITER_PRAGMAS: Final = {
    "journal_mode": "WAL",
    "journal_size_limit": 4 << 20,
    "synchronous": "FULL",
    # What was deleted or replaced (a hash, a person's row) is not left in free pages; not every build does it unasked.
    "secure_delete": "ON",
    # KiB, as a negative number: with the 2 MB that are usual, a bulk reads its own pages back from the file.
    "cache_size": -16_384,
}


class SafeSqliteClient(Statements, SqliteClient):
    """The connection that Tortoise keeps: a reader, a writer, and the locks before them."""

    executor_class = SqliteByModel

    def __init__(
        self,
        file_path: str,
        *,
        connection_name: str,
        read_only: bool = False,
        create: bool = False,
        autocommit: bool = False,
        **pragmas: Any,
    ) -> None:
        super().__init__(str(Path(file_path).absolute()), connection_name=connection_name)
        self.log = SILENT
        self.read_only = read_only
        self.autocommit = autocommit and not read_only
        self._create = create
        self.pragmas = {**PRAGMAS, **({} if read_only else WRITER_PRAGMAS), **pragmas}
        self._writer: SettledConnection | None = None
        self.files = OpenFiles(self.filename)
        self.write_lock = self._lock if self.autocommit else asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def create_connection(self, with_db: bool) -> None:
        """Opens the reader. Raises `DatabaseError` when the file is not there, not a database, or not ours to read."""
        del with_db
        await self._reader()

    async def _reader(self) -> SettledConnection:
        connection: Any = self._connection
        if connection is None or connection.stuck:
            if self.autocommit:
                connection = await self.writer()
            else:
                pragmas = {name: value for name, value in self.pragmas.items() if name not in WRITER_PRAGMAS}
                connection = await self._open({**pragmas, "query_only": "ON"})
            self._connection = connection
            await self._post_connect()
        opened: SettledConnection = connection
        return opened

    async def begin_reading(self) -> None:
        """Holds one moment of the file for all that is read from here on, until `close`. For a client of one's own."""
        reader = await self._reader()
        await reader.run(lambda: reader._conn.execute("BEGIN").close())

    async def writer(self) -> SettledConnection:
        """The connection of transactions, opened on first use."""
        if self._writer is None or self._writer.stuck:
            self._writer = await self._open(self.pragmas)
        return self._writer

    async def open_anew(self) -> None:
        """Whoever speaks next opens the file again. Both connections go: they share what lies beside it."""
        if self.autocommit:
            return
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.shut()
        with suppress(PoolTimeout):
            await take(self._lock)
            try:
                reader: Any = self._connection
                self._connection = None
                if reader is not None:
                    await reader.shut()
                self.files.closed()
            finally:
                self._lock.release()

    async def _open(self, pragmas: dict[str, Any]) -> SettledConnection:
        if self._create:
            _make_private(Path(self.filename))
        try:
            mode = ("ro&immutable=1" if self.files.freeze() else "ro") if self.read_only else "rw"
            connection = await connect(self.filename, pragmas, mode=mode, patient=self.autocommit)
        except Exception as error:
            raise translated(error) from error
        self.files.opened()
        return connection

    @asynccontextmanager
    async def speaking(self, query: str) -> AsyncIterator[SettledConnection]:
        if not self.autocommit:
            refuse_write(query)
        self.files.refuse_others()
        await take(self._lock)
        try:
            yield await self._reader()
        except Exception as error:
            raised = translated(error) if self.autocommit else translated_read(error)
            if getattr(raised, "code", None) == SHORT:
                raised = self.files.wal_is_cut()
            if raised is error:
                raise
            raise raised from error
        finally:
            self._lock.release()

    async def take_writer(self) -> None:
        """Waits for the transaction before. Raises `PoolTimeout` after 5 s."""
        await take(self.write_lock)

    def _in_transaction(self) -> Any:
        return Transacting(SqliteTransaction(self))

    def in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Starts work that no caller can cancel, and that `close` waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def settled(self) -> None:
        """Returns once every transaction that somebody left has come to its end."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Within about 4 s: reads are interrupted, a transaction that is on its way to its end may get there."""
        reader: Any = self._connection
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.settled()
        writer = self._writer
        self._connection = self._writer = None
        if reader is not None and reader is not writer:
            await reader.shut()
        if writer is not None:
            await writer.shut()


async def take(lock: asyncio.Lock) -> None:
    """Acquires the lock. Raises `PoolTimeout` after 5 s."""
    try:
        async with asyncio.timeout(LOCK_SECONDS):
            await lock.acquire()
    except TimeoutError:
        raise PoolTimeout(
            "Another operation of this program is using the database. Nothing was changed; try again in a moment."
        ) from None


def _make_private(path: Path) -> None:
    """Makes an empty file that only its owner may read; SQLite gives its -wal and -shm the same mode."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600))


client_class = SafeSqliteClient
