"""What a statement does, from its first words. Pure. `ddl` is the door; `objects` and `rows` know the statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from . import objects, rows
from .cursor import Cursor
from .deed import Deed, Kind
from .tokens import Token

_TWO_WORDS: Final = ("CREATE", "DROP", "ALTER", "REINDEX", "COMMENT", "LOCK", "REFRESH", "VACUUM", "SET")
_MAIN: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES")
_TRANSACTION: Final = ("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE")


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
    reads = tuple(
        name for name in dict.fromkeys((*deed.reads, *rows.tables_read(inside, at.dialect))) if name not in parts
    )
    return replace(deed, reads=reads, is_opaque=deed.is_opaque or writes)


def _do(_: Cursor) -> Deed:
    return Deed(Kind.DO_BLOCK, is_opaque=True)


def _call(_: Cursor) -> Deed:
    return Deed(Kind.OTHER, is_opaque=True)


_READERS: Final[Mapping[str, Callable[[Cursor], Deed]]] = {
    "CREATE": objects.create,
    "DROP": objects.drop,
    "ALTER": objects.alter,
    "INSERT": rows.insert,
    "REPLACE": rows.insert,
    "UPDATE": rows.update,
    "DELETE": rows.delete,
    "WITH": _with,
    "SELECT": rows.select,
    "VALUES": rows.select,
    "TRUNCATE": objects.truncate,
    "COPY": rows.copy,
    "MERGE": rows.merge,
    "LOCK": objects.lock,
    "VACUUM": objects.vacuum,
    "ANALYZE": objects.vacuum,
    "CLUSTER": objects.vacuum,
    "REINDEX": objects.reindex,
    "REFRESH": objects.refresh,
    "GRANT": objects.grant,
    "REVOKE": objects.grant,
    "COMMENT": objects.comment,
    "DO": _do,
    "CALL": _call,
}
