"""Lock and unlock sign-in. Unlocking clears the counters and the lock only; it never activates.

The state is beside the user and has no version: these verbs leave the user's version as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from models import UserAuthState
from models.operations.access import auth_state, clear_failures, is_locked
from models.operations.context import Stopped, Written, change, target_of
from models.operations.guards import actor_may, enforce, not_yourself, outranked
from models.operations.plan import Action, FieldError, Plan, Status
from models.operations.presence import load_target, present
from models.operations.refused import written_once
from models.operations.text import clipped, lasting
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor, Change, Refusal

LOCK_FOR: Final = timedelta(hours=24)
LONGEST: Final = timedelta(days=365)
STAFF_LOCK: Final = "staff"
"""The `lock_cause` of a lock that a person set."""


async def plan_unlock(actor: Actor, user_id: int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to clear failures and lock. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    return Plan(
        Action.UNLOCK,
        actor,
        target_of(scene.account),
        UnlockStep(),
        _clearing(await auth_state(client, user_id)),
        refusals=tuple(_may_unlock(scene)),
        effects=() if scene.account.is_active else ("the account stays inactive: unlocking never activates",),
        reason=reason,
        ticket=ticket,
    )


async def plan_lock(
    actor: Actor, user_id: int, duration: timedelta | datetime = LOCK_FOR, *, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to refuse every sign-in of the user for this long from now, or until this moment (with its zone). A lock
    that is there is replaced, whoever set it. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    state = await auth_state(client, user_id)
    until = _end(duration, scene.now)
    right = scene.now < until <= scene.now + LONGEST
    effects = ["an open session of the web service is refused while the lock lasts; to end it for good is apart"]
    before = state.locked_until if state is not None and is_locked(state, scene.now) else None
    if before is not None:
        effects.insert(0, f"it is locked already, {lasting(before)}: this lock takes that one's place")
    return Plan(
        Action.LOCK,
        actor,
        target_of(scene.account),
        LockStep(duration),
        (change("locked_until", state.locked_until if state else None, until),) if right else (),
        () if right else (FieldError("duration", f"A lock lasts more than nothing and at most {LONGEST.days} days."),),
        tuple(_may_lock(scene)),
        tuple(effects) if right else (),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class UnlockStep:
    """Nothing beyond the plan's target is needed."""

    counts_superusers: bool = False

    async def prepare(self) -> UnlockStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Clear what is there now; a failure counted since the plan is cleared with it."""
        account = await present(context, plan)
        enforce(_may_unlock(context.scene), context.scene)
        changes = _clearing(await auth_state(context.connection, account.id))
        if not changes:
            raise Stopped(Status.UNCHANGED, f"{plan.target} is not locked.", version=account.version)
        written_once(await clear_failures(context, account.id))
        return Written(target_of(account), f"{plan.target} is unlocked.", changes, account.version, account.version)


@dataclass(frozen=True, slots=True)
class LockStep:
    """How long from the moment it is written, or until when."""

    duration: timedelta | datetime
    counts_superusers: bool = False

    async def prepare(self) -> LockStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Set the lock, in a state row that may have to be made."""
        account = await present(context, plan)
        enforce(_may_lock(context.scene), context.scene)
        until = _end(self.duration, context.scene.now)
        if until <= context.scene.now:
            raise Stopped(Status.CONFLICT, "Nothing was changed: the lock would be over already.")
        await make_auth_state(context, account.id)
        state = await auth_state(context.connection, account.id)
        rows = UserAuthState.filter(user_id=account.id).using_db(context.connection)
        written_once(await rows.update(locked_until=until, lock_cause=clipped(STAFF_LOCK, 100)))
        return Written(
            target_of(account),
            f"{plan.target} cannot sign in {lasting(until)}.",
            (change("locked_until", state.locked_until if state else None, until),),
            account.version,
            account.version,
        )


def _end(duration: timedelta | datetime, now: datetime) -> datetime:
    if isinstance(duration, datetime):
        return duration
    # What no calendar holds is as wrong as what is merely too long.
    return now + min(max(duration, timedelta(0)), LONGEST + timedelta(days=1))


async def make_auth_state(context: WriteContext, user_id: int) -> None:
    """Make the user's row of sign-in state, unless it is there."""
    row = UserAuthState(user_id=user_id)
    await UserAuthState.bulk_create([row], ignore_conflicts=True, using_db=context.connection)


def _may_unlock(scene: Scene) -> Iterator[Refusal]:
    yield from actor_may(scene, Codename.USERS_UNLOCK)
    yield from outranked(scene)


def _may_lock(scene: Scene) -> Iterator[Refusal]:
    yield from actor_may(scene, Codename.USERS_UNLOCK)
    yield from outranked(scene)
    yield from not_yourself(scene, "lock your own account")


def _clearing(state: UserAuthState | None) -> tuple[Change, ...]:
    if state is None:
        return ()
    cleared = (
        change("locked_until", state.locked_until, None),
        change("lock_cause", state.lock_cause, None),
        change("failed_count", state.failed_count, 0),
        change("lockout_count", state.lockout_count, 0),
    )
    return tuple(one for one in cleared if one.before != one.after)
