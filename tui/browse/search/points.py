"""Points in time as a query names them: a day, a month, a minute, today, a span such as 90d, now-90d.

A point is a value that does not know what time it is; `bounds` and `before` resolve it against the database's clock, in
the zone of the person who asks. How a point is read from text is in `point_texts.py`.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final, TypeAlias

LAST: Final = datetime.max.replace(tzinfo=UTC)
"""The last moment there is; what would be later is cut to it."""

TICK: Final = timedelta(microseconds=1)
"""The least difference of two moments in either database."""


class Precision(IntEnum):
    """How much of the calendar a date names; the value is the length of its text."""

    YEAR = 4
    MONTH = 7
    DAY = 10
    MINUTE = 16
    SECOND = 19


class Unit(StrEnum):
    """Units of a span. Minutes to weeks are fixed lengths; months and years go by the calendar."""

    MINUTE = "m"
    HOUR = "h"
    DAY = "d"
    WEEK = "w"
    MONTH = "mo"
    YEAR = "y"


SECONDS: Final = {
    Unit.MINUTE: 60,
    Unit.HOUR: 3600,
    Unit.DAY: 86_400,
    Unit.WEEK: 604_800,
    Unit.MONTH: 2_629_800,
    Unit.YEAR: 31_557_600,
}
"""How long a unit is; for months and years on average."""

_UNIT_WORDS: Final = {
    Unit.MINUTE: "minute",
    Unit.HOUR: "hour",
    Unit.DAY: "day",
    Unit.WEEK: "week",
    Unit.MONTH: "month",
    Unit.YEAR: "year",
}


@dataclass(frozen=True, slots=True)
class Date:
    """A year, month, day, minute or second of the local calendar: everything from `start` to the next one."""

    start: datetime  # local, without a zone
    precision: Precision

    def __str__(self) -> str:
        return self.start.isoformat(timespec="seconds")[: self.precision]

    def words(self) -> str:
        """Return the point in words."""
        return str(self).replace("T", " ")

    def end(self) -> datetime:
        """Return the local moment at which the next one begins; the last moment there is when there is no next."""
        start = self.start
        try:
            match self.precision:
                case Precision.YEAR:
                    return start.replace(year=start.year + 1)
                case Precision.MONTH:
                    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
                case Precision.DAY:
                    return start + timedelta(days=1)
                case Precision.MINUTE:
                    return start + timedelta(minutes=1)
                case Precision.SECOND:
                    return start + timedelta(seconds=1)
        except (ValueError, OverflowError):
            return LAST.replace(tzinfo=None)

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:  # noqa: ARG002 - as for every point
        """Return the first moment of it and the first one after it, in UTC."""
        return in_utc(self.start), in_utc(self.end())


class NamedDay(StrEnum):
    """A day by its distance from today."""

    YESTERDAY = "yesterday"
    TODAY = "today"
    TOMORROW = "tomorrow"

    def words(self) -> str:
        """Return the point in words."""
        return self.value

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the first moment of it and the first one after it, in UTC."""
        today = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        return Date(today + timedelta(days=list(NamedDay).index(self) - 1), Precision.DAY).bounds(now)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: an age, or how much is left."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    def words(self) -> str:
        """Return the span in words: `90 days`."""
        return f"{self.amount} {_UNIT_WORDS[self.unit]}{'s' * (self.amount != 1)}"

    def seconds(self) -> int:
        """Return about how long it is."""
        return self.amount * SECONDS[self.unit]

    def before(self, now: datetime) -> datetime:
        """Return the moment so long ago, in UTC."""
        return self._away(now, -self.amount)

    def after(self, now: datetime) -> datetime:
        """Return the moment so far ahead, in UTC."""
        return self._away(now, self.amount)

    def _away(self, now: datetime, amount: int) -> datetime:
        if self.unit not in (Unit.MONTH, Unit.YEAR):
            return (now + timedelta(seconds=amount * SECONDS[self.unit])).astimezone(UTC)
        here = now.astimezone().replace(tzinfo=None)
        months = here.year * 12 + here.month - 1 + amount * (12 if self.unit is Unit.YEAR else 1)
        year, month = months // 12, months % 12 + 1
        return in_utc(here.replace(year=year, month=month, day=min(here.day, monthrange(year, month)[1])))


@dataclass(frozen=True, slots=True)
class Instant:
    """Now, or a span away from it: `now`, `now-90d`, `now+7d`."""

    span: Span | None = None
    ahead: bool = False

    def __str__(self) -> str:
        return f"now{'+' if self.ahead else '-'}{self.span}" if self.span else "now"

    def words(self) -> str:
        """Return the point in words."""
        if self.span is None:
            return "now"
        return f"{self.span.words()} {'from now' if self.ahead else 'ago'}"

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the moment and the next one, in UTC."""
        at = now.astimezone(UTC)
        if self.span is not None:
            at = self.span.after(now) if self.ahead else self.span.before(now)
        return at, at + TICK


Place: TypeAlias = Date | NamedDay | Instant
"""A point of the calendar; a `Span` is none until a field says from where it counts."""

Point: TypeAlias = Place | Span


def in_utc(local: datetime) -> datetime:
    """Return a local moment without a zone in UTC, cut to the last one there is."""
    try:
        return local.astimezone(UTC)
    except (OverflowError, ValueError):
        return LAST
