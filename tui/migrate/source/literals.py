"""A string as Python source writes it: its text, and the place in the file where each character of it stands. Pure.

An error of the database counts characters in the SQL; a person wants the line of the file. Escapes, line
continuations, adjacent literals and the doubled braces of f-strings make the two differ.
"""

from __future__ import annotations

import ast
import functools
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

_OPENING: Final = re.compile(r"(?P<prefix>[rRbBuUfF]{0,2})(?P<quote>'''|\"\"\"|'|\")")
_SPECIAL: Final = re.compile(r"\\|['\"]|\{\{|\}\}")
"""Where something other than plain text may begin: an escape, the closing quote, a doubled brace."""
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
    """The text, and where its expression stands: first line, its column, last line, its column, as `ast` counts."""

    text: str
    span: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text."""

    text: str = field(repr=False)

    def literal(self, node: ast.expr) -> Literal | None:
        """The string that an expression of literals is; None if it is anything else."""
        value = static_text(node)
        if value is None or node.end_lineno is None or node.end_col_offset is None:
            return None
        return Literal(value, (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))

    def place(self, literal: Literal, offset: int) -> Place:
        """The line and the column at which character `offset` of the literal's text stands."""
        starts, places = _pieces(self.text, literal)
        index = max(bisect_right(starts, offset) - 1, 0)
        there = places[index] + offset - starts[index]
        begins = _begins(self.text)
        line = bisect_right(begins, there, hi=len(begins) - 1) - 1
        return Place(line + 1, there - begins[line])


@functools.lru_cache(maxsize=16)
def _begins(text: str) -> tuple[int, ...]:
    """The offset of each line's first character, and one behind the end."""
    return tuple(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))


@functools.lru_cache(maxsize=32)
def _pieces(text: str, literal: Literal) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where the pieces of a literal begin: offsets in its own text, and the source offsets that they stand at.

    Found only when a place is asked for: listing a thousand files asks for none.
    """
    first_line, first_column, last_line, last_column = literal.span
    begin = _offset(text, first_line, first_column)
    end = _offset(text, last_line, last_column)
    starts, places, pieces = _scan(text, begin, end)
    if "".join(pieces) == literal.text:
        return tuple(starts), tuple(places)
    return (0,), (begin,)


def _offset(text: str, line: int, column: int) -> int:
    """From a place of `ast`, whose columns count bytes of UTF-8."""
    begin = _begins(text)[line - 1]
    head = text[begin : begin + column].encode("utf-8", "surrogatepass")[:column].decode("utf-8", "surrogatepass")
    return begin + len(head)


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
    while found := _SPECIAL.search(source, position, end):
        position = found.start()
        if source[position] == "\\":
            escape = None if raw else _ESCAPE.match(source, position)
            if escape:
                add(source[plain:position], plain)
                add("" if escape["nothing"] else ast.literal_eval(f'"{_quotable(escape[0])}"'), position)
                position = plain = escape.end()
            else:
                position += 2
        elif source.startswith(quote, position):
            break
        elif formatted and len(found[0]) == 2:
            add(source[plain : position + 1], plain)
            position = plain = position + 2
        else:
            position += 1
    else:
        position = max(position, end)
    add(source[plain:position], plain)
    return position + len(quote)


def _quotable(escape: str) -> str:
    return "\\x22" if escape == '\\"' else escape
