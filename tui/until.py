"""A moment ahead as people type it: `30d` from now, a date, a date with a time, or never. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
HOW: Final = "Write 30d, 12h or 2w from now, a date like 2027-01-31 or 2027-01-31 18:00 (UTC), or never."
_SPAN: Final = re.compile(r"([1-9][0-9]{0,4})([mhdw])", re.ASCII | re.IGNORECASE)
_NEVER: Final = frozenset({"", "never", "for good"})


def read_until(text: str, now: datetime) -> datetime | None:
    """Return the moment, or None for none. A date is its beginning, and a time without a zone is UTC: the same text
    means the same everywhere. Raises ValueError with a sentence that says how to write one.
    """
    typed = text.strip()
    if typed.casefold() in _NEVER:
        return None
    span = _SPAN.fullmatch(typed)
    try:
        if span is not None:
            return now + timedelta(**{UNITS[span[2].lower()]: int(span[1])})
        moment = datetime.fromisoformat(typed)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(HOW) from None


def read_span(text: str) -> timedelta | None:
    """Return a span: `90m`, `24h`, `7d`, `2w`; None for `never`. Raises ValueError with a sentence."""
    typed = text.strip()
    if typed.casefold() == "never":
        return None
    span = _SPAN.fullmatch(typed)
    if span is None:
        raise ValueError("Write 90m, 24h, 7d, 2w or never.")
    return timedelta(**{UNITS[span[2].lower()]: int(span[1])})


def span_words(span: timedelta | None) -> str:
    """Return a span as `read_span` reads it, in the largest unit that says it whole: `90m`, `24h`, `7d`, `never`."""
    if span is None:
        return "never"
    minutes = round(span.total_seconds() / 60)
    for unit, size in (("d", 24 * 60), ("h", 60)):
        if minutes % size == 0 and minutes > size:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"
