"""The words, names, strings and signs of one statement, in order, without blanks and comments. Pure.

Linear in the statement, and lazy: what a statement does stands at its beginning, whatever megabytes of values follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from .scanner import after_blanks


class Is(Enum):
    """What a token is."""

    WORD = auto()
    NAME = auto()
    """A quoted name."""
    STRING = auto()
    NUMBER = auto()
    SIGN = auto()
    OPEN = auto()
    """A string or a name whose closing quote is missing: it takes the rest of the script with it."""


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as it is written; `offset` and `end` count characters from the beginning of the statement."""

    kind: Is
    text: str
    offset: int

    @property
    def end(self) -> int:
        return self.offset + len(self.text)

    @property
    def word(self) -> str:
        """In capitals, for comparing; "" for what is in quotes."""
        return self.text.upper() if self.kind in (Is.WORD, Is.SIGN) else ""

    def value(self, dialect: str) -> str:
        """A name without its quotes, as the database knows it: PostgreSQL folds what is not quoted to small letters."""
        if self.kind is not Is.NAME:
            return self.text.lower() if dialect == "postgres" else self.text
        text = self.text.removeprefix("U&").removeprefix("u&")
        if text[:1] == "[":
            return text[1:-1]
        return text[1:-1].replace(text[0] * 2, text[0])


# Letters, digits and all beyond ASCII are written as what is left out: a range up to the last character takes `re`
# milliseconds to compile.
_WORD: Final = r"[^\x00-@\[-^`{-\x7f][^\x00-#%-/:-@\[-^`{-\x7f]*"
_NUMBER: Final = r"\d[\w.]*|\.\d[\w.]*"
_POSTGRES: Final = re.compile(
    r"(?P<string>[eE]'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'"
    r"|(?:[bBxXnN]|[uU]&)?'[^']*(?:''[^']*)*')"
    r'|(?P<name>(?:[uU]&)?"[^"]*(?:""[^"]*)*")'
    r"|(?P<dollar>\$(?:[^\x00-@\[-^`{-\x7f][^\x00-/:-@\[-^`{-\x7f]*)?\$)"
    r"|(?P<open>(?:[eEbBxXnN]|[uU]&)?['\"])"
    rf"|(?P<number>{_NUMBER})|(?P<word>{_WORD})|(?P<sign>::|:=|=>|<=|>=|<>|!=|->>|->|\|\||.)",
    re.DOTALL,
)
_SQLITE: Final = re.compile(
    r"(?P<string>[xX]?'[^']*(?:''[^']*)*')"
    r'|(?P<name>"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`|\[[^\]]*\])'
    r"|(?P<open>[xX]?'|[\"`\[])"
    rf"|(?P<number>{_NUMBER})|(?P<word>{_WORD})|(?P<sign><=|>=|<>|!=|==|->>|->|\|\||.)",
    re.DOTALL,
)
_KINDS: Final = {"string": Is.STRING, "name": Is.NAME, "number": Is.NUMBER, "word": Is.WORD, "sign": Is.SIGN}


def tokens(statement: str, dialect: str) -> Iterator[Token]:
    """The tokens of a statement; of `'...` without an end an OPEN one, and nothing after it. Semicolons are none."""
    pattern = _SQLITE if dialect == "sqlite" else _POSTGRES
    nested = dialect != "sqlite"
    position = 0
    while True:
        position = after_blanks(statement, position, nested=nested)
        found = pattern.match(statement, position)
        if found is None:
            return
        kind = found.lastgroup or ""
        if kind == "dollar":
            end = statement.find(found.group(), found.end())
            if end < 0:
                yield Token(Is.OPEN, statement[position:], position)
                return
            text = statement[position : end + len(found.group())]
            yield Token(Is.STRING, text, position)
            position += len(text)
            continue
        if kind == "open":
            yield Token(Is.OPEN, statement[position:], position)
            return
        yield Token(_KINDS[kind], found.group(), position)
        position = found.end()


__all__ = ["Is", "Token", "tokens"]
