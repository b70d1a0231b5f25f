"""What a script would take from a database, as questions to count before it runs. Pure: reads text, asks nobody.

    questions([("13_points.py", down_sql)], "postgres")

The scripts come in the order in which they would run. A table or a column that one of them renames is asked for by the
name that it has now; what they make themselves is nobody's loss. What cannot be known from the text is a question of
the kind UNKNOWN, whose `note` says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

from ..sql.ddl import touched_by, what_does
from ..sql.deed import Change, Deed, Kind, Verb
from ..sql.statements import Statement, split
from ..sql.tokens import Is, Token, tokens


class Lost(StrEnum):
    """What a question counts."""

    ROWS = "rows"
    """Of a table that is dropped or emptied."""
    VALUES = "values"
    """Of a column that is dropped, without the empty ones."""
    CUT = "cut"
    """Values of a column that its new type changes."""
    DELETED = "deleted"
    """Rows that a DELETE takes."""
    LEFT_OUT = "left out"
    """Rows that are not copied where a table is rebuilt."""
    REWRITTEN = "rewritten"
    """Rows whose values an UPDATE replaces."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to count. `select` is a SELECT of one row for each that is lost, where names alone do not tell."""

    version: str
    lost: Lost
    table: str = ""
    column: str = ""
    type: str = ""
    select: str = ""
    kept: tuple[str, ...] | None = None
    """Of a table that is rebuilt: the columns that are copied; None for all. The others are lost."""
    cascades: bool = False
    note: str = ""


PROGRAM: Final = "Its downgrade is a program: only running it tells what is lost."
_SAFE: Final = frozenset(
    {
        *("AND", "OR", "NOT", "IN", "ANY", "ALL", "SOME", "EXISTS", "VALUES", "WHERE", "ON", "USING", "AS", "BETWEEN"),
        *("SELECT", "FROM", "LIKE", "ILIKE", "CASE", "WHEN", "THEN", "ELSE", "HAVING", "BY", "DISTINCT", "OVER"),
        *("LOWER", "UPPER", "LENGTH", "CHAR_LENGTH", "COALESCE", "NULLIF", "ABS", "ROUND", "TRIM", "SUBSTR", "REPLACE"),
        *("SUBSTRING", "LEFT", "RIGHT", "CAST", "COUNT", "MIN", "MAX", "SUM", "AVG", "DATE", "DATETIME", "NOW"),
        *("DATE_TRUNC", "EXTRACT", "GREATEST", "LEAST", "VARCHAR", "CHAR", "NUMERIC", "DECIMAL", "INSTR", "STRFTIME"),
    }
)
"""Words before a parenthesis that call nothing, or what only computes."""


def questions(scripts: Iterable[tuple[str, str | None, bool]], dialect: str) -> list[Question]:
    """For each script its version, its SQL (None where only running it tells) and whether Python does more than that.

    The same loss is asked for once, at the first script that causes it.
    """
    names = _Names()
    found: dict[tuple[str, ...], Question] = {}
    for version, sql, is_program in scripts:
        for question in _script(version, sql, is_program, dialect, names):
            key = (question.lost, question.table, question.column, question.select or question.note)
            found.setdefault(key if question.lost is not Lost.UNKNOWN else (version, question.note), question)
    return list(found.values())


@dataclass(slots=True)
class _Names:
    """What tables and columns are called now, by the name that the scripts have for them at this point."""

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    """Tables, and columns as `table.column`, that the scripts make themselves."""

    def table(self, name: str) -> str | None:
        return None if name in self.made else self.tables.get(name, name)

    def column(self, table: str, name: str) -> str | None:
        return None if f"{table}.{name}" in self.made else self.columns.get((table, name), name)

    def rename_table(self, old: str, new: str) -> None:
        schema, dot, _ = old.rpartition(".")
        new = f"{schema}{dot}{new}"
        self.tables[new] = self.tables.pop(old, old)
        if old in self.made:
            self.made.add(new)
        else:
            # From here on the old name is that of no table of now.
            self.made.add(old)
            self.made.discard(new)
        for table, column in [key for key in self.columns if key[0] == old]:
            self.columns[new, column] = self.columns.pop((table, column))


def _script(version: str, sql: str | None, is_program: bool, dialect: str, names: _Names) -> Iterator[Question]:
    if sql is None or is_program:
        yield Question(version, Lost.UNKNOWN, note=PROGRAM)
    statements = split(sql or "", dialect)
    deeds = [what_does(statement.text, dialect) for statement in statements]
    rebuilt = touched_by(deeds).rebuilt
    copies: dict[str, tuple[Statement, Deed]] = {}
    for statement, deed in zip(statements, deeds, strict=True):
        if deed.kind in (Kind.INSERT, Kind.CREATE_TABLE) and deed.reads:
            copies.update(dict.fromkeys((source for source in deed.reads if source in rebuilt), (statement, deed)))
            for name in rebuilt.intersection(deed.tables):
                if _leaves_out(list(tokens(statement.text, dialect))):
                    note = f"{name} gets back a part of its rows only: read the SQL."
                    yield Question(version, Lost.UNKNOWN, name, note=note)
        yield from _statement(version, statement.text, deed, dialect, names, rebuilt)
    for table in sorted(rebuilt):
        yield from _rebuilt(version, table, copies.get(table), dialect, names)


def _statement(
    version: str, text: str, deed: Deed, dialect: str, names: _Names, rebuilt: frozenset[str]
) -> Iterator[Question]:
    match deed.kind:
        case Kind.CREATE_TABLE if not deed.guarded:
            names.made.update(set(deed.tables) - rebuilt)
        case Kind.DROP_TABLE | Kind.TRUNCATE:
            for name in deed.tables:
                if (table := names.table(name)) is not None and name not in rebuilt:
                    yield Question(version, Lost.ROWS, table, cascades=deed.cascade)
        case Kind.ALTER_TABLE:
            for change in deed.changes:
                if not (change.verb is Verb.RENAME_TABLE and change.to in rebuilt):
                    yield from _change(version, deed.tables[0] if deed.tables else "", change, names)
        case Kind.DELETE | Kind.UPDATE:
            yield from _rows(version, text, deed, dialect, names)
        case Kind.SCHEMA | Kind.DATABASE if deed.words.startswith("DROP"):
            yield Question(version, Lost.UNKNOWN, note=f"{deed.words} {deed.name}: what is in it is not counted.")
        case Kind.DO_BLOCK:
            yield Question(version, Lost.UNKNOWN, note="A DO block: only running it tells what is lost.")
        case Kind.SELECT | Kind.OTHER | Kind.INSERT if deed.is_opaque:
            yield Question(
                version, Lost.UNKNOWN, note=f"{deed.words or 'A statement'} runs what only running it tells."
            )


def _change(version: str, name: str, change: Change, names: _Names) -> Iterator[Question]:
    if change.verb is Verb.RENAME_TABLE:
        names.rename_table(name, change.to)
        return
    if change.verb is Verb.RENAME_COLUMN:
        names.columns[name, change.to] = names.columns.pop((name, change.column), change.column)
        return
    if change.verb is Verb.ADD_COLUMN:
        names.made.add(f"{name}.{change.column}")
        return
    table, column = names.table(name), names.column(name, change.column)
    if table is None or column is None:
        return
    if change.verb is Verb.DROP_COLUMN:
        yield Question(version, Lost.VALUES, table, column)
    elif change.verb is Verb.SET_TYPE:
        yield Question(version, Lost.CUT, table, column, type=change.type)


def _rows(version: str, text: str, deed: Deed, dialect: str, names: _Names) -> Iterator[Question]:
    """DELETE and UPDATE: the rows that their condition meets now."""
    lost = Lost.DELETED if deed.kind is Kind.DELETE else Lost.REWRITTEN
    name = deed.tables[0] if deed.tables else ""
    if not name or names.table(name) is None:
        return
    columns = ", ".join(deed.columns)
    select = _select(text, deed, dialect) if names.table(name) == name else None
    if select is None:
        note = f"{deed.words} of {name}: only running it tells how many rows it meets."
        yield Question(version, Lost.UNKNOWN, name, note=note)
    else:
        yield Question(version, lost, name, columns, select=select)


def _select(text: str, deed: Deed, dialect: str) -> str | None:
    """The SELECT that meets the same rows; None where it would need other tables, or call what may do more."""
    found = list(tokens(text, dialect))
    top = list(_top(found))
    words = [token.word for token in top]
    if words[:1] != [deed.kind.name] or {"USING", "RETURNING", "OR"} & set(words[:4]) or "RETURNING" in words:
        return None
    if any(token.kind is Is.OPEN for token in found) or _calls(found):
        return None
    end = _end(found)
    if deed.kind is Kind.DELETE:
        if "USING" in words or words[1:2] != ["FROM"]:
            return None
        return f"SELECT 1 FROM {text[top[1].end : end]}"  # noqa: S608 - what it is made of, `_calls` has looked at
    if "FROM" in words or "SET" not in words:
        return None
    where = text[top[words.index("WHERE")].offset : end] if "WHERE" in words else ""
    return f"SELECT 1 FROM {text[top[0].end : top[words.index('SET')].offset]} {where}"  # noqa: S608 - as above


def _rebuilt(
    version: str, name: str, copy: tuple[Statement, Deed] | None, dialect: str, names: _Names
) -> Iterator[Question]:
    """SQLite's way to alter a table: what the copy leaves out is lost."""
    table = names.table(name)
    if table is None:
        return
    if copy is None:
        yield Question(version, Lost.ROWS, table)
        return
    found = list(tokens(copy[0].text, dialect))
    begin = next((index for index, token in enumerate(found) if token.word == "SELECT"), None)
    if begin is None:
        return
    chosen, calls = _until(found[begin + 1 :], "FROM"), _calls(found[begin:])
    if calls:
        yield Question(version, Lost.UNKNOWN, table, note=f"{table} is rebuilt from computed values: read the SQL.")
    whole = any(token.text == "*" for token in chosen)
    kept = tuple(dict.fromkeys(token.value(dialect) for token in chosen if token.kind in (Is.WORD, Is.NAME)))
    yield Question(version, Lost.VALUES, table, kept=None if whole else kept)
    rest = found[begin + 1 + len(chosen) :]
    if _leaves_out(rest) and not calls:
        yield Question(version, Lost.LEFT_OUT, table, select=copy[0].text[found[begin].offset : _end(found)])


def _leaves_out(found: list[Token]) -> bool:
    """Whether a SELECT may give fewer rows than its table has."""
    return any(token.word in ("WHERE", "LIMIT", "JOIN", "GROUP") for token in found)


def _end(found: list[Token]) -> int:
    """Where the statement ends, without its semicolon and what follows it."""
    return next((token.end for token in reversed(found) if token.text != ";"), 0)


def _top(found: list[Token]) -> Iterator[Token]:
    """The tokens outside of parentheses."""
    depth = 0
    for token in found:
        depth -= token.text == ")"
        if depth == 0 and token.text != ")":
            yield token
        depth += token.text == "("


def _until(found: list[Token], word: str) -> list[Token]:
    """The tokens up to a word outside of parentheses."""
    depth = 0
    for index, token in enumerate(found):
        if depth == 0 and token.word == word:
            return found[:index]
        depth += (token.text == "(") - (token.text == ")")
    return found


def _calls(found: list[Token]) -> bool:
    """Whether a function is called that is not known to compute only."""
    return any(
        token.kind in (Is.WORD, Is.NAME) and token.text.upper() not in _SAFE
        for token, following in pairwise(found)
        if following.text == "("
    )


__all__ = ["PROGRAM", "Lost", "Question", "questions"]
