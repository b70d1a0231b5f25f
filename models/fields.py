"""The column types that the models share, where the two dialects differ."""

from datetime import datetime
from typing import Any, ClassVar, TypeVar

from tortoise.fields import CharField, DatetimeField, SmallIntField
from tortoise.fields.db_defaults import SqlDefault

T = TypeVar("T", str, str | None)


class KeyField(CharField[T]):
    """Text that is compared byte by byte: the normalised form of a name, ready for equality and prefix ranges.

    PostgreSQL compares it under collation "C", so that `>= 'ali' AND < 'alj'` is a range of the index whatever the
    locale of the database. SQLite's BINARY collation, its default, already compares bytes.
    """

    class _db_postgres:  # noqa: N801 - the name is Tortoise's
        def __init__(self, field: "KeyField[Any]") -> None:
            self.field = field

        @property
        def SQL_TYPE(self) -> str:  # noqa: N802 - the name is Tortoise's
            return f'VARCHAR({self.field.max_length}) COLLATE "C"'


class UtcNow(SqlDefault):
    """The database's clock as a column default, in the form in which Tortoise itself writes a moment.

    SQLite keeps moments as text. Its CURRENT_TIMESTAMP has neither fraction nor offset, so a row written by it would
    sort and compare wrongly among rows written by Tortoise.
    """

    _EXPRESSION: ClassVar[dict[str, str]] = {
        "sqlite": "(strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'))",
        "postgres": "CURRENT_TIMESTAMP",
    }

    def __init__(self) -> None:
        super().__init__("CURRENT_TIMESTAMP")

    def get_sql(self, _context: Any = None, dialect: str | None = None) -> str:
        return self._EXPRESSION.get(dialect or "", self.sql)


def created_moment(**options: Any) -> DatetimeField[datetime]:
    """A moment that the database fills in when the writer does not."""
    return DatetimeField(db_default=UtcNow(), **options)


def counter(start: int = 0) -> SmallIntField:
    """A small number that starts at `start`, also for writers that do not know the column."""
    return SmallIntField(default=start, db_default=start)
