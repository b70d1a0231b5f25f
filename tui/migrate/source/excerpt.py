"""The few lines of a file around an error, with a caret under its place. Safe to show."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tui.migrate.source.files import Direction, MigrationFile
from tui.migrate.source.literals import Place
from tui.sanitise import sanitise

AROUND: Final = 2
"""Lines before and after the one that is pointed at."""
WIDEST: Final = 400


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`lines[line - first]` is the line pointed at, `column` (from 0, in cells) the place in it; None without one."""

    lines: tuple[str, ...]
    first: int
    line: int
    column: int | None = None

    def text(self) -> str:
        """The lines with their numbers, the one pointed at marked, the caret below it."""
        width = len(str(self.first + len(self.lines) - 1))
        shown: list[str] = []
        for number, line in enumerate(self.lines, self.first):
            mark = ">" if number == self.line else " "
            shown.append(f"{mark} {number:>{width}} | {line}".rstrip())
            if number == self.line and self.column is not None:
                shown.append(f"  {'':>{width}} | {'':>{self.column}}^")
        return "\n".join(shown)


def excerpt_of(lines: Sequence[str], place: Place, *, with_caret: bool = True, first: int = 1) -> Excerpt:
    """Lines (without their ends) numbered from `first`, and the place to point at."""
    begin = max(place.line - AROUND, first)
    chosen = lines[begin - first : place.line + AROUND - first + 1]
    pointed = lines[place.line - first] if 0 <= place.line - first < len(lines) else ""
    column = _cells(_plain(pointed[: place.column])) if with_caret else None
    return Excerpt(tuple(map(_plain, chosen)), begin, place.line, column)


def locate_statement(
    file: MigrationFile, error: Mapping[str, Any], direction: Direction = "up"
) -> tuple[Place, Excerpt] | None:
    """Where in the file a statement failed. None when its SQL does not stand there as it was sent."""
    text, offset = str(error.get("text") or ""), int(error.get("offset") or 0)
    script = file.script(direction)
    sql = script.sql
    if sql is None or not text or not sql.startswith(text, offset):
        return None
    inside, is_exact = _position(text, error)
    place = file.place(direction, offset + inside)
    if place is None or script.source is None:
        return None
    return place, excerpt_of(script.source.text.split("\n"), place, with_caret=is_exact)


def show_statement(error: Mapping[str, Any]) -> Excerpt:
    """The statement by itself, numbered from 1: for SQL that a program made."""
    text = str(error.get("text") or "")
    inside, is_exact = _position(text, error)
    before = text[:inside]
    place = Place(before.count("\n") + 1, inside - (before.rfind("\n") + 1))
    return excerpt_of(text.split("\n"), place, with_caret=is_exact)


def locate_line(path: Path, line: int) -> Excerpt | None:
    """The lines around one of a Python file; None when it cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return None
    return excerpt_of(lines, Place(line, 0), with_caret=False)


def _position(text: str, error: Mapping[str, Any]) -> tuple[int, bool]:
    """The offset in a statement at which it failed, and whether the database said so.

    PostgreSQL counts characters from 1; SQLite names the word it stumbled over, which is a place where it occurs once.
    """
    position = error.get("position")
    if position:
        return min(int(position) - 1, len(text)), True
    message = str(error.get("message") or "")
    if message.startswith('near "') and (word := message[6:].partition('"')[0]) and text.count(word) == 1:
        return text.index(word), True
    return 0, False


def _plain(line: str) -> str:
    return sanitise(line.rstrip("\r").replace("\t", " "), WIDEST)


def _cells(text: str) -> int:
    """The width in a terminal."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)
