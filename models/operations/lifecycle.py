"""Activate and deactivate. Deactivating always ends the sessions and tokens; activating never unlocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise.expressions import F

from models import Account
from models.operations.access import auth_state, end_sessions, is_locked, live_sessions, session_effects
from models.operations.context import Stopped, Written, change, target_of
from models.operations.guards import actor_may, enforce, keeps_a_superuser, not_yourself, outranked
from models.operations.plan import Action, Plan, Status
from models.operations.presence import load_target, unchanged_since
from models.operations.refused import written_once
from models.operations.text import clipped, lasting, moment
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor, Change, Refusal


async def plan_activate(actor: Actor, user_id: int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to activate the user. A lock and an end date stay, and are said. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    account = scene.account
    effects = []
    state = await auth_state(client, user_id)
    if state and state.locked_until and is_locked(state, scene.now):
        effects.append(f"still locked {lasting(state.locked_until)}: unlocking is apart")
    if account.expires_at and account.expires_at <= scene.now:
        effects.append(f"still expired since {moment(account.expires_at)}: the end date is edited apart")
    return Plan(
        Action.ACTIVATE,
        actor,
        target_of(account),
        ActivateStep(),
        _activation(account),
        refusals=tuple(_may_activate(scene)),
        effects=tuple(effects),
        reason=reason,
        ticket=ticket,
    )


async def plan_deactivate(
    actor: Actor,
    user_id: int,
    *,
    former: tuple[datetime | None, str | None] | None = None,
    reason: str = "",
    ticket: str = "",
) -> Plan:
    """Plan to deactivate the user and to end every session and token. Raises `TargetGone`.

    `former` is since when and why a user was inactive who becomes so again: an undo puts both back.
    """
    client = connection()
    scene = await load_target(client, actor, user_id)
    if scene.account.is_superuser:  # counted for those only: to count them is to look at all of them
        scene = await load_target(client, actor, user_id, superusers=True)
    account = scene.account
    sessions = await live_sessions(client, user_id, scene.now)
    return Plan(
        Action.DEACTIVATE,
        actor,
        target_of(account),
        DeactivateStep(counts_superusers=account.is_superuser, former=former),
        _deactivation(account, former[1] if former else reason) if account.is_active else (),
        refusals=tuple(_may_deactivate(scene)),
        effects=session_effects(sessions) if account.is_active else (),
        irreversible=("ended sessions stay ended, also when the account is activated again",) if sessions else (),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class ActivateStep:
    """Nothing beyond the plan's target is needed."""

    counts_superusers: bool = False

    async def prepare(self) -> ActivateStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Activate the row that the person saw."""
        account = await unchanged_since(context, plan)
        enforce(_may_activate(context.scene), context.scene)
        if account.is_active:
            raise Stopped(Status.UNCHANGED, f"{plan.target} is active already.", version=account.version)
        written_once(
            await Account.filter(id=account.id, version=account.version)
            .using_db(context.connection)
            .update(
                is_active=True,
                deactivated_at=None,
                deactivation_reason=None,
                version=F("version") + 1,
                updated_at=context.scene.now,
            )
        )
        changes = (
            *_activation(account),
            change("deactivated_at", account.deactivated_at, None),
            change("deactivation_reason", account.deactivation_reason, None),
        )
        return Written(
            target_of(account), f"{plan.target} is active now.", _real(changes), account.version, account.version + 1
        )


@dataclass(frozen=True, slots=True)
class DeactivateStep:
    """Nothing beyond the plan's target and reason is needed. A user who became one since has another version."""

    counts_superusers: bool
    former: tuple[datetime | None, str | None] | None = None

    async def prepare(self) -> DeactivateStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Deactivate the row that the person saw, and end its access."""
        account = await unchanged_since(context, plan)
        enforce(_may_deactivate(context.scene), context.scene)
        if not account.is_active:
            raise Stopped(Status.UNCHANGED, f"{plan.target} is inactive already.", version=account.version)
        since, why = self.former or (context.scene.now, plan.reason)
        since = since or context.scene.now
        written_once(
            await Account.filter(id=account.id, version=account.version)
            .using_db(context.connection)
            .update(
                is_active=False,
                deactivated_at=since,
                deactivation_reason=clipped(why or "", 255) or None,
                token_version=F("token_version") + 1,
                version=F("version") + 1,
                updated_at=context.scene.now,
            )
        )
        ended = await end_sessions(context, plan.actor, account.id, "deactivated")
        changes = (
            *_deactivation(account, why),
            change("deactivated_at", account.deactivated_at, since),
        )
        return Written(
            target_of(account),
            f"{plan.target} is inactive now; {ended_sentence(ended)}.",
            changes,
            account.version,
            account.version + 1,
            meta={"ended_sessions": ended},
        )


def ended_sentence(sessions: int) -> str:
    """Return how many sessions were ended, for the end of a sentence."""
    if sessions == 0:
        return "no session was open"
    return "1 session was ended" if sessions == 1 else f"{sessions} sessions were ended"


def _may_activate(scene: Scene) -> Iterator[Refusal]:
    yield from actor_may(scene, Codename.USERS_DEACTIVATE)
    yield from outranked(scene)


def _may_deactivate(scene: Scene) -> Iterator[Refusal]:
    yield from actor_may(scene, Codename.USERS_DEACTIVATE)
    yield from outranked(scene)
    yield from not_yourself(scene, "deactivate your own account")
    yield from keeps_a_superuser(scene)


def _activation(account: Account) -> tuple[Change, ...]:
    return () if account.is_active else (change("is_active", False, True),)


def _deactivation(account: Account, reason: str | None) -> tuple[Change, ...]:
    return _real(
        (
            change("is_active", account.is_active, False),
            change("deactivation_reason", account.deactivation_reason, clipped(reason or "", 255) or None),
            change("token_version", account.token_version, account.token_version + 1),
        )
    )


def _real(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(one for one in changes if one.before != one.after)
