"""Statements on rows: INSERT, UPDATE, DELETE, MERGE, COPY, SELECT, and whose rows any statement reads. Pure."""

from __future__ import annotations

import itertools
from typing import Final

from .cursor import Cursor
from .deed import Deed, Kind
from .tokens import Is, Token

_CALLED: Final = ("IN", "AND", "OR", "NOT", "EXISTS", "VALUES", "ANY", "ALL", "SOME", "OVER", "FILTER", "USING", "ON",
                  "COUNT", "SUM", "MIN", "MAX", "AVG", "COALESCE", "NULLIF", "LOWER", "UPPER", "TRIM", "LENGTH", "CAST",
                  "SUBSTR", "SUBSTRING", "REPLACE", "NOW", "ROUND", "ABS", "CONCAT", "GREATEST", "LEAST", "EXTRACT",
                  "DATE_TRUNC", "TO_CHAR", "ROW_NUMBER", "DISTINCT", "IFNULL", "WHERE", "SELECT", "SET", "AS", "THEN",
                  "WHEN", "ELSE", "CASE", "BETWEEN", "LIKE", "FROM", "JOIN", "SETVAL", "NEXTVAL",
                  "PG_GET_SERIAL_SEQUENCE", "GEN_RANDOM_UUID", "JSON_EXTRACT", "RANDOMBLOB", "HEX", "DATETIME",
                  "STRFTIME", "CURRENT_SETTING")  # fmt: skip
"""What may stand before a parenthesis without calling a function that could write."""


def insert(at: Cursor) -> Deed:
    """INSERT and REPLACE INTO."""
    if at.take("OR"):
        at.move()
    at.take("INTO")
    table = at.name()
    if at.take("AS"):
        at.name()
    columns = at.first_names() if at.next.word == "(" and at.ahead(1).word != "SELECT" else ()
    rest = at.rest()
    return Deed(
        Kind.INSERT,
        one(table),
        columns,
        reads=tables_read(rest, at.dialect),
        is_opaque=_calls(rest),
    )


def update(at: Cursor) -> Deed:
    """UPDATE: `columns` are those that are set."""
    if at.take("OR"):
        at.move()
    at.take("ONLY")
    table = at.name()
    at.skip_to("SET")
    at.take("SET")
    columns: list[str] = []
    while not at.at_end:
        if at.next.word == "(":
            columns += at.first_names()
        else:
            columns.append(at.name())
        if not at.skip_to(",", "WHERE", "FROM", "RETURNING") or not at.take(","):
            break
    rest = at.rest()
    has_where = any(token.word == "WHERE" for token in rest)
    return Deed(
        Kind.UPDATE,
        one(table),
        tuple(columns),
        reads=tables_read(rest, at.dialect),
        has_where=has_where,
        is_opaque=_calls(rest),
    )


def delete(at: Cursor) -> Deed:
    """DELETE."""
    at.take("FROM")
    at.take("ONLY")
    table = at.name()
    rest = at.rest()
    has_where = any(token.word == "WHERE" for token in rest)
    reads = tables_read(rest, at.dialect)
    return Deed(Kind.DELETE, one(table), reads=reads, has_where=has_where)


def merge(at: Cursor) -> Deed:
    """MERGE: an UPDATE of what it goes into."""
    at.take("INTO")
    at.take("ONLY")
    return Deed(Kind.UPDATE, one(at.name()), has_where=True)


def copy(at: Cursor) -> Deed:
    """COPY."""
    return Deed(Kind.COPY, one(at.name()))


def select(at: Cursor) -> Deed:
    """SELECT and VALUES; SELECT INTO makes a table."""
    rest = at.rest()
    into = [index for index, token in enumerate(rest[:-1]) if token.word == "INTO"]
    if into and at.dialect == "postgres":
        table = rest[into[0] + 1].value(at.dialect)
        return Deed(Kind.CREATE_TABLE, (table,), reads=tables_read(rest, at.dialect))
    return Deed(Kind.SELECT, reads=tables_read(rest, at.dialect), is_opaque=_calls(rest))


def one(name: str) -> tuple[str, ...]:
    """The tables of a deed about one; none where no name is."""
    return (name,) if name else ()


def tables_read(rest: list[Token], dialect: str) -> tuple[str, ...]:
    """The tables behind FROM, JOIN and USING."""
    found: list[str] = []
    for index, token in enumerate(rest[:-1]):
        if token.word not in ("FROM", "JOIN", "USING") or rest[index + 1].kind not in (Is.WORD, Is.NAME):
            continue
        parts = [rest[index + 1].value(dialect)]
        at = index + 2
        while at + 1 < len(rest) and rest[at].word == "." and rest[at + 1].kind in (Is.WORD, Is.NAME):
            parts.append(rest[at + 1].value(dialect))
            at += 2
        if at < len(rest) and rest[at].word == "(":
            continue  # a function, or EXTRACT(x FROM y)
        found.append(".".join(parts))
    return tuple(dict.fromkeys(found))


def _calls(rest: list[Token]) -> bool:
    """Whether a function is called that is not known to change nothing."""
    return any(
        token.kind in (Is.WORD, Is.NAME) and behind.word == "(" and token.word not in _CALLED
        for token, behind in itertools.pairwise(rest)
    )
