"""The stage of a dry run on PostgreSQL: one transaction from BEGIN to ROLLBACK, and what it tells afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any, Final

import asyncpg

from ..sessions.postgres import PostgresSession
from ..work import Work
from .client_postgres import Guard, MeasuredPostgres
from .limits import LOCK_MS, WHOLE_S
from .meter import Meter

_SEQUENCES: Final = """
    SELECT c.oid::int8 AS oid,
        CASE WHEN has_sequence_privilege(c.oid, 'USAGE, SELECT') THEN pg_sequence_last_value(c.oid) END AS value
    FROM pg_class c WHERE c.relkind = 'S' AND NOT pg_is_other_temp_schema(c.relnamespace)
"""
_DEFERRED: Final = """
    SELECT pg_catalog.format('%I.%I', n.nspname, c.conname)
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
    GROUP BY n.nspname, c.conname HAVING bool_and(c.condeferrable) AND bool_or(c.condeferred)
"""
_TRIGGERS: Final = """
    SELECT c.relname::text AS "on", t.tgname::text AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgrelid = ANY ($1::oid[])
    UNION ALL SELECT '', e.evtname::text FROM pg_event_trigger e WHERE e.evtenabled <> 'D'
    ORDER BY 1, 2
"""
_ROW: Final = "INSERT INTO aerich (id, version, app, content) VALUES ($1, $2, $3, '{}')"
_AT_COMMIT: Final = "(what is deferred to COMMIT)"


class LockHeld(Exception):
    """Another upgrade holds the lock."""


class FailsAtCommit(Exception):
    """What was deferred to COMMIT fails there."""


class RowRefused(Exception):
    """Aerich's row cannot be written."""


class PostgresRehearsal:
    """See `jobs.dry_run` for the order of the calls."""

    def __init__(self, work: Work, session: PostgresSession) -> None:
        self._work = work
        self._session = session
        self._connection = session._connection
        self._meter = Meter(self._connection)
        # Not a plain BEGIN: within asyncpg's own the file's Python may open savepoints.
        self._transaction = self._connection.transaction()
        self.client = MeasuredPostgres(
            work.target.connection,  # type: ignore[arg-type]
            self._connection,
            work.progress,
            self._meter,
        )
        self._guard = Guard(session, self._connection.get_server_pid(), work.emit)
        self._values: dict[int, int | None] = {}
        self._rows = 0

    async def begin(self) -> None:
        """Takes the lock of upgrades, since a dry run and a run would only measure each other. Raises LockHeld."""
        try:
            async with asyncio.timeout(LOCK_MS / 1000):
                await self._session.lock()
        except TimeoutError:
            raise LockHeld from None
        self._values = await self._sequences()
        # Should this process be stopped in its tracks, the server ends what it holds.
        await self._connection.execute(f"SET idle_in_transaction_session_timeout = {round(WHOLE_S * 1000)}")
        await self._transaction.start()
        await self.client.limit()
        await self._meter.begin()

    async def begin_file(self) -> None:
        """The files share the transaction. What we asked ourselves is not theirs."""
        await self._meter.skip()

    async def end_file(self, version: str) -> None:
        """Runs what COMMIT would run, and writes Aerich's row under a number that no sequence gave."""
        await self._settle()
        if not self._work.is_apart:
            self._rows += 1
            try:
                await self._connection.execute(_ROW, -self._rows, version, self._work.target.app)
            except asyncpg.PostgresError as error:
                raise RowRefused(error) from error
        await self.client.end_file()

    async def _settle(self) -> None:
        started = time.perf_counter()
        await self.client.limit()
        try:
            await self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except asyncpg.PostgresError as error:
            raise FailsAtCommit(error) from error
        await self.client.note(_AT_COMMIT, started)
        # The next file begins a transaction of its own: what was deferred at first is deferred there.
        names = [row[0] for row in await self._connection.fetch(_DEFERRED)]
        if names:
            await self._connection.execute(f"SET CONSTRAINTS {', '.join(names)} DEFERRED")

    async def watch(self) -> None:
        """Raises InTheWay when others have waited for too long. Runs until cancelled."""
        await self._guard.watch()

    async def end(self) -> None:
        """Takes everything back."""
        if not self._connection.is_closed():
            with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await self._transaction.rollback()

    async def facts(self) -> dict[str, Any]:
        """What is not taken back, and what else ran: asked after `end`."""
        now = await self._sequences() if self._meter.drawn_from else {}
        moved = [
            {"name": name, "before": self._values.get(oid), "after": now.get(oid)}
            for oid, name in sorted(self._meter.drawn_from.items(), key=lambda each: each[1])
            if now.get(oid) != self._values.get(oid)
        ]
        triggers = await self._session.ask(_TRIGGERS, list(self._meter.written))
        return {
            "sequences": moved,
            "triggers": [dict(row) for row in triggers],
            "foreign": sorted(self._meter.foreign),
            "notifies": self._meter.notifies,
            "dead": self._meter.dead,
            "counts_rows": self._meter.counts_rows,
            "wanted": self._guard.wanted,
        }

    async def _sequences(self) -> dict[int, int | None]:
        return {row["oid"]: row["value"] for row in await self._session.ask(_SEQUENCES)}
