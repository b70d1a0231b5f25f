"""Revoke sessions: end every session and stateless token of a user; the account itself stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise.expressions import F

from models import Account
from models.operations.access import end_sessions, live_sessions, session_effects
from models.operations.context import Written, change, target_of
from models.operations.guards import actor_may, enforce, outranked
from models.operations.lifecycle import ended_sentence
from models.operations.plan import Action, Plan
from models.operations.presence import load_target, unchanged_since, written_once
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor, Refusal


async def plan_revoke_sessions(actor: Actor, user_id: int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to end every session and token of the user, one's own included. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    account = scene.account
    return Plan(
        Action.REVOKE_SESSIONS,
        actor,
        target_of(account),
        RevokeSessionsStep(),
        (change("token_version", account.token_version, account.token_version + 1),),
        refusals=tuple(_may_revoke(scene)),
        effects=session_effects(await live_sessions(client, user_id, scene.now)),
        irreversible=("an ended session stays ended: the user signs in again",),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class RevokeSessionsStep:
    """Nothing beyond the plan's target and reason is needed."""

    counts_superusers: bool = False

    async def prepare(self) -> RevokeSessionsStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """End the access of the row that the person saw."""
        account = await unchanged_since(context, plan)
        enforce(_may_revoke(context.scene), context.scene)
        written_once(
            await Account.filter(id=account.id, version=account.version)
            .using_db(context.connection)
            .update(token_version=F("token_version") + 1, version=F("version") + 1, updated_at=context.scene.now)
        )
        ended = await end_sessions(context, plan.actor, account.id, plan.reason or "revoked")
        return Written(
            target_of(account),
            f"{plan.target}: {ended_sentence(ended)}, and every token is void.",
            plan.changes,
            account.version,
            account.version + 1,
            meta={"ended_sessions": ended},
        )


def _may_revoke(scene: Scene) -> Iterator[Refusal]:
    yield from actor_may(scene, Codename.USERS_REVOKE_SESSIONS)
    if scene.actor is None or scene.actor.account.id != scene.account.id:
        yield from outranked(scene)
