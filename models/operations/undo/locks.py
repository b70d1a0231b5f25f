"""The opposite of locking and of unlocking: the lock as it was before, while that still matters. Counters stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models import UserAuthState
from models.operations.access import auth_state
from models.operations.context import Stopped, Written, change, target_of
from models.operations.guards import actor_may, enforce, not_yourself, outranked
from models.operations.locks import make_auth_state
from models.operations.plan import Action, Plan, Skipped, Status, json_value
from models.operations.presence import load_target, present
from models.operations.refused import written_once
from models.operations.text import clipped, lasting, moment
from models.operations.undo.case import changed_again
from models.operations.undo.users import value_of
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Change, Refusal
    from models.operations.undo.case import Case

COUNTERS = ("failed_count", "lockout_count")


async def undo_lock(case: Case) -> Plan:
    """Put the former lock back, or none, whichever of the two verbs it was."""
    scene = await load_target(case.client, case.actor, int(case.event.target_id or 0))
    if case.undos:
        return case.nothing()
    state = await auth_state(case.client, scene.account.id)
    losses = tuple(
        "counted failures that were cleared stay cleared" for name in COUNTERS if case.changes.get(name, (0, 0))[0]
    )[:1]
    before, after = case.changes.get("locked_until", (None, None))
    if before == after:
        return case.nothing(why=f"This cannot be undone: {losses[0] if losses else 'no lock was changed'}.")
    now = state.locked_until if state else None
    if json_value(now) != after:
        return case.nothing((Skipped("locked_until", changed_again((await case.authors()).get("locked_until"))),))
    until = value_of("locked_until", before)
    if until is not None and until <= scene.now:
        if now is None:
            return case.nothing(why=f"This cannot be undone: the former lock has ended by itself at {moment(until)}.")
        until = None
    cause = case.changes.get("lock_cause", (None, None))[0] if until is not None else None
    step = PutLockBackStep(now, until, cause)
    plan = Plan(
        Action.LOCK if until is not None else Action.UNLOCK,
        case.actor,
        target_of(scene.account),
        step,
        step.changes(state),
        refusals=tuple(_may(scene, until)),
        effects=_effects(scene, until),
    )
    return case.finish(plan, losses=losses)


@dataclass(frozen=True, slots=True)
class PutLockBackStep:
    """The end of the lock that must still be there, and the one that comes back with its cause."""

    expected: datetime | None
    until: datetime | None
    cause: str | None
    counts_superusers: bool = False

    async def prepare(self) -> PutLockBackStep:
        """Nothing to do beforehand."""
        return self

    def changes(self, state: UserAuthState | None) -> tuple[Change, ...]:
        """Return what changes on this state."""
        found = (
            change("locked_until", state.locked_until if state else None, self.until),
            change("lock_cause", state.lock_cause if state else None, self.cause),
        )
        return tuple(one for one in found if one.before != one.after)

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Set or clear the lock, if nobody touched it since; the counters stay as they are."""
        account = await present(context, plan)
        enforce(_may(context.scene, self.until), context.scene)
        await make_auth_state(context, account.id)
        state = await auth_state(context.connection, account.id)
        if (state.locked_until if state else None) != self.expected:
            sentence = f"Nothing was undone: the lock of {plan.target} was changed meanwhile. Look again."
            raise Stopped(Status.CONFLICT, sentence, version=account.version)
        columns: dict[str, Any] = {
            "locked_until": self.until,
            "lock_cause": clipped(self.cause, 100) if self.cause else None,
        }
        written_once(await UserAuthState.filter(user_id=account.id).using_db(context.connection).update(**columns))
        state_now = f"locked {lasting(self.until)} again" if self.until else "not locked any more"
        return Written(
            target_of(account), f"{plan.target} is {state_now}.", self.changes(state), account.version, account.version
        )


def _may(scene: Scene, until: datetime | None) -> Iterator[Refusal]:
    yield from actor_may(scene, Codename.USERS_UNLOCK)
    yield from outranked(scene)
    if until is not None:
        yield from not_yourself(scene, "lock your own account")


def _effects(scene: Scene, until: datetime | None) -> tuple[str, ...]:
    if until is not None:
        return ("sessions that are open go on: revoke them apart",)
    return () if scene.account.is_active else ("the account stays inactive: unlocking never activates",)
