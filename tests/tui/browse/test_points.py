"""Points in time against a clock: days are those of the person who asks, months and years those of the calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.tui.zones import in_zone
from tui.browse.conditions.moments import moment_range
from tui.browse.search.points import LAST, Date, Instant, NamedDay, Precision, Span, Unit
from tui.browse.search.query import MomentTerm, parse

NOW = datetime(2026, 3, 31, 20, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_berlin() -> Iterator[None]:
    with in_zone("Europe/Berlin"):
        yield


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def date(text: str, precision: Precision) -> Date:
    return Date(datetime.fromisoformat(text), precision)


def test_a_day_is_as_long_as_it_is_here() -> None:
    assert date("2026-01-01", Precision.DAY).bounds(NOW) == (utc("2025-12-31 23:00"), utc("2026-01-01 23:00"))
    first, beyond = date("2026-03-29", Precision.DAY).bounds(NOW)  # the clocks go forward
    assert beyond - first == timedelta(hours=23)


def test_months_years_minutes_and_seconds() -> None:
    assert date("2025-12-01", Precision.MONTH).end() == datetime.fromisoformat("2026-01-01")
    assert date("2024-01-01", Precision.YEAR).end() == datetime.fromisoformat("2025-01-01")
    assert date("2024-01-01 23:59", Precision.MINUTE).end() == datetime.fromisoformat("2024-01-02")
    assert date("2024-01-01 23:59:59", Precision.SECOND).end() == datetime.fromisoformat("2024-01-02")


@pytest.mark.parametrize("precision", Precision)
def test_the_last_of_all_dates_ends_with_time(precision: Precision) -> None:
    assert date("9999-12-31 23:59:59", precision).bounds(NOW)[1] >= LAST - timedelta(days=1)


def test_days_by_name_turn_at_midnight_here() -> None:
    assert NamedDay.TODAY.bounds(NOW) == (utc("2026-03-30 22:00"), utc("2026-03-31 22:00"))
    assert NamedDay.YESTERDAY.bounds(NOW)[1] == NamedDay.TODAY.bounds(NOW)[0]
    assert NamedDay.TOMORROW.bounds(NOW)[0] == NamedDay.TODAY.bounds(NOW)[1]
    assert NamedDay.TODAY.bounds(NOW + timedelta(hours=2))[0] == utc("2026-03-31 22:00")


def test_spans() -> None:
    assert Span(90, Unit.DAY).before(NOW) == utc("2025-12-31 20:30")
    assert Span(1, Unit.MONTH).before(NOW) == utc("2026-02-28 21:30")  # no 31 February; and it was winter
    assert Span(13, Unit.MONTH).after(NOW) == utc("2027-04-30 20:30")
    assert Span(1, Unit.YEAR).before(utc("2024-02-29 12:00")) == utc("2023-02-28 12:00")
    assert Span(100, Unit.YEAR).before(NOW).year == 1926
    assert Instant(Span(2, Unit.HOUR), ahead=True).bounds(NOW)[0] == utc("2026-03-31 22:30")


def selects(text: str, moment: datetime) -> bool:
    (term,) = parse(text).terms
    assert isinstance(term, MomentTerm)
    low, high = moment_range(term, NOW)  # type: ignore[arg-type]
    return (low is None or low <= moment) and (high is None or moment < high)


@pytest.mark.parametrize(
    ("text", "days", "expected"),
    [
        ("created:<90d", -89, True),
        ("created:<90d", -90, False),
        ("created:<=90d", -90, True),
        ("created:>90d", -90, False),
        ("created:>=90d", -90, True),
        ("created:<90d", 1, True),  # made after the list was opened
        ("created:>0d", 1, False),
        ("created:30d..90d", -30, True),
        ("created:30d..90d", -90, True),
        ("created:30d..90d", -29, False),
        ("expires:<7d", 6, True),
        ("expires:<7d", 7, False),
        ("expires:<=7d", 7, True),
        ("expires:>7d", 7, False),
        ("expires:>=7d", 7, True),
        ("expires:<7d", -1, False),  # has expired: nothing is left
        ("expires:<7d", 0, False),
        ("expires:>=0d", 0, False),
        ("expires:0d..7d", -1, False),
        ("expires:1d..7d", 7, True),
        ("expires:<now-30d", -31, True),
        ("expires:<now-30d", -30, False),
        ("expires:<=now-30d", -30, True),
    ],
)
def test_ages_and_time_left(text: str, days: int, expected: bool) -> None:
    assert selects(text, NOW + timedelta(days=days)) is expected
