"""What a CREATE TABLE of SQLite says that no pragma tells. Pure, and never more than reading: nothing is rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from .names import quoted

_TOKEN: Final = re.compile(
    r"""
    (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<string>[xX]?'(?:[^']|'')*')
    |(?P<number>\.?\d[\w.]*)
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<word>[^\x00-@\[-^`{-\x7f][^\x00-#%-/:-@\[-^`{-\x7f]*)
    |(?P<blank>\s+)
    |(?P<mark><>|<=|>=|==|!=|<<|>>|\|\||->>?|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Token = tuple[str, str]
"""Kind (`string`, `number`, `name`, `word`, `mark`) and text, names without their quotes."""


@dataclass(frozen=True, slots=True)
class Written:
    """By column where it belongs to one."""

    checks: dict[str, str] = field(default_factory=dict)
    generated: dict[str, str] = field(default_factory=dict)
    collations: dict[str, str] = field(default_factory=dict)
    counts: bool = False
    """AUTOINCREMENT."""
    options: str = ""

    def collation_of(self, column: str | None) -> str:
        return self.collations.get(column or "", "BINARY").upper()


def bare(sql: str) -> str:
    """The same SQL whatever its blanks, comments, quotes around names and case of words."""
    return _text(_tokens(sql))


def behind_the_table(sql: str) -> str:
    """Of a CREATE INDEX what stands behind the table's name."""
    depth = 0
    for found in _TOKEN.finditer(sql):
        depth += found.lastgroup == "mark" and found.group() == "("
        if depth:
            return sql[found.start() :]
    return ""


def read_table(sql: str) -> Written:
    """Takes a CREATE TABLE apart; what is not one (a virtual table) says nothing."""
    tokens = list(_tokens(sql))
    begin = next((at for at, token in enumerate(tokens) if token == ("mark", "(")), None)
    if begin is None or ("word", "VIRTUAL") in [(kind, text.upper()) for kind, text in tokens[:begin]]:
        return Written()
    end = _closing(tokens, begin)
    found = Written(options=_text(tokens[end + 1 :]).strip(" ;").upper())
    counts = False
    for part in _split(tokens[begin + 1 : end]):
        counts |= _read_definition(part, found)
    return Written(found.checks, found.generated, found.collations, counts, found.options)


def _read_definition(part: list[Token], found: Written) -> bool:
    """One column or table constraint; whether it says AUTOINCREMENT."""
    counts = False
    column, label = part[0][1] if part else "", ""
    for at, (kind, text) in enumerate(part):
        if kind != "word":
            continue
        word = text.upper()
        counts |= word == "AUTOINCREMENT"
        if word == "CONSTRAINT" and at + 1 < len(part):
            label = part[at + 1][1]
        if word == "COLLATE" and at + 1 < len(part):
            found.collations.setdefault(column, part[at + 1][1].upper())
        if word in ("CHECK", "AS") and part[at + 1 : at + 2] == [("mark", "(")]:
            inner = _text(part[at + 2 : _closing(part, at + 1)])
            if word == "AS":
                found.generated[column] = f"({inner})"
            else:
                found.checks[label or f"check {len(found.checks) + 1}"] = f"CHECK ({inner})"
                label = ""
    return counts


def _tokens(sql: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(sql):
        kind, text = found.lastgroup or "", found.group()
        if kind in ("comment", "blank"):
            continue
        if kind == "name":
            text = text[1:-1].replace(text[0] * 2, text[0]) if text[0] != "[" else text[1:-1]
        yield kind, text


def _text(tokens: Iterable[Token]) -> str:
    """Written one way only. A name that needs quotes keeps them."""
    said: list[str] = []
    glued = True
    for kind, text in tokens:
        if not (glued or (kind == "mark" and text in "),.;")):
            said.append(" ")
        if kind == "name" and not _PLAIN.fullmatch(text):
            said.append(quoted(text))
        else:
            said.append(text if kind == "string" else text.lower())
        glued = kind == "mark" and text in "(."
    return "".join(said)


def _closing(tokens: list[Token], begin: int) -> int:
    depth = 0
    for at in range(begin, len(tokens)):
        if tokens[at][0] == "mark":
            depth += {"(": 1, ")": -1}.get(tokens[at][1], 0)
            if depth == 0:
                return at
    return len(tokens)


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    depth = 0
    for kind, text in tokens:
        if kind == "mark":
            depth += {"(": 1, ")": -1}.get(text, 0)
            if text == "," and depth == 0:
                yield part
                part = []
                continue
        part.append((kind, text))
    if part:
        yield part
