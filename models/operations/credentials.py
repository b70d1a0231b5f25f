"""Reset a password: support gets somebody back in, without ever choosing the password.

One transaction: the hash (made before it), the dates and flags, sessions, links, counters, and the audit row with the
facts, never the secret, its hash or a fingerprint.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tortoise.expressions import F

from models import User
from models.operations.access import (
    auth_state,
    clear_failures,
    end_sessions,
    is_locked,
    live_sessions,
    open_links,
    session_effects,
    void_links,
)
from models.operations.context import Written, change, target_of
from models.operations.guards import actor_may, enforce, not_yourself, outranked
from models.operations.lifecycle import ended_sentence
from models.operations.new_password import MadePassword, PasswordMethod, hash_change, make_password
from models.operations.plan import Action, FieldError, Plan
from models.operations.presence import load_target, unchanged_since, written_once
from models.operations.text import counted, moment
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from models import Account
    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor, Change, Refusal

EXPIRES_IN: Final = timedelta(hours=24)
LONGEST: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ResetOptions:
    """What a reset does along the way. Unused one-time links are always voided; nobody is ever activated by it.

    `expires_in` is how long a generated password works, None for no end. `unlock` None means: if it is locked and the
    actor may.
    """

    method: PasswordMethod = PasswordMethod.GENERATE
    must_change: bool = True
    expires_in: timedelta | None = EXPIRES_IN
    revoke_sessions: bool = True
    unlock: bool | None = None


async def plan_reset(
    actor: Actor, user_id: int, options: ResetOptions | None = None, *, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to give the user a generated password, or none. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id)
    account = scene.account
    chosen = options or ResetOptions()
    locked = is_locked(await auth_state(client, user_id), scene.now)
    if chosen.unlock is None:
        may = scene.actor is not None and scene.actor.permissions.has(Codename.USERS_UNLOCK)
        chosen = replace(chosen, unlock=locked and may)
    sessions = await live_sessions(client, user_id, scene.now)
    links = await open_links(client, user_id)
    return Plan(
        Action.RESET_PASSWORD,
        actor,
        target_of(account),
        ResetStep(chosen),
        _changes(account, chosen, None),
        _option_errors(chosen),
        tuple(_may_reset(scene, chosen)),
        _effects(scene, chosen, sessions, links, locked=locked),
        ("the old password cannot be brought back",),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class ResetStep:
    """The options, and once prepared the hash."""

    options: ResetOptions
    made: MadePassword | None = field(default=None, repr=False)
    counts_superusers: bool = False

    async def prepare(self) -> ResetStep:
        """Generate and hash, before any transaction is open."""
        return replace(self, made=await make_password(self.options.method))

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Write it all to the row that the person saw."""
        assert self.made is not None
        options, now = self.options, context.scene.now
        account = await unchanged_since(context, plan)
        enforce(_may_reset(context.scene, options), context.scene)
        expires_at = _expiry(options, now)
        columns: dict[str, object] = {
            "hashed_password": self.made.hashed,
            "has_usable_password": self.made.is_usable,
            "must_change_password": options.must_change and self.made.is_usable,
            "password_changed_at": now,
            "password_expires_at": expires_at,
            "version": F("version") + 1,
            "updated_at": now,
        }
        if options.revoke_sessions:
            columns["token_version"] = F("token_version") + 1
        written_once(
            await User.filter(id=account.id, version=account.version).using_db(context.connection).update(**columns)
        )
        ended = await end_sessions(context, plan.actor, account.id, "password reset") if options.revoke_sessions else 0
        voided = await void_links(context, account.id)
        if options.unlock:
            await clear_failures(context, account.id)
        return Written(
            target_of(account),
            _sentence(plan, options, expires_at, ended),
            (
                *_changes(account, options, expires_at),
                change("password_changed_at", account.password_changed_at, now),
            ),
            account.version,
            account.version + 1,
            secret=self.made.shown,
            secret_expires_at=expires_at if self.made.shown else None,
            meta={
                "method": str(options.method),
                "ended_sessions": ended,
                "voided_links": voided,
                "unlocked": bool(options.unlock),
            },
        )


def _may_reset(scene: Scene, options: ResetOptions) -> Iterator[Refusal]:
    needed = [Codename.USERS_RESET_PASSWORD]
    if options.unlock:
        needed.append(Codename.USERS_UNLOCK)
    yield from actor_may(scene, *needed)
    yield from outranked(scene)
    yield from not_yourself(scene, "reset your own password here; change it with the old one")


def _option_errors(options: ResetOptions) -> tuple[FieldError, ...]:
    if options.expires_in is None or timedelta(minutes=5) <= options.expires_in <= LONGEST:
        return ()
    return (FieldError("expires_in", f"A temporary password works from 5 minutes to {LONGEST.days} days."),)


def _expiry(options: ResetOptions, now: datetime) -> datetime | None:
    if options.expires_in is None or options.method is PasswordMethod.DISABLE:
        return None
    return now + options.expires_in


def _changes(account: Account, options: ResetOptions, expires_at: datetime | None) -> tuple[Change, ...]:
    usable = options.method is not PasswordMethod.DISABLE
    candidates = [
        change("has_usable_password", account.has_usable_password, usable),
        change("must_change_password", account.must_change_password, options.must_change and usable),
    ]
    if expires_at or account.password_expires_at:
        candidates.append(change("password_expires_at", account.password_expires_at, expires_at))
    if options.revoke_sessions:
        candidates.append(change("token_version", account.token_version, account.token_version + 1))
    return (hash_change(), *(one for one in candidates if one.before != one.after))


def _effects(scene: Scene, options: ResetOptions, sessions: int, links: int, *, locked: bool) -> tuple[str, ...]:
    account = scene.account
    effects: list[str] = []
    if options.method is PasswordMethod.DISABLE:
        effects.append("nobody can sign in with a password until one is set")
    elif options.expires_in is not None:
        effects.append(f"the new password stops working at {moment(scene.now + options.expires_in)}")
    if options.revoke_sessions:
        effects.extend(session_effects(sessions, links))
    else:
        if sessions:
            effects.append(f"{counted(sessions, 'session')} will go on")
        if links:
            effects.append(f"{counted(links, 'unused one-time link')} will stop working")
    if options.unlock:
        effects.append("failures and the lock are cleared")
    elif locked:
        effects.append("the account stays locked")
    if not account.is_active:
        effects.append("the account stays inactive: a reset never activates")
    return tuple(effects)


def _sentence(plan: Plan, options: ResetOptions, expires_at: datetime | None, ended: int) -> str:
    what = (
        f"Password sign-in of {plan.target} is disabled"
        if options.method is PasswordMethod.DISABLE
        else f"{plan.target} has a new password"
    )
    until = f", to be changed by {moment(expires_at)}" if expires_at and options.must_change else ""
    if expires_at and not options.must_change:
        until = f", which works until {moment(expires_at)}"
    return f"{what}{until}; {ended_sentence(ended)}." if options.revoke_sessions else f"{what}{until}."
