"""Questions to a database about its tables: their size, about how many rows, and how many values a cast would cut.

Used in the worker and, over the connection that is open, in Shellback itself: `ask` is a client's
`execute_query_dict`. Nothing is counted without a limit and a deadline, and no expression of a migration is run: of a
cast only column and type are taken, and only types that are known here.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from ..sql.names import quoted, quoted_path

Ask = Callable[[str, list[Any]], Awaitable[Any]]

MOST_CUT: Final = 10_000
"""Values that are counted before it is "more than"."""
MOST_TABLES: Final = 500
"""Whose sizes are read where it is not known which are wanted."""
STATEMENT_MS: Final = 5_000
LOCK_MS: Final = 1_000

_SIZES: Final = """
    SELECT q.name, c.relkind::text AS kind,
        sum(CASE WHEN l.reltuples >= 0 THEN l.reltuples END)::bigint AS rows,
        bool_or(l.reltuples < 0) AS unknown,
        sum(pg_relation_size(l.oid))::bigint AS heap,
        sum(pg_total_relation_size(l.oid))::bigint AS bytes
    FROM unnest($1::text[], $2::text[]) AS q(name, quoted)
    JOIN pg_class c ON c.oid = to_regclass(q.quoted) AND c.relkind IN ('r', 'p', 'm')
    LEFT JOIN LATERAL (
        SELECT c.oid WHERE c.relkind <> 'p'
        UNION ALL SELECT relid FROM pg_partition_tree(c.oid) WHERE isleaf AND c.relkind = 'p'
    ) AS leaf ON true
    LEFT JOIN pg_class l ON l.oid = leaf.oid
    GROUP BY q.name, c.relkind
"""
_REMEMBERED: Final = """
    SELECT q.name, CASE WHEN c.relkind <> 'p' AND c.reltuples >= 0 THEN c.reltuples END::bigint AS rows,
        c.relkind = 'p' OR c.reltuples < 0 AS unknown,
        greatest(c.relpages, 1) * current_setting('block_size')::bigint AS heap,
        greatest(c.relpages, 1) * current_setting('block_size')::bigint AS bytes
    FROM unnest($1::text[], $2::text[]) AS q(name, quoted)
    JOIN pg_class c ON c.oid = to_regclass(q.quoted) AND c.relkind IN ('r', 'p', 'm')
"""
"""Without a lock on the tables: what the last ANALYZE or VACUUM left."""
_LENGTH: Final = re.compile(
    r"(?:VARCHAR|CHARACTER\s+VARYING|CHAR|CHARACTER|BPCHAR)\s*\(\s*(\d{1,9})\s*\)", re.IGNORECASE
)
_SCALE: Final = re.compile(r"(?:NUMERIC|DECIMAL|DEC)\s*\(\s*\d{1,4}\s*(?:,\s*(\d{1,4})\s*)?\)", re.IGNORECASE)
_WHOLE: Final = re.compile(r"(?:SMALLINT|INT|INTEGER|BIGINT|INT2|INT4|INT8)", re.IGNORECASE)
_DATE: Final = re.compile(r"DATE", re.IGNORECASE)


async def every_table(ask: Ask, dialect: str) -> list[str]:
    """The tables of the search_path, at most MOST_TABLES."""
    if dialect == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name LIMIT ?"
    else:
        query = """
            SELECT relname AS name FROM pg_class
            WHERE relkind IN ('r', 'p') AND relnamespace = ANY (
                SELECT oid FROM pg_namespace WHERE nspname = ANY (current_schemas(false)))
            ORDER BY relname LIMIT $1
        """
    return [str(row["name"]) for row in await ask(query, [MOST_TABLES])]


async def sizes_postgres(ask: Ask, tables: Iterable[str]) -> dict[str, dict[str, int | None]]:
    """`rows` (the planner's estimate; 0 only when the table has no page) and `bytes` of the tables that are there."""
    names = sorted(set(tables))
    found: dict[str, dict[str, int | None]] = {}
    wanted = [names, [quoted_path(name) for name in names]]
    try:
        rows = await ask(_SIZES, wanted)
    except Exception:  # noqa: BLE001 - clients differ in what they raise where somebody holds a table exclusively
        rows = await ask(_REMEMBERED, wanted)
    for row in rows:
        estimate = None if row["unknown"] or row["rows"] is None else int(row["rows"])
        heap = int(row["heap"] or 0)
        count = 0 if heap == 0 else max(estimate, 1) if estimate is not None else None
        found[row["name"]] = {"rows": count, "bytes": int(row["bytes"] or 0)}
    return found


async def sizes_sqlite(ask: Ask, tables: Iterable[str]) -> dict[str, dict[str, int | None]]:
    """`rows` is what ANALYZE left, else the largest rowid, which is found at once; `bytes` are not known."""
    there = await ask("SELECT name FROM sqlite_master WHERE type = 'table'", [])
    known = {str(row["name"]).casefold(): str(row["name"]) for row in there}
    has_statistics = bool(await ask("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'", []))
    found: dict[str, dict[str, int | None]] = {}
    for table in sorted(set(tables)):
        name = known.get(table.casefold())
        if name is not None:
            found[table] = {"rows": await _rows_sqlite(ask, name, has_statistics), "bytes": None}
    return found


async def _rows_sqlite(ask: Ask, name: str, has_statistics: bool) -> int | None:
    if not await ask(f"SELECT 1 FROM {quoted(name)} LIMIT 1", []):  # noqa: S608 - a name from the catalogue, quoted
        return 0
    if has_statistics:
        told = await ask("SELECT stat FROM sqlite_stat1 WHERE tbl = ? AND stat IS NOT NULL LIMIT 1", [name])
        first = str(told[0]["stat"]).split(" ")[0] if told else ""
        if first.isdecimal():
            return max(int(first), 1)
    try:
        found = await ask(f"SELECT max(rowid) AS highest FROM {quoted(name)}", [])  # noqa: S608 - as above
    except Exception:  # noqa: BLE001 - WITHOUT ROWID: there is no estimate, and clients differ in what they raise
        return None
    highest = found[0]["highest"]
    return max(highest, 1) if isinstance(highest, int) else None


def cut_condition(column: str, kind: str) -> str | None:
    """SQL that is true for a value which a cast to the type changes without an error; None for a type not known."""
    value = quoted(column)
    if found := _LENGTH.fullmatch(kind.strip()):
        return f"char_length({value}::text) > {int(found[1])}"
    if found := _SCALE.fullmatch(kind.strip()):
        return f"{value}::numeric <> round({value}::numeric, {int(found[1] or 0)})"
    if _WHOLE.fullmatch(kind.strip()):
        return f"{value}::numeric <> round({value}::numeric)"
    if _DATE.fullmatch(kind.strip()):
        return f"{value}::text::timestamp <> date_trunc('day', {value}::text::timestamp)"
    return None


async def count_cut(ask: Ask, table: str, column: str, kind: str) -> int | None:
    """How many values of a column the cast would cut, at most MOST_CUT + 1; None for a type not known.

    PostgreSQL only: SQLite keeps what it is given. Raises what the database raises.
    """
    condition = cut_condition(column, kind)
    if condition is None:
        return None
    rows = await ask(
        f"SELECT count(*) AS n FROM (SELECT 1 FROM {quoted_path(table)} WHERE {condition} LIMIT {MOST_CUT + 1}) AS cut",  # noqa: S608 - quoted names, and conditions made above
        [],
    )
    return int(rows[0]["n"])


async def measure(
    ask: Ask, dialect: str, tables: Iterable[str], cuts: Iterable[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """Sizes of `tables`, and for each of `cuts` (table, column, type) the count or why there is none."""
    sizes = await (sizes_sqlite if dialect == "sqlite" else sizes_postgres)(ask, tables)
    counted: list[dict[str, Any]] = []
    for cut in cuts if dialect != "sqlite" else ():
        try:
            count = await count_cut(ask, cut["table"], cut["column"], cut["type"])
        except Exception:  # noqa: BLE001 - a deadline, a lock, a column that is not there yet: it is not known
            count = None
        counted.append({**cut, "count": count})
    return {"sizes": sizes, "cuts": counted}
