"""Reset a password: support gets somebody back in, without ever choosing the password.

One transaction: the hash (made before it) or the link, the dates and flags, sessions, older links, counters,
authenticators, and the audit row with the facts, never the secret, its hash or a fingerprint. What is said of it is in
`reset_words`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tortoise.expressions import F

from models import User
from models.operations.access import (
    auth_state,
    clear_failures,
    end_sessions,
    factors_of,
    forget_proofs,
    is_locked,
    live_sessions,
    open_links,
    remove_factors,
    void_links,
)
from models.operations.context import Written, change, is_live, target_of
from models.operations.credentials.links import issue_link, link_of, new_token
from models.operations.credentials.new_password import MadePassword, PasswordMethod, hash_change, make_password
from models.operations.credentials.reset_options import ResetOptions, option_errors
from models.operations.credentials.reset_words import Found, effects_of, irreversible_of, sentence_of
from models.operations.guards import actor_may, enforce, not_yourself, outranked
from models.operations.locks import STAFF_LOCK
from models.operations.plan import Action, Change, Plan, Refusal, RefusalCode
from models.operations.presence import load_target, unchanged_since
from models.operations.refused import written_once
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from models import Account, UserAuthState
    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor, Secret


async def plan_reset(
    actor: Actor, user_id: int, options: ResetOptions | None = None, *, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to give the user a generated password, a one-time link, or no password. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    account = scene.account
    chosen = options or ResetOptions()
    state = await auth_state(client, user_id)
    locked = is_locked(state, scene.now)
    if chosen.unlock is None:
        may = scene.actor is not None and scene.actor.permissions.has(Codename.USERS_UNLOCK)
        chosen = replace(chosen, unlock=locked and may)
    found = Found(
        await live_sessions(client, user_id, scene.now),
        await open_links(client, user_id),
        await factors_of(client, user_id),
        locked,
        _by_staff(state, scene),
    )
    return Plan(
        Action.RESET_PASSWORD,
        actor,
        target_of(account),
        ResetStep(chosen),
        _changes(account, chosen, None, found.factors),
        option_errors(chosen),
        tuple(_may_reset(scene, chosen, state)),
        effects_of(scene, chosen, found),
        irreversible_of(chosen, found),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class ResetStep:
    """The options, and once prepared the hash or the token."""

    options: ResetOptions
    made: MadePassword | None = field(default=None, repr=False)
    token: Secret | None = None
    counts_superusers: bool = False

    async def prepare(self) -> ResetStep:
        """Generate and hash, before any transaction is open."""
        if self.options.method is PasswordMethod.LINK:
            return replace(self, token=new_token())
        return replace(self, made=await make_password(self.options.method))

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Write it all to the row that the person saw."""
        options, now = self.options, context.scene.now
        account = await unchanged_since(context, plan)
        enforce(_may_reset(context.scene, options, await auth_state(context.connection, account.id)), context.scene)
        columns: dict[str, object] = {"version": F("version") + 1, "updated_at": now}
        if options.revoke_sessions:
            columns["token_version"] = F("token_version") + 1
        ends_at = _expiry(options, now)
        if self.made is not None:
            columns |= {
                "hashed_password": self.made.hashed,
                "has_usable_password": self.made.is_usable,
                "must_change_password": options.must_change and self.made.is_usable,
                "password_changed_at": now,
                "password_expires_at": ends_at,
            }
        written_once(
            await User.filter(id=account.id, version=account.version).using_db(context.connection).update(**columns)
        )
        ended = await end_sessions(context, plan.actor, account.id, "password reset") if options.revoke_sessions else 0
        if self.made is not None:
            await forget_proofs(context, account.id)
        voided = await void_links(context, account.id)
        if options.unlock:
            await clear_failures(context, account.id)
        removed = await remove_factors(context, account.id) if options.reset_mfa else 0
        shown = self.made.shown if self.made is not None else None
        if self.token is not None:
            ends_at = await issue_link(context, plan.actor, account.id, self.token)
            shown = link_of(self.token, options.link_template)
        changed_at = (change("password_changed_at", account.password_changed_at, now),) if self.made else ()
        return Written(
            target_of(account),
            sentence_of(plan, options, ends_at, ended),
            (*_changes(account, options, ends_at, removed), *changed_at),
            account.version,
            account.version + 1,
            secret=shown,
            secret_expires_at=ends_at if shown else None,
            meta={
                "method": str(options.method),
                "ended_sessions": ended,
                "voided_links": voided,
                "unlocked": bool(options.unlock),
                "removed_factors": removed,
            },
        )


def _may_reset(scene: Scene, options: ResetOptions, state: UserAuthState | None) -> Iterator[Refusal]:
    needed = [Codename.USERS_RESET_PASSWORD]
    if options.unlock:
        needed.append(Codename.USERS_UNLOCK)
    if options.reset_mfa:
        needed.append(Codename.USERS_RESET_MFA)
    yield from actor_may(scene, *needed)
    yield from outranked(scene)
    yield from not_yourself(scene, "reset your own password here; change it with the old one")
    if options.method is PasswordMethod.LINK:
        yield from _link_would_work(scene, options, state)


def _link_would_work(scene: Scene, options: ResetOptions, state: UserAuthState | None) -> Iterator[Refusal]:
    """Refuse a link that `redeem` would refuse: the person would be sent something that does not work."""
    account = scene.account
    if not is_live(account, scene.now):
        why = "inactive" if not account.is_active else "past its end date"
        sentence = f"{account.username} is {why}, so a link would not work. Mend that first, or generate a password."
        yield Refusal(RefusalCode.STATE, sentence, target_of(account))
    elif _by_staff(state, scene) and not options.unlock:
        sentence = f"{account.username} is locked by staff, so a link would not work. Unlock the account too."
        yield Refusal(RefusalCode.STATE, sentence, target_of(account))


def _by_staff(state: UserAuthState | None, scene: Scene) -> bool:
    return state is not None and is_locked(state, scene.now) and state.lock_cause == STAFF_LOCK


def _expiry(options: ResetOptions, now: datetime) -> datetime | None:
    return now + options.expires_in if options.expires_in is not None and options.makes_password else None


def _changes(account: Account, options: ResetOptions, ends_at: datetime | None, factors: int) -> tuple[Change, ...]:
    candidates = []
    if options.method is PasswordMethod.LINK:
        candidates.append(change("one_time_link", None, ends_at or "for 30 minutes"))
    else:
        usable = options.makes_password
        candidates.append(change("has_usable_password", account.has_usable_password, usable))
        candidates.append(change("must_change_password", account.must_change_password, options.must_change and usable))
        if ends_at or account.password_expires_at:
            candidates.append(change("password_expires_at", account.password_expires_at, ends_at))
    if options.revoke_sessions:
        candidates.append(change("token_version", account.token_version, account.token_version + 1))
    if options.reset_mfa:
        candidates.append(change("authenticators", factors, 0))
    real = (one for one in candidates if one.before != one.after)
    return tuple(real) if options.method is PasswordMethod.LINK else (hash_change(), *real)
