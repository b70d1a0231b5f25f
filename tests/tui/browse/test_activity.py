"""A month of sign-ins, day by day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from models import LoginAttempt
from tests.models.operations.people import user
from tui.browse.user.activity import DAYS, MOST, counted, load_activity
from tui.screens.user.tabs.month import month

if TYPE_CHECKING:
    from tui.database import Database

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_attempts_are_counted_by_day_and_by_outcome(database: Database) -> None:
    alice, bob = await user("alice"), await user("bob")
    attempts = [(40, "ok"), (DAYS - 1, "ok"), (3, "wrong"), (3, "locked"), (0, "ok"), (0, "wrong")]
    async with in_transaction():
        for back, outcome in attempts:
            for who in (alice, bob) if back == 40 else (alice,):
                await LoginAttempt.create(
                    user_id=who.id, username_tried="x", outcome=outcome, ip="10.0.0.4", created_at=NOW - back * DAY
                )
    activity = await load_activity(alice.id, NOW)
    assert activity.sign_ins == (1, *[0] * (DAYS - 2), 1)
    assert (sum(activity.failures), activity.failures[-4], activity.failures[-1]) == (3, 2, 1)
    assert [failure.outcome for failure in activity.last_failures] == ["wrong", "locked", "wrong"]
    assert activity.since is None
    said = {label: text.plain for label, text in month(activity, NOW)}
    assert said["Sign-ins, 30 days"] == "█" + "·" * (DAYS - 2) + "█  2, most on 22 Nov: 1"
    assert said["Failures, 30 days"].endswith("█··▄  3, most on 19 Nov: 2")
    assert "10.0.0.4" in said["Last failures"]


def test_a_month_without_any_is_said_in_words() -> None:
    said = {label: text.plain for label, text in month(counted([], NOW), NOW)}
    assert said["Sign-ins, 30 days"] == "·" * DAYS + "  none"
    assert "Last failures" not in said


def test_more_than_are_read_says_since_when() -> None:
    found = counted([(NOW - timedelta(minutes=number), "wrong\x1b[31m", None) for number in range(MOST)], NOW)
    assert found.since == NOW - timedelta(minutes=MOST - 1)
    said = {label: text.plain for label, text in month(found, NOW)}
    assert said["Counted"].startswith("the newest 2 000 attempts, since ")
    assert "\x1b" not in said["Last failures"]


def test_a_moment_ahead_counts_as_today() -> None:
    assert counted([(NOW + 9 * DAY, "ok", None)], NOW).sign_ins[-1] == 1
