"""Sentences for what does not fit the grammar of the search box: where it stands, and what would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from lark.exceptions import UnexpectedInput

from tui.browse.search.fields import FIELDS, FIELDS_MEANT, MOMENTS, TEXTS, State, Thing
from tui.browse.search.point_texts import FORMS
from tui.browse.search.suggest import QueryError, cut, suggestion

TEXT_NAMES: Final = tuple(field.value for field in TEXTS)
MOMENT_NAMES: Final = tuple(field.value for field in MOMENTS)

_TAKES: Final = {
    "is": ", ".join(State),
    "has": ", ".join(Thing),
    "role": "the name of a role",
    "id": "a number 4711, >=100, or a range 100..200",
    **dict.fromkeys(TEXT_NAMES, 'ali (begins with), "ali" (is), *ali* (contains)'),
    **dict.fromkeys(MOMENT_NAMES, FORMS),
}


@dataclass(frozen=True, slots=True)
class Language:
    """What a search box understands: its fields with a line of help each, other words for them, what each takes, and
    those that take stars or numbers. `example` is a term."""

    fields: Mapping[str, str]
    meant: Mapping[str, str]
    takes: Mapping[str, str]
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    example: str = "is:locked"


USERS: Final = Language(FIELDS, FIELDS_MEANT, _TAKES, TEXT_NAMES, ("id",))

_CHUNK: Final = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\[\s\S])*")*$')
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\[\s\S])*"')


def explain(text: str, error: UnexpectedInput, language: Language = USERS) -> QueryError:
    """Return the error for a text that the grammar does not take, at the place where it stopped."""
    token = getattr(error, "token", None)
    position = token.start_pos if token is not None else error.pos_in_stream
    if position is None or position < 0 or (token is not None and token.type == "$END"):
        position = len(text)
    head, rest = text[:position], text[position:]
    if rest.startswith('"') and not _QUOTED.match(rest):
        return QueryError(position, "the quote is not closed")
    if found := _head(tuple(language.fields)).search(head):
        name = found[1].casefold()
        star = _odd_star(head, rest) if name in language.texts else None
        return star or QueryError(position, _in_field(language, name, found[2], rest))
    if star := _odd_star(head, rest):
        return star
    if rest.startswith('"'):
        return QueryError(position, "a space is missing before the quote")
    if head.endswith('"'):
        return QueryError(position, "a space is missing after the quote")
    if rest.startswith(":"):
        bare = re.search(r'[^\s":*-][^\s":*]*$', head)
        if bare:
            return no_field(bare[0], bare.start(), language)
        return QueryError(position, f": needs a field before it: {_list(language)}")
    if head.endswith("-") or rest.startswith("-"):
        how = f'-{language.example}. Quote a text that begins with it: "-x"'
        return QueryError(position, f"- goes right before a term: {how}")
    return QueryError(position, "this does not fit here. Terms are words with spaces between them")


@cache
def _head(fields: tuple[str, ...]) -> re.Pattern[str]:
    """A field and what stands behind its colon, at the end of a text."""
    return re.compile(rf"(?:^|[\s-])({'|'.join(fields)}):([^\s\"*]*)$", re.IGNORECASE)


def no_field(word: str, position: int, language: Language = USERS) -> QueryError:
    """Return the error for a word with a colon in it that names no field."""
    name = word.partition(":")[0]
    if name.isdigit():
        return QueryError(
            position, f"there is no field {cut(name)}. A time follows its date after a T: 2026-01-31T14:30"
        )
    hint = suggestion(name.casefold(), tuple(language.fields), kind="Fields", suffix=":", meant=language.meant)
    return QueryError(position, f"there is no field {cut(name)}{hint}")


def no_operator(word: str, position: int, language: Language = USERS) -> QueryError:
    """Return the error for a word that joins terms elsewhere: searched for, it would silently find nobody."""
    instead = {
        "AND": "all terms must hold anyway: leave it out",
        "OR": "there is no OR, all terms must hold",
        "NOT": f"a - right before a term turns it round: -{language.example}",
    }[word]
    as_text = f"{word}*" if language.texts else f'"{word}"'
    return QueryError(position, f"{instead}. To search for the word: {as_text}")


def _in_field(language: Language, field: str, value: str, rest: str) -> str:
    """What is wrong behind the colon of a field, after what of its value could be read."""
    takes = language.takes[field]
    if not rest or rest[0].isspace():
        missing = "another end after .." if value.endswith("..") else "a value"
        return f"{field}: needs {missing}: {takes}"
    if rest.startswith("..") and value[:1] in ("<", ">"):
        example = "100..200" if field in language.numbers else "2026-01..2026-03"
        return f"a range takes no sign before it: {field}:{example}"
    if field in language.texts:
        return f"this does not fit here. {field}: takes {takes}"
    sign = "quotes do" if rest[0] == '"' else f"{rest[0]} does"
    return f"{sign} not fit here. {field}: takes {takes}"


def _odd_star(head: str, rest: str) -> QueryError | None:
    """The error for a star that stands where none may, if the word around the place has one."""
    found = _CHUNK.search(head)
    chunk = found[0] if found else ""
    if "*" not in chunk and not rest.startswith("*"):
        return None
    position = len(head) - len(chunk) + (chunk.index("*") if "*" in chunk else len(chunk))
    return QueryError(position, "a * stands at the end of a word, ali*, or at both ends, *ali*")


def _list(language: Language) -> str:
    return ", ".join(f"{name}:" for name in language.fields)
