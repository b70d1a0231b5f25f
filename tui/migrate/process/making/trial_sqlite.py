"""A temporary SQLite file to try migrations on."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import aiosqlite

from ..catalogues.catalogue import Catalogue
from ..catalogues.sqlite import read_sqlite
from ..sessions.clients import StepSqlite
from ..work import Work

_STEPS: Final = 10_000
"""How many of SQLite's own steps lie between two looks at whether to stop: under a millisecond."""


class SqlitePlace:
    """See `trial.Place`."""

    how = "a temporary SQLite file"
    is_held = False

    def __init__(self, path: Path, connection: aiosqlite.Connection, client: Any) -> None:
        self._path = path
        self._connection = connection
        self._stop = False
        self.client = client

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, work: Work) -> AsyncIterator[SqlitePlace]:
        """Makes the file, and removes it."""
        with tempfile.TemporaryDirectory(prefix="shellback-scratch-") as folder:
            path = Path(folder) / "scratch.sqlite3"
            connection = await aiosqlite.connect(path, isolation_level=None)
            try:
                connection.row_factory = sqlite3.Row
                for pragma in ("foreign_keys = OFF", "synchronous = OFF", "journal_mode = MEMORY"):
                    await (await connection.execute(f"PRAGMA {pragma}")).close()
                client: Any = work.target.connection
                place = cls(path, connection, StepSqlite(client, connection, work.progress))
                await connection.set_progress_handler(lambda: place._stop, _STEPS)
                yield place
            finally:
                await connection.close()

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        await (await self._connection.execute("BEGIN IMMEDIATE")).close()
        try:
            yield
        except BaseException:
            # A statement that still runs holds the connection's thread, and with it the rollback.
            self._stop = True
            await self._connection.interrupt()
            await self._connection.rollback()
            self._stop = False
            raise
        await self._connection.commit()

    def why_not(self, version: str, text: str) -> str | None:  # noqa: ARG002 - anything runs here
        return None

    async def read(self) -> Catalogue:
        return await asyncio.to_thread(self._read)

    def _read(self) -> Catalogue:
        with contextlib.closing(sqlite3.connect(self._path)) as connection:
            return read_sqlite(connection)

    async def things(self) -> list[dict[str, Any]]:
        found = await self._connection.execute_fetchall(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        )
        return [dict(row) for row in found]
