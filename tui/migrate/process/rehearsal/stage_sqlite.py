"""The stage of a dry run on SQLite: a copy that has no name, which nobody finds and a kill leaves nothing of.

SQLite makes the file of a database without a name itself: only its owner may read it, and it is unlinked at once.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient

from ..sessions.sqlite import SqliteSession
from ..sessions.sqlite_references import ForeignKeysBroken
from ..work import Work
from .client_sqlite import MeasuredSqlite

PAGES: Final = 2_000
"""Pages that are copied between two looks at whether to stop."""
_ROOM: Final = 2
"""Rebuilding its largest table can double a database."""
_STEPS: Final = 10_000
_BUSY_S: Final = 5
_AT_COMMIT: Final = "(the check of foreign keys)"
_ROW: Final = "INSERT INTO aerich (id, version, app, content) VALUES (?, ?, ?, '{}')"


class NoRoom(Exception):
    """The copy does not fit."""


class CopyStopped(Exception):
    """The job was cancelled while the copy was made."""


class RowRefused(Exception):
    """Aerich's row cannot be written."""


class SqliteRehearsal:
    """See `jobs.dry_run` for the order of the calls."""

    def __init__(self, work: Work, client: SqliteClient, connection: aiosqlite.Connection) -> None:
        self._work = work
        self._filename = client.filename
        self._connection = connection
        self.client = MeasuredSqlite(client, connection, work.progress)
        self._broken: Counter[tuple[str, str]] = Counter()
        self._rows = 0

    @classmethod
    async def open(cls, work: Work, session: SqliteSession) -> SqliteRehearsal:
        """Opens the copy, still empty."""
        client = work.target.connection
        assert isinstance(client, SqliteClient)
        del session
        # The copy is written by the thread of its own connection; `check_same_thread` would forbid to name it there.
        connection = await aiosqlite.connect("", isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        await connection.set_progress_handler(lambda: work.is_cancelled, _STEPS)
        return cls(work, client, connection)

    async def begin(self) -> None:
        """Copies. Raises NoRoom, CopyStopped, and what SQLite raises."""
        folder = _folder(self._filename)
        quoted = folder.replace("'", "''")
        await self._connection.execute(f"PRAGMA temp_store_directory = '{quoted}'")
        in_its_thread: Any = self._connection._execute
        await in_its_thread(self._copy, self._connection._conn, folder)
        for pragma in ("foreign_keys = OFF", "synchronous = OFF"):
            await (await self._connection.execute(f"PRAGMA {pragma}")).close()
        await self._connection.set_authorizer(_no_other_file)

    def _copy(self, target: sqlite3.Connection, folder: str) -> None:
        source = sqlite3.connect(
            self._filename, timeout=_BUSY_S, isolation_level=None, uri=self._filename.startswith("file:")
        )
        try:
            # One view of it from beginning to end: without, each write of others would begin the copy anew.
            source.execute("BEGIN")
            size = source.execute("PRAGMA page_count").fetchone()[0] * source.execute("PRAGMA page_size").fetchone()[0]
            source.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            free = shutil.disk_usage(folder).free
            if free < size * _ROOM:
                raise NoRoom(
                    f"A dry run works on a copy and needs {_mb(size * _ROOM)} MB free in {folder}; "
                    f"there are {_mb(free)} MB."
                )
            source.backup(target, pages=PAGES, progress=self._stop)
        finally:
            source.close()

    def _stop(self, status: int, remaining: int, total: int) -> None:
        del status, remaining, total
        if self._work.is_cancelled:
            raise CopyStopped

    async def begin_file(self) -> None:
        """Begins the file's own transaction, on the copy."""
        await (await self._connection.execute("BEGIN IMMEDIATE")).close()
        self._broken = await self._dangling()
        await self.client.begin_file()

    async def end_file(self, version: str) -> None:
        """Checks the foreign keys, writes Aerich's row, and commits: to the copy. Raises ForeignKeysBroken."""
        started = time.perf_counter()
        broken = await self._dangling() - self._broken
        await self.client.note(_AT_COMMIT, started)
        if broken:
            raise ForeignKeysBroken(broken)
        if not self._work.is_apart:
            self._rows += 1
            try:
                await self._connection.execute_insert(_ROW, (-self._rows, version, self._work.target.app))
            except sqlite3.Error as error:
                raise RowRefused(error) from error
        await self._connection.commit()

    async def _dangling(self) -> Counter[tuple[str, str]]:
        rows = await self._connection.execute_fetchall("PRAGMA foreign_key_check")
        return Counter((row["table"], row["parent"]) for row in rows)

    async def watch(self) -> None:
        """Nothing: a copy is in nobody's way."""

    async def end(self) -> None:
        """Closes the copy, and with it all of it is gone."""
        await self._connection.close()

    async def facts(self) -> dict[str, Any]:
        """Nothing outlives the copy."""
        return {}


def _no_other_file(action: int, *_: Any) -> int:
    """Keeps the files' Python from attaching the real database to the copy."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def _folder(filename: str) -> str:
    """Where the copy's pages go when memory does not hold them: beside the database if that may be written to."""
    if filename != ":memory:" and not filename.startswith("file:"):
        beside = Path(filename).absolute().parent
        if os.access(beside, os.W_OK | os.X_OK):
            return str(beside)
    return tempfile.gettempdir()


def _mb(size: int) -> int:
    return -(-size // 1_000_000)
