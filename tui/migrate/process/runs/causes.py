"""What an error came from: Tortoise wraps what the drivers raise, and a file's Python may wrap that once more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

_LOCKED: Final = frozenset({"55P03", "40P01"})
"""PostgreSQL's lock_not_available and deadlock_detected: both leave nothing behind."""
_CALLED_OFF: Final = "57014"
"""Its query_canceled."""


def is_lock_wait(error: BaseException) -> bool:
    """Whether this is, or came from, a lock that was not had in time."""
    return any(
        getattr(each, "sqlstate", None) in _LOCKED or _code(each) == sqlite3.SQLITE_BUSY for each in _chain(error)
    )


def is_called_off(error: BaseException) -> bool:
    """Whether this is, or came from, a statement that was told to stop."""
    return any(
        getattr(each, "sqlstate", None) == _CALLED_OFF or _code(each) == sqlite3.SQLITE_INTERRUPT
        for each in _chain(error)
    )


def _code(error: BaseException) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF if isinstance(error, sqlite3.Error) else 0


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what Tortoise wrapped in it, and what it came from."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [arg for arg in each.args if isinstance(arg, BaseException)]
        waiting += [cause for cause in (each.__cause__, each.__context__) if cause is not None]
