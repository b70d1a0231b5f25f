"""Pieces of SQL with their parameters, and how they are sent: all that knows how a dialect writes a parameter.

Values are never written into the text: a piece carries `?` and its parameters, and the `?` become `$1` for PostgreSQL.
The texts of `tui.browse` therefore hold no other question mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from models import Account

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Before every moment there is: `column >= EPOCH` is "not null" in a form for which SQLite too uses the index."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and the values of its `?`, in order."""

    text: str
    parameters: tuple[object, ...] = ()

    def __add__(self, other: Sql | str) -> Sql:
        if isinstance(other, str):
            return Sql(self.text + other, self.parameters)
        return Sql(self.text + other.text, self.parameters + other.parameters)

    def __radd__(self, other: str) -> Sql:
        return Sql(other + self.text, self.parameters)

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Sql("")


def joined(pieces: Iterable[Sql], separator: str) -> Sql:
    """Return the pieces that are not empty with `separator` between them."""
    full = [piece for piece in pieces if piece]
    return Sql(separator.join(piece.text for piece in full), tuple(p for piece in full for p in piece.parameters))


def all_of(pieces: Iterable[Sql]) -> Sql:
    """Return a condition that holds when all pieces do; empty when there are none."""
    return joined(pieces, " AND ")


def where(condition: Sql) -> Sql:
    """Return the WHERE clause for a condition, or nothing."""
    return " WHERE " + condition if condition else NOTHING


def connection() -> BaseDBAsyncClient:
    """Return the connection of the open database."""
    return Account._meta.db


def dialect() -> str:
    """Return `sqlite` or `postgres`, of the open database."""
    return connection().capabilities.dialect


def numbered(text: str) -> str:
    """Return a text with `$1`, `$2` for its `?`, as PostgreSQL reads it."""
    first, *others = text.split("?")
    return first + "".join(f"${number}{piece}" for number, piece in enumerate(others, 1))


async def rows(sql: Sql) -> Sequence[Mapping[str, Any]]:
    """Run a SELECT; rows are read by column name. Raises what the engine raises."""
    client = connection()
    text = numbered(sql.text) if client.capabilities.dialect == "postgres" else sql.text
    _, found = await client.execute_query(text, list(sql.parameters))
    return found


class _ReadEnough(Exception):
    """Ends a transaction that has nothing to commit."""


async def rows_by_index(*selects: Sql) -> list[Sequence[Mapping[str, Any]]]:
    """Run SELECTs that indexes serve, and let them: on PostgreSQL no table is read from end to end where an index will
    do, whatever the statistics say, which are none after a bulk load. Raises what the engine raises."""
    if dialect() == "sqlite":
        return [await rows(select) for select in selects]
    found = []
    with suppress(_ReadEnough):
        async with in_transaction(connection().connection_name) as client:
            await client.execute_query("SELECT set_config('enable_seqscan', 'off', true)")
            found = [await rows(select) for select in selects]
            raise _ReadEnough  # a rollback is one message to the server, a COMMIT is two and can be left in doubt
    return found


def moment(value: object) -> datetime | None:
    """Return a moment as the column gave it (SQLite: text) as an aware datetime in UTC."""
    if value is None:
        return None
    read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if read.tzinfo is UTC:
        return read
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
