"""End sessions: all of a user's with every stateless token, all but one, or one alone. The account stays as it is.

All of them: the user's `token_version` goes up, so that tokens which belong to no session end too. One, or all but one:
only their rows, since a new version would end the others as well. A service looks at both in every request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise.expressions import F

from models import Account, UserSession
from models.operations.access import end_sessions, live_sessions, session_effects
from models.operations.context import Stopped, Written, change, target_of
from models.operations.guards import actor_may, enforce, outranked
from models.operations.lifecycle import ended_sentence
from models.operations.plan import Action, Plan, Refusal, RefusalCode, Status
from models.operations.presence import load_target, present, unchanged_since
from models.operations.refused import none_left, written_once
from models.operations.text import clipped, counted
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor, Change

STAYS = "an ended session stays ended: the user signs in again"


async def plan_revoke_sessions(
    actor: Actor, user_id: int, *, keep: int | None = None, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to end every session and token of the user, one's own included, or every session but the one with the id
    `keep`. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    account = scene.account
    open_ones = await live_sessions(client, user_id, scene.now)
    if keep is None:
        step: RevokeSessionsStep | EndOthersStep = RevokeSessionsStep()
        changes: tuple[Change, ...] = (change("token_version", account.token_version, account.token_version + 1),)
        refusals: tuple[Refusal, ...] = tuple(_may_revoke(scene))
        effects = session_effects(open_ones)
    else:
        kept = await _open_session(client, user_id, keep, scene.now)
        others = open_ones - bool(kept)
        step = EndOthersStep(keep)
        changes = (change("open_sessions", open_ones, 1),) if others > 0 else ()
        refusals = (*_may_revoke(scene), *_is_open(scene, keep, kept))
        effects = (f"{counted(others, 'session')} will be ended, and session {keep} goes on",) if others > 0 else ()
    return Plan(
        Action.REVOKE_SESSIONS,
        actor,
        target_of(account),
        step,
        changes,
        refusals=refusals,
        effects=effects,
        irreversible=(STAYS,) if changes else (),
        reason=reason,
        ticket=ticket,
    )


async def plan_end_session(actor: Actor, user_id: int, session_id: int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to end one session of the user; the others go on. Raises `TargetGone`.

    One that has ended by itself or was ended before is nothing to do; one that is not the user's is refused.
    """
    client = connection()
    scene = await load_target(client, actor, user_id)
    session = await UserSession.get_or_none(id=session_id, user_id=user_id, using_db=client)
    is_open = session is not None and session.revoked_at is None and session.expires_at > scene.now
    missing = () if session is not None else tuple(_is_open(scene, session_id, None))
    mine = is_open and session_id == actor.session_id
    return Plan(
        Action.END_SESSION,
        actor,
        target_of(scene.account),
        EndSessionStep(session_id),
        (_ending(session_id),) if is_open else (),
        refusals=(*_may_revoke(scene), *missing),
        effects=("this is the session that you are using: you will have to sign in again",) if mine else (),
        irreversible=(STAYS,) if is_open else (),
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


@dataclass(frozen=True, slots=True)
class EndOthersStep:
    """Which session goes on."""

    keep: int
    counts_superusers: bool = False

    async def prepare(self) -> EndOthersStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """End what is open now, also what was opened since the plan; the version of the user stays."""
        account = await present(context, plan)
        scene = context.scene
        kept = await _open_session(context.connection, account.id, self.keep, scene.now)
        enforce((*_may_revoke(scene), *_is_open(scene, self.keep, kept)), scene)
        ended = await end_sessions(context, plan.actor, account.id, plan.reason or "revoked", but=self.keep)
        if not ended:
            sentence = f"No other session of {plan.target} was open."
            raise Stopped(Status.UNCHANGED, sentence, version=account.version)
        return Written(
            target_of(account),
            f"{plan.target}: {ended_sentence(ended)}, and session {self.keep} goes on.",
            (change("open_sessions", ended + 1, 1),),
            account.version,
            account.version,
            meta={"ended_sessions": ended, "kept_session": self.keep},
        )


@dataclass(frozen=True, slots=True)
class EndSessionStep:
    """Which session ends."""

    session_id: int
    counts_superusers: bool = False

    async def prepare(self) -> EndSessionStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """End its row, if it is still open; the version of the user stays."""
        account = await present(context, plan)
        scene = context.scene
        enforce(_may_revoke(scene), scene)
        live = UserSession.filter(id=self.session_id, user_id=account.id, revoked_at=None, expires_at__gt=scene.now)
        this = live.using_db(context.connection)
        ended = await this.update(
            revoked_at=scene.now,
            revoked_by_id=plan.actor.user_id,
            revoked_by_label=clipped(plan.actor.label, 100),
            revoke_reason=clipped(plan.reason or "revoked", 255),
        )
        await none_left(this)
        if not ended:
            sentence = f"Session {self.session_id} of {plan.target} is not open any more."
            raise Stopped(Status.UNCHANGED, sentence, version=account.version)
        written_once(ended)
        return Written(
            target_of(account),
            f"Session {self.session_id} of {plan.target} was ended.",
            (_ending(self.session_id),),
            account.version,
            account.version,
            meta={"session": self.session_id},
        )


def _ending(session_id: int) -> Change:
    return change(f"session:{session_id}", "open", "ended")


async def _open_session(client: BaseDBAsyncClient, user_id: int, session_id: int, now: datetime) -> UserSession | None:
    return await UserSession.get_or_none(
        id=session_id, user_id=user_id, revoked_at=None, expires_at__gt=now, using_db=client
    )


def _is_open(scene: Scene, session_id: int, session: UserSession | None) -> Iterator[Refusal]:
    if session is None:
        sentence = f"{scene.account.username} has no open session {session_id}."
        yield Refusal(RefusalCode.STATE, sentence, target_of(scene.account))


def _may_revoke(scene: Scene) -> Iterator[Refusal]:
    """Refuse whoever may not end somebody else's sessions. One's own are everybody's to end."""
    if scene.actor is not None and scene.actor.account.id == scene.account.id:
        yield from actor_may(scene)
        return
    yield from actor_may(scene, Codename.USERS_REVOKE_SESSIONS)
    yield from outranked(scene)
