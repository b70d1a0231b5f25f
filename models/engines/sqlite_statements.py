"""Tortoise's five ways to send SQL, over a connection that `speaking` hands out."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any

from models.engines.errors import DatabaseError
from models.engines.sqlite_script import statements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from models.engines.sqlite_connection import SettledConnection


class Statements:
    """Mixed into the client and into its transactions; each says in `speaking` what may be sent, and to whom."""

    def speaking(self, query: str) -> AbstractAsyncContextManager[SettledConnection]:
        """The connection for this statement, held for as long as it runs. Raises `DatabaseError`."""
        raise NotImplementedError

    def acquire_connection(self) -> Any:
        """The bare connection, for reading."""
        return self.speaking("SELECT")

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        async with self.speaking(query) as connection:
            row: Any = await connection.execute_insert(query, values)
            return int(row[0])

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self.speaking(query) as connection:
            await (await connection.executemany(query, values)).close()

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        query = query.replace("\x00", "'||CHAR(0)||'")
        async with self.speaking(query) as connection:
            found: tuple[int, Sequence[Any]] = await connection.run(
                partial(_fetch, connection._conn, query, values or [])
            )
            return found

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        _, rows = await self.execute_query(query, values)
        return [dict(row) for row in rows]

    async def execute_script(self, query: str) -> None:
        """Statement by statement, so that a transaction stays one. Raises `DatabaseError` for a PRAGMA foreign_keys
        in a transaction: SQLite ignores it there without a word, and a rebuilt parent table then loses its children."""
        async with self.speaking(query) as connection:
            for statement in statements(query):
                if connection.in_transaction and _is_foreign_keys(statement):
                    raise DatabaseError("PRAGMA foreign_keys does nothing inside a transaction: set it before.")
                await (await connection.execute(statement)).close()


def _fetch(raw: sqlite3.Connection, query: str, values: Sequence[Any]) -> tuple[int, Sequence[Any]]:
    """How many rows the statement itself changed or found, and what it found. What triggers and cascades changed does
    not count: "one row" is how an edit knows that nobody came first."""
    if query.startswith("SELECT "):
        return _select(raw, query, values)
    before = raw.total_changes
    cursor = raw.execute(query, values)
    rows = cursor.fetchall()
    # -1 also for a write that begins with WITH.
    count = cursor.rowcount if cursor.rowcount >= 0 else (raw.total_changes - before) or len(rows)
    cursor.close()
    return count, rows


def _select(raw: sqlite3.Connection, query: str, values: Sequence[Any]) -> tuple[int, Sequence[Any]]:
    """As `_fetch`. SQLite keeps whatever bytes somebody wrote, and the connection's own factory makes texts of all of
    them. It takes a quarter of the time of a page, so it is called upon only where the quick one fails."""
    patient, raw.text_factory = raw.text_factory, str
    try:
        rows = raw.execute(query, values).fetchall()
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
        raw.text_factory = patient
        rows = raw.execute(query, values).fetchall()
    finally:
        raw.text_factory = patient
    return len(rows), rows


def _is_foreign_keys(statement: str) -> bool:
    words = statement.lower().replace("=", " ").rstrip(";").split()
    return words[:1] == ["pragma"] and "=" in statement and words[1].split(".")[-1] == "foreign_keys"
