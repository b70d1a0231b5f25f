"""How texts are typed into the search box: bare, between quotes, with stars."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

LARGEST_ID: Final = 2**31 - 1
"""What the key column of users can hold; a larger number is text."""

_SIGNS: Final = frozenset('":*\\')

OPERATORS: Final = ("AND", "OR", "NOT")
"""Words that join terms elsewhere. Here they are refused before another term, unless a star says that they are text."""


class Match(StrEnum):
    """How a text is compared: the beginning, the whole, or any part of it."""

    PREFIX = "prefix"
    EXACT = "exact"
    CONTAINS = "contains"


def id_of(text: str) -> int | None:
    """Return the id that a text names: an integer that the key column can hold; else None."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))):
        return None
    return int(text) if int(text) <= LARGEST_ID else None


def quoted(text: str) -> str:
    """Return a text between quotes, with those inside it and backslashes escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def word(text: str) -> str:
    """Return a text as it is typed after a colon: bare where that means the same, else between quotes."""
    signs = any(character.isspace() or character in _SIGNS for character in text)
    return quoted(text) if signs or not text or text[0] in "<>=" else text


def pattern(match: Match, text: str, *, starred: bool = False, in_field: bool = False) -> str:
    """Return how a text is typed that is compared so. `starred`: with the star that a prefix may have."""
    if match is Match.EXACT:
        return quoted(text)
    bare = word(text)
    # In front of a word a - would negate; between stars or in quotes it is text.
    if match is Match.CONTAINS:
        return f"*{bare}*"
    if not in_field and bare.startswith("-"):
        bare = quoted(text)
    return f"{bare}*" if starred or bare.startswith('"') else bare
