"""Which indexes a database has, as its catalogue says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from models.indexes import IS_WHERE_SET_POSTGRES, IS_WHERE_SET_SQLITE
from tui.browse.sql import Sql, connection, dialect, joined, rows

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient


@dataclass(frozen=True, slots=True)
class Index:
    """An index of the catalogue. `keys` are columns or expressions as the database writes them, in order; `classes`
    the operator class of each (empty on SQLite). `is_plain`: over all rows, in ascending order, as the columns collate.
    `where_set`: over the rows that have a value in the first key.
    """

    table: str
    name: str
    keys: tuple[str, ...]
    unique: bool
    valid: bool
    is_plain: bool
    method: str = "btree"
    classes: tuple[str, ...] = ()
    where_set: bool = False

    def serves(self, columns: Sequence[str]) -> bool:
        """Whether rows can be read from it in the order of the columns."""
        walks = self.valid and self.is_plain and self.method == "btree"
        return walks and self.keys[: len(columns)] == tuple(columns)

    def finds(self, column: str) -> bool:
        """Whether the rows with some value in the column are found by it."""
        return self.valid and (self.is_plain or self.where_set) and self.method == "btree" and self.keys[0] == column


_KNOWN: Final[WeakKeyDictionary[BaseDBAsyncClient, dict[tuple[str, ...], tuple[object, tuple[Index, ...]]]]] = (
    WeakKeyDictionary()
)
"""The indexes of some tables as they were at some version of the catalogue, by connection."""


async def load_indexes(*tables: str) -> tuple[Index, ...]:
    """Return all indexes of some tables. They are asked for at every key of a search: once they were read, the database
    only says whether that is what it still has, which takes a fifth of the time."""
    known = _KNOWN.setdefault(connection(), {})
    version = await _version(tables)  # before they are read: what changes meanwhile is noticed the next time
    if tables not in known or known[tables][0] != version:
        known[tables] = version, await _read(tables)
    return known[tables][1]


async def _version(tables: Sequence[str]) -> object:
    """Return something that is another thing after every change of the indexes."""
    if dialect() == "sqlite":
        return (await rows(Sql("SELECT schema_version AS version FROM pragma_schema_version")))[0]["version"]
    oids = joined([Sql("to_regclass(?)", (table,)) for table in tables], ", ")
    found = await rows(_VERSION_OF_POSTGRES + oids + ")")
    return found[0]["version"]


async def _read(tables: Sequence[str]) -> tuple[Index, ...]:
    if dialect() == "postgres":
        found = await rows(_OF_POSTGRES + _tables(tables) + " ORDER BY 1, 2")
        return tuple(
            Index(
                row["table_name"],
                row["name"],
                tuple(row["keys"]),
                row["indisunique"],
                row["valid"],
                row["plain"],
                row["method"],
                tuple(row["classes"]),
                row["where_set"],
            )
            for row in found
        )
    return _of_sqlite(await rows(_OF_SQLITE + _tables(tables) + " ORDER BY 1, 2, k.seqno"), await _row_ids(tables))


def _tables(tables: Sequence[str]) -> Sql:
    return " IN (" + joined([Sql("?", (table,)) for table in tables], ", ") + Sql(")")


_OF_POSTGRES: Final = f"""
    SELECT t.relname::text AS table_name, c.relname::text AS name, i.indisunique, m.amname::text AS method,
        i.indisvalid AND i.indisready AS valid,
        i.indpred IS NULL AND NOT EXISTS (
            SELECT 1 FROM unnest(i.indoption::int2[]) o (option) WHERE o.option <> 0
        ) AND NOT EXISTS (
            SELECT 1 FROM unnest(i.indkey::int2[], i.indcollation::oid[]) k (number, collated)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
            WHERE k.number <> 0 AND a.attcollation <> k.collated
        ) AS plain,
        {IS_WHERE_SET_POSTGRES} AS where_set,
        ARRAY(SELECT coalesce(a.attname::text, pg_get_indexdef(i.indexrelid, n.number, true))
            FROM generate_series(1, i.indnkeyatts) n (number)
            LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n.number - 1]
                AND a.attnum <> 0
            ORDER BY n.number) AS keys,
        ARRAY(SELECT o.opcname::text FROM unnest(i.indclass::oid[]) WITH ORDINALITY k (class, number)
            JOIN pg_opclass o ON o.oid = k.class ORDER BY k.number) AS classes
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_am m ON m.oid = c.relam
    WHERE t.relnamespace = ANY (SELECT oid FROM pg_namespace WHERE nspname = ANY (current_schemas(false)))
        AND pg_table_is_visible(t.oid) AND t.relname"""

_VERSION_OF_POSTGRES: Final = """
    SELECT string_agg(concat_ws(' ', i.indexrelid, i.xmin, i.indisvalid, i.indisready, c.relname, c.xmin), ','
        ORDER BY i.indexrelid) AS version
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid IN ("""

_OF_SQLITE: Final = f"""
    SELECT t.name AS table_name, i.name AS name, i."unique" AS is_unique, i.partial AS partial, k.name AS key,
        k."desc" AS descending, k.coll AS collation, i.partial AND {IS_WHERE_SET_SQLITE} AS where_set
    FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_xinfo(i.name) k
    WHERE t.type = 'table' AND k.key = 1 AND t.name"""


def _of_sqlite(found: Sequence[Any], row_ids: Sequence[Index]) -> tuple[Index, ...]:
    parts: dict[tuple[str, str], list[Any]] = {}
    for row in found:
        parts.setdefault((row["table_name"], row["name"]), []).append(row)
    return (
        *(
            Index(
                table,
                name,
                tuple(row["key"] or "(expression)" for row in columns),
                unique=bool(columns[0]["is_unique"]),
                valid=True,
                is_plain=not any(
                    row["partial"] or row["descending"] or row["collation"] != "BINARY" for row in columns
                ),
                where_set=bool(columns[0]["where_set"]),
            )
            for (table, name), columns in parts.items()
        ),
        *row_ids,
    )


async def _row_ids(tables: Sequence[str]) -> list[Index]:
    """SQLite's INTEGER PRIMARY KEY is the table itself and in no list of indexes."""
    found = await rows(
        "SELECT t.name AS table_name, c.name AS key FROM sqlite_master t JOIN pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND c.pk = 1 AND upper(c.type) = 'INTEGER' AND t.name" + _tables(tables)
    )
    return [
        Index(row["table_name"], "the primary key", (row["key"],), unique=True, valid=True, is_plain=True)
        for row in found
    ]
