"""A string as Python source writes it: its text, and the place in the file where each character of it stands. Pure.

An error of the database counts characters in the SQL; a person wants the line of the file. Escapes, line
continuations, adjacent literals and the doubled braces of f-strings make the two differ.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

_OPENING: Final = re.compile(r"(?P<prefix>[rRbBuUfF]{0,2})(?P<quote>'''|\"\"\"|'|\")")
_ESCAPE: Final = re.compile(
    r"\\(?:(?P<nothing>\r?\n)|N\{[^}]*\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[\\'\"abfnrtv])"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Line (from 1) and column (from 0, in characters) of a file."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Literal:
    """The text, and where its pieces begin: `starts` are offsets in it, `places` the source offsets they stand at."""

    text: str
    starts: tuple[int, ...]
    places: tuple[int, ...]

    def source_offset(self, offset: int) -> int:
        """The offset in the source at which character `offset` of the text stands."""
        index = max(bisect_right(self.starts, offset) - 1, 0)
        return self.places[index] + offset - self.starts[index]


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text, with its lines found once. Two are equal when their texts are."""

    text: str = field(repr=False)
    lines: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _begins: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lines = tuple(self.text.split("\n"))
        object.__setattr__(self, "lines", lines)
        object.__setattr__(self, "_begins", tuple(accumulate((len(line) + 1 for line in lines), initial=0)))

    def place(self, offset: int) -> Place:
        """The line and the column of an offset."""
        line = bisect_right(self._begins, offset, hi=len(self.lines)) - 1
        return Place(line + 1, offset - self._begins[line])

    def literal(self, node: ast.expr) -> Literal | None:
        """The string that an expression of literals is; None if it is anything else."""
        value = static_text(node)
        if value is None or node.end_lineno is None or node.end_col_offset is None:
            return None
        begin = self._offset(node.lineno, node.col_offset)
        end = self._offset(node.end_lineno, node.end_col_offset)
        starts, places, pieces = _scan(self.text, begin, end)
        if "".join(pieces) == value:
            return Literal(value, tuple(starts), tuple(places))
        return Literal(value, (0,), (begin,))

    def _offset(self, line: int, column: int) -> int:
        """From a place of `ast`, whose columns count bytes of UTF-8."""
        head = self.lines[line - 1].encode("utf-8", "surrogatepass")[:column].decode("utf-8", "surrogatepass")
        return self._begins[line - 1] + len(head)


def static_text(node: ast.expr) -> str | None:
    """The value of a string, an f-string without substitutions, or a sum of such; None for what must be executed."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr(values=values):
            parts = [static_text(value) for value in values]
            return None if None in parts else "".join(part for part in parts if part is not None)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = static_text(left), static_text(right)
            return None if first is None or second is None else first + second
    return None


def _scan(source: str, begin: int, end: int) -> tuple[list[int], list[int], list[str]]:
    """The literals between two offsets, decoded piece by piece; what is between them is blanks, comments, + and ()."""
    starts: list[int] = []
    places: list[int] = []
    pieces: list[str] = []
    length = 0

    def add(text: str, place: int) -> None:
        nonlocal length
        starts.append(length)
        places.append(place)
        pieces.append(text)
        length += len(text)

    position = begin
    while position < end:
        if source[position] == "#":
            position = source.find("\n", position)
            if position < 0:
                break
        opening = _OPENING.match(source, position)
        if opening is None:
            position += 1
            continue
        position = _body(source, opening, end, add)
    return starts or [0], places or [begin], pieces


def _body(source: str, opening: re.Match[str], end: int, add: Callable[[str, int], None]) -> int:
    """Decodes one literal from its opening quote; returns the offset behind the closing one."""
    prefix, quote = opening["prefix"].lower(), opening["quote"]
    raw, formatted = "r" in prefix, "f" in prefix
    position = plain = opening.end()
    while position < end and not source.startswith(quote, position):
        step = 1
        if source[position] == "\\":
            escape = None if raw else _ESCAPE.match(source, position)
            if escape:
                add(source[plain:position], plain)
                add("" if escape["nothing"] else ast.literal_eval(f'"{_quotable(escape[0])}"'), position)
                position = plain = escape.end()
                continue
            step = 2
        elif formatted and source[position : position + 2] in ("{{", "}}"):
            add(source[plain : position + 1], plain)
            position = plain = position + 2
            continue
        position += step
    add(source[plain:position], plain)
    return position + len(quote)


def _quotable(escape: str) -> str:
    return "\\x22" if escape == '\\"' else escape
