"""Conditions on the key columns, which are compared byte by byte: equality, and a prefix as a range of the index."""

from __future__ import annotations

from models.usernames import key
from tui.browse.sql import Sql

_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def word_key(text: str) -> str:
    """Return a searched text as the key columns hold names: normalised and without case."""
    return key(text)


def key_range(prefix: str) -> tuple[str, str | None]:
    """Return the bounds of all texts that begin with `prefix`: at least the first, below the second.

    The second is the least text that is greater than all of them, or None when there is none. Order is that of code
    points, which UTF-8's bytes keep.
    """
    points = [ord(character) for character in prefix]
    while points and points[-1] == _LAST:
        points.pop()
    if not points:
        return prefix, None
    points[-1] += 1
    if points[-1] in _SURROGATES:
        points[-1] = _SURROGATES.stop
    return prefix, "".join(map(chr, points))


def in_range(column: str, low: str, high: str | None) -> Sql:
    """Return the condition that a key column lies in a range of `key_range`."""
    if high is None:
        return Sql(f"{column} >= ?", (low,))
    return Sql(f"{column} >= ? AND {column} < ?", (low, high))


def equal(column: str, text: str) -> Sql:
    """Return the condition that a key column is `text`."""
    return Sql(f"{column} = ?", (text,))


def like(column: str, text: str) -> Sql:
    """Return the condition that a key column contains `text`, as PostgreSQL's trigram index serves it."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Sql(f"{column} LIKE ?", (f"%{escaped}%",))


def contains(column: str, text: str) -> Sql:
    """Return the condition that a key column contains `text`, for SQLite, whose LIKE ignores the case of ASCII only."""
    return Sql(f"instr({column}, ?) > 0", (text,))
