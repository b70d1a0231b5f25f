"""A dry run on PostgreSQL: the client that measures each statement, and the guard that looks out for others.

Everything is one transaction that is rolled back. Limits are set again before each statement, since a migration may set
its own. A statement is sent by the protocol that takes one command only: none can hide a COMMIT behind it.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any, Final

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import NestedTransactionContext

from ..channel import Emit
from ..runs.progress import LONGEST_TEXT, Progress, StatementFailed
from ..sessions.postgres import PostgresSession
from ..sql.outside import acts_outside, notifies
from ..sql.statements import Statement, ends_the_transaction, split
from .limits import IN_THE_WAY_S, LOCK_MS, NOTED_MS, STATEMENT_MS
from .meter import Meter

_LIMITS: Final = f"SET LOCAL lock_timeout = {LOCK_MS}; SET LOCAL statement_timeout = {STATEMENT_MS}"
_SETS_LOCAL: Final = re.compile(r"SET\s+LOCAL\s+(SESSION\s+AUTHORIZATION|TIME\s+ZONE|[\w.]+)", re.IGNORECASE)
_POLL_S: Final = 0.1
_WANTED: Final = """
    SELECT CASE WHEN l.relation IS NULL THEN 'a row' ELSE l.relation::regclass::text END AS "on", l.mode
    FROM pg_locks l WHERE l.pid = $1 AND NOT l.granted ORDER BY l.relation IS NULL LIMIT 1
"""
_OTHERS: Final = """
    SELECT a.pid, a.usename AS "user", a.application_name AS application,
        coalesce(a.client_addr::text, 'local') AS client, a.state,
        round(extract(epoch FROM clock_timestamp() - a.xact_start)::numeric, 1)::float8 AS seconds,
        left(a.query, 200) AS query
    FROM pg_stat_activity a
    WHERE a.pid <> pg_backend_pid() AND CASE WHEN $2 THEN a.pid = ANY (pg_blocking_pids($1))
        ELSE a.wait_event_type = 'Lock' AND $1 = ANY (pg_blocking_pids(a.pid)) END
    ORDER BY a.pid
"""


class InTheWay(Exception):
    """Others waited for what the dry run holds."""

    def __init__(self, holders: list[dict[str, Any]]) -> None:
        super().__init__("Others waited for what the dry run holds.")
        self.holders = holders


class MeasuredPostgres(TransactionWrapper):
    """The `db` of the files. What it measured of the file at hand is in `statements`, to be taken by `take`."""

    def __init__(
        self, client: AsyncpgDBClient, connection: asyncpg.Connection[Any], progress: Progress, meter: Meter
    ) -> None:
        super().__init__(client)
        self._connection = connection
        self._progress = progress
        self._meter = meter
        self._statements: list[dict[str, Any]] = []
        self._local: dict[str, str | None] = {}

    def _in_transaction(self) -> NestedTransactionContext:
        """A savepoint for the file's Python, measured as well and as safe."""
        inner = MeasuredPostgres(self, self._connection, self._progress, self._meter)
        inner._statements, inner._local = self._statements, self._local
        return NestedTransactionContext(inner)

    def take(self) -> list[dict[str, Any]]:
        """What was measured since the last call."""
        taken = list(self._statements)
        self._statements.clear()
        return taken

    async def end_file(self) -> None:
        """Undoes what the file set for its transaction only: the next one has its own."""
        for name, value in self._local.items():
            await self._connection.execute("SELECT pg_catalog.set_config($1, $2, true)", name, value or "")
        self._local.clear()

    async def execute_script(self, query: str) -> None:
        progress = self._progress
        progress.script(split(query, "postgres"))
        for index, step in enumerate(progress.statements, 1):
            await self._one(index, step)

    async def _one(self, index: int, step: Statement) -> None:
        progress = self._progress
        self.refuse(step, index, progress.total)
        await progress.sent(index)
        measured = {"index": index, "text": step.text[:LONGEST_TEXT], "offset": step.offset}
        self._statements.append(measured)
        await self._remember(step.text)
        measured["at"] = started = time.perf_counter()
        try:
            await self.limit()
            # `prepare` takes one command; with `execute` a second one could end the transaction.
            prepared = await self._connection.prepare(step.text)
            await prepared.fetch()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise StatementFailed(index, progress.total, step, str(error)) from error
        finally:
            progress.stop()
            measured["ms"] = since(started)
        measured |= await self._meter.read()
        await progress.came_back(index)

    async def note(self, text: str, started: float) -> None:
        """Adds what was done apart from the statements of the script, if it did anything to be seen."""
        ms, found = since(started), await self._meter.read()
        if any(found.values()) or ms >= NOTED_MS:
            self._statements.append({"index": 0, "text": text, "offset": 0, "at": started, "ms": ms, **found})

    async def limit(self) -> None:
        """Sets the limits again, whatever the file has set."""
        await self._connection.execute(_LIMITS)

    def refuse(self, step: Statement, index: int = 0, total: int = 0) -> None:
        """Raises StatementFailed for what no rollback would take back."""
        reason = None
        if ends_the_transaction(step.text):
            reason = "This would end the transaction that is to be rolled back"
        elif outside := acts_outside(step.text, "postgres"):
            reason = f"A dry run cannot take this back: {outside}"
        if reason is not None:
            raise StatementFailed(index, total, step, f"{reason}. It was not run.")
        self._meter.notifies = self._meter.notifies or notifies(step.text)

    async def _remember(self, text: str) -> None:
        found = _SETS_LOCAL.match(text)
        name = "_".join(found[1].lower().split()).replace("time_zone", "timezone") if found else ""
        if name and name not in self._local:
            self._local[name] = await self._connection.fetchval("SELECT pg_catalog.current_setting($1, true)", name)

    # What a file's Python calls besides -------------------------------------------------------------------------------

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        await self._before(query)
        return await super().execute_query(query, values)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> Any:
        await self._before(query)
        return await super().execute_query_dict(query, values)

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        await self._before(query)
        return await super().execute_insert(query, values)

    async def execute_many(self, query: str, values: list[Any]) -> None:
        await self._before(query)
        await super().execute_many(query, values)

    async def _before(self, query: str) -> None:
        for step in split(query, "postgres"):
            self.refuse(step)
        await self.limit()


class Guard:
    """Looks from the session's other connection: what the dry run waits for, and who waits for the dry run."""

    def __init__(self, session: PostgresSession, pid: int, emit: Emit) -> None:
        self._session = session
        self._pid = pid
        self._emit = emit
        self.wanted: dict[str, Any] = {}
        """The lock that was waited for last, and its holders."""

    async def watch(self) -> None:
        """Runs until cancelled. Raises InTheWay once somebody has waited for too long."""
        waiting: dict[int, float] = {}
        while True:
            await asyncio.sleep(_POLL_S)
            await self._look_ahead()
            behind = [dict(row) for row in await self._session.ask(_OTHERS, self._pid, False)]
            now = time.monotonic()
            waiting = {row["pid"]: waiting.get(row["pid"], now) for row in behind}
            if waiting and now - min(waiting.values()) >= IN_THE_WAY_S:
                raise InTheWay(behind)

    async def _look_ahead(self) -> None:
        wanted = await self._session.ask(_WANTED, self._pid)
        if not wanted:
            return
        holders = [dict(each) for each in await self._session.ask(_OTHERS, self._pid, True)]
        if holders:
            self.wanted = {"on": wanted[0]["on"], "mode": wanted[0]["mode"], "holders": holders}
            self._emit("waiting", on="table", holders=holders)


def since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
