"""Which tables refer to a user, by the catalogue of the database: also those that the application does not know.

Only names, columns and what a delete does to them; how many rows there are is asked in `dependants`. Cascades are
followed from table to table, since a delete follows them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

from tortoise import Tortoise
from tortoise.fields.relational import ForeignKeyFieldInstance

from models import Account, User
from models.indexes import IS_WHERE_SET_POSTGRES, IS_WHERE_SET_SQLITE
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tortoise.backends.base.client import BaseDBAsyncClient
    from tortoise.models import Model

DEPTH: Final = 5
"""How many tables deep cascades are followed. What lies deeper is left to the database, which refuses or deletes it."""

MOST: Final = 200
"""How many relations are looked at, the nearest ones: they are counted twice, the second time under lock."""

USERS: Final = "users"


class OnDelete(StrEnum):
    """What becomes of a row when the one it refers to is deleted."""

    DELETES = "deletes"
    DETACHES = "detaches"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class Reference:
    """One foreign key. `table` and `parent` are the names as SQL takes them, with the schema where one is needed.

    `indexed`: an index begins with one of the columns, and leaves out no more than its NULLs. `readable`: this
    connection may count the rows, all of them.
    `enforced`: the database knows of it; the application alone is not enough to keep it true. `at_end`: it blocks only
    with the rows that are left once all the others are deleted: NO ACTION on SQLite, on PostgreSQL a deferred one.
    """

    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_delete: OnDelete
    indexed: bool
    readable: bool = True
    enforced: bool = True
    at_end: bool = False

    @property
    def name(self) -> str:
        """Return the table as people read it, without quotes."""
        return self.table.replace('"', "")

    @property
    def place(self) -> str:
        """Return `orders.buyer_id`, or `orders (buyer_id, buyer_name)`: plain names, for people."""
        columns = f".{self.columns[0]}" if len(self.columns) == 1 else f" ({', '.join(self.columns)})"
        return self.name + columns


Path = tuple[Reference, ...]
"""From `users` to the table whose rows are meant: every step but the last one deletes."""


async def paths_to(client: BaseDBAsyncClient) -> tuple[Path, ...]:
    """Return every way in which deleting a user reaches other rows, nearest first. Raises `DatabaseError`."""
    found = await (_postgres(client) if is_postgres(client) else _sqlite(client))
    known = {(_bare(one.table), one.columns) for one in found if _bare(one.parent) == USERS}
    found += [one for one in _of_application() if (_bare(one.table), one.columns) not in known]
    return tuple(islice(_walk(found), MOST))


def known_to_application() -> frozenset[tuple[str, str]]:
    """Return (table, column) of every foreign key that the models have, to a user or to what hangs on one."""
    return frozenset((model._meta.db_table, column) for model, _, column in _keys())


def quoted(name: str) -> str:
    """Return a name as an identifier of SQL, in both dialects."""
    return '"' + name.replace('"', '""') + '"'


def _bare(table: str) -> str:
    """The name in lower case without its quotes: how SQLite compares, and enough to know our own tables by."""
    return table.replace('"', "").lower()


def _walk(references: list[Reference]) -> Iterator[Path]:
    level: list[Path] = [(one,) for one in references if _bare(one.parent) == USERS]
    for _ in range(DEPTH):
        yield from level
        level = [
            (*path, one)
            for path in level
            if path[-1].on_delete is OnDelete.DELETES and path[-1].name != USERS
            for one in references
            if one.parent == path[-1].table and one not in path
        ]


def _of_application() -> Iterator[Reference]:
    """What the models say. The database enforces nothing of it unless its catalogue says the same."""
    seen = set()
    for model, field, column in _keys():
        if field.related_model not in {User, Account}:
            continue
        to = field.to_field_instance.source_field or field.to_field_instance.model_field_name
        table = quoted(model._meta.db_table)
        if (table, column) not in seen:
            seen.add((table, column))
            yield Reference(table, (column,), USERS, (to,), OnDelete.BLOCKS, indexed=True, enforced=False)


def _keys() -> Iterator[tuple[type[Model], ForeignKeyFieldInstance[Model], str]]:
    """The foreign keys of the models: whose, which, and the name of the column."""
    for models in (Tortoise.apps or {}).values():
        for model in models.values():
            for name in model._meta.fk_fields | model._meta.o2o_fields:
                field = model._meta.fields_map[name]
                assert isinstance(field, ForeignKeyFieldInstance)
                yield model, field, model._meta.fields_db_projection[str(field.source_field)]


# `confdelsetcols`, the columns that SET NULL names, came with PostgreSQL 15: as JSON it is simply not there before.
_POSTGRES: Final = f"""
WITH RECURSIVE reached (oid, conrelid, confdeltype, depth) AS (
    SELECT oid, conrelid, confdeltype, 1 FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0 AND confrelid = to_regclass('{USERS}')
    UNION
    SELECT c.oid, c.conrelid, c.confdeltype, r.depth + 1
    FROM reached r JOIN pg_constraint c ON c.confrelid = r.conrelid
    WHERE c.contype = 'f' AND c.conparentid = 0 AND r.confdeltype = 'c' AND r.depth < {DEPTH}
)
SELECT c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent, c.confdeltype::text AS action,
    c.condeferred AS deferred,
    ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.place) AS columns,
    ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number ORDER BY k.place) AS parent_columns,
    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnotnull
        AND CASE jsonb_typeof(to_jsonb(c) -> 'confdelsetcols')
            WHEN 'array' THEN to_jsonb(c) -> 'confdelsetcols' @> to_jsonb(a.attnum)
            ELSE a.attnum = ANY (c.conkey) END) AS needs_value,
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indisvalid AND i.indkey[0] = ANY (c.conkey)
        AND (i.indpred IS NULL OR {IS_WHERE_SET_POSTGRES})) AS indexed,
    has_schema_privilege(t.relnamespace, 'USAGE') AND (NOT row_security_active(c.conrelid) OR (
        EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.conrelid AND p.polpermissive AND p.polcmd IN ('r', '*')
            AND pg_get_expr(p.polqual, p.polrelid) = 'true'
            AND EXISTS (SELECT FROM unnest(p.polroles) r WHERE r = 0 OR pg_has_role(r, 'USAGE')))
        AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.conrelid AND NOT p.polpermissive)))
        AND NOT EXISTS (SELECT FROM unnest(c.conkey) k WHERE NOT has_column_privilege(c.conrelid, k, 'SELECT'))
        AND NOT EXISTS (SELECT FROM unnest(c.confkey) k WHERE NOT has_column_privilege(c.confrelid, k, 'SELECT'))
        AS readable
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE c.oid IN (SELECT oid FROM reached) ORDER BY child, c.conname
"""  # noqa: S608 - constants of ours


async def _postgres(client: BaseDBAsyncClient) -> list[Reference]:
    actions = {"c": OnDelete.DELETES, "n": OnDelete.DETACHES, "d": OnDelete.DETACHES}
    rows = await client.execute_query_dict(_POSTGRES)
    return [
        Reference(
            row["child"],
            tuple(row["columns"]),
            row["parent"],
            tuple(row["parent_columns"]),
            # Setting NULL where NULL may not be is an error of the delete.
            OnDelete.BLOCKS
            if row["action"] == "n" and row["needs_value"]
            else actions.get(row["action"], OnDelete.BLOCKS),
            indexed=row["indexed"],
            readable=row["readable"],
            at_end=row["action"] == "a" and row["deferred"],
        )
        for row in rows
    ]


_SQLITE: Final = f"""
SELECT m.name AS child, f."id" AS number, f."table" AS parent, f."from" AS column_name, f."on_delete" AS action,
    coalesce(f."to", (SELECT p.name FROM pragma_table_info(f."table") p WHERE p.pk = f.seq + 1)) AS parent_column,
    (SELECT c."notnull" OR c.pk > 0 FROM pragma_table_info(m.name) c
        WHERE lower(c.name) = lower(f."from")) AS needs_value,
    EXISTS (SELECT 1 FROM pragma_index_list(m.name) i, pragma_index_info(i.name) k
        WHERE k.seqno = 0 AND lower(k.name) = lower(f."from") AND (NOT i.partial OR {IS_WHERE_SET_SQLITE}))
        OR (SELECT c.pk = 1 FROM pragma_table_info(m.name) c WHERE lower(c.name) = lower(f."from")) AS indexed
FROM sqlite_schema m, pragma_foreign_key_list(m.name) f
WHERE m.type = 'table' ORDER BY m.name, f."id", f.seq
"""  # noqa: S608 - a constant of ours


async def _sqlite(client: BaseDBAsyncClient) -> list[Reference]:
    actions = {"CASCADE": OnDelete.DELETES, "SET NULL": OnDelete.DETACHES, "SET DEFAULT": OnDelete.DETACHES}
    keys: dict[tuple[str, int], list[dict[str, object]]] = {}
    for row in await client.execute_query_dict(_SQLITE):
        keys.setdefault((row["child"], row["number"]), []).append(row)
    found = []
    for (child, _), rows in keys.items():
        action = str(rows[0]["action"]).upper()
        blocked = action == "SET NULL" and any(row["needs_value"] for row in rows)
        found.append(
            Reference(
                quoted(child.lower()),
                tuple(str(row["column_name"]) for row in rows),
                quoted(str(rows[0]["parent"]).lower()),
                tuple(str(row["parent_column"]) for row in rows),
                OnDelete.BLOCKS if blocked else actions.get(action, OnDelete.BLOCKS),
                indexed=any(row["indexed"] for row in rows),
                at_end=action == "NO ACTION",
            )
        )
    return found
