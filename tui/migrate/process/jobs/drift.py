"""Read three schemas: that of the models, that of the files, that of the database. Comparing them is the other end's.

The database is read first, in a transaction of its own that is over at once; what is built comes after, apart from the
application (`scratch`), and is gone again whatever happens.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from dataclasses import dataclass, field, replace
from typing import Any, Final

import asyncpg
from aerich.coder import encoder
from aerich.utils import get_models_describe

from ..catalogues.catalogue import Catalogue, without_equal
from ..catalogues.described import UnreadableState, catalogue_described, state_of_file
from ..catalogues.models_sql import Wanted, wanted_by
from ..catalogues.postgres import read_postgres, schemas_in_use
from ..catalogues.replay import reaches_out, steps
from ..catalogues.scratch import NotBuilt, SqliteReplay, models_in_postgres, replay_in_postgres
from ..catalogues.sqlite import QUESTIONS, assemble
from ..faults import describe
from ..sessions.lockers import who_locks
from ..work import Work

_BUILT: Final = {
    "postgres": "built in a scratch schema, rolled back",
    "sqlite": "built in a database in memory",
}
_MAY_MAKE: Final = """
    SELECT has_database_privilege(current_database(), 'CREATE') AS allowed, pg_is_in_recovery() AS replica,
        current_setting('transaction_read_only') = 'on' AS read_only
"""


@dataclass(slots=True)
class _Found:
    """What is known so far. None: could not be asked."""

    models: Catalogue | None = None
    files: Catalogue | None = None
    after_pending: Catalogue | None = None
    is_exact: bool = True
    are_files_exact: bool = True
    how_models: str = ""
    how_files: str = ""
    pending: list[str] = field(default_factory=list)


async def run(work: Work) -> dict[str, Any]:
    """Of the order: `files`, each with `version`, `sql` (None where only running it tells) and `is_program`."""
    try:
        answer: dict[str, Any] = await work.cancellable(_Drift(work).answer())
    except asyncio.CancelledError:
        return {"outcome": "cancelled"}
    except asyncpg.LockNotAvailableError:
        message = await who_locks(work.session)
        return {"outcome": "failed", "stage": "look", "error": {"kind": "stopped", "message": message}}
    except (asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.Error) as error:
        return {"outcome": "failed", "stage": "look", "error": describe(error)}
    return answer


class _Drift:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._dialect: str = work.target.connection.capabilities.dialect
        self._files: list[dict[str, Any]] = work.order["files"]
        self._replay: SqliteReplay | None = None

    async def answer(self) -> dict[str, Any]:
        work = self._work
        rows = await work.rows.applied() or []
        applied = {row["version"] for row in rows if row["app"] == work.target.app}
        wanted = wanted_by(work.target)
        work.emit("looking", what="the database")
        database = await self._database(wanted)
        found = _Found(pending=[each["version"] for each in self._files if each["version"] not in applied])
        why = await self._why_not_apart()
        await self._models(found, wanted, why)
        missing = sorted(applied - {each["version"] for each in self._files})
        await self._read_files(found, applied, missing, why)
        state = self._state(self._files)
        sides = {
            "models": found.models,
            "files": found.files,
            "after_pending": found.after_pending,
            "database": database,
            "state": state,
        }
        return {
            "outcome": "compared",
            "dialect": self._dialect,
            "is_exact": found.is_exact,
            "are_files_exact": found.are_files_exact,
            "how_models": found.how_models,
            "how_files": found.how_files,
            "tables": wanted.tables,
            "known": wanted.known,
            "places": wanted.places,
            "defaults": wanted.defaults,
            "pending": found.pending,
            **{name: side.as_json() if side else None for name, side in without_equal(sides).items()},
        }

    async def _database(self, wanted: Wanted) -> Catalogue:
        async with self._work.session.client.acquire_connection() as connection:
            if self._dialect == "sqlite":
                await connection.execute("BEGIN")
                try:
                    rows = {
                        name: [dict(row) for row in await connection.execute_fetchall(sql)]
                        for name, sql in QUESTIONS.items()
                    }
                finally:
                    await connection.execute("ROLLBACK")
                return assemble(rows)
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                await connection.execute("SET LOCAL lock_timeout = '1s'")
                schema = await connection.fetchval("SELECT current_schema()")
                found = await read_postgres(connection, schema) if schema else Catalogue()
                for place in sorted(set(wanted.places.values()) - {schema}):
                    other = await read_postgres(connection, place)
                    tables = {name: each for name, each in other.tables.items() if wanted.places.get(name) == place}
                    found = replace(found, tables={**found.tables, **tables})
                return found

    async def _why_not_apart(self) -> str:
        """Why nothing can be built beside the application, "" when it can."""
        if self._dialect == "sqlite":
            return ""
        async with self._work.session.client.acquire_connection() as connection:
            row = await connection.fetchrow(_MAY_MAKE)
        if row["replica"] or row["read_only"]:
            return "the database is read-only"
        return "" if row["allowed"] else "this user may not make a schema (CREATE on the database)"

    async def _models(self, found: _Found, wanted: Wanted, why: str) -> None:
        if not why:
            self._work.emit("looking", what="the models", total=len(wanted.statements))
            try:
                found.models = await self._build(wanted)
            except NotBuilt as error:
                why = f"their schema could not be built: {error}"
            else:
                found.how_models = _BUILT[self._dialect]
                return
        described = _json(get_models_describe(self._work.target.app))
        found.models = catalogue_described(described, self._dialect)
        found.is_exact = False
        found.how_models = f"as they describe themselves, since {why}"

    async def _build(self, wanted: Wanted) -> Catalogue:
        if self._dialect == "sqlite":
            return await self._in_memory(lambda replay: replay.script("\n".join(wanted.statements)))
        async with self._work.session.client.acquire_connection() as connection:
            return await models_in_postgres(
                connection,
                wanted.statements,
                lambda number: (
                    self._work.emit("looking", what="the models", number=number, total=len(wanted.statements))
                    if number % 20 == 0
                    else None
                ),
            )

    async def _read_files(self, found: _Found, applied: set[str], missing: list[str], why: str) -> None:
        """The files replayed, else the state that the last of them holds."""
        why = why or await self._why_not_replayed(missing)
        if not why:
            try:
                await self._replay_files(found, applied)
            except NotBuilt as error:
                why = str(error)
            else:
                programs = [each["version"] for each in self._files if each["is_program"]]
                found.how_files = "their SQL run again " + _BUILT[self._dialect].partition(" ")[2]
                if programs:
                    found.how_files += f"; of {_listed(programs)} not what Python does besides"
                return
        found.files = self._state([each for each in self._files if each["version"] in applied])
        found.are_files_exact = False
        if found.pending:
            found.after_pending = self._state(self._files)
        if found.files is None:
            found.how_files = f"not asked: {why}"
        else:
            found.how_files = f"by the models' state in the last of them, since {why}"

    async def _why_not_replayed(self, missing: list[str]) -> str:
        if missing:
            return f"{_listed(missing)} is applied and has no file"
        schemas: list[str] = []
        if self._dialect == "postgres":
            async with self._work.session.client.acquire_connection() as connection:
                schemas = await schemas_in_use(connection)
        for each in self._files:
            if each["sql"] is None:
                return f"{each['version']} makes its SQL with Python"
            if reason := reaches_out(each["sql"], self._dialect, schemas):
                return f"{each['version']} cannot be run apart: {reason}"
        return ""

    async def _replay_files(self, found: _Found, applied: set[str]) -> None:
        """First what is applied, in the order of the files, then what is not."""
        first = [each for each in self._files if each["version"] in applied]
        later = [each for each in self._files if each["version"] not in applied]
        if self._dialect == "sqlite":
            await self._in_memory(lambda replay: self._in_sqlite(found, replay, first, later))
            return
        async with (
            self._work.session.client.acquire_connection() as connection,
            replay_in_postgres(connection) as replay,
        ):
            for number, each in enumerate([*first, *later], 1):
                self._work.emit("looking", what="the files", number=number, total=len(self._files))
                if number == len(first) + 1:
                    found.files = await replay.read()
                try:
                    await replay.run([*steps(each["sql"], "postgres")], is_program=each["is_program"])
                except NotBuilt as error:
                    raise NotBuilt(f"{each['version']} could not be run apart: {error}") from error
            last = await replay.read()
        found.files, found.after_pending = (found.files or last, last) if later and first else (last, None)
        if later and not first:
            found.files, found.after_pending = Catalogue(), last

    def _in_sqlite(
        self, found: _Found, replay: SqliteReplay, first: list[dict[str, Any]], later: list[dict[str, Any]]
    ) -> None:
        for group in (first, later):
            for each in group:
                try:
                    replay.run([*steps(each["sql"], "sqlite")], is_program=each["is_program"])
                except NotBuilt as error:
                    raise NotBuilt(f"{each['version']} could not be run apart: {error}") from error
            if group is first:
                found.files = replay.read()
            elif later:
                found.after_pending = replay.read()

    async def _in_memory(self, work: Any) -> Catalogue:
        """Runs `work` with a database in memory, in a thread; what is there afterwards."""

        def build() -> Catalogue:
            replay = self._replay = SqliteReplay()
            try:
                work(replay)
                return replay.read()
            finally:
                replay.close()

        building = asyncio.ensure_future(asyncio.to_thread(build))
        try:
            return await asyncio.shield(building)
        except asyncio.CancelledError:
            if self._replay is not None:
                self._replay.stop()
            await asyncio.wait({building})
            raise

    def _state(self, files: list[dict[str, Any]]) -> Catalogue | None:
        """What the last of these files says the models were."""
        if not files:
            return None
        try:
            models = state_of_file(self._work.target.directory / files[-1]["version"])
            # An empty one says nothing: some write it by hand, for a file that is only SQL.
            return catalogue_described(models, self._dialect) if models else None
        except UnreadableState:
            return None


def _json(described: Any) -> dict[str, Any]:
    """As Aerich keeps it: plain values."""
    plain: dict[str, Any] = json.loads(encoder(described))
    return plain


def _listed(versions: list[str]) -> str:
    return ", ".join(versions[:3]) + (f" and {len(versions) - 3} more" if len(versions) > 3 else "")
