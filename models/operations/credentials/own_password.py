"""Change one's own password: the only one that is typed, with the current one asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models import User, UserSession
from models.operations.access import end_sessions, live_sessions, session_effects, void_links
from models.operations.context import Written, change, target_of
from models.operations.credentials.new_password import (
    MadePassword,
    chosen_columns,
    hash_change,
    make_password,
    policy_errors,
)
from models.operations.guards import actor_may, enforce
from models.operations.lifecycle import ended_sentence
from models.operations.plan import Action, FieldError, Plan, Secret
from models.operations.presence import load_target, unchanged_since
from models.operations.refused import none_left, written_once
from models.operations.sign_in.own_proof import prove_own_password
from models.operations.sign_in.stored_secrets import stored_hash
from models.operations.transactions import connection
from models.operations.values import names_of, snapshot

if TYPE_CHECKING:
    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor, Change


async def plan_change_own_password(
    actor: Actor, current: Secret, new: Secret, *, keep_session: int = 0, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to change the actor's own password; every other session than `keep_session` ends. Raises `TargetGone`."""
    client = connection()
    user_id = actor.user_id or 0
    scene = await load_target(client, actor, user_id)
    account = scene.account
    errors = policy_errors(new, names_of(snapshot(account)))
    if not errors and current.reveal() == new.reveal():
        errors = (FieldError("password", "This is the password you have. Choose another one."),)
    sessions = await live_sessions(client, user_id, scene.now)
    return Plan(
        Action.CHANGE_OWN_PASSWORD,
        actor,
        target_of(account),
        ChangeOwnStep(user_id, current, new, keep_session),
        _changes(scene),
        errors,
        tuple(actor_may(scene)),
        session_effects(max(0, sessions - bool(keep_session))),
        ("the old password cannot be brought back",),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class ChangeOwnStep:
    """Both passwords; once prepared the hash that was verified against, and the new one."""

    user_id: int
    current: Secret
    new: Secret
    keep_session: int
    verified: str = field(default="", repr=False)
    made: MadePassword | None = field(default=None, repr=False)
    counts_superusers: bool = False

    async def prepare(self) -> ChangeOwnStep:
        """Verify the current password and hash the new one. A wrong one counts like a failed sign-in."""
        verified = await prove_own_password(self.user_id, self.current)
        return replace(self, verified=verified, made=await make_password(self.new))

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Store the new hash where the verified one still is."""
        assert self.made is not None
        account = await unchanged_since(context, plan)
        enforce(actor_may(context.scene), context.scene)
        now = context.scene.now
        # The row is locked. Compared here and not in WHERE: who may not read the hash may not look for it either.
        still = await stored_hash(context.connection, account.id) == self.verified
        rows = User.filter(id=account.id, version=account.version).using_db(context.connection)
        written_once(await rows.update(**chosen_columns(self.made, now)) if still else 0)
        ended = await end_sessions(context, plan.actor, account.id, "password changed", but=self.keep_session)
        kept = UserSession.filter(id=self.keep_session, user_id=account.id).using_db(context.connection)
        await kept.update(token_version=account.token_version + 1)
        await none_left(kept.exclude(token_version=account.token_version + 1))
        voided = await void_links(context, account.id)
        return Written(
            target_of(account),
            f"Your password is changed; {ended_sentence(ended)}.",
            (*_changes(context.scene), change("password_changed_at", account.password_changed_at, now)),
            account.version,
            account.version + 1,
            meta={"ended_sessions": ended, "voided_links": voided},
        )


def _changes(scene: Scene) -> tuple[Change, ...]:
    account = scene.account
    candidates = (
        change("must_change_password", account.must_change_password, False),
        change("password_expires_at", account.password_expires_at, None),
        change("token_version", account.token_version, account.token_version + 1),
    )
    return (hash_change(), *(one for one in candidates if one.before != one.after))
