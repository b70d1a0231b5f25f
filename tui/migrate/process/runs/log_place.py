"""Where the log's rows go: our own table, made where it is missing and may be, else a local file.

Nothing here raises: a migration does not stop for its log.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Final

from . import local_log, log_table
from .log_row import LogRow

_SAVEPOINT: Final = "shellback_log"


class NoTable(Exception):
    """There is no table that rows may go to; the message says why."""


class LogPlace:
    """The place of one run's rows, reached over the session that has Aerich's table. `said`: where rows went that the
    database did not take, in a sentence; empty when it did. `local`: the file that then has them; None for none."""

    def __init__(self, session: Any, local: Path | None) -> None:
        self.said = ""
        self.database = ""
        """What the local file calls the database."""
        self._session = session
        self._client = session.client
        self._dialect: str = session.dialect
        self._local = local
        self._table: str | None = None
        self._made: str | None = None

    @property
    def is_in_transaction(self) -> bool:
        connection = self._client._connection
        if self._dialect == "sqlite":
            return bool(connection.in_transaction)
        return bool(connection.is_in_transaction())

    def committed(self) -> None:
        """A table that was made in the transaction is there now."""
        self._table = self._table or self._made

    def rolled_back(self) -> None:
        """A table that was made in the transaction is gone again."""
        self._made = None

    async def save(self, row: LogRow, *, with_aerich: bool = False) -> None:
        """The row as it is now: inserted or updated, else a line of the local file."""
        if not row.is_local:
            try:
                await self._put_twice(row, with_aerich)
            except Exception as error:  # noqa: BLE001 - the log is never a reason to stop
                row.is_local = True
                self._say(error)
        if row.is_local and not row.transactional:
            self.note(row)

    def note(self, row: LogRow) -> None:
        """The local line of a file."""
        if self._local is None:
            return
        try:
            local_log.append(self._local, {**row.line(), "database": self.database}, sync=not row.transactional)
        except OSError as error:
            self.said = f"What was run is in no log: {error.strerror} ({self._local})."

    async def _put_twice(self, row: LogRow, with_aerich: bool) -> None:
        """A second attempt, since another run may have made the table at the same moment."""
        was_in_transaction = self.is_in_transaction
        try:
            await self._put(row, with_aerich)
        except NoTable:
            raise
        except Exception:
            if was_in_transaction and not self.is_in_transaction:
                # A full disk: SQLite has undone the file. What came now would stand alone.
                raise
            self._table = self._made = None
            await self._put(row, with_aerich)

    async def _put(self, row: LogRow, with_aerich: bool) -> None:
        table = self._table or self._made
        if not self.is_in_transaction:
            await self._insert(row, with_aerich)
            return
        if table is not None and row.transactional and row.row is None:
            # One answer is waited for instead of four. Nobody asks for the id: such a row is written once.
            values = row.values(self._dialect)
            await self._session.write_aside(
                log_table.insert_at_once(table, self._dialect, values, with_aerich=with_aerich)
            )
            return
        await self._ask(f"SAVEPOINT {_SAVEPOINT}")
        try:
            await self._insert(row, with_aerich)
        except BaseException:
            await self._ask(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
            await self._ask(f"RELEASE SAVEPOINT {_SAVEPOINT}")
            raise
        await self._ask(f"RELEASE SAVEPOINT {_SAVEPOINT}")

    async def _insert(self, row: LogRow, with_aerich: bool) -> None:
        if with_aerich:
            found = await self._ask(log_table.aerich_id(self._dialect), [row.app, row.version])
            row.aerich_id = found[0]["id"]
        table = self._table or self._made or await self._have_table()
        if row.row is not None:
            await self._ask(log_table.update(table, self._dialect), [*row.changing(), row.row])
        else:
            found = await self._ask(log_table.insert(table, self._dialect), row.values(self._dialect))
            row.row = int(found[0]["id"])

    async def _have_table(self) -> str:
        """The table's quoted name; made when it is missing. Raises NoTable, and what the database says."""
        if self._dialect == "sqlite":
            place = log_table.place_sqlite(await self._ask(log_table.THERE))
        else:
            place = log_table.place_postgres(await self._ask(log_table.WHERE))
        if place.fault:
            raise NoTable(place.fault)
        if place.is_there:
            self._table = place.table
        else:
            await self._ask(log_table.create(place.table, self._dialect))
            self._made = place.table
        return place.table

    async def _ask(self, sql: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self._client.execute_query_dict(sql, values)
        return found

    def _say(self, error: Exception) -> None:
        if isinstance(error, NoTable):
            reason = str(error)
        elif _is_refusal(error):
            reason = "this login may not make it or write to it"
        else:
            reason = "the database took no row of it"
        self.said = f"The log of this run is in {self._local}, not in the table {log_table.NAME}: {reason}."


def _is_refusal(error: BaseException) -> bool:
    """Whether the database said no, by PostgreSQL's insufficient_privilege or SQLite's READONLY."""
    inner = next((each for each in error.args if isinstance(each, BaseException)), error)
    code = getattr(inner, "sqlite_errorcode", 0) & 0xFF
    return getattr(inner, "sqlstate", None) == "42501" or code == sqlite3.SQLITE_READONLY
