"""Statements on tables and what stands beside them: CREATE, DROP, ALTER and COMMENT, TRUNCATE, LOCK, GRANT and upkeep.

Pure. The changes of an ALTER TABLE are in `altering`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .altering import changes, definitions
from .cursor import Cursor
from .deed import Deed, Kind, Verb
from .rows import one, tables_read

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


def create(at: Cursor) -> Deed:
    """CREATE of anything."""
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
            return Deed(Kind.CREATE_TRIGGER, tables=one(at.name()), name=name, guarded=guarded)
        case "VIEW":
            return Deed(Kind.CREATE_VIEW, name=name, guarded=guarded, reads=tables_read(at.rest(), at.dialect))
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
            parent = one(rest[index + 2].value(at.dialect))
    return Deed(
        Kind.CREATE_TABLE,
        tables=(name,),
        columns=tuple(column.name for column in columns),
        defined=columns,
        reads=tuple(dict.fromkeys((*references, *tables_read(rest, at.dialect), *parent))),
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
        tables=one(table),
        columns=at.first_names(),
        name=name,
        concurrently=concurrently,
        guarded=guarded,
        unique=unique,
        has_where=at.skip_to("WHERE"),
    )


def drop(at: Cursor) -> Deed:
    """DROP of anything."""
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
        tables=one(on),
        name=", ".join(names),
        guarded=guarded,
        cascade=cascade,
        concurrently=concurrently,
    )


def alter(at: Cursor) -> Deed:
    """ALTER of anything; of a table each change."""
    if at.take("TABLE") or at.take("FOREIGN", "TABLE"):
        guarded = _guard(at)
        at.take("ONLY")
        table = at.name()
        at.take("*")
        found = changes(at)
        columns = tuple(change.column for change in found if change.column and change.verb not in _NOT_COLUMNS)
        reads = tuple(change.references for change in found if change.references)
        return Deed(Kind.ALTER_TABLE, one(table), tuple(dict.fromkeys(columns)), found, reads=reads, guarded=guarded)
    at.take("MATERIALIZED")
    what = at.move().word
    if what == "SYSTEM":
        return Deed(Kind.DATABASE)
    guarded = _guard(at)
    return Deed(_OBJECTS.get(what, Kind.OTHER), name=at.name(), guarded=guarded)


def comment(at: Cursor) -> Deed:
    """COMMENT ON."""
    at.take("ON")
    what = at.move().word
    name = at.name()
    match what:
        case "TABLE":
            return Deed(Kind.COMMENT, one(name))
        case "COLUMN":
            table, _, column = name.rpartition(".")
            return Deed(Kind.COMMENT, one(table), one(column))
        case _:
            return Deed(Kind.COMMENT, name=name)


def truncate(at: Cursor) -> Deed:
    """TRUNCATE."""
    at.take("TABLE")
    tables = at.names()
    return Deed(Kind.TRUNCATE, tables, cascade=at.skip_to("CASCADE"))


def lock(at: Cursor) -> Deed:
    """LOCK TABLE."""
    at.take("TABLE")
    return Deed(Kind.LOCK, at.names())


def vacuum(at: Cursor) -> Deed:
    """VACUUM, ANALYZE and CLUSTER."""
    at.skip_group()
    while at.take_one("FULL", "FREEZE", "VERBOSE", "ANALYZE"):
        pass
    return Deed(Kind.VACUUM, at.names())


def reindex(at: Cursor) -> Deed:
    """REINDEX."""
    at.skip_group()
    what = at.take_one("INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM")
    concurrently = at.take("CONCURRENTLY")
    name = at.name()
    tables = one(name) if what == "TABLE" else ()
    return Deed(Kind.REINDEX, tables, name=name, concurrently=concurrently)


def refresh(at: Cursor) -> Deed:
    """REFRESH MATERIALIZED VIEW."""
    at.take("MATERIALIZED")
    at.take("VIEW")
    concurrently = at.take("CONCURRENTLY")
    return Deed(Kind.REFRESH, name=at.name(), concurrently=concurrently)


def grant(at: Cursor) -> Deed:
    """GRANT and REVOKE."""
    tables: tuple[str, ...] = ()
    if at.skip_to("ON") and at.take("ON"):
        if at.take_one("SCHEMA", "SEQUENCE", "FUNCTION", "DATABASE", "ALL", "TYPE", "LANGUAGE", "PROCEDURE"):
            return Deed(Kind.GRANT)
        at.take("TABLE")
        tables = at.names()
    return Deed(Kind.GRANT, tables)


def _guard(at: Cursor) -> bool:
    return at.take("IF", "NOT", "EXISTS") or at.take("IF", "EXISTS")
