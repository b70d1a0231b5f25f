"""What a statement does, from its first words. Pure. `ddl` is the door; ALTER TABLE's changes are in `altering`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from .altering import changes, definitions
from .cursor import Cursor
from .deed import Deed, Kind, Verb
from .tokens import Is, Token

_TWO_WORDS: Final = ("CREATE", "DROP", "ALTER", "REINDEX", "COMMENT", "LOCK", "REFRESH", "VACUUM", "SET")
_MAIN: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES")
_TRANSACTION: Final = ("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE")
_CALLED: Final = ("IN", "AND", "OR", "NOT", "EXISTS", "VALUES", "ANY", "ALL", "SOME", "OVER", "FILTER", "USING", "ON",
                  "COUNT", "SUM", "MIN", "MAX", "AVG", "COALESCE", "NULLIF", "LOWER", "UPPER", "TRIM", "LENGTH", "CAST",
                  "SUBSTR", "SUBSTRING", "REPLACE", "NOW", "ROUND", "ABS", "CONCAT", "GREATEST", "LEAST", "EXTRACT",
                  "DATE_TRUNC", "TO_CHAR", "ROW_NUMBER", "DISTINCT", "IFNULL", "WHERE", "SELECT", "SET", "AS", "THEN",
                  "WHEN", "ELSE", "CASE", "BETWEEN", "LIKE", "FROM", "JOIN", "SETVAL", "NEXTVAL",
                  "PG_GET_SERIAL_SEQUENCE", "GEN_RANDOM_UUID", "JSON_EXTRACT", "RANDOMBLOB", "HEX", "DATETIME",
                  "STRFTIME", "CURRENT_SETTING")  # fmt: skip
"""What may stand before a parenthesis without calling a function that could write."""


def read(at: Cursor) -> Deed:
    """The deed of the statement at its beginning."""
    if at.take("EXPLAIN"):
        while at.take_one("QUERY", "PLAN", "ANALYZE", "VERBOSE") or at.skip_group():
            pass
    first = at.move()
    words = f"{first.word} {at.next.word}" if first.word in _TWO_WORDS else first.word
    reader = _READERS.get(first.word)
    deed = reader(at) if reader is not None else _other(at, first)
    at.rest()
    return replace(deed, words=words, is_open=at.is_open)


def _other(at: Cursor, first: Token) -> Deed:
    if first.word in _TRANSACTION:
        return Deed(Kind.TRANSACTION)
    if first.word in ("SET", "RESET", "PRAGMA", "SHOW", "DISCARD"):
        at.take_one("LOCAL", "SESSION")
        return Deed(Kind.SETTING, name=at.name())
    return Deed(Kind.OTHER, is_opaque=first.word not in ("LISTEN", "NOTIFY", "UNLISTEN", "CHECKPOINT"))


def _create(at: Cursor) -> Deed:
    guarded = at.take("OR", "REPLACE")
    at.take_one("GLOBAL", "LOCAL")
    temporary = bool(at.take_one("TEMP", "TEMPORARY"))
    at.take_one("UNLOGGED", "VIRTUAL")
    unique = at.take("UNIQUE")
    if at.take("TABLE") or at.take("FOREIGN", "TABLE"):
        return _create_table(at, temporary=temporary)
    if at.take("INDEX"):
        return _create_index(at, unique=unique)
    at.take_one("CONSTRAINT", "RECURSIVE", "MATERIALIZED")
    what = at.move().word
    guarded = _guard(at) or guarded
    name = at.name()
    match what:
        case "TRIGGER" | "POLICY" | "RULE":
            at.skip_to("ON", "TO")
            at.move()
            return Deed(Kind.CREATE_TRIGGER, tables=_one(at.name()), name=name, guarded=guarded)
        case "VIEW":
            return Deed(Kind.CREATE_VIEW, name=name, guarded=guarded, reads=_reads(at.rest(), at.dialect))
        case "FUNCTION" | "PROCEDURE":
            return Deed(Kind.CREATE_ROUTINE, name=name, guarded=guarded)
        case _:
            return Deed(_OBJECTS.get(what, Kind.OTHER), name=name, guarded=guarded)


def _create_table(at: Cursor, *, temporary: bool) -> Deed:
    guarded = _guard(at)
    name = at.name()
    columns, references = definitions(at)
    rest = at.rest()
    parent: tuple[str, ...] = ()
    for index, token in enumerate(rest[:-2]):
        if token.word == "PARTITION" and rest[index + 1].word == "OF":
            parent = _one(rest[index + 2].value(at.dialect))
    return Deed(
        Kind.CREATE_TABLE,
        tables=(name,),
        columns=tuple(column.name for column in columns),
        defined=columns,
        reads=tuple(dict.fromkeys((*references, *_reads(rest, at.dialect), *parent))),
        guarded=guarded,
        temporary=temporary,
    )


def _create_index(at: Cursor, *, unique: bool) -> Deed:
    concurrently = at.take("CONCURRENTLY")
    guarded = _guard(at)
    name = "" if at.next.word == "ON" else at.name()
    at.take("ON")
    at.take("ONLY")
    table = at.name()
    if at.take("USING"):
        at.move()
    return Deed(
        Kind.CREATE_INDEX,
        tables=_one(table),
        columns=_first_names(at),
        name=name,
        concurrently=concurrently,
        guarded=guarded,
        unique=unique,
        has_where=at.skip_to("WHERE"),
    )


def _first_names(at: Cursor) -> tuple[str, ...]:
    """In parentheses: the name that each item begins with, where it is one."""
    if not at.take("("):
        return ()
    found: list[str] = []
    while not at.at_end and not at.take(")"):
        if at.next.kind in (Is.WORD, Is.NAME) and at.ahead(1).word != "(":
            found.append(at.name())
        at.skip_to(",")
        at.take(",")
    return tuple(found)


def _drop(at: Cursor) -> Deed:
    at.take_one("MATERIALIZED", "FOREIGN")
    what = at.move().word
    concurrently = at.take("CONCURRENTLY")
    guarded = _guard(at)
    names = at.names()
    on = at.name() if what in ("TRIGGER", "POLICY", "RULE") and at.take("ON") else ""
    cascade = at.skip_to("CASCADE")
    if what == "TABLE":
        return Deed(Kind.DROP_TABLE, tables=names, guarded=guarded, cascade=cascade)
    kind = Kind.DROP_INDEX if what == "INDEX" else _OBJECTS.get(what, Kind.OTHER)
    return Deed(
        kind,
        tables=_one(on),
        name=", ".join(names),
        guarded=guarded,
        cascade=cascade,
        concurrently=concurrently,
    )


def _alter(at: Cursor) -> Deed:
    if at.take("TABLE") or at.take("FOREIGN", "TABLE"):
        guarded = _guard(at)
        at.take("ONLY")
        table = at.name()
        at.take("*")
        found = changes(at)
        columns = tuple(change.column for change in found if change.column and change.verb not in _NOT_COLUMNS)
        reads = tuple(change.references for change in found if change.references)
        return Deed(Kind.ALTER_TABLE, _one(table), tuple(dict.fromkeys(columns)), found, reads=reads, guarded=guarded)
    at.take("MATERIALIZED")
    what = at.move().word
    if what == "SYSTEM":
        return Deed(Kind.DATABASE)
    guarded = _guard(at)
    return Deed(_OBJECTS.get(what, Kind.OTHER), name=at.name(), guarded=guarded)


def _insert(at: Cursor) -> Deed:
    if at.take("OR"):
        at.move()
    at.take("INTO")
    table = at.name()
    if at.take("AS"):
        at.name()
    columns = _first_names(at) if at.next.word == "(" and at.ahead(1).word != "SELECT" else ()
    rest = at.rest()
    return Deed(
        Kind.INSERT,
        _one(table),
        columns,
        reads=_reads(rest, at.dialect),
        is_opaque=_calls(rest),
    )


def _update(at: Cursor) -> Deed:
    if at.take("OR"):
        at.move()
    at.take("ONLY")
    table = at.name()
    at.skip_to("SET")
    at.take("SET")
    columns: list[str] = []
    while not at.at_end:
        if at.next.word == "(":
            columns += _first_names(at)
        else:
            columns.append(at.name())
        if not at.skip_to(",", "WHERE", "FROM", "RETURNING") or not at.take(","):
            break
    rest = at.rest()
    has_where = any(token.word == "WHERE" for token in rest)
    return Deed(
        Kind.UPDATE,
        _one(table),
        tuple(columns),
        reads=_reads(rest, at.dialect),
        has_where=has_where,
        is_opaque=_calls(rest),
    )


def _delete(at: Cursor) -> Deed:
    at.take("FROM")
    at.take("ONLY")
    table = at.name()
    rest = at.rest()
    has_where = any(token.word == "WHERE" for token in rest)
    reads = _reads(rest, at.dialect)
    return Deed(Kind.DELETE, _one(table), reads=reads, has_where=has_where)


def _with(at: Cursor) -> Deed:
    """WITH: the kind is that of the statement at the end; a part that writes makes it opaque."""
    at.take("RECURSIVE")
    begin = at.position
    parts: set[str] = set()
    while not at.at_end and at.next.word not in _MAIN:
        if at.ahead(1).word in ("AS", "("):
            parts.add(at.next.value(at.dialect))
        if not at.skip_group():
            at.move()
    inside = at.since(begin)
    writes = any(token.word in ("INSERT", "UPDATE", "DELETE", "MERGE") for token in inside)
    first = at.move()
    reader = _READERS.get(first.word)
    deed = reader(at) if reader is not None else Deed(Kind.SELECT)
    reads = tuple(name for name in dict.fromkeys((*deed.reads, *_reads(inside, at.dialect))) if name not in parts)
    return replace(deed, reads=reads, is_opaque=deed.is_opaque or writes)


def _select(at: Cursor) -> Deed:
    rest = at.rest()
    into = [index for index, token in enumerate(rest[:-1]) if token.word == "INTO"]
    if into and at.dialect == "postgres":
        table = rest[into[0] + 1].value(at.dialect)
        return Deed(Kind.CREATE_TABLE, (table,), reads=_reads(rest, at.dialect))
    return Deed(Kind.SELECT, reads=_reads(rest, at.dialect), is_opaque=_calls(rest))


def _truncate(at: Cursor) -> Deed:
    at.take("TABLE")
    tables = at.names()
    return Deed(Kind.TRUNCATE, tables, cascade=at.skip_to("CASCADE"))


def _copy(at: Cursor) -> Deed:
    return Deed(Kind.COPY, _one(at.name()))


def _merge(at: Cursor) -> Deed:
    at.take("INTO")
    at.take("ONLY")
    return Deed(Kind.UPDATE, _one(at.name()), has_where=True)


def _lock(at: Cursor) -> Deed:
    at.take("TABLE")
    return Deed(Kind.LOCK, at.names())


def _vacuum(at: Cursor) -> Deed:
    at.skip_group()
    while at.take_one("FULL", "FREEZE", "VERBOSE", "ANALYZE"):
        pass
    return Deed(Kind.VACUUM, at.names())


def _reindex(at: Cursor) -> Deed:
    at.skip_group()
    what = at.take_one("INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM")
    concurrently = at.take("CONCURRENTLY")
    name = at.name()
    tables = _one(name) if what == "TABLE" else ()
    return Deed(Kind.REINDEX, tables, name=name, concurrently=concurrently)


def _refresh(at: Cursor) -> Deed:
    at.take("MATERIALIZED")
    at.take("VIEW")
    concurrently = at.take("CONCURRENTLY")
    return Deed(Kind.REFRESH, name=at.name(), concurrently=concurrently)


def _grant(at: Cursor) -> Deed:
    tables: tuple[str, ...] = ()
    if at.skip_to("ON") and at.take("ON"):
        if at.take_one("SCHEMA", "SEQUENCE", "FUNCTION", "DATABASE", "ALL", "TYPE", "LANGUAGE", "PROCEDURE"):
            return Deed(Kind.GRANT)
        at.take("TABLE")
        tables = at.names()
    return Deed(Kind.GRANT, tables)


def _comment(at: Cursor) -> Deed:
    at.take("ON")
    what = at.move().word
    name = at.name()
    match what:
        case "TABLE":
            return Deed(Kind.COMMENT, _one(name))
        case "COLUMN":
            table, _, column = name.rpartition(".")
            return Deed(Kind.COMMENT, _one(table), _one(column))
        case _:
            return Deed(Kind.COMMENT, name=name)


def _do(_: Cursor) -> Deed:
    return Deed(Kind.DO_BLOCK, is_opaque=True)


def _call(_: Cursor) -> Deed:
    return Deed(Kind.OTHER, is_opaque=True)


def _guard(at: Cursor) -> bool:
    return at.take("IF", "NOT", "EXISTS") or at.take("IF", "EXISTS")


def _one(name: str) -> tuple[str, ...]:
    return (name,) if name else ()


def _calls(rest: list[Token]) -> bool:
    """Whether a function is called that is not known to change nothing."""
    return any(
        token.kind in (Is.WORD, Is.NAME) and behind.word == "(" and token.word not in _CALLED
        for token, behind in itertools.pairwise(rest)
    )


def _reads(rest: list[Token], dialect: str) -> tuple[str, ...]:
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


_NOT_COLUMNS: Final = (Verb.ADD_CONSTRAINT, Verb.DROP_CONSTRAINT, Verb.VALIDATE)

_OBJECTS: Final[Mapping[str, Kind]] = {
    "VIEW": Kind.CREATE_VIEW,
    "FUNCTION": Kind.CREATE_ROUTINE,
    "PROCEDURE": Kind.CREATE_ROUTINE,
    "TRIGGER": Kind.CREATE_TRIGGER,
    "POLICY": Kind.CREATE_TRIGGER,
    "SCHEMA": Kind.SCHEMA,
    "DATABASE": Kind.DATABASE,
    "TABLESPACE": Kind.DATABASE,
    "SYSTEM": Kind.DATABASE,
    "TYPE": Kind.TYPE,
    "DOMAIN": Kind.TYPE,
}

_READERS: Final[Mapping[str, Callable[[Cursor], Deed]]] = {
    "CREATE": _create,
    "DROP": _drop,
    "ALTER": _alter,
    "INSERT": _insert,
    "REPLACE": _insert,
    "UPDATE": _update,
    "DELETE": _delete,
    "WITH": _with,
    "SELECT": _select,
    "VALUES": _select,
    "TRUNCATE": _truncate,
    "COPY": _copy,
    "MERGE": _merge,
    "LOCK": _lock,
    "VACUUM": _vacuum,
    "ANALYZE": _vacuum,
    "CLUSTER": _vacuum,
    "REINDEX": _reindex,
    "REFRESH": _refresh,
    "GRANT": _grant,
    "REVOKE": _grant,
    "COMMENT": _comment,
    "DO": _do,
    "CALL": _call,
}
