"""Full names, compared without case alike in both databases, whatever their locale.

A full name has no key column, and the databases do not agree on what a letter's other case is: SQLite knows ASCII only,
PostgreSQL what its locale knows. So the text that is searched for is spelled out: a pattern in which each letter stands
for all letters that fold to the same one. Both databases then only compare characters. Letter by letter: `ß` is found
by `ß` and `ẞ`, not by `ss`. Names are stored under NFC, and so is the text.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from tui.browse.conditions.condition import Condition
from tui.browse.search.typed import Match
from tui.browse.sql import Sql

LONGEST: Final = 150
"""Characters of the longest full name: the width of the column."""


_UNUSUAL: Final = (
    "\u00b5\u017f\u0345\u03c2\u03d0\u03d1\u03d5\u03d6\u03f0\u03f1\u03f4\u03f5\u1c80\u1c81\u1c82\u1c83\u1c84\u1c85\u1c86"
    "\u1c87\u1c88\u1e9b\u1e9e\u1fbe\u2126\u212a\u212b"
)
"""Letters that are neither the upper nor the title case of what they fold to: the long s, the final sigma, and such.
Finding them takes 0.3 s, so they are written down (a test finds them again)."""


def name_condition(match: Match, text: str, dialect: str) -> Condition:
    """Return the condition that the full name begins with, is or contains `text`."""
    form = unicodedata.normalize("NFC", text)
    if len(form) > LONGEST:
        return Condition(Sql("(1 = 0)"))
    if dialect == "postgres":
        return Condition(Sql("(u.full_name ~ ?)", (regular_expression(match, form),)))
    return Condition(Sql("(u.full_name GLOB ?)", (glob(match, form),)))


def fold(character: str) -> str:
    """Return the letter that a letter is compared as: its folding where that is one letter, else its lower case."""
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1:
            return folded
    return character


def regular_expression(match: Match, text: str) -> str:
    """Return the pattern for PostgreSQL's `~`."""
    body = "".join(_any(character) or ("\\" * _is_sign(character)) + character for character in text)
    return {Match.PREFIX: f"^{body}", Match.EXACT: f"^{body}$", Match.CONTAINS: body}[match]


def glob(match: Match, text: str) -> str:
    """Return the pattern for SQLite's GLOB."""
    body = "".join(_any(character) or (f"[{character}]" if character in "*?[" else character) for character in text)
    return {Match.PREFIX: f"{body}*", Match.EXACT: body, Match.CONTAINS: f"*{body}*"}[match]


def _any(character: str) -> str:
    """The class of all letters that fold as this one does, or nothing when it is the only one."""
    letters = _letters(character)
    return f"[{letters}]" if len(letters) > 1 else ""


def _is_sign(character: str) -> bool:
    return character.isascii() and not character.isalnum() and character != "_"


def _letters(character: str) -> str:
    """All letters that fold as this one does, in one order."""
    folded = fold(character)
    candidates = {character, folded, folded.lower(), folded.upper(), folded.title(), *_UNUSUAL}
    return "".join(sorted(other for other in candidates if len(other) == 1 and fold(other) == folded))
