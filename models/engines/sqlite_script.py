"""Cutting a script into statements: sqlite3's own `executescript` commits the transaction it finds. Pure."""

from __future__ import annotations

import sqlite3


def statements(script: str) -> list[str]:
    """The statements of a script, each as it stands, without the ones that are only space or comment.

    A semicolon in a string, a comment or the body of a trigger does not end a statement.
    """
    found: list[str] = []
    start = 0
    end = script.find(";")
    while end >= 0:
        piece = script[start : end + 1]
        if sqlite3.complete_statement(piece):
            found.append(piece)
            start = end + 1
        end = script.find(";", end + 1)
    found.append(script[start:])
    return [piece.strip() for piece in found if _says_something(piece)]


def _says_something(piece: str) -> bool:
    rest = piece
    while rest := rest.lstrip("; \t\r\n\f"):
        if rest.startswith("--"):
            rest = rest.partition("\n")[2]
        elif rest.startswith("/*"):
            rest = rest.partition("*/")[2]
        else:
            return True
    return False
