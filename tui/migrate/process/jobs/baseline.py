"""Read the database's schema, and what the files would have made by each of their ends. Comparing is the other end's.

The files are replayed apart from the application (`scratch`), and nothing of that stays. Where one cannot be, the
answer ends before it, and says why.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import asyncpg

from ..catalogues.catalogue import Catalogue, Table
from ..catalogues.postgres import read_postgres, schemas_in_use
from ..catalogues.replay import reaches_out, steps
from ..catalogues.scratch import NotBuilt, SqliteReplay, replay_in_postgres
from ..catalogues.sqlite import read_sqlite
from ..faults import describe
from ..work import Work


async def run(work: Work) -> dict[str, Any]:
    """Of the order: `files`, each with `version`, `sql` (None where only running it tells) and `is_program`."""
    try:
        reading = _sqlite(work) if work.target.connection.capabilities.dialect == "sqlite" else _postgres(work)
        answer: dict[str, Any] = await work.cancellable(reading)
    except asyncio.CancelledError:
        return {"outcome": "cancelled"}
    except (asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.Error) as error:
        return {"outcome": "failed", "stage": "look", "error": describe(error)}
    return {"outcome": "read", **answer}


async def _postgres(work: Work) -> dict[str, Any]:
    found = _Steps(work)
    async with work.session.client.acquire_connection() as connection:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            schema = await connection.fetchval("SELECT current_schema()")
            database = await read_postgres(connection, schema) if schema else Catalogue()
            schemas = await schemas_in_use(connection)
        try:
            async with replay_in_postgres(connection) as replay:
                for file in found.each("postgres", schemas):
                    await replay.run([*steps(file["sql"] or "", "postgres")], is_program=file["is_program"])
                    found.add(file, await replay.read())
        except NotBuilt as error:
            found.stop(str(error))
        except asyncpg.InsufficientPrivilegeError:
            found.stop("this user may not make a schema to replay files in (CREATE on the database).")
    return {"database": database.as_json(), **found.as_json()}


async def _sqlite(work: Work) -> dict[str, Any]:
    found = _Steps(work)
    path = work.session.client._parent.filename

    def build() -> Catalogue:
        connection = sqlite3.connect(path, uri=path.startswith("file:"))
        try:
            database = read_sqlite(connection)
        finally:
            connection.close()
        replay = SqliteReplay()
        try:
            for file in found.each("sqlite", ()):
                if work.is_cancelled:
                    break
                replay.run([*steps(file["sql"] or "", "sqlite")], is_program=file["is_program"])
                found.add(file, replay.read())
        except NotBuilt as error:
            found.stop(str(error))
        finally:
            replay.close()
        return database

    building = asyncio.ensure_future(asyncio.to_thread(build))
    try:
        database = await asyncio.shield(building)
    except asyncio.CancelledError:
        await asyncio.wait({building})
        raise
    return {"database": database.as_json(), **found.as_json()}


class _Steps:
    """The schema after each file, as what is different from the one before."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._files: list[dict[str, Any]] = work.order["files"]
        self._steps: list[dict[str, Any]] = []
        self._stopped: dict[str, str] | None = None
        self._last: Mapping[str, Table] = {}
        self._current = ""

    def each(self, dialect: str, schemas: Any) -> Any:
        """The files, up to the first that reaches out of its schema."""
        for number, file in enumerate(self._files, 1):
            self._current = file["version"]
            self._work.emit("looking", what="the files", number=number, total=len(self._files))
            if file["sql"] and (reason := reaches_out(file["sql"], dialect, schemas)):
                self.stop(f"{reason}.")
                return
            yield file

    def add(self, file: dict[str, Any], now: Catalogue) -> None:
        was = self._last
        self._steps.append(
            {
                "version": file["version"],
                "tables": {name: asdict(table) for name, table in now.tables.items() if was.get(name) != table},
                "gone": [name for name in was if name not in now.tables],
            }
        )
        self._last = now.tables

    def stop(self, why: str) -> None:
        self._stopped = {"version": self._current, "why": why}

    def as_json(self) -> dict[str, Any]:
        return {"steps": self._steps, "stopped": self._stopped}
