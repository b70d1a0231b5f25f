"""Where the statements of a script begin and end, by the rules of psql and of SQLite's own shell. Pure.

psql's scanner ends a statement at a semicolon that stands outside of quotes, comments and parentheses, and outside of
the BEGIN ATOMIC body of a CREATE FUNCTION or PROCEDURE. SQLite ends that of a trigger at `; END;`. Both are followed
here with one regular expression that jumps from one thing that matters to the next: linear in the script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_LINE: Final = r"--[^\n]*"
_STRING: Final = r"'[^']*(?:''[^']*)*'?"
_QUOTED: Final = r'"[^"]*(?:""[^"]*)*"?'
_ESCAPED: Final = r"(?<![\w$])[eE]'[^'\\]*(?:(?:\\.|''|'[^\S\n]*\n\s*')[^'\\]*)*'?"
"""A backslash hides a quote in it, and in what continues it on the next line."""
_DOLLAR: Final = r"(?<![^\x00-#%-/:-@\[-^`{-\x7f])\$(?:[^\x00-@\[-^`{-\x7f][^\x00-/:-@\[-^`{-\x7f]*)?\$"
_WORD: Final = r"[^\x00-@\[-^`{-\x7f][^\x00-#%-/:-@\[-^`{-\x7f]*"

_POSTGRES: Final = (
    rf"(?P<skip>{_LINE}|{_ESCAPED}|{_STRING}|{_QUOTED})|(?P<block>/\*)|(?P<dollar>{_DOLLAR})|(?P<mark>[();])"
)
_SQLITE: Final = rf"(?P<skip>{_LINE}|/\*(?:.*?\*/|.*)|{_STRING}|{_QUOTED}|`[^`]*`?|\[[^\]]*\]?)|(?P<mark>;)"
_POSTGRES_FAST: Final = re.compile(_POSTGRES, re.DOTALL)
_POSTGRES_WORDS: Final = re.compile(rf"{_POSTGRES}|(?P<word>{_WORD})", re.DOTALL)
_SQLITE_FAST: Final = re.compile(_SQLITE, re.DOTALL)

_NESTED: Final = re.compile(r"/\*|\*/")
_BLANKS: Final = re.compile(rf"(?:\s+|;|{_LINE})+")
_ROUTINE: Final = re.compile(r"create(?: or replace)? (?:function|procedure)\b")
_TRIGGER: Final = re.compile(r"(?:explain (?:query plan )?)?create (?:temp |temporary )?trigger\b")
_MAY_HAVE_A_BODY: Final = re.compile(r"create|explain", re.IGNORECASE)
_FIRST_WORDS: Final = 6


def spans(sql: str, dialect: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each statement, its semicolon included; blanks and comments before it are left out.

    What is not finished (an open quote) reaches to the end of the script.
    """
    position = 0
    end_of = _end_sqlite if dialect == "sqlite" else _end_postgres
    while (start := after_blanks(sql, position, nested=dialect != "sqlite")) < len(sql):
        position = end_of(sql, start)
        yield start, position


def after_blanks(sql: str, position: int, *, nested: bool = True) -> int:
    """The place of the first thing that is neither blank, comment nor stray semicolon; the length if there is none."""
    while True:
        if found := _BLANKS.match(sql, position):
            position = found.end()
        if not sql.startswith("/*", position):
            return position
        position = _after_comment(sql, position, nested=nested)


def without_comments(sql: str, dialect: str) -> str:
    """The text with each comment as one blank; what stands in quotes is left as it is."""
    scanner = _SQLITE_FAST if dialect == "sqlite" else _POSTGRES_FAST
    kept: list[str] = []
    position = since = 0
    while found := scanner.search(sql, position):
        begin, position = found.span()
        is_comment = sql.startswith(("--", "/*"), begin)
        if found.lastgroup == "block":
            position = _after_comment(sql, begin, nested=True)
        elif found.lastgroup == "dollar":
            position = _after_dollar(sql, found.group(), position)
        if is_comment:
            kept += (sql[since:begin], " ")
            since = position
    return "".join((*kept, sql[since:]))


def _end_postgres(sql: str, start: int) -> int:
    scanner, is_routine = _POSTGRES_FAST, False
    if _MAY_HAVE_A_BODY.match(sql, start) and _ROUTINE.match(_first_words(sql, start)):
        scanner, is_routine = _POSTGRES_WORDS, True
    parentheses = bodies = 0
    position = start
    while found := scanner.search(sql, position):
        position = found.end()
        match found.lastgroup:
            case "block":
                position = _after_comment(sql, found.start(), nested=True)
            case "dollar":
                position = _after_dollar(sql, found.group(), position)
            case "word" if is_routine and not parentheses:
                word = found.group().lower()
                # As psql counts: CASE has an END of its own.
                bodies += word == "begin" or (word == "case" and bodies > 0)
                bodies -= word == "end" and bodies > 0
            case "mark":
                sign = found.group()
                parentheses = max(0, parentheses + (sign == "(") - (sign == ")"))
                if sign == ";" and not parentheses and not bodies:
                    return position
    return len(sql)


def _end_sqlite(sql: str, start: int) -> int:
    is_trigger = bool(_MAY_HAVE_A_BODY.match(sql, start) and _TRIGGER.match(_first_words(sql, start, nested=False)))
    position, before = start, None
    while found := _SQLITE_FAST.search(sql, position):
        position = found.end()
        if found.lastgroup != "mark":
            continue
        if not is_trigger:
            return position
        if before is not None and without_comments(sql[before : position - 1], "sqlite").strip().lower() == "end":
            return position
        before = position
    return len(sql)


def _first_words(sql: str, start: int, *, nested: bool = True) -> str:
    """The first words of a statement in small letters, comments between them left out."""
    words: list[str] = []
    position = start
    word = re.compile(_WORD)
    while len(words) < _FIRST_WORDS and (found := word.match(sql, position)):
        words.append(found.group().lower())
        position = after_blanks(sql, found.end(), nested=nested)
    return " ".join(words)


def _after_comment(sql: str, start: int, *, nested: bool) -> int:
    """The end of the comment that begins at `start`. In PostgreSQL a comment may hold comments."""
    if not nested:
        end = sql.find("*/", start + 2)
        return len(sql) if end < 0 else end + 2
    depth, position = 1, start + 2
    while depth and (found := _NESTED.search(sql, position)):
        depth += 1 if found.group() == "/*" else -1
        position = found.end()
    return len(sql) if depth else position


def _after_dollar(sql: str, tag: str, position: int) -> int:
    end = sql.find(tag, position)
    return len(sql) if end < 0 else end + len(tag)
