"""States and moments in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from models.operations.text import lasting
from tests.tui.zones import in_zone
from tui.browse.moments import ago, clock, day, lock_end, stamp, utc
from tui.browse.user.states import Badge, Weight, badges

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_utc() -> Iterator[None]:
    """The words depend on the zone of the person who reads."""
    with in_zone("UTC"):
        yield


@dataclass
class Somebody:
    is_active: bool = True
    is_superuser: bool = False
    must_change_password: bool = False
    expires_at: datetime | None = None
    deleted_at: datetime | None = None
    locked_until: datetime | None = None


def words(**facts: object) -> list[str]:
    return [badge.word for badge in badges(Somebody(**facts), NOW, clock)]  # type: ignore[arg-type]


def test_badges_with_the_gravest_first() -> None:
    hour = timedelta(hours=1)
    assert words() == ["active"]
    assert words(is_superuser=True) == ["active", "super"]
    assert words(is_active=False) == ["INACTIVE"]
    assert words(locked_until=NOW + timedelta(minutes=150)) == ["LOCKED 14:30"]
    assert words(locked_until=NOW - hour) == ["active"]
    assert words(expires_at=NOW) == ["EXPIRED"]
    assert words(expires_at=NOW + hour) == ["active"]
    assert words(must_change_password=True, is_superuser=True) == ["must change", "super"]
    assert words(deleted_at=NOW, is_active=False, expires_at=NOW - hour) == ["DELETED", "EXPIRED"]


def test_how_much_a_badge_asks_for_attention() -> None:
    assert badges(Somebody(is_active=False), NOW, clock) == (Badge("INACTIVE", Weight.DANGER),)
    assert badges(Somebody(), NOW, clock)[0].weight is Weight.PLAIN


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=2, minutes=50), "2 h ago"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(days=104), "3 Mar"),
        (timedelta(days=400), "2025-05-11"),
        (timedelta(hours=-3), "15:00"),
    ],
)
def test_how_long_ago(passed: timedelta, said: str) -> None:
    assert ago(NOW - passed, NOW) == said


def test_days_and_times() -> None:
    assert ago(None, NOW) == "never"
    assert stamp(None, NOW) == "never"
    assert stamp(NOW - timedelta(hours=19), NOW) == "yesterday 17:00"
    assert stamp(NOW + timedelta(days=1), NOW) == "tomorrow 12:00"
    assert stamp(NOW - timedelta(days=104), NOW) == "3 Mar 12:00"
    assert day(datetime(2024, 11, 2, tzinfo=UTC), NOW) == "2024-11-02"
    assert utc(NOW) == "2026-06-15 12:00:00 UTC"


def test_a_lock_is_said_with_its_day_where_the_hour_alone_would_mislead() -> None:
    def said(end: datetime) -> list[str]:
        found = badges(Somebody(locked_until=end), NOW, lambda moment: lock_end(moment, NOW))
        return [badge.word for badge in found]

    assert said(NOW + timedelta(hours=2)) == [f"LOCKED {clock(NOW + timedelta(hours=2))}"]
    assert said(datetime(2027, 1, 2, 12, tzinfo=UTC)) == ["LOCKED 2 Jan"]
    assert said(datetime(2099, 1, 1, 12, tzinfo=UTC)) == ["LOCKED 2099"]
    assert said(datetime.max.replace(tzinfo=UTC)) == ["LOCKED no end"]
    assert lasting(datetime.max.replace(tzinfo=UTC)) == "for good"
    assert lasting(datetime(2099, 1, 1, tzinfo=UTC)) == "until 2099-01-01 00:00 UTC"
