"""The client of a dry run on a copy of an SQLite database: time, rows, scans and rebuilds of each statement."""

from __future__ import annotations

import re
import time
from typing import Any, Final

import aiosqlite
from tortoise.backends.base.client import NestedTransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper

from ..runs.progress import LONGEST_TEXT, Progress, StatementFailed
from ..sql.outside import acts_outside
from ..sql.statements import Statement, ends_the_transaction, is_held_by_the_session, split
from .limits import NOTED_MS

_PLANNED: Final = re.compile(r"(?:WITH|INSERT|REPLACE|UPDATE|DELETE|SELECT)\b", re.IGNORECASE)
_SCAN: Final = re.compile(r"SCAN (?:TABLE )?(\S+)")
_DROPS_COLUMN: Final = re.compile(
    r"ALTER\s+TABLE\s+(?:\w+\s*\.\s*)?[\"`\[]?(?P<table>\w+)[\"`\]]?\s+DROP\b", re.IGNORECASE
)
_SCHEMA: Final = "SELECT type, name, tbl_name, rootpage FROM sqlite_master WHERE type IN ('table', 'index')"

_WHOLE: Final = [{"table": "the database", "mode": "Reserved"}]
"""What BEGIN IMMEDIATE takes, until COMMIT."""

Schema = dict[tuple[str, str], tuple[str, int]]
"""(type, name) -> table, root page."""


class MeasuredSqlite(SqliteTransactionWrapper):
    """The `db` of the files. What it measured of the file at hand is in `statements`, to be taken by `take`."""

    def __init__(self, client: SqliteClient, connection: aiosqlite.Connection, progress: Progress) -> None:
        super().__init__(client)
        self._connection = connection
        self._progress = progress
        self._statements: list[dict[str, Any]] = []
        self._schema: Schema = {}
        self._before: Schema = {}
        self._changed = 0

    def _in_transaction(self) -> NestedTransactionContext:
        """A savepoint for the file's Python, which sends its scripts statement by statement as well."""
        return NestedTransactionContext(_Savepoint(self))

    def take(self) -> list[dict[str, Any]]:
        """What was measured since the last call."""
        taken, self._statements = self._statements, []
        return taken

    async def begin_file(self) -> None:
        """Remembers what was there before the file."""
        self._schema = self._before = await self._read_schema()
        self._changed = self._connection.total_changes

    async def execute_script(self, query: str) -> None:
        progress = self._progress
        progress.script(split(query, "sqlite"))
        for index, step in enumerate(progress.statements, 1):
            held = is_held_by_the_session(step.text)
            if not held:
                self._refuse(index, step)
            await progress.sent(index)
            if not held:
                await self._one(index, step)
            progress.stop()
            await progress.came_back(index)

    async def _one(self, index: int, step: Statement) -> None:
        measured: dict[str, Any] = {"index": index, "text": step.text[:LONGEST_TEXT], "offset": step.offset}
        if not self._statements:
            measured["locks"] = _WHOLE
        self._statements.append(measured)
        measured["scans"] = await self._scans(step.text)
        measured["at"] = started = time.perf_counter()
        try:
            await (await self._connection.execute(step.text)).close()
        except (aiosqlite.Error, aiosqlite.Warning, ValueError) as error:
            raise StatementFailed(index, self._progress.total, step, str(error)) from error
        finally:
            self._progress.stop()
            measured["ms"] = round((time.perf_counter() - started) * 1000, 2)
        measured |= await self._effects(step.text, measured["scans"])

    async def note(self, text: str, started: float) -> None:
        """Adds what was done apart from the statements of the script, if it did anything to be seen."""
        ms = round((time.perf_counter() - started) * 1000, 2)
        found = await self._effects("", [])
        if any(found.values()) or ms >= NOTED_MS:
            locks = [] if self._statements else _WHOLE
            self._statements.append(
                {"index": 0, "text": text, "offset": 0, "at": started, "ms": ms, "locks": locks, **found}
            )

    def _refuse(self, index: int, step: Statement) -> None:
        reason = None
        if ends_the_transaction(step.text):
            reason = "This would end the transaction that holds the file"
        elif outside := acts_outside(step.text, "sqlite"):
            reason = f"A dry run on a copy cannot do this: {outside}"
        if reason is not None:
            raise StatementFailed(index, self._progress.total, step, f"{reason}. It was not run.")

    async def _scans(self, text: str) -> list[dict[str, Any]]:
        """Tables that were there before and that SQLite means to read from end to end."""
        if not _PLANNED.match(text):
            return []
        try:
            rows = await self._connection.execute_fetchall(f"EXPLAIN QUERY PLAN {text}")
        except (aiosqlite.Error, aiosqlite.Warning, ValueError):
            return []  # running it says what is wrong
        names = {found[1] for row in rows if (found := _SCAN.match(str(row[3])))}
        return [{"table": name, "rows": None} for name in sorted(names) if ("table", name) in self._before]

    async def _effects(self, text: str, scans: list[dict[str, Any]]) -> dict[str, Any]:
        was, now = self._schema, await self._read_schema()
        self._schema = now
        rewrites = [
            name
            for (kind, name), (_, page) in sorted(now.items())
            if kind == "table" and self._is_replaced(name, page) and was.get((kind, name), ("", 0))[1] != page
        ]
        if (dropped := _DROPS_COLUMN.match(text)) and ("table", dropped["table"]) in self._before:
            rewrites.append(dropped["table"])
        indexes = [
            {"table": table, "name": name}
            for (kind, name), (table, _) in sorted(now.items())
            if kind == "index" and (kind, name) not in was and ("table", table) in self._before
        ]
        total = self._connection.total_changes
        rows, self._changed = total - self._changed, total
        read = {each["table"] for each in scans}
        built = [{"table": each["table"], "rows": None} for each in indexes if each["table"] not in read]
        return {
            "rewrites": rewrites,
            "indexes": indexes,
            "scans": [*scans, *built],
            "changes": [{"table": "", "changed": rows}] if rows else [],
        }

    def _is_replaced(self, name: str, page: int) -> bool:
        before = self._before.get(("table", name))
        return before is not None and before[1] != page

    async def _read_schema(self) -> Schema:
        rows = await self._connection.execute_fetchall(_SCHEMA)
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}


class _Savepoint(SqliteTransactionWrapper):
    """What `in_transaction()` in a file gives: Tortoise's, but for scripts, which would commit what came before."""

    def __init__(self, client: MeasuredSqlite) -> None:
        super().__init__(client)
        self._client = client

    def _in_transaction(self) -> NestedTransactionContext:
        return NestedTransactionContext(_Savepoint(self._client))

    async def execute_script(self, query: str) -> None:
        await self._client.execute_script(query)
