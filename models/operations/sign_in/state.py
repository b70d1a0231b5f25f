"""The counters of failed sign-ins, the growing pause and the lock: an account is slowed down, never shut for good.

After the third failure the account takes no sign-in for 1 s, then 2, 4 and so on; the tenth locks it for 15 minutes.
What is tried during a pause is refused whatever it is and not counted, so that nobody can keep somebody else out for
longer by trying on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tortoise.expressions import F, Q

from models import UserAuthState
from models.clock import database_now
from models.login_rules import FAILURES as FAILURES
from models.login_rules import LOCK_AT as LOCK_AT
from models.login_rules import LOCK_FOR as LOCK_FOR
from models.login_rules import pause_after as pause_after
from models.login_rules import takes_no_sign_in as takes_no_sign_in
from models.operations.refused import written_once

if TYPE_CHECKING:
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient


async def count_failure(client: BaseDBAsyncClient, user_id: int) -> bool:
    """Count a failure in the caller's transaction, locking the account at the tenth; return whether it did.

    A lock that has ended starts the count anew.
    """
    now = await database_now(client)
    await UserAuthState.bulk_create([UserAuthState(user_id=user_id)], ignore_conflicts=True, using_db=client)
    rows = UserAuthState.filter(user_id=user_id).using_db(client)
    ended = Q(locked_until__lte=now) | Q(lock_cause=FAILURES, locked_until__gt=now + LOCK_FOR)
    await rows.filter(ended).update(failed_count=0, locked_until=None, lock_cause=None)
    # One that is not counted could be tried without end.
    written_once(await rows.update(failed_count=F("failed_count") + 1, last_failed_at=now))
    locked = await rows.filter(failed_count__gte=LOCK_AT, locked_until=None).update(
        locked_until=now + LOCK_FOR, lock_cause=FAILURES, lockout_count=F("lockout_count") + 1
    )
    return bool(locked)


def wait_left(state: UserAuthState | None, now: datetime) -> timedelta:
    """Return for how long the account takes no password yet; never less than nothing."""
    if state is None or not takes_no_sign_in(state, now):
        return timedelta(0)
    if state.locked_until is not None:
        return state.locked_until - now
    assert state.last_failed_at is not None
    pause = pause_after(state.failed_count)
    return min(pause, state.last_failed_at + pause - now)


async def forget_failures(client: BaseDBAsyncClient, user_id: int) -> None:
    """Clear the counters after a right password that opened no session, in the caller's transaction."""
    rows = UserAuthState.filter(user_id=user_id).using_db(client)
    await rows.update(failed_count=0, lockout_count=0, locked_until=None, lock_cause=None)


async def count_success(client: BaseDBAsyncClient, user_id: int, now: datetime, address: str | None) -> None:
    """Note a sign-in and clear the counters, in the caller's transaction."""
    await UserAuthState.bulk_create([UserAuthState(user_id=user_id)], ignore_conflicts=True, using_db=client)
    rows = UserAuthState.filter(user_id=user_id).using_db(client)
    written_once(
        await rows.update(
            last_login_at=now,
            last_login_ip=address,
            failed_count=0,
            lockout_count=0,
            locked_until=None,
            lock_cause=None,
        )
    )
