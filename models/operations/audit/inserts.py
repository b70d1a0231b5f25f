"""The statements that put sealed rows of the audit into the table: few, each with many rows."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from models.operations.audit.rows import OWN, SHARED, in_thread
from models.operations.refused import written_all
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.audit.rows import Drawn, Sealed

SQLITE_ROWS: Final = 250
"""Rows of one statement on SQLite: its parameters are counted, and more rows do not make it faster."""

_TYPES: Final = {
    "at": "timestamptz",
    "actor_id": "int",
    "batch_id": "uuid",
    "undo_of": "uuid",
    "changes": "jsonb",
    "meta": "jsonb",
    "op_id": "uuid",
    "target_id": "bigint",
    "version_before": "int",
    "version_after": "int",
    "seq": "bigint",
}
"""PostgreSQL's types of the columns that are no text."""


_COUNT: Final = "SELECT count(*) FROM audit_events WHERE seq BETWEEN $1 AND $2"


async def insert(connection: BaseDBAsyncClient, drawn: Drawn, sealed: Sealed) -> None:
    """Insert sealed rows in the caller's transaction: one statement, on SQLite some."""
    if is_postgres(connection):
        frames = [list(column) for column in zip(*(frame.values for frame in drawn.frames), strict=True)]
        await connection.execute_query(_POSTGRES, [*frames, *await in_thread(len(sealed.rows), _columns, sealed)])
        _, found = await connection.execute_query(_COUNT, [sealed.first, sealed.first + len(sealed.rows) - 1])
        written_all(found[0][0], len(sealed.rows))
        return
    for sql, values in await in_thread(len(sealed.rows), _sqlite_parts, drawn, sealed):
        await connection.execute_many(sql, values)


def _columns(sealed: Sealed) -> list[Any]:
    frames, *own = (list(column) for column in zip(*sealed.rows, strict=True))
    before = [sealed.before, *sealed.hashes[:-1]]
    seqs = list(range(sealed.first, sealed.first + len(before)))
    return [[number + 1 for number in frames], *own, seqs, before, list(sealed.hashes)]


def _sqlite_parts(drawn: Drawn, sealed: Sealed) -> list[tuple[str, list[list[Any]]]]:
    """The statements, each with the values of every time that it is run, in the order of the rows."""
    parts: list[tuple[str, list[list[Any]]]] = []
    for start in range(0, len(sealed.rows), SQLITE_ROWS):
        sql, values = _sqlite_part(drawn, sealed, start)
        if parts and parts[-1][0] == sql:
            parts[-1][1].append(values)
        else:
            parts.append((sql, [values]))
    return parts


def _sqlite_part(drawn: Drawn, sealed: Sealed, start: int) -> tuple[str, list[Any]]:
    """The statement for the rows from `start` on, and its values: the frames that they have, then their own."""
    rows = sealed.rows[start : start + SQLITE_ROWS]
    hashes = sealed.hashes[start : start + SQLITE_ROWS]
    before = [sealed.hashes[start - 1] if start else sealed.before, *hashes[:-1]]
    numbers = sorted({row[0] for row in rows})
    values: list[Any] = []
    for number in numbers:
        values += (number, *(_stored(value) for value in drawn.frames[number].values))
    for seq, (row, previous, digest) in enumerate(zip(rows, before, hashes, strict=True), sealed.first + start):
        values += (*row, seq, previous, digest)
    return _sqlite(len(numbers), len(rows)), values


def _stored(value: object) -> object:
    """A moment in the form in which Tortoise keeps it on SQLite."""
    return value.isoformat(" ") if isinstance(value, datetime) else value


@lru_cache(maxsize=8)
def _sqlite(frames: int, rows: int) -> str:
    """One INSERT for all: SQLite prepares and ends each statement with more work than a row has."""
    own = [*OWN, "prev_hash", "hash"]
    columns = ", ".join(f'"{name}"' for name in [*SHARED, *own])
    shared = ", ".join(f"s.column{number + 2}" for number in range(len(SHARED)))
    each = ", ".join(f"r.column{number + 2}" for number in range(len(own)))
    return (
        f"WITH s AS (VALUES {_marks(frames, len(SHARED) + 1)}), r AS (VALUES {_marks(rows, len(own) + 1)})"
        f" INSERT INTO audit_events ({columns}) SELECT {shared}, {each} FROM r CROSS JOIN s ON s.column1 = r.column1"
    )


def _marks(rows: int, columns: int) -> str:
    return ", ".join(["(" + ", ".join("?" * columns) + ")"] * rows)


def _postgres() -> str:
    own = [*OWN, "prev_hash", "hash"]
    arrays = [f"${number}::{_array_type(name)}[]" for number, name in enumerate([*SHARED, "frame", *own], 1)]
    columns = ", ".join(f'"{name}"' for name in [*SHARED, *own])
    shared = ", ".join(f"s.{name}{_cast(name)}" for name in SHARED)
    each = ", ".join(f"r.{name}{_cast(name)}" for name in own)
    return (
        f"INSERT INTO audit_events ({columns}) SELECT {shared}, {each}"
        f" FROM unnest({', '.join(arrays[len(SHARED) :])}) AS r(frame, {', '.join(own)})"
        f" JOIN unnest({', '.join(arrays[: len(SHARED)])}) WITH ORDINALITY AS s({', '.join(SHARED)}, number)"
        " ON s.number = r.frame ORDER BY r.seq"
    )


def _array_type(name: str) -> str:
    """JSON and UUIDs travel as text: the driver would encode each one by a slower way."""
    kind = "int" if name == "frame" else _TYPES.get(name, "text")
    return "text" if kind in {"jsonb", "uuid"} else kind


def _cast(name: str) -> str:
    kind = _TYPES.get(name, "text")
    return f"::{kind}" if kind in {"jsonb", "uuid"} else ""


_POSTGRES: Final = _postgres()
