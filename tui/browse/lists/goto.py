"""Jumps in a list: to a fraction of it, to a user by id, to the first row at or after a text or a date.

A jump costs a few short queries wherever it leads. Where it lands is a position just before the row, in the direction
of the list: the next page is what is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

from tui.browse.conditions.texts import key_range, word_key
from tui.browse.lists.orders import SERVED_BY, OrderBy
from tui.browse.lists.pages import UserSource
from tui.browse.lists.rows import Position
from tui.browse.lists.spread import load_spread, spread_of_all
from tui.browse.search.point_texts import read_point
from tui.browse.search.points import Span
from tui.browse.search.query import LARGEST_ID, QueryError
from tui.browse.sql import dialect

FORMS: Final = "50%, 1/3, #4711, or what a row begins with"

_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%", re.ASCII)
_PART: Final = re.compile(r"(\d{1,6})/(\d{1,6})", re.ASCII)
_ID: Final = re.compile(r"#?(\d{1,10})", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}(-\d{2})?", re.ASCII)
_TEXTS: Final = (OrderBy.USERNAME, OrderBy.EMAIL)
_HIGHEST: Final = "\U0010ffff" * 3


class GotoError(ValueError):
    """A jump that cannot be made; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class ToFraction:
    """To a fraction of the list, from 0 to 1."""

    fraction: float


@dataclass(frozen=True, slots=True)
class ToId:
    """To one user."""

    user_id: int


@dataclass(frozen=True, slots=True)
class ToText:
    """To the first row at or after a text; in an order of moments the text is a date, as in a query. `is_quoted`: what
    looks like a date is none."""

    text: str
    is_quoted: bool = field(default=False, compare=False)


Goto: TypeAlias = ToFraction | ToId | ToText


def parse_goto(text: str) -> Goto:
    """Return where `50%`, `1/3`, `4711`, `#4711`, `ali`, `"2024"` or `2026-01-31` leads. Raises GotoError.

    Quotes make a text of digits, which would be an id.
    """
    text = text.strip()
    if not text:
        raise GotoError(f"Where to? {FORMS}.")
    if found := _PERCENT.fullmatch(text):
        return _fraction(float(found[1]), 100)
    if found := _PART.fullmatch(text):
        return _fraction(float(found[1]), int(found[2]))
    if found := _ID.fullmatch(text):
        if int(found[1]) > LARGEST_ID:
            raise GotoError(f"No id is as large as {found[1]}.")
        return ToId(int(found[1]))
    if text.startswith("#"):
        raise GotoError("After # stands an id: #4711.")
    if text.endswith("%"):
        raise GotoError("A percentage is a number from 0 to 100: 50%.")
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    if is_quoted:
        text = text[1:-1]
    if not text.strip() or any(ord(character) < 32 or "\ud800" <= character <= "\udfff" for character in text):
        raise GotoError(f"Nothing begins with that. It takes {FORMS}.")
    return ToText(text, is_quoted)


def _fraction(number: float, of: int) -> ToFraction:
    if not 0 <= number <= of or not of:
        raise GotoError("A list goes from 0% to 100%.")
    return ToFraction(number / of)


async def locate(source: UserSource, goto: Goto) -> Position:
    """Return the position just before where a jump leads. Raises GotoError when it leads nowhere in this list."""
    match goto:
        case ToFraction(fraction):
            return await _at_fraction(source, fraction)
        case ToId(user_id):
            return await _at_user(source, user_id)
        case ToText(text, is_quoted) if source.order.by in _TEXTS:
            if _DATE.fullmatch(text) and not is_quoted:
                raise GotoError(
                    f"This is no order of dates: o offers those. Quotes lead to a name that begins with {text}."
                )
            return _at_text(source, text)
        case ToText(text) if source.order.by is OrderBy.ID:
            raise GotoError(f'In the order of ids a jump leads to an id. Order by username to go to "{text[:40]}".')
        case ToText(text):
            return _at_moment(source, text)


async def _at_fraction(source: UserSource, fraction: float) -> Position:
    spread = await load_spread(source, fewest=1) or await spread_of_all(source)
    if spread is None:
        raise GotoError("Too few match to know where in this order they are. Let the search go on to find them.")
    return spread.at(fraction)


async def _at_user(source: UserSource, user_id: int) -> Position:
    row = await source.find(user_id)
    if row is not None:
        return Position(row.position.segment, _before(row.position.key, descending=source.order.descending))
    if source.order.by is OrderBy.ID:
        return Position(0, _before((user_id,), descending=source.order.descending))
    raise GotoError(f"#{user_id} is not in this list.")


def _at_text(source: UserSource, text: str) -> Position:
    """Downwards the first row is the last of those that begin with the text."""
    number = _stretch(source)
    low, high = key_range(word_key(text))
    if not source.order.descending:
        return Position(number, _before((low,), descending=False))
    return Position(number, (high if high is not None else _HIGHEST,))


def _at_moment(source: UserSource, text: str) -> Position:
    number = _stretch(source)
    try:
        point = read_point(text, 0)
    except QueryError as error:
        raise GotoError(f"{error.message[:1].upper()}{error.message[1:]}.") from None
    if isinstance(point, Span):
        first = beyond = point.before(source.now)
    else:
        first, beyond = point.bounds(source.now)
    # No id is 0, so that every row of the moment comes after it, or none downwards: those are after the day.
    return Position(number, (_stored(beyond if source.order.descending else first), 0))


def _stretch(source: UserSource) -> int:
    """The number of the first stretch in the order's own column. Raises GotoError when the list has none."""
    _, (column, *_) = SERVED_BY[source.order.by]
    for number, stretch in enumerate(source.access.stretches):
        if stretch.segment.keys[0] == column:
            return number
    raise GotoError(f"Nobody in this list has a value to go to: {source.query.words()}.")


def _stored(moment: datetime) -> Any:
    """A moment as a row's key has it."""
    return moment if dialect() == "postgres" else moment.isoformat(" ")


def _before(key: tuple[Any, ...], *, descending: bool) -> tuple[Any, ...]:
    """A key next to a row's, on the side from which the list comes; no other row stands between the two."""
    *above, last = key
    if isinstance(last, str):
        return (*above, f"{last}\x01" if descending else _predecessor(last))
    return (*above, min(last + 1, LARGEST_ID) if descending else last - 1)


def _predecessor(text: str) -> str:
    """A text before `text` with nothing between them that anybody is called."""
    if not text or ord(text[-1]) <= 1:
        return text[:-1]
    point = ord(text[-1]) - 1
    return text[:-1] + chr(0xD7FF if 0xD800 <= point <= 0xDFFF else point) + _HIGHEST
