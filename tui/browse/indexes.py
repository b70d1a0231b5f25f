"""Which indexes lists, searches and deletions need, which of them a database lacks, and the statements that make those.

What is needed comes from the models themselves, and from "contains", for which PostgreSQL has trigrams. What there is
comes from the catalogue: nothing is assumed of a database that somebody made by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tortoise.fields import Field
from tortoise.indexes import Index as ModelIndex
from tortoise.models import Model

import models
from models.indexes import IS_WHERE_SET_POSTGRES, IS_WHERE_SET_SQLITE, where_set
from tui.browse.orders import SERVED_BY, Order, OrderBy
from tui.browse.sql import Sql, connection, dialect, joined, rows

TRIGRAM_CLASSES: Final = ("gin_trgm_ops", "gist_trgm_ops")
SEARCHED: Final = ("username_key", "email_key")
"""The columns of users in which "contains" searches."""

NAMES: Final = ("full_name",)
"""The one in which `name:` does. Its index is offered to those who search so, and asked of nobody else."""

EXTENSION: Final = "CREATE EXTENSION IF NOT EXISTS pg_trgm;"


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """An index that is relied upon. `trigram` columns are searched for what they contain; one `where_set` finds what
    refers to a user who is deleted, and walks no list."""

    table: str
    columns: tuple[str, ...]
    name: str
    unique: bool = False
    trigram: bool = False
    where_set: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """An index that is missing or broken. `sentence` says which and what it is for; `sql` are the statements that mend
    it, each ended by a semicolon, to be sent one by one and outside a transaction."""

    table: str
    columns: tuple[str, ...]
    sentence: str
    sql: str
    trigram: bool = False


async def load_indexes(*tables: str) -> tuple[Index, ...]:
    """Return all indexes of some tables. One query, about a millisecond."""
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


def missing_for(wanted: Iterable[Wanted], there: Sequence[Index]) -> list[Advice]:
    """Return what to do about each index that is not there, or that is there and broken."""
    lacking = [want for want in wanted if not _is_served(want, there)]
    plain = [_advice(want, there) for want in lacking if not want.trigram]
    trigram = [want for want in lacking if want.trigram]
    return [*plain, *([_trigram_advice(trigram, there)] if trigram else [])]


async def index_advice() -> list[Advice]:
    """Return what the open database lacks: every index of the models, and those that make "contains" fast."""
    wanted = [*wanted_by_models(), *wanted_for_contains()]
    return missing_for(wanted, await load_indexes(*sorted({want.table for want in wanted})))


def contains_advice(there: Sequence[Index], columns: Sequence[str] = SEARCHED) -> Advice | None:
    """Return how to make "contains" in some columns fast; None where it is, and on SQLite, where nothing does."""
    found = missing_for(wanted_for_contains(columns), there)
    return found[0] if found else None


def has_trigrams(there: Sequence[Index], columns: Sequence[str] = SEARCHED) -> bool:
    """Whether valid trigram indexes serve all columns in which "contains" searches."""
    return dialect() == "postgres" and contains_advice(there, columns) is None


def order_advice(order: Order, there: Sequence[Index]) -> Advice | None:
    """Return which index an order lacks; None when it is served."""
    table, columns = SERVED_BY[order.by]
    if any(index.table == table and index.serves(columns) for index in there):
        return None
    declared = (want for want in _walked() if want.table == table and want.columns[: len(columns)] == columns)
    return _advice(next(declared, Wanted(table, columns, f"idx_{table}_{columns[0]}")), there)


async def lacking_orders() -> dict[OrderBy, Advice]:
    """Return the orders that the open database cannot serve, with the index that each lacks."""
    there = await load_indexes(*LISTED)
    found = ((by, order_advice(Order(by), there)) for by in OrderBy)
    return {by: advice for by, advice in found if advice is not None}


async def scan_advice(contains: Sequence[str]) -> Advice | None:
    """Return the index that would spare a search its scan: for what it looks for in the columns `contains`, where the
    server can have one, else one of the lists' tables that is missing."""
    there = await load_indexes(*LISTED, "user_roles")
    if contains:
        advice = contains_advice(there, contains)
        return advice if advice is not None and await can_have_trigrams() else None
    found = missing_for((want for want in _walked() if want.table in (*LISTED, "user_roles")), there)
    return found[0] if found else None


async def can_have_trigrams() -> bool:
    """Whether the extension is installed in the database, or can be: its files are on the server."""
    return dialect() == "postgres" and bool(
        await rows(Sql("SELECT 1 AS there FROM pg_available_extensions WHERE name = 'pg_trgm'"))
    )


def wanted_for_contains(columns: Sequence[str] = SEARCHED) -> tuple[Wanted, ...]:
    """Return the trigram indexes; none on SQLite, which has no index for parts of a text."""
    if dialect() != "postgres":
        return ()
    return tuple(Wanted("users", (column,), f"idx_users_{column}_trgm", trigram=True) for column in columns)


def wanted_by_models() -> tuple[Wanted, ...]:
    """Return every index that the models declare, under the name that a migration would give it."""
    found: dict[tuple[str, tuple[str, ...]], Wanted] = {}
    for model in vars(models).values():
        for want in _of_model(model) if isinstance(model, type) and issubclass(model, Model) else ():
            found.setdefault((want.table, want.columns), want)
    return tuple(found.values())


def _walked() -> Iterable[Wanted]:
    """Those of the models that lists and searches walk."""
    return (want for want in wanted_by_models() if not want.where_set)


def _of_model(model: type[Model]) -> Iterable[Wanted]:
    meta = model._meta
    generator = connection().schema_generator(connection())

    def want(fields: Sequence[str], name: str = "", *, unique: bool = False, where_set: bool = False) -> Wanted:
        columns = tuple(_column(meta.fields_map[field]) for field in fields)
        prefix = "uid" if unique else "idx"
        name = name or generator._get_index_name(prefix, model, columns)
        return Wanted(meta.db_table, columns, name, unique, where_set=where_set)

    for name, field in meta.fields_map.items():
        if field.pk or field.unique:
            if field.has_db_field or name in meta.fk_fields | meta.o2o_fields:
                yield want((name,), unique=True)
        elif field.index:
            yield want((name,))
    for fields in meta.unique_together:
        yield want(fields, unique=True)
    for index in meta.indexes:
        if isinstance(index, ModelIndex):
            yield want(index.fields, index.name or "", where_set=index.extra == where_set(index.fields[0]))
        else:
            yield want(index)


def _column(field: Field[Any]) -> str:
    return str(field.source_field or field.model_field_name)


def _is_served(want: Wanted, there: Sequence[Index]) -> bool:
    here = [index for index in there if index.table == want.table]
    if want.trigram:
        return any(_has_trigrams_of(index, want.columns[0]) and index.valid for index in here)
    if want.unique:
        return any(i.unique and i.valid and i.is_plain and set(i.keys) == set(want.columns) for i in here)
    if want.where_set:
        return any(index.finds(want.columns[0]) for index in here)
    return any(index.serves(want.columns) for index in here)


def _has_trigrams_of(index: Index, column: str) -> bool:
    pairs = zip(index.keys, index.classes, strict=False)
    return index.is_plain and any(key == column and kind in TRIGRAM_CLASSES for key, kind in pairs)


def _advice(want: Wanted, there: Sequence[Index]) -> Advice:
    place = f"{want.table} ({', '.join(want.columns)})"
    broken, drop = _broken([i for i in there if i.table == want.table and i.keys == want.columns])
    name = _free(want.name, there, broken)
    kind = "UNIQUE INDEX" if want.unique else "INDEX"
    columns = ", ".join(f'"{column}"' for column in want.columns)
    condition = where_set(want.columns[0]) if want.where_set else ""
    create = f'CREATE {kind} {_concurrently()}"{name}" ON "{want.table}" ({columns}){condition};'
    return Advice(want.table, want.columns, _sentence(place, broken), "\n".join([*drop, create]))


def _trigram_advice(wants: Sequence[Wanted], there: Sequence[Index]) -> Advice:
    columns = tuple(want.columns[0] for want in wants)
    broken, drop = _broken([i for i in there if any(_has_trigrams_of(i, column) for column in columns)])
    creates = [
        f'CREATE INDEX CONCURRENTLY "{_free(want.name, there, broken)}" ON "{want.table}"'
        f' USING gin ("{want.columns[0]}" gin_trgm_ops);'
        for want in wants
    ]
    sentence = _sentence(f"{wants[0].table} ({', '.join(columns)}) for *contains*", broken)
    return Advice(wants[0].table, columns, sentence, "\n".join([EXTENSION, *drop, *creates]), trigram=True)


def _broken(alike: Iterable[Index]) -> tuple[frozenset[str], list[str]]:
    """The names of those that an interrupted CREATE INDEX CONCURRENTLY left behind, and how to be rid of them."""
    broken = [index.name for index in alike if not index.valid]
    return frozenset(broken), [f'DROP INDEX CONCURRENTLY "{name}";' for name in broken]


def _sentence(place: str, broken: frozenset[str]) -> str:
    if broken:
        return f"The index {', '.join(sorted(broken))} on {place} is invalid: its making was interrupted."
    return f"There is no index on {place}."


def _free(name: str, there: Sequence[Index], dropped: frozenset[str]) -> str:
    """The name, or one like it where an index of other columns has it already."""
    taken = {index.name for index in there} - dropped
    while name in taken:
        name += "_2"
    return name


def _concurrently() -> str:
    return "CONCURRENTLY " if dialect() == "postgres" else ""


def _tables(tables: Sequence[str]) -> Sql:
    return " IN (" + joined([Sql("?", (table,)) for table in tables], ", ") + Sql(")")


LISTED: Final = ("users", "user_auth_state")
"""The tables whose indexes the orders walk."""

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
