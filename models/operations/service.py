"""What a web service on the same models calls: sign in, who is this, change the password, sign out.

Any active account is let in, staff or not; the rule is `models.login_rules`, the one that explains why somebody is not.
A session is a row of `user_sessions` of kind "api", so that whatever is done to the account here or in the terminal
(reset, deactivated, locked, revoked, deleted) counts from the next request on, with the same token.

A sign-in takes one row lock and writes no audit row: the audit is one chain, which writers pass one by one, and a
service has millions of sign-ins. `LoginAttempt` is their record. A change of password is audited like everywhere.

Measured on PostgreSQL: `authenticate` 119 ms, of which one verify is 114 (refused: unknown 122, wrong 121, disabled
125, locked 120); `session_of` 2.4 ms, where a bare read of session and account by key is 0.7.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models import Account, UserAuthState, UserSession
from models.clock import database_now
from models.engines.errors import DatabaseError
from models.login_rules import login_allowed
from models.operations.apply import apply
from models.operations.credentials.own_password import plan_change_own_password
from models.operations.effective import permissions_of
from models.operations.plan import Actor, ActorKind, RefusalCode, Secret, Status
from models.operations.presence import TargetGone
from models.operations.refused import none_left
from models.operations.service_session import (
    NO_SESSION,
    NOT_CHANGED,
    ONLY_CHANGE,
    CurrentUser,
    Scope,
    ServiceCode,
    ServiceRefused,
    ServiceSession,
    presented,
)
from models.operations.service_sign_in import SESSION_KIND, authenticate
from models.operations.settling import decide_until_known
from models.operations.sign_in.state import FAILURES
from models.operations.text import clipped
from models.operations.transactions import connection, write_transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

__all__ = [
    "CurrentUser",
    "Scope",
    "ServiceCode",
    "ServiceRefused",
    "ServiceSession",
    "authenticate",
    "change_password",
    "session_of",
    "sign_out",
]

SEEN_EVERY: Final = timedelta(minutes=1)
SEEN_WITHIN: Final = 0.5
"""Seconds."""
NOT_ENDED: Final = "The database did not confirm that the session was ended. It ends by itself."
ROUNDS: Final = 3
"""How often a change of a password is planned whose row somebody else changed at that moment."""


async def session_of(claims: Mapping[str, object], *, needs: Scope = Scope.FULL) -> CurrentUser | ServiceRefused:
    """Return who asks, by the claims of a token whose signature and `exp` the service has verified.

    All of it is read now, by the database's clock. A lock or a pause that failed sign-ins set keeps nobody out who is
    in already: with wrong passwords a stranger could end any session. Raises `DatabaseError`.
    """
    said = presented(claims)
    refused = ServiceRefused(ServiceCode.NO_SESSION, NO_SESSION)
    if said is None:
        return refused
    client = connection()
    session = await UserSession.get_or_none(
        id=said.session_id, token_hash=said.token_hash, kind=SESSION_KIND, using_db=client
    )
    if session is None or session.user_id != said.user_id or session.revoked_at is not None:
        return refused
    account = await Account.get_or_none(id=session.user_id, using_db=client)
    if account is None or not account.token_version == session.token_version == said.token_version:
        return refused
    state = await UserAuthState.get_or_none(user_id=account.id, using_db=client)
    now = await database_now(client)
    if session.expires_at <= now or not _stays(account, state, now):
        return refused
    scope = Scope.CHANGE_PASSWORD if account.must_change_password else said.scope
    if needs is Scope.FULL and scope is not Scope.FULL:
        return ServiceRefused(ServiceCode.SCOPE, ONLY_CHANGE)
    if session.last_seen_at is None or session.last_seen_at + SEEN_EVERY <= now:
        # A nicety: a standby, or a database that somebody else is writing to, answers all the same, and soon.
        with suppress(DatabaseError, TimeoutError):
            async with asyncio.timeout(SEEN_WITHIN):
                await write_transaction(
                    lambda inside: UserSession.filter(id=session.id).using_db(inside).update(last_seen_at=now)
                )
    permissions = (await permissions_of(client, [account], now))[account.id]
    return CurrentUser(account, permissions, session.id, scope, session.expires_at)


async def change_password(
    user: CurrentUser, claims: Mapping[str, object], current: Secret, new: Secret
) -> ServiceSession | ServiceRefused:
    """Change one's own password: this session goes on in full under new claims, every other one ends.

    `user` and `claims` are those of this request. A wrong current password counts like a failed sign-in. Raises
    `DatabaseError`, whose sentence says whether the password may have been changed.
    """
    actor = Actor(user.user_id, user.account.username, ActorKind.API, session_id=user.session_id)
    for _round in range(ROUNDS):
        try:
            plan = await plan_change_own_password(actor, current, new, keep_session=user.session_id)
        except TargetGone:
            return ServiceRefused(ServiceCode.NO_SESSION, NO_SESSION)
        outcome = await apply(plan)
        if outcome.is_ok:
            return await _renewed(user, claims)
        if outcome.errors:
            return ServiceRefused(ServiceCode.PASSWORD_POLICY, NOT_CHANGED, outcome.errors)
        if outcome.status is not Status.CONFLICT:
            break
    match outcome.status:
        case Status.REFUSED if any(one.code is RefusalCode.WRONG_PASSWORD for one in outcome.refusals):
            return ServiceRefused(ServiceCode.WRONG_PASSWORD, outcome.sentence)
        case Status.REFUSED | Status.GONE:
            return ServiceRefused(ServiceCode.NO_SESSION, NO_SESSION)
        case Status.CONFLICT:
            return ServiceRefused(ServiceCode.NOT_CHANGED, NOT_CHANGED)
    raise DatabaseError(outcome.sentence)


async def sign_out(claims: Mapping[str, object]) -> bool:
    """End the session of these claims; return whether it was open. Raises `DatabaseError`."""
    said = presented(claims)
    if said is None:
        return False

    async def end(client: BaseDBAsyncClient) -> bool:
        # First the row of its user, as whoever ends a session does: a write in flight sees it open or ended.
        account = await Account.filter(id=said.user_id).using_db(client).select_for_update(no_key=True).first()
        sessions = UserSession.filter(
            id=said.session_id, user_id=said.user_id, token_hash=said.token_hash, kind=SESSION_KIND
        )
        if account is None:
            return False
        this = sessions.filter(revoked_at=None).using_db(client)
        ended = await this.update(
            revoked_at=await database_now(client),
            revoked_by_id=account.id,
            revoked_by_label=clipped(account.username, 100),
            revoke_reason="signed out",
        )
        await none_left(this)
        return bool(ended)

    async def is_over(_: bool) -> bool:
        sessions = UserSession.filter(id=said.session_id, token_hash=said.token_hash, revoked_at=None)
        return not await sessions.using_db(connection()).exists()

    return await decide_until_known(end, is_over, NOT_ENDED)


def _stays(account: Account, state: UserAuthState | None, now: datetime) -> bool:
    """Whether the login rule lets the account be signed in; a lock counts when a person set it."""
    if login_allowed(account, state, now):
        return True
    by_failures = state is not None and (state.locked_until is None or state.lock_cause == FAILURES)
    return by_failures and login_allowed(account, None, now)


async def _renewed(user: CurrentUser, claims: Mapping[str, object]) -> ServiceSession | ServiceRefused:
    """Return the session as it stands after the change; somebody may have ended it since."""
    client = connection()
    session = await UserSession.get_or_none(id=user.session_id, revoked_at=None, using_db=client)
    if session is None:
        return ServiceRefused(ServiceCode.NO_SESSION, NO_SESSION)
    jti = Secret(str(claims["jti"]))
    return ServiceSession(
        user.user_id,
        user.account.username,
        session.id,
        session.token_version,
        Scope.FULL,
        session.expires_at,
        jti,
    )
