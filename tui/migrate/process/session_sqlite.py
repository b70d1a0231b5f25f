"""One SQLite connection of our own, held for the whole job: the lock, the backup, the transaction around a file."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient

from .channel import Emit
from .clients import Progress, StepSqlite

BACKUPS_KEPT: Final = 5
_POLL_S: Final = 0.1
_PATIENT: Final = "busy_timeout = 5000"
"""For reads and for COMMIT, which other processes hold up for moments. BEGIN asks again by itself."""
_STEPS: Final = 10_000
"""How many of SQLite's own steps lie between two looks at whether to stop: under a millisecond."""


class ForeignKeysBroken(Exception):
    """Rows would refer to nothing after this file. It was rolled back."""


class BackupFailed(Exception):
    """The copy could not be made or is not whole. Nothing was changed."""


class SqliteSession:
    """See `session.Session` for what the methods promise."""

    dialect: Final = "sqlite"

    def __init__(self, client: SqliteClient, connection: aiosqlite.Connection, progress: Progress, emit: Emit) -> None:
        self.name = client.connection_name
        self.client = StepSqlite(client, connection, progress)
        self._connection = connection
        self._path = client.filename
        self._label = str(Path(client.filename).absolute()) if _is_file(client.filename) else client.filename
        self._emit = emit
        self._stop = False
        self._broken: Counter[tuple[str, str]] = Counter()

    @classmethod
    async def open(cls, client: SqliteClient, progress: Progress, emit: Emit, create: bool = False) -> SqliteSession:
        """Opens the file. A missing one is an error unless `create`: SQLite would make an empty database of a typo."""
        if _is_file(client.filename):
            _require(client.filename, create)
        # Waiting for the lock is done by asking again, so that it can be shown and given up.
        connection = await aiosqlite.connect(
            client.filename, isolation_level=None, timeout=0, uri=client.filename.startswith("file:")
        )
        connection.row_factory = sqlite3.Row
        # Patient first: the last one reads the file, which another upgrader may hold.
        for pragma in (_PATIENT, "foreign_keys = OFF", "synchronous = FULL"):
            await (await connection.execute(f"PRAGMA {pragma}")).close()
        session = cls(client, connection, progress, emit)
        await connection.set_progress_handler(lambda: session._stop, _STEPS)
        return session

    async def facts(self) -> dict[str, Any]:
        return {
            "dialect": self.dialect,
            "label": self._label,
            "server": f"SQLite {sqlite3.sqlite_version}",
            "schema": None,
            "writable": not _is_file(self._path) or _writable(self._label),
            "pid": None,
        }

    async def settle(self, backend: int) -> None:
        """Nothing: what a dead process left in the journal is undone by whoever opens the file next."""

    async def lock(self) -> None:
        """Nothing: each file's transaction is the lock."""

    async def applied(self) -> list[dict[str, Any]] | None:
        there = await self._fetch("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'aerich'")
        return await self._fetch("SELECT id, version, app FROM aerich ORDER BY id") if there else None

    async def begin(self) -> None:
        """BEGIN IMMEDIATE, with foreign keys off since inside a transaction the pragma is ignored."""
        waited = False
        await self._fetch("PRAGMA busy_timeout = 0")
        while True:
            try:
                await (await self._connection.execute("BEGIN IMMEDIATE")).close()
                break
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                if not waited:
                    self._emit("waiting", on="lock", holders=[{"what": "another process is writing to the file"}])
                    waited = True
                await asyncio.sleep(_POLL_S)
        if waited:
            self._emit("locked")
        await self._fetch(f"PRAGMA {_PATIENT}")
        self._broken = await self._dangling()

    async def backup(self) -> str | None:
        """Copies the database as it is under the lock, checks the copy, keeps five. None if empty or in memory."""
        if not await self._fetch("SELECT 1 FROM sqlite_master LIMIT 1"):
            return None
        return await asyncio.to_thread(back_up, self._path) if _is_file(self._path) else None

    async def commit(self) -> None:
        # What was broken before is not this file's doing, and must not keep it from being applied.
        if broken := await self._dangling() - self._broken:
            tables = ", ".join(sorted(f"{child} to {parent}" for child, parent in broken))
            raise ForeignKeysBroken(f"{broken.total()} rows would refer to nothing afterwards (from {tables}).")
        await self._connection.commit()

    async def _dangling(self) -> Counter[tuple[str, str]]:
        """How many rows of each table refer to nothing, by (table, parent)."""
        return Counter((row["table"], row["parent"]) for row in await self._fetch("PRAGMA foreign_key_check"))

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

    async def close(self) -> None:
        await self._connection.close()

    async def _fetch(self, sql: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._connection.execute_fetchall(sql)]


def back_up(filename: str) -> str:
    """A checked copy beside the database, 0600, by SQLite's own backup: a copy of the file would miss the WAL.

    Older copies beyond five are removed once the new one is there. Raises BackupFailed.
    """
    path = Path(filename).absolute()
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    final = path.with_name(f"{path.name}.backup-{stamp}")
    partial = path.with_name(f"{final.name}.partial")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        source, copy = sqlite3.connect(path), sqlite3.connect(partial)
        try:
            source.backup(copy)
            verdict = [row[0] for row in copy.execute("PRAGMA integrity_check")]
            if verdict != ["ok"]:
                raise BackupFailed(f"The copy of {path} is not whole: {verdict[0]}.")
        finally:
            copy.close()
            source.close()
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.rename(final)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"{path} could not be backed up beside itself: {error}.") from error
    finally:
        partial.unlink(missing_ok=True)
    copies = sorted(path.parent.glob(f"{_escaped(path.name)}.backup-*Z"))
    for old in copies[:-BACKUPS_KEPT]:
        old.unlink(missing_ok=True)
    return str(final)


def _is_file(filename: str) -> bool:
    """Whether the database is an ordinary path: neither in memory nor a URI of SQLite."""
    return filename != ":memory:" and not filename.startswith("file:")


def _require(filename: str, create: bool) -> None:
    path = Path(filename).absolute()
    if path.exists():
        return
    if not create:
        raise FileNotFoundError(f"There is no database at {path}.")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _writable(filename: str) -> bool:
    path = Path(filename)
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)
