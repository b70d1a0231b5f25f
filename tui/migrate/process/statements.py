"""A script taken apart into its statements, each with the place where it stands. Pure."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import Final

import sqlparse

_COMMENT: Final = re.compile(r"\s*(?:--[^\n]*(?:\n|$)|/\*.*?\*/|;)\s*", re.DOTALL)
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
_ANY_COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without the comments before it. `offset` counts characters from the beginning of the script."""

    text: str
    offset: int


def split(sql: str, dialect: str) -> list[Statement]:
    """The statements of a script, in order. Blanks and comments alone are left out: asyncpg 0.32 cannot send them.

    A script that is not finished (an open quote) keeps its tail as the last statement: the database says what is wrong.
    """
    pieces = _split_sqlite(sql) if dialect == "sqlite" else sqlparse.split(sql)
    found: list[Statement] = []
    position = 0
    for piece in pieces:
        start = sql.index(piece, position)
        position = start + len(piece)
        lead = _lead(piece)
        if text := piece[lead:].rstrip():
            found.append(Statement(text, start + lead))
    return found


def is_held_by_the_session(statement: str) -> bool:
    """Whether SQLite's session does this around the whole file: BEGIN, COMMIT, and the pragma on foreign keys.

    A careful SQLite migration carries its own transaction, since Aerich's `executescript` commits. Run statement by
    statement inside one transaction, those words would end it early.
    """
    bare = _ANY_COMMENT.sub(" ", statement).strip()
    return bool(_CONTROL.fullmatch(bare) or _FOREIGN_KEYS.fullmatch(bare))


def ends_the_transaction(statement: str) -> bool:
    """Whether the statement would commit or undo what came before it, so that a failing file could not be rolled back.

    ROLLBACK TO a savepoint does not.
    """
    return _ENDS.match(statement) is not None


def _split_sqlite(sql: str) -> list[str]:
    """SQLite's own idea of where a statement ends, which knows the bodies of triggers."""
    pieces: list[str] = []
    start = 0
    for end in (found.end() for found in re.finditer(";", sql)):
        if sqlite3.complete_statement(sql[start:end]):
            pieces.append(sql[start:end])
            start = end
    return [*pieces, sql[start:]] if sql[start:].strip() else pieces


def _lead(piece: str) -> int:
    """How many characters of blanks, comments and stray semicolons stand before the first word."""
    position = len(piece) - len(piece.lstrip())
    while found := _COMMENT.match(piece, position):
        position = found.end()
    return position
