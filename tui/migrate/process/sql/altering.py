"""The changes of an ALTER TABLE, and the columns of a CREATE TABLE. Pure."""

from __future__ import annotations

from typing import Final

from .cursor import Cursor
from .deed import Change, ColumnDef, Verb
from .tokens import Is

_CONSTRAINTS: Final = ("CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "EXCLUDE")
_AFTER_TYPE: Final = ("NOT", "NULL", "DEFAULT", "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "COLLATE",
                      "GENERATED", "USING", "AS", "COMMENT", ",")  # fmt: skip


def changes(at: Cursor) -> tuple[Change, ...]:
    """What stands behind ALTER TABLE <name>, change by change."""
    found: list[Change] = []
    while not at.at_end:
        before = at.begin
        found.append(_change(at, before))
        at.skip_to(",")
        if not at.take(",") and at.begin == before:
            at.move()  # a stray parenthesis: on, whatever it is
    return tuple(found)


def definitions(at: Cursor) -> tuple[tuple[ColumnDef, ...], tuple[str, ...]]:
    """From the opening parenthesis of a CREATE TABLE: its columns, and every table that a foreign key points at."""
    columns: list[ColumnDef] = []
    references: list[str] = []
    if not at.take("("):
        return (), ()
    while not at.at_end and not at.take(")"):
        if at.next.word in (*_CONSTRAINTS, "LIKE"):
            references += _references_until_comma(at)
        else:
            name = at.name()
            begin = at.begin
            pointed = _references_until_comma(at)
            references += pointed
            columns.append(ColumnDef(name, at.statement[begin : at.end].strip(), pointed[0] if pointed else ""))
        if not at.take(",") and at.next.word != ")":
            at.move()
    return tuple(columns), tuple(dict.fromkeys(references))


def _references_until_comma(at: Cursor) -> list[str]:
    found: list[str] = []
    while at.skip_to(",", "REFERENCES") and at.take("REFERENCES"):
        found.append(at.name())
    return found


def _change(at: Cursor, offset: int) -> Change:
    if at.take("ADD"):
        return _add(at, offset)
    if at.take("DROP"):
        if at.take("CONSTRAINT"):
            at.take("IF", "EXISTS")
            return Change(Verb.DROP_CONSTRAINT, at.name(), offset=offset)
        at.take("COLUMN")
        at.take("IF", "EXISTS")
        return Change(Verb.DROP_COLUMN, at.name(), offset=offset)
    if at.take("RENAME"):
        return _rename(at, offset)
    if at.take_one("ALTER", "MODIFY"):
        at.take("COLUMN")
        return _alter(at, at.name(), offset)
    if at.take("VALIDATE", "CONSTRAINT"):
        return Change(Verb.VALIDATE, at.name(), offset=offset)
    if at.take("SET", "SCHEMA"):
        return Change(Verb.SET_SCHEMA, to=at.name(), offset=offset)
    return Change(Verb.OTHER, offset=offset)


def _add(at: Cursor, offset: int) -> Change:
    if at.next.word in _CONSTRAINTS:
        name = at.name() if at.take("CONSTRAINT") else ""
        words = _words_until_comma(at)
        return Change(
            Verb.ADD_CONSTRAINT,
            name,
            unique="UNIQUE" in words.plain or "PRIMARY" in words.plain,
            check="CHECK" in words.plain,
            references=words.references,
            using=words.using,
            offset=offset,
        )
    at.take("COLUMN")
    at.take("IF", "NOT", "EXISTS")
    column = at.name()
    kind = _type(at)
    words = _words_until_comma(at)
    return Change(
        Verb.ADD_COLUMN,
        column,
        type=kind,
        not_null=words.not_null or "PRIMARY" in words.plain,
        default=words.default,
        unique="UNIQUE" in words.plain or "PRIMARY" in words.plain,
        check="CHECK" in words.plain,
        generated="GENERATED" in words.plain,
        references=words.references,
        offset=offset,
    )


def _rename(at: Cursor, offset: int) -> Change:
    if at.take("TO"):
        return Change(Verb.RENAME_TABLE, to=at.name(), offset=offset)
    if at.take("CONSTRAINT"):
        return Change(Verb.OTHER, at.name(), offset=offset)
    at.take("COLUMN")
    old = at.name()
    at.take("TO")
    return Change(Verb.RENAME_COLUMN, old, to=at.name(), offset=offset)


def _alter(at: Cursor, column: str, offset: int) -> Change:
    if at.take("SET", "NOT", "NULL"):
        return Change(Verb.SET_NOT_NULL, column, not_null=True, offset=offset)
    if at.take("DROP", "NOT", "NULL"):
        return Change(Verb.DROP_NOT_NULL, column, offset=offset)
    if at.take("SET", "DEFAULT"):
        begin = at.begin
        at.skip_to(",")
        return Change(Verb.SET_DEFAULT, column, default=at.statement[begin : at.end], offset=offset)
    if at.take("DROP", "DEFAULT"):
        return Change(Verb.DROP_DEFAULT, column, offset=offset)
    if at.take("SET", "DATA", "TYPE") or at.take("TYPE"):
        kind = _type(at)
        using = ""
        if at.skip_to(",", "USING") and at.take("USING"):
            begin = at.begin
            at.skip_to(",")
            using = at.statement[begin : at.end]
        return Change(Verb.SET_TYPE, column, type=kind, using=using, offset=offset)
    return Change(Verb.OTHER, column, offset=offset)


def _type(at: Cursor) -> str:
    """The type that comes next, as written: `VARCHAR(10)`, `TIMESTAMP WITH TIME ZONE`; "" for none."""
    begin = at.begin
    seen = False
    while not at.at_end and at.next.word not in _AFTER_TYPE and at.next.word != ")":
        seen = at.skip_group() or bool(at.move())
    return at.statement[begin : at.end] if seen else ""


class _Words:
    """What stands in the rest of one change."""

    def __init__(self) -> None:
        self.plain: set[str] = set()
        self.not_null = False
        self.default = ""
        self.references = ""
        self.using = ""


def _words_until_comma(at: Cursor) -> _Words:
    found = _Words()
    while not at.at_end and at.next.word not in (",", ")"):
        if at.take("NOT", "NULL"):
            found.not_null = True
        elif at.take("REFERENCES"):
            found.references = at.name()
        elif at.take("USING", "INDEX"):
            found.using = at.name()
        elif at.take("DEFAULT"):
            begin = at.begin
            _skip_default(at)
            found.default = at.statement[begin : at.end]
        elif not at.skip_group():
            token = at.move()
            if token.kind is Is.WORD:
                found.plain.add(token.word)
    return found


def _skip_default(at: Cursor) -> None:
    """Behind the expression of a DEFAULT: up to the next word of a column's definition."""
    first = True
    while not at.at_end and at.next.word not in (",", ")"):
        if not first and at.next.word in _AFTER_TYPE:
            return
        first = False
        if not at.skip_group():
            at.move()
