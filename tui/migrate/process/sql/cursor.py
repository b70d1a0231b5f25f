"""A place among the tokens of one statement, moved on by what is expected there. No rule of SQL lives here."""

from __future__ import annotations

from typing import Final

from .tokens import Is, Token, tokens

MOST: Final = 50_000
"""Tokens of one statement that are read: a table of a thousand columns, and not ten megabytes of values."""
_NOTHING: Final = Token(Is.SIGN, "", 0)


class Cursor:
    """Reads a statement token by token, never beyond its end: there each question is answered with no."""

    def __init__(self, statement: str, dialect: str) -> None:
        self.statement = statement
        self.dialect = dialect
        self._source = tokens(statement, dialect)
        self._read: list[Token] = []
        self._position = 0

    @property
    def next(self) -> Token:
        """The token here; an empty one at the end."""
        return self.ahead(0)

    @property
    def at_end(self) -> bool:
        return self.next is _NOTHING

    @property
    def position(self) -> int:
        """How many tokens are behind."""
        return self._position

    @property
    def is_open(self) -> bool:
        """Whether a quote without an end was met."""
        return bool(self._read) and self._read[-1].kind is Is.OPEN

    @property
    def begin(self) -> int:
        """Where the token here begins."""
        return self.next.offset if not self.at_end else len(self.statement.rstrip("; \n\t"))

    @property
    def end(self) -> int:
        """Where the token before ends."""
        return self._read[self._position - 1].end if self._position else 0

    def ahead(self, count: int) -> Token:
        """The token `count` places further on."""
        wanted = self._position + count
        while len(self._read) <= wanted and len(self._read) < MOST:
            found = next(self._source, None)
            if found is None:
                break
            self._read.append(found)
        return self._read[wanted] if wanted < len(self._read) else _NOTHING

    def take(self, *words: str) -> bool:
        """Moves on if exactly these words or signs come next."""
        if all(self.ahead(index).word == word for index, word in enumerate(words)):
            self._position += len(words)
            return True
        return False

    def take_one(self, *words: str) -> str:
        """Moves on if one of the words comes next, and says which; "" for none."""
        word = self.next.word
        if word and word in words:
            self._position += 1
            return word
        return ""

    def move(self) -> Token:
        """The token here, and on to the one behind it."""
        found = self.next
        if found is not _NOTHING:
            self._position += 1
        return found

    def name(self) -> str:
        """A name with its schema, without quotes; "" where none comes next."""
        if self.next.kind not in (Is.WORD, Is.NAME):
            return ""
        parts = [self.move().value(self.dialect)]
        while self.next.word == "." and self.ahead(1).kind in (Is.WORD, Is.NAME):
            self.move()
            parts.append(self.move().value(self.dialect))
        return ".".join(parts)

    def names(self) -> tuple[str, ...]:
        """Names separated by commas; ONLY before one and * behind one are left out."""
        found: list[str] = []
        while True:
            if self.next.word == "ONLY" and self.ahead(1).kind in (Is.WORD, Is.NAME):
                self.move()
            name = self.name()
            if not name:
                return tuple(found)
            found.append(name)
            self.take("*")
            if not self.take(","):
                return tuple(found)

    def first_names(self) -> tuple[str, ...]:
        """In parentheses: the name that each item begins with, where it is one."""
        if not self.take("("):
            return ()
        found: list[str] = []
        while not self.at_end and not self.take(")"):
            if self.next.kind in (Is.WORD, Is.NAME) and self.ahead(1).word != "(":
                found.append(self.name())
            self.skip_to(",")
            self.take(",")
        return tuple(found)

    def skip_group(self) -> bool:
        """From an opening parenthesis behind the one that closes it; False where none comes next."""
        if not self.take("("):
            return False
        depth = 1
        while depth and not self.at_end:
            word = self.move().word
            depth += (word == "(") - (word == ")")
        return True

    def skip_to(self, *words: str) -> bool:
        """To the first of the words or signs outside of parentheses, not behind it; False at the end."""
        while not self.at_end and self.next.word not in words:
            if self.next.word == ")":
                return False
            if not self.skip_group():
                self.move()
        return not self.at_end

    def since(self, position: int) -> list[Token]:
        """The tokens from a position to here."""
        return self._read[position : self._position]

    def rest(self) -> list[Token]:
        """Every token from here on."""
        found = []
        while not self.at_end:
            found.append(self.move())
        return found
