"""How points in time are written, and the sentences for what is written wrongly."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from tui.browse.search.points import SECONDS, Date, Instant, NamedDay, Point, Precision, Span, Unit
from tui.browse.search.suggest import QueryError, close_to, cut

FORMS: Final = "a day 2026-01-31, a time 2026-01-31T14:30, a span <90d, today, yesterday"

YEARS: Final = range(1900, 10_000)
LONGEST: Final = 100 * SECONDS[Unit.YEAR]

_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d))?)?)?)?", re.ASCII)
_LIKE_DATE: Final = re.compile(r"\d+[-/.]\d+(?:[-/.]\d+)?(?:T.*)?", re.ASCII | re.IGNORECASE | re.DOTALL)
_SPAN: Final = re.compile(r"(\d+)(\D*)", re.ASCII)
_INSTANT: Final = re.compile(r"now(?:([+-])(.*))?", re.IGNORECASE | re.DOTALL)
_PRECISIONS: Final = (Precision.YEAR, Precision.MONTH, Precision.DAY, Precision.MINUTE, Precision.SECOND)
_NOTHING: Final = dict.fromkeys(("never", "null", "empty"), "none")
_FIRST: Final = (1, 1, 1, 0, 0, 0)
_UNIT_NAMES: Final = {
    **dict.fromkeys(("min", "mins", "minute", "minutes"), Unit.MINUTE),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), Unit.HOUR),
    **dict.fromkeys(("day", "days"), Unit.DAY),
    **dict.fromkeys(("wk", "week", "weeks"), Unit.WEEK),
    **dict.fromkeys(("mon", "month", "months", "mos"), Unit.MONTH),
    **dict.fromkeys(("yr", "yrs", "year", "years"), Unit.YEAR),
}


def read_point(text: str, position: int) -> Point:
    """Return the point that `text` names; `position` is where it stands in the query. Raises QueryError."""
    folded = text.casefold()
    if folded in list(NamedDay):
        return NamedDay(folded)
    if found := _INSTANT.fullmatch(text):
        sign, span = found.groups()
        return Instant(read_span(span, position + 4), sign == "+") if sign else Instant()
    if found := _DATE.fullmatch(text):
        return _date(text, [int(part) for part in found.groups() if part is not None], position)
    if _LIKE_DATE.fullmatch(text):
        raise QueryError(position, f"{cut(text)} is no date. A date is written 2026-01-31 or 2026-01-31T14:30")
    if _SPAN.fullmatch(text):
        return read_span(text, position)
    near = close_to(folded, [*NamedDay, "now"], _NOTHING)
    hint = f". Did you mean {near}?" if near else f". It is {FORMS}"
    raise QueryError(position, f"{cut(text)} is no date{hint}")


def read_span(text: str, position: int) -> Span:
    """Return the span that `text` names: digits and a unit. Raises QueryError."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise QueryError(position, "a span is a number and a unit: 90d, 12h, 6mo")
    digits, unit = found[1], found[2].casefold()
    units = ", ".join(Unit)
    if not unit:
        raise QueryError(position, f"{cut(digits)} needs a unit: {cut(digits)}d. Units are {units}")
    if unit not in list(Unit):
        meant = _UNIT_NAMES.get(unit)
        hint = f". Did you mean {digits}{meant}?" if meant else f". Units are {units}"
        raise QueryError(position + len(digits), f"there is no unit {cut(found[2])}{hint}")
    # So long a number is over any limit, and Python refuses to read thousands of digits.
    span = Span(int(digits) if len(digits) <= len(str(LONGEST)) else LONGEST, Unit(unit))
    if span.seconds() > LONGEST:
        raise QueryError(position, "a span is at most 100y")
    return span


def _date(text: str, parts: list[int], position: int) -> Date:
    year, month, day, hour, minute, second = [*parts, *_FIRST[len(parts) :]]
    if year not in YEARS:
        raise QueryError(position, f"{cut(text)} is no date: a year is from {YEARS[0]} to {YEARS[-1]}")
    try:
        start = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - local: the zone comes with `bounds`
    except ValueError:
        raise QueryError(position, f"there is no {text.replace('T', ' ')} in the calendar") from None
    return Date(start, _PRECISIONS[{1: 0, 2: 1, 3: 2, 5: 3, 6: 4}[len(parts)]])
