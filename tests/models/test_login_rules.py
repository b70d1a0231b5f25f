"""The login rule over every combination of states, against a reading of it that is written down apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from models.login import UserAuthState
from models.login_rules import Obstacle, login_allowed, obstacles, pause_after, takes_no_sign_in
from models.user import Account

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def account(found: set[Obstacle]) -> Account:
    return Account(
        username="alice",
        is_active=Obstacle.INACTIVE not in found,
        deleted_at=NOW - MINUTE if Obstacle.DELETED in found else None,
        expires_at=NOW - MINUTE if Obstacle.EXPIRED in found else NOW + MINUTE,
        has_usable_password=Obstacle.NO_PASSWORD not in found,
        password_expires_at=NOW - MINUTE if Obstacle.PASSWORD_EXPIRED in found else NOW + MINUTE,
        must_change_password=Obstacle.MUST_CHANGE in found,
    )


def state(found: set[Obstacle]) -> UserAuthState:
    return UserAuthState(
        locked_until=NOW + MINUTE if Obstacle.LOCKED in found else None,
        failed_count=9 if Obstacle.PAUSED in found else 2,
        last_failed_at=NOW - timedelta(seconds=1),
    )


def test_every_combination_is_said_in_the_order_of_the_rule() -> None:
    for chosen in product((False, True), repeat=len(Obstacle)):
        found = {obstacle for obstacle, stands in zip(Obstacle, chosen, strict=True) if stands}
        # A lock is the longer wait: beside it there is no pause to speak of.
        expected = [
            one for one in Obstacle if one in found and not (one is Obstacle.PAUSED and Obstacle.LOCKED in found)
        ]
        assert list(obstacles(account(found), state(found), NOW)) == expected
        assert login_allowed(account(found), state(found), NOW) is not bool(found - {Obstacle.MUST_CHANGE})


def test_nobody_who_never_tried_is_locked() -> None:
    assert obstacles(account(set()), None, NOW) == ()
    assert login_allowed(account(set()), None, NOW)
    assert not takes_no_sign_in(None, NOW)


@pytest.mark.parametrize(
    ("field", "expected"), [("expires_at", "expired"), ("password_expires_at", "password_expired")]
)
def test_a_moment_that_has_come_is_past(field: str, expected: str) -> None:
    row = account(set())
    setattr(row, field, NOW)
    assert [str(one) for one in obstacles(row, None, NOW)] == [expected]
    setattr(row, field, NOW + timedelta(microseconds=1))
    assert obstacles(row, None, NOW) == ()


def test_a_lock_ends_at_its_time_and_leaves_no_pause() -> None:
    row = UserAuthState(locked_until=NOW, failed_count=10, last_failed_at=NOW)
    assert not takes_no_sign_in(row, NOW)
    assert takes_no_sign_in(row, NOW - timedelta(microseconds=1))


def test_a_clock_that_was_set_back_pauses_nobody_for_hours() -> None:
    row = UserAuthState(failed_count=9, last_failed_at=NOW + timedelta(hours=3))
    assert not takes_no_sign_in(row, NOW)
    assert takes_no_sign_in(row, NOW + timedelta(hours=3) - timedelta(seconds=5))


def test_the_pause_doubles_to_64_seconds() -> None:
    seconds = [pause_after(failures).total_seconds() for failures in (0, 2, 3, 4, 9, 10, 2**31)]
    assert seconds == [0, 0, 1, 2, 64, 64, 64]
