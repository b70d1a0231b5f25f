"""Who may sign in: the one rule, for the service, for the sign-in of Shellback and for "why can't this user log in?".

Pure: a row of `users`, the row of its sign-in state (None: never tried), and the time of the database. Whether the
password matches is another question, and comes before what only its owner may learn.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from models.login import UserAuthState
    from models.user import AccountColumns

FREE_FAILURES: Final = 3
LOCK_AT: Final = 10
LOCK_FOR: Final = timedelta(minutes=15)
FAILURES: Final = "failures"
"""The `lock_cause` of a lock that failures set."""

LONGEST_PAUSE: Final = 6
"""The pause doubles so many times."""


class Obstacle(StrEnum):
    """What stands against a sign-in, in the order in which it is judged."""

    DELETED = "deleted"
    INACTIVE = "inactive"
    EXPIRED = "expired"
    LOCKED = "locked"
    PAUSED = "paused"
    NO_PASSWORD = "no_password"  # noqa: S105 - the name of a state
    PASSWORD_EXPIRED = "password_expired"  # noqa: S105 - the name of a state
    MUST_CHANGE = "must_change"

    @property
    def stops(self) -> bool:
        """Whether nobody is let in. MUST_CHANGE lets in, only to change the password."""
        return self is not Obstacle.MUST_CHANGE


def obstacles(account: AccountColumns, state: UserAuthState | None, now: datetime) -> tuple[Obstacle, ...]:
    """Return all that stands against a sign-in with the right password at `now` (aware), the first to be judged first.

    A moment that has come is past: an account ends, a lock ends and a temporary password expires at its time exactly.
    """
    found = {
        Obstacle.DELETED: account.deleted_at is not None,
        Obstacle.INACTIVE: not account.is_active,
        Obstacle.EXPIRED: account.expires_at is not None and account.expires_at <= now,
        Obstacle.LOCKED: is_locked(state, now),
        Obstacle.PAUSED: is_paused(state, now),
        Obstacle.NO_PASSWORD: not account.has_usable_password,
        Obstacle.PASSWORD_EXPIRED: account.password_expires_at is not None and account.password_expires_at <= now,
        Obstacle.MUST_CHANGE: account.must_change_password,
    }
    return tuple(obstacle for obstacle, stands in found.items() if stands)


def login_allowed(account: AccountColumns, state: UserAuthState | None, now: datetime) -> bool:
    """Whether the right password signs in at `now` (aware)."""
    return not any(obstacle.stops for obstacle in obstacles(account, state, now))


def pause_after(failures: int) -> timedelta:
    """Return how long an account takes no sign-in after so many failures: 0, then 1, 2, 4 ... 64 s."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return timedelta(seconds=2 ** min(failures - FREE_FAILURES, LONGEST_PAUSE))


def is_locked(state: UserAuthState | None, now: datetime) -> bool:
    """Whether a lock stands at `now`.

    One that failures set and that ends later than any can was set by a clock that has been set back since: it is over,
    or nobody would be let in for as long as the clock was wrong.
    """
    if state is None or state.locked_until is None:
        return False
    is_possible = state.lock_cause != FAILURES or state.locked_until <= now + LOCK_FOR
    return state.locked_until > now and is_possible


def is_paused(state: UserAuthState | None, now: datetime) -> bool:
    """Whether failures make the account wait at `now`. A lock, or one that has ended, leaves no pause beside it.

    A failure that lies ahead, because the clock was set back, pauses no longer than it is far: not until it comes.
    """
    if state is None or state.locked_until is not None or state.last_failed_at is None:
        return False
    return abs(now - state.last_failed_at) < pause_after(state.failed_count)


def takes_no_sign_in(state: UserAuthState | None, now: datetime) -> bool:
    """Whether the account is locked or paused at `now`: no password is judged, right or wrong."""
    return is_locked(state, now) or is_paused(state, now)
