"""Counts what a script would take: each question of `losing` becomes a bounded SELECT. Nothing is changed.

Up to MOST it is counted exactly; beyond that, or when it takes too long, the planner's estimate is given and said to be
one. `ask` runs one SELECT, and raises TimeoutError when it was stopped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from ..sql.names import quoted, quoted_path
from .losing import Lost, Question
from .measuring import cut_condition, sizes_postgres, sizes_sqlite

Ask = Callable[[str, list[Any]], Awaitable[Any]]

MOST: Final = 1_000_000
"""Rows that are counted one by one."""
_COLUMNS: Final = {
    "postgres": (
        "SELECT attname::text AS name FROM pg_attribute "
        "WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    ),
    "sqlite": "SELECT name FROM pragma_table_info(?)",
}
_FILLED: Final = """
    SELECT (c.reltuples * (1 - s.null_frac))::bigint AS n
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
    WHERE c.oid = to_regclass($1) AND s.attname = $2 AND c.reltuples >= 0
"""
_FOLLOWERS: Final = """
    SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint
    WHERE confrelid = to_regclass($1) AND contype = 'f' AND confdeltype = 'c' ORDER BY 1
"""


async def count_losses(ask: Ask, dialect: str, questions: Iterable[Question]) -> list[dict[str, Any]]:
    """For each loss its question's version, lost, table, column, type and note; `count` (None: not known), `how`
    (exact, about, more) and `also` (tables whose rows go with it). What is not there to be lost is left out."""
    found: list[dict[str, Any]] = []
    for question in questions:
        try:
            found += await _losses(ask, dialect, question)
        except Exception as error:  # noqa: BLE001 - one that cannot be counted is told as such, and the others go on
            late = "it took too long" if isinstance(error, TimeoutError) else "the database refused"
            found.append(_told(question, None, note=f"Not counted: {late}."))
    return found


async def _losses(ask: Ask, dialect: str, question: Question) -> list[dict[str, Any]]:
    if question.lost is Lost.UNKNOWN:
        return [_told(question, None)]
    columns = await _columns(ask, dialect, question.table)
    found = []
    for each in _parts(question, columns) if columns else ():
        count, how = await _count(ask, dialect, each)
        if count != 0 or each.lost is Lost.ROWS:
            also = await _followers(ask, dialect, each) if count else ()
            found.append(_told(each, count, how, also=also))
    return found


def _parts(question: Question, columns: list[str]) -> Iterator[Question]:
    """The question for each column that is there, where it is about columns."""
    if question.lost is Lost.VALUES and not question.column:
        kept = question.kept
        for column in columns:
            if kept is not None and column.casefold() not in {each.casefold() for each in kept}:
                yield replace(question, column=column)
        return
    if question.lost in (Lost.VALUES, Lost.CUT) and question.column not in columns:
        return
    yield question


async def _count(ask: Ask, dialect: str, question: Question) -> tuple[int | None, str]:
    """How many, and whether that is exact, about, or more than."""
    select = _select(question, dialect)
    if select is None:
        return None, ""
    try:
        rows = await ask(f"SELECT count(*) AS n FROM ({select}\nLIMIT {MOST + 1}) AS lost", [])  # noqa: S608 - see _select
    except TimeoutError:
        if (estimate := await _estimate(ask, dialect, question)) is not None:
            return estimate, "about"
        raise
    count = int(rows[0]["n"])
    if question.lost is Lost.LEFT_OUT:
        whole = int((await ask(f"SELECT count(*) AS n FROM {quoted_path(question.table)}", []))[0]["n"])  # noqa: S608 - quoted
        return (max(whole - count, 0), "exact") if count <= MOST else (None, "")
    if count <= MOST:
        return count, "exact"
    estimate = await _estimate(ask, dialect, question)
    return (max(estimate, count), "about") if estimate is not None else (MOST, "more")


def _select(question: Question, dialect: str) -> str | None:
    """One row for each that is lost: names are quoted, and a condition of the script calls nothing (`losing`)."""
    table = quoted_path(question.table)
    match question.lost:
        case Lost.ROWS:
            return f"SELECT 1 FROM {table}"  # noqa: S608 - quoted
        case Lost.VALUES:
            return f"SELECT 1 FROM {table} WHERE {quoted(question.column)} IS NOT NULL"  # noqa: S608 - quoted
        case Lost.CUT:
            condition = cut_condition(question.column, question.type) if dialect == "postgres" else None
            return f"SELECT 1 FROM {table} WHERE {condition}" if condition else None  # noqa: S608 - quoted
    return question.select


async def _estimate(ask: Ask, dialect: str, question: Question) -> int | None:
    if question.lost is Lost.VALUES and dialect == "postgres":
        rows = await ask(_FILLED, [quoted_path(question.table), question.column])
        return int(rows[0]["n"]) if rows else None
    if question.lost is Lost.ROWS:
        sizes = await (sizes_postgres if dialect == "postgres" else sizes_sqlite)(ask, [question.table])
        return sizes[question.table]["rows"] if question.table in sizes else None
    return None


async def _columns(ask: Ask, dialect: str, table: str) -> list[str]:
    """Of a table that is there; none of one that is not."""
    name = quoted_path(table) if dialect == "postgres" else table
    return [str(row["name"]) for row in await ask(_COLUMNS[dialect], [name])]


async def _followers(ask: Ask, dialect: str, question: Question) -> tuple[str, ...]:
    """The tables whose rows go with those that are deleted. SQLite's foreign keys are off while a migration runs."""
    if dialect != "postgres" or question.lost is not Lost.DELETED:
        return ()
    return tuple(row["name"] for row in await ask(_FOLLOWERS, [quoted_path(question.table)]))


def _told(
    question: Question, count: int | None, how: str = "", *, note: str = "", also: Iterable[str] = ()
) -> dict[str, Any]:
    return {
        "version": question.version,
        "lost": str(question.lost),
        "table": question.table,
        "column": question.column,
        "type": question.type,
        "cascades": question.cascades,
        "note": note or question.note,
        "count": count,
        "how": how,
        "also": list(also),
    }


__all__ = ["MOST", "count_losses"]
