"""What a web service on the same models calls: sign in, who is this, change the password, sign out.

Any active account is let in, staff or not; the rule is `models.login_rules`, the one that explains why somebody is not.
A session is a row of `user_sessions` of kind "api", so that whatever is done to the account here or in the terminal
(reset, deactivated, locked, revoked, deleted) counts from the next request on, with the same token.

A sign-in takes one row lock and writes no audit row: the audit is one chain, which writers pass one by one, and a
service has millions of sign-ins. `LoginAttempt` is their record. A change of password is audited like everywhere.

Measured on SQLite, 2 cores: `authenticate` is one verify (130 ms) and 4 ms; `session_of` 2.5 ms, of which a bare read
of session and account is 1 ms.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models import Account, User, UserAuthState, UserSession
from models.clock import database_now
from models.engines.errors import DatabaseError
from models.login import ADDRESS_LENGTH
from models.login_rules import Obstacle, login_allowed, obstacles
from models.operations.apply import apply
from models.operations.attempts import note_attempt
from models.operations.effective import permissions_of
from models.operations.own_password import plan_change_own_password
from models.operations.plan import Actor, ActorKind, RefusalCode, Secret, Status
from models.operations.presence import TargetGone
from models.operations.service_session import (
    NO_ENTRY,
    NO_SESSION,
    NOT_CHANGED,
    ONLY_CHANGE,
    CurrentUser,
    Scope,
    ServiceCode,
    ServiceRefused,
    ServiceSession,
    hash_jti,
    presented,
)
from models.operations.sign_in_state import FAILURES, count_failure, count_success
from models.operations.text import clipped
from models.operations.transactions import connection, write_transaction
from models.passwords import Verdict, hash_off_loop, verify_off_loop
from models.usernames import lookup_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.user import AccountColumns

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

SESSION_KIND: Final = "api"
SESSION_FOR: Final = timedelta(hours=8)
SEEN_EVERY: Final = timedelta(minutes=1)
JTI_BYTES: Final = 32
ROUNDS: Final = 3
"""How often a password is verified, or a change of it planned, whose row somebody else changed at that moment."""

_SHUT: Final = frozenset({Obstacle.LOCKED, Obstacle.PAUSED})


async def authenticate(
    username: str,
    password: Secret,
    *,
    address: str | None = None,
    user_agent: str | None = None,
    lasts: timedelta = SESSION_FOR,
) -> ServiceSession | ServiceRefused:
    """Verify a password and open a session; unknown, disabled, locked and mistyped are one answer after one verify.

    Who must change the password gets a session for that alone (`Scope.CHANGE_PASSWORD`). Raises `DatabaseError`.
    """
    client = connection()
    # What no account can have is nobody's name, and is answered like every other one.
    wanted = lookup_key(username)
    refused = ServiceRefused(ServiceCode.NO_ENTRY, NO_ENTRY)
    agent = clipped(user_agent or "", 255)
    address = clipped(address, ADDRESS_LENGTH) if address else None
    for _round in range(ROUNDS):
        user = await User.get_or_none(username_key=wanted, using_db=client) if wanted is not None else None
        stored = user.hashed_password if user and user.has_usable_password else None
        verdict = await verify_off_loop(password.reveal(), stored)
        if user is None:
            await write_transaction(
                lambda inside: note_attempt(inside, username, None, "unknown", agent=agent, address=address)
            )
            return refused
        visit = _Visit(user, stored, verdict, address, agent, lasts)
        answer = await write_transaction(visit.enter)
        if answer is None:
            continue
        if isinstance(answer, ServiceSession) and verdict is Verdict.OK_REHASH:
            await _rehash(user, password)
        return answer
    return refused


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
    session = await UserSession.get_or_none(id=said.session_id, token_hash=said.token_hash, using_db=client)
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
        # A nicety: a standby, or a busy database, answers all the same.
        with suppress(DatabaseError):
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
    `DatabaseError` only where nobody can say whether it was changed.
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
        sessions = UserSession.filter(id=said.session_id, user_id=said.user_id, token_hash=said.token_hash)
        if account is None:
            return False
        return bool(
            await sessions.filter(revoked_at=None)
            .using_db(client)
            .update(
                revoked_at=await database_now(client),
                revoked_by_id=account.id,
                revoked_by_label=clipped(account.username, 100),
                revoke_reason="signed out",
            )
        )

    return await write_transaction(end)


@dataclass(frozen=True, slots=True)
class _Visit:
    """A password that was verified against what the row held before the transaction."""

    user: User
    stored: str | None
    verdict: Verdict
    address: str | None
    agent: str
    lasts: timedelta

    async def enter(self, client: BaseDBAsyncClient) -> ServiceSession | ServiceRefused | None:
        """Decide in one transaction, on the account as it is now; None when its hash is another one by now.

        That can be a reset, or a second sign-in that hashed the same password anew: only verifying again tells.
        """
        account = await User.filter(id=self.user.id).using_db(client).select_for_update(no_key=True).first()
        if account is None:
            return ServiceRefused(ServiceCode.NO_ENTRY, NO_ENTRY)
        now = await database_now(client)
        state = await UserAuthState.get_or_none(user_id=account.id, using_db=client)
        found = obstacles(account, state, now)
        shut = next((obstacle for obstacle in found if obstacle in _SHUT), None)
        if shut is not None:
            return await self._refuse(client, shut)
        if self.stored != (account.hashed_password if account.has_usable_password else None):
            return None
        if not self.verdict.matches:
            locked = await count_failure(client, account.id)
            return await self._refuse(client, "wrong, now locked" if locked else "wrong")
        if not login_allowed(account, state, now):
            return await self._refuse(client, found[0])
        return await self._open(client, account, now)

    async def _refuse(self, client: BaseDBAsyncClient, why: str) -> ServiceRefused:
        name = self.user.username
        await note_attempt(
            client, name, self.user.id, str(why).replace("_", " "), agent=self.agent, address=self.address
        )
        return ServiceRefused(ServiceCode.NO_ENTRY, NO_ENTRY)

    async def _open(self, client: BaseDBAsyncClient, account: AccountColumns, now: datetime) -> ServiceSession:
        jti = Secret(secrets.token_urlsafe(JTI_BYTES))
        session = await UserSession.create(
            using_db=client,
            user_id=account.id,
            token_hash=hash_jti(jti.reveal()),
            kind=SESSION_KIND,
            created_at=now,
            last_seen_at=now,
            expires_at=now + self.lasts,
            ip=self.address,
            user_agent=self.agent,
            token_version=account.token_version,
        )
        await count_success(client, account.id, now, self.address)
        await note_attempt(client, account.username, account.id, "ok", agent=self.agent, address=self.address)
        scope = Scope.CHANGE_PASSWORD if account.must_change_password else Scope.FULL
        return ServiceSession(
            account.id, account.username, session.id, account.token_version, scope, session.expires_at, jti
        )


async def _rehash(user: User, password: Secret) -> None:
    """Store the hash of today's policy where the old one still is. The version stays: an edit that is open in the
    terminal is not about the hash. After the sign-in, so that the time of a refused one says nothing of the password;
    what fails here is done at the next."""
    made = await hash_off_loop(password.reveal())
    with suppress(DatabaseError):
        await write_transaction(
            lambda inside: (
                User.filter(id=user.id, hashed_password=user.hashed_password)
                .using_db(inside)
                .update(hashed_password=made)
            )
        )


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
