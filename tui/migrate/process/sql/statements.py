"""A script taken apart into its statements, each with the place where it stands. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .scanner import spans, without_comments

_CONTROL: Final = re.compile(
    r"(?:BEGIN(?:\s+(?:DEFERRED|IMMEDIATE|EXCLUSIVE))?(?:\s+TRANSACTION)?|(?:COMMIT|END)(?:\s+TRANSACTION)?)\s*;?\s*",
    re.IGNORECASE,
)
_FOREIGN_KEYS: Final = re.compile(
    r"PRAGMA\s+(?:main\s*\.\s*)?foreign_keys\s*(?:=\s*\w+|\(\s*\w+\s*\))\s*;?\s*", re.IGNORECASE
)
_ENDS: Final = re.compile(
    r"(?:COMMIT|END|ABORT|PREPARE\s+TRANSACTION|ROLLBACK(?!\s+(?:(?:WORK|TRANSACTION)\s+)?TO\b))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without the comments before it. `offset` counts characters from the beginning of the script."""

    text: str
    offset: int


def split(sql: str, dialect: str) -> list[Statement]:
    """The statements of a script, in order. Blanks and comments alone are left out: asyncpg 0.32 cannot send them.

    A script that is not finished (an open quote) keeps its tail as the last statement: the database says what is wrong.
    """
    return [Statement(sql[start:end].rstrip(), start) for start, end in spans(sql, dialect)]


def is_held_by_the_session(statement: str) -> bool:
    """Whether SQLite's session does this around the whole file: BEGIN, COMMIT, and the pragma on foreign keys.

    A careful SQLite migration carries its own transaction, since Aerich's `executescript` commits. Run statement by
    statement inside one transaction, those words would end it early.
    """
    bare = without_comments(statement, "sqlite").strip()
    return bool(_CONTROL.fullmatch(bare) or _FOREIGN_KEYS.fullmatch(bare))


def ends_the_transaction(statement: str) -> bool:
    """Whether the statement would commit or undo what came before it, so that a failing file could not be rolled back.

    ROLLBACK TO a savepoint does not.
    """
    return _ENDS.match(statement) is not None
