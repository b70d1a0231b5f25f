"""What a database's catalogue says of its tables, in a form that two databases can be compared by."""

from __future__ import annotations

import sqlite3
from typing import Any

from tests.tui.migrate.projects import connect
from tui.settings import parse_url

Catalogue = dict[str, dict[str, Any]]

_COLUMNS = """
    SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid), co.collname::text
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_collation co ON co.oid = a.attcollation AND co.collname <> 'default'
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace
"""
_CONSTRAINTS = """
    SELECT c.relname::text, pg_get_constraintdef(k.oid), k.conname::text
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = 'public'::regnamespace AND k.contype <> 'n'
"""
_INDEXES = "SELECT tablename::text, indexdef, indexname::text FROM pg_indexes WHERE schemaname = 'public'"
_TRIGGERS = """
    SELECT c.relname::text, t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
"""


async def catalogue(url: str) -> Catalogue:
    """table -> columns (by name), constraints and foreign keys, indexes (by name), triggers."""
    path = parse_url(url).path
    return _sqlite(str(path)) if path is not None else await _postgres(url)


async def _postgres(url: str) -> Catalogue:
    connection = await connect(url)
    try:
        found: Catalogue = {}
        for table, name, kind, required, default, collation in await connection.fetch(_COLUMNS):
            found.setdefault(table, {"columns": {}, "constraints": set(), "indexes": {}, "triggers": set()})
            found[table]["columns"][name] = (kind, required, default, collation)
        for table, definition, name in await connection.fetch(_CONSTRAINTS):
            found[table]["constraints"].add((definition, name))
        for table, definition, name in await connection.fetch(_INDEXES):
            found[table]["indexes"][name] = definition
        for table, name in await connection.fetch(_TRIGGERS):
            found[table]["triggers"].add(name)
        return found
    finally:
        await connection.close()


def _sqlite(path: str) -> Catalogue:
    connection = sqlite3.connect(path)
    try:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        return {table: _sqlite_table(connection, table) for (table,) in tables.fetchall()}
    finally:
        connection.close()


def _sqlite_table(connection: sqlite3.Connection, table: str) -> dict[str, Any]:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql).fetchall()

    indexes: dict[str, Any] = {}
    constraints: set[Any] = set()
    for _, name, unique, origin, partial in ask(f'PRAGMA index_list("{table}")'):
        columns = tuple(row[2:5] for row in ask(f'PRAGMA index_xinfo("{name}")') if row[5])
        if origin == "c":
            indexes[name] = (unique, partial, columns)
        else:
            constraints.add((origin, columns))
    for row in ask(f'PRAGMA foreign_key_list("{table}")'):
        constraints.add(("foreign key", *row[2:]))
    triggers = ask(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'")
    ((sql,),) = ask(f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'")
    return {
        "columns": {row[1]: row[2:6] for row in ask(f'PRAGMA table_info("{table}")')},
        "constraints": constraints,
        "indexes": indexes,
        "triggers": {name for (name,) in triggers},
        "numbers are not given twice": "AUTOINCREMENT" in sql,
    }
