"""Using a reset link: whoever holds it sets the password of the account, once. The web service calls this.

A link that is unknown, used, expired, superseded or voided is answered by one sentence after one hash, so that neither
the text nor the time says which. A redemption changes the password and ends what was open: it never activates, restores
or undoes what staff decided. So the link of an account that is deleted, inactive, past its end date or locked by staff
is worthless while it is so. Failed sign-ins are forgotten, and a lock by failures with them: they counted guesses at a
password that is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from models import Account, OneTimeToken, User
from models.clock import database_now
from models.login import ADDRESS_LENGTH
from models.operations.access import auth_state, clear_failures, end_sessions, is_locked, void_links
from models.operations.apply import apply
from models.operations.context import USER, Stopped, Written, change, is_live, target_of
from models.operations.credentials.links import RESET
from models.operations.credentials.new_password import (
    MadePassword,
    PasswordMethod,
    chosen_columns,
    hash_change,
    make_password,
    policy_errors,
)
from models.operations.lifecycle import ended_sentence
from models.operations.locks import STAFF_LOCK
from models.operations.plan import Action, Actor, ActorKind, Json, Plan, Refusal, RefusalCode, Secret, Status, Target
from models.operations.refused import written_once
from models.operations.sign_in.session import hash_token
from models.operations.sign_in.stored_secrets import fingerprint
from models.operations.text import clipped
from models.operations.transactions import connection
from models.operations.values import names_of, snapshot

if TYPE_CHECKING:
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import WriteContext
    from models.operations.plan import Change, FieldError, Outcome

NO_LINK: Final = "This link does not work (any more). Ask for a new one."
REDEEMED: Final = "link used"
"""The `revoke_reason` of the sessions that a redemption ends."""


async def redeem_reset(token: Secret, new: Secret, *, address: str | None = None, user_agent: str = "") -> Outcome:
    """Set the password of whoever the link was made for. Raises what reading a database raises; writing raises nothing.

    OK: the password is set and every session ended. REFUSED with `errors` of the field "password": it may not be used,
    and the link goes on working. REFUSED with `RefusalCode.BAD_LINK`: the one sentence for every link that does not
    work. Two at the same moment: exactly one is OK.
    """
    client = connection()
    digest = hash_token(token)
    rows = (
        await OneTimeToken.filter(token_hash=digest, purpose=RESET).using_db(client).values_list("user_id", flat=True)
    )
    user = await User.get_or_none(id=rows[0], using_db=client) if rows else None
    works = user is not None and await _may_redeem(client, user, digest, await database_now(client))
    actor = Actor(user.id if user else None, user.username if user else "(unknown)", ActorKind.API)
    plan = Plan(
        Action.REDEEM_LINK,
        actor,
        target_of(user) if user else Target(USER, None, "(unknown)"),
        RedeemStep(digest, new if works else None, _caller(address, user_agent)),
        (hash_change(),),
        _policy(user, new) if user is not None and works else (),
    )
    return await apply(plan)


@dataclass(frozen=True, slots=True)
class RedeemStep:
    """The hash of the token, the new password (None where the link does not work), and once prepared its hash."""

    digest: str = field(repr=False)
    new: Secret | None
    caller: dict[str, Json]
    made: MadePassword | None = field(default=None, repr=False)
    counts_superusers: bool = False

    async def prepare(self) -> RedeemStep:
        """Hash, before any transaction is open; something else as slow where the link does not work."""
        return replace(self, made=await make_password(self.new or PasswordMethod.DISABLE))

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Use the link up and set the password, if both are still as they were."""
        assert self.made is not None
        if context.scene.target is None or self.new is None:
            raise _no_link()
        account, now = context.scene.account, context.scene.now
        user = await User.get(id=account.id, using_db=context.connection)
        if not await _may_redeem(context.connection, user, self.digest, now):
            raise _no_link()
        # The one update that decides: of two at the same moment, the other one finds nothing to update.
        redeemed = await _open_link(context.connection, user, self.digest, now, used_at=now)
        if redeemed != 1:
            raise _no_link()
        written_once(
            await User.filter(id=account.id, hashed_password=user.hashed_password)
            .using_db(context.connection)
            .update(**chosen_columns(self.made, now))
        )
        ended = await end_sessions(context, plan.actor, account.id, REDEEMED)
        voided = await void_links(context, account.id)
        cleared = await clear_failures(context, account.id)
        return Written(
            target_of(account),
            f"Your password is set; {ended_sentence(ended)}.",
            _changes(account, now),
            account.version,
            account.version + 1,
            meta={**self.caller, "ended_sessions": ended, "voided_links": voided, "unlocked": bool(cleared)},
        )


def _no_link() -> Stopped:
    return Stopped(Status.REFUSED, NO_LINK, refusals=(Refusal(RefusalCode.BAD_LINK, NO_LINK),))


async def _may_redeem(client: BaseDBAsyncClient, user: User, digest: str, now: datetime) -> bool:
    """Whether the link works at `now` and the account takes a password."""
    state = await auth_state(client, user.id)
    shut = state is not None and is_locked(state, now) and state.lock_cause == STAFF_LOCK
    return is_live(user, now) and not shut and bool(await _open_link(client, user, digest, now))


async def _open_link(
    client: BaseDBAsyncClient, user: User, digest: str, now: datetime, *, used_at: datetime | None = None
) -> int:
    """Return 1 if the link works at `now` for the password as it is, else 0; with `used_at` it is used up."""
    rows = OneTimeToken.filter(
        token_hash=digest,
        user_id=user.id,
        purpose=RESET,
        used_at=None,
        revoked_at=None,
        expires_at__gt=now,
        password_fingerprint=fingerprint(user.hashed_password),
    ).using_db(client)
    return await rows.update(used_at=used_at) if used_at is not None else await rows.count()


def _policy(user: User, new: Secret) -> tuple[FieldError, ...]:
    return policy_errors(new, names_of(snapshot(user)))


def _caller(address: str | None, user_agent: str) -> dict[str, Json]:
    told = {"address": clipped(address or "", ADDRESS_LENGTH), "user_agent": clipped(user_agent, 255)}
    return {name: text for name, text in told.items() if text}


def _changes(account: Account, now: datetime) -> tuple[Change, ...]:
    candidates = (
        change("has_usable_password", account.has_usable_password, True),
        change("must_change_password", account.must_change_password, False),
        change("password_expires_at", account.password_expires_at, None),
        change("password_changed_at", account.password_changed_at, now),
        change("token_version", account.token_version, account.token_version + 1),
    )
    return (hash_change(), *(one for one in candidates if one.before != one.after))
