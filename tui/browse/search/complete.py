"""What may follow in the search box: fields, values, roles and forms of dates for the term that is being typed.

Pure, and cheap enough for every key: nothing is parsed and nothing is asked. Inside a quoted text only the names of
roles are known; a text to search for is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from tui.browse.search.fields import FIELDS, MOMENTS, STATES, THINGS, MomentField
from tui.browse.search.point_texts import LONGEST
from tui.browse.search.points import SECONDS, Unit
from tui.browse.search.typed import word

MOST: Final = 40
"""Candidates that are returned at most."""

_UNIT_HELP: Final = {
    Unit.MINUTE: "minutes",
    Unit.HOUR: "hours",
    Unit.DAY: "days",
    Unit.WEEK: "weeks",
    Unit.MONTH: "months",
    Unit.YEAR: "years",
}
_SINCE: Final = (
    ("<1d", "less than a day ago"),
    ("<7d", "less than 7 days ago"),
    ("<30d", "less than 30 days ago"),
    ("<90d", "less than 90 days ago"),
    (">90d", "more than 90 days ago"),
    (">1y", "more than a year ago"),
    ("today", "today"),
    ("yesterday", "yesterday"),
)
_LEFT: Final = (
    ("<1d", "in less than a day"),
    ("<7d", "in less than 7 days"),
    ("<30d", "in less than 30 days"),
    (">90d", "in more than 90 days"),
    ("today", "today"),
    ("tomorrow", "tomorrow"),
)
_NUMBER: Final = re.compile(r"(<=?|>=?|)(\d{1,4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the database and the day add to the language: the names of the roles, and today's date where it is known."""

    roles: tuple[str, ...] = ()
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may stand there, with one line that says what it means. `whole`: nothing has to follow it."""

    text: str
    help: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Completions:
    """The candidates, and the span of the typed text (from `start`, up to but not with `end`) that each replaces."""

    start: int
    end: int
    candidates: tuple[Candidate, ...] = ()

    def applied(self, text: str, candidate: Candidate) -> tuple[str, int]:
        """Return the text with the candidate in it, and the cursor behind the candidate."""
        return text[: self.start] + candidate.text + text[self.end :], self.start + len(candidate.text)


@dataclass(frozen=True, slots=True)
class Known:
    """What a language can be completed with: `terms` that begin as what was typed, `values` of a field that do, and
    the fields whose values are completed between quotes too."""

    terms: Callable[[str, Vocabulary], Iterator[Candidate]]
    values: Callable[[str, str, Vocabulary], Iterator[Candidate]]
    quoted: tuple[str, ...] = ()


def complete(text: str, cursor: int, vocabulary: Vocabulary, known: Known | None = None) -> Completions:
    """Return what may stand where the cursor is (0 is before the first character). Never raises.

    `known` is the language; that of users without it.
    """
    known = known or USERS
    cursor = max(0, min(cursor, len(text)))
    start, within_quotes = _term_start(text, cursor)
    start += text.startswith("-", start) and start < cursor
    field, colon, value = text[start:cursor].partition(":")
    name = field.casefold()
    if colon:
        start += len(field) + 1
        if within_quotes and not (name in known.quoted and value.startswith('"')):
            return Completions(cursor, cursor)
        found = known.values(name, value, vocabulary)
    else:
        if within_quotes or not field.isprintable() or any(sign in field for sign in '"*\\'):
            return Completions(cursor, cursor)
        found = known.terms(name, vocabulary)
    end = _term_end(text, cursor, within_quotes=within_quotes)
    typed = text[start:end]
    candidates = [candidate for candidate in found if candidate.text != typed]
    return Completions(start, end, tuple(candidates[:MOST]))


def _term_start(text: str, cursor: int) -> tuple[int, bool]:
    """Return where the term begins that the cursor is in or behind, and whether a quote is open at the cursor."""
    start, quoted, escaped = 0, False, False
    for position, character in enumerate(text[:cursor]):
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted, escaped = True, False
        elif character.isspace():
            start = position + 1
    return start, quoted


def _term_end(text: str, cursor: int, *, within_quotes: bool) -> int:
    """Return where the term ends that the cursor is in: at the next space, or behind the quote that closes it."""
    if within_quotes:
        # A quote that is not closed would swallow all that follows: nothing of that is replaced.
        closing = re.compile(r'(?:[^"\\\s]|\\.)*"').match(text, cursor)
        return closing.end() if closing else cursor
    rest = re.compile(r"\S*").match(text, cursor)
    return rest.end() if rest else cursor


def _terms(typed: str, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """Fields that begin as what was typed; and, once something was, states, things and roles that do."""
    for name, said in FIELDS.items():
        if name.startswith(typed):
            yield Candidate(f"{name}:", said, whole=False)
    if typed:
        for field in ("is", "has", "role"):
            for candidate in _values(field, typed, vocabulary):
                yield Candidate(f"{field}:{candidate.text}", candidate.help)


def _values(field: str, typed: str, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """Values of a field that begin as what was typed behind its colon."""
    folded = typed.casefold()
    if field in ("is", "has"):
        known = STATES if field == "is" else THINGS
        for value, said in known.items():
            if value.startswith(folded):
                yield Candidate(value, said.help)
    elif field == "role":
        for name in vocabulary.roles:
            if name.casefold().startswith(folded.removeprefix('"')) and _can_be_typed(name):
                yield Candidate(word(name), "holds the role")
    elif field in MOMENTS:
        yield from moments(MomentField(field), folded, vocabulary.today)


def moments(field: MomentField, typed: str, today: date | None) -> Iterator[Candidate]:
    """Forms of dates that begin as what was typed behind the colon of a field."""
    told = MOMENTS[field]
    forms = [*(_LEFT if told.ahead else _SINCE)]
    if today is not None:
        forms.append((f">={today:%Y-%m}-01", "since the first of this month"))
        forms.append((f"{today:%Y}", "this year"))
    if told.never is not None and told.ever is not None:
        forms += [("none", told.never), ("any", told.ever)]
    for text, said in forms:
        if text.startswith(typed):
            yield Candidate(text, said)
    number = _NUMBER.fullmatch(typed)
    if number and not (number[1] == "" and len(number[2]) == len("2026")):
        for sign in (number[1],) if number[1] else ("<", ">"):
            for unit, said in _UNIT_HELP.items():
                if int(number[2]) * SECONDS[unit] <= LONGEST:
                    yield Candidate(f"{sign}{number[2]}{unit}", f"{number[2]} {said}")


def _can_be_typed(name: str) -> bool:
    """Whether a name can stand in a query at all."""
    return bool(name.strip()) and not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


USERS: Final = Known(_terms, _values, ("role",))
