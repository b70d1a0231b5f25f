"""Indexes that several models share and that Tortoise has no word for, and how a catalogue tells them."""

from __future__ import annotations

from typing import Final

from tortoise.indexes import Index

IS_WHERE_SET_POSTGRES: Final = """EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        AND pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname))"""
"""Of `pg_index i`: whether it holds the rows that have a value in its first column, and all of those."""

IS_WHERE_SET_SQLITE: Final = """EXISTS (
    SELECT 1 FROM sqlite_master s WHERE s.type = 'index' AND s.name = i.name
        AND replace(lower(s.sql), '"', '') LIKE '%where ' || lower(k.name) || ' is not null')"""
"""The same of `pragma_index_list i`, whose first column is `pragma_index_info k`. SQLite keeps the statement only."""


def index_where_set(column: str) -> Index:
    """Return an index of the rows that have a value in `column`, for a reference that few rows have.

    Deleting the row that is referred to looks for it here; without an index it would read the whole table. Both
    databases use it for `column = ...`, which no NULL meets. A plain `Index` with the condition as Tortoise's `extra`:
    Aerich restores nothing else from the state of a migration, and would drop and make anew what differs from it.
    """
    index = Index(fields=(column,))
    index.extra = where_set(column)
    return index


def where_set(column: str) -> str:
    """Return the condition of such an index, as both dialects write it."""
    return f' WHERE "{column}" IS NOT NULL'
