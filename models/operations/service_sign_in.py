"""Signing in to a web service: the password, the code where there is an authenticator, then a session of kind "api".

`service.py` offers `authenticate` with the rest of what a service calls, and says what it promises.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models import LoginAttempt, User, UserAuthState, UserSession
from models.clock import database_now
from models.engines.errors import DatabaseError
from models.login import ADDRESS_LENGTH
from models.login_rules import Obstacle, login_allowed, obstacles
from models.operations.mfa.codes import CodeVerdict, Examined, examine_code, judge_code
from models.operations.plan import Secret
from models.operations.service_session import (
    CODE_NEEDED,
    NO_ENTRY,
    Scope,
    ServiceCode,
    ServiceRefused,
    ServiceSession,
    hash_jti,
)
from models.operations.settling import InDoubt, write_until_known
from models.operations.sign_in.attempts import CODE_ASKED, note_attempt
from models.operations.sign_in.state import count_failure, count_success
from models.operations.text import clipped
from models.operations.transactions import connection, write_transaction
from models.passwords import Verdict, hash_off_loop, verify_off_loop
from models.usernames import lookup_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.user import AccountColumns

SESSION_KIND: Final = "api"
SESSION_FOR: Final = timedelta(hours=8)
JTI_BYTES: Final = 32
ROUNDS: Final = 3
"""How often a password is verified whose stored hash somebody else changed at that moment."""
NOBODY: Final = 0
"""An id that no account has."""
COUNTING: Final = 4
"""Statements of `count_failure`, after the one that asks for the time."""

_SHUT: Final = frozenset({Obstacle.LOCKED, Obstacle.PAUSED})
_COUNTED: Final = {"wrong": "wrong, now locked", "wrong code": "wrong code, locked"}
"""Attempts that count as failures, and what they are called when they lock the account."""

_REFUSED: Final = ServiceRefused(ServiceCode.NO_ENTRY, NO_ENTRY)
NOT_CONFIRMED: Final = "The database did not confirm the sign-in, so nobody is signed in here. Sign in again."


async def authenticate(
    username: str,
    password: Secret,
    *,
    code: Secret | None = None,
    asks_code: bool = True,
    address: str | None = None,
    user_agent: str | None = None,
    lasts: timedelta = SESSION_FOR,
) -> ServiceSession | ServiceRefused:
    """Verify a password and open a session; unknown, disabled, locked and mistyped are one answer after one verify.

    Who has an authenticator must give its code too; the answer `ServiceCode.CODE_NEEDED` says that the password was
    right. `asks_code` is False in a service that has second factors of its own, and asks for them before or after. Who
    must change the password gets a session for that alone (`Scope.CHANGE_PASSWORD`). Raises `DatabaseError`.
    """
    client = connection()
    # What no account can have is nobody's name, and is answered like every other one.
    wanted = lookup_key(username)
    agent = clipped(user_agent or "", 255)
    address = clipped(address, ADDRESS_LENGTH) if address else None
    for _round in range(ROUNDS):
        user = await User.get_or_none(username_key=wanted, using_db=client) if wanted is not None else None
        stored = user.hashed_password if user and user.has_usable_password else None
        verdict = await verify_off_loop(password.reveal(), stored)
        examined = await examine_code(client, user.id if user else None, code) if asks_code else None
        if user is None:
            return await _decided(lambda inside: _note_nobody(inside, username, agent, address)) or _REFUSED
        visit = _Visit(user, stored, verdict, examined, address, agent, lasts)
        answer = await _decided(visit.enter)
        if answer is None:
            continue
        if isinstance(answer, ServiceSession) and verdict is Verdict.OK_REHASH:
            await _rehash(user, password)
        return answer
    return _REFUSED


@dataclass(frozen=True, slots=True)
class _Decision:
    """An answer, and the row that says so; None where the password must be verified again."""

    answer: ServiceSession | ServiceRefused | None
    attempt: LoginAttempt | None = None


async def _decided(
    attempt: Callable[[BaseDBAsyncClient], Awaitable[_Decision]],
) -> ServiceSession | ServiceRefused | None:
    """Return what the transaction decided, once it is known whether it is written: a failure counts once, and a session
    that nobody can say is there is nobody's. Raises `DatabaseError` for that."""
    done = await write_until_known(attempt, _is_noted)
    if not isinstance(done, InDoubt):
        return done.answer
    if isinstance(done.written.answer, ServiceSession):
        raise DatabaseError(NOT_CONFIRMED) from done.unknown
    return done.written.answer


async def _is_noted(decision: _Decision) -> bool:
    if decision.attempt is None:
        return True
    rows = LoginAttempt.filter(id=decision.attempt.id, created_at=decision.attempt.created_at)
    return await rows.using_db(connection()).exists()


@dataclass(frozen=True, slots=True)
class _Visit:
    """A password that was verified against what the row held before the transaction."""

    user: User
    stored: str | None
    verdict: Verdict
    examined: Examined | None
    address: str | None
    agent: str
    lasts: timedelta

    async def enter(self, client: BaseDBAsyncClient) -> _Decision:
        """Decide in one transaction, on the account as it is now; None when its hash is another one by now.

        That can be a reset, or a second sign-in that hashed the same password anew: only verifying again tells.
        """
        account = await User.filter(id=self.user.id).using_db(client).select_for_update(no_key=True).first()
        if account is None:
            return _Decision(_REFUSED)
        now = await database_now(client)
        state = await UserAuthState.get_or_none(user_id=account.id, using_db=client)
        found = obstacles(account, state, now)
        shut = next((obstacle for obstacle in found if obstacle in _SHUT), None)
        if shut is not None:
            return await self._refuse(client, shut)
        if self.stored != (account.hashed_password if account.has_usable_password else None):
            return _Decision(None)
        if not self.verdict.matches:
            return await self._refuse(client, "wrong")
        if not login_allowed(account, state, now):
            return await self._refuse(client, found[0])
        if self.examined is not None:
            match await judge_code(client, account.id, self.examined, now):
                case CodeVerdict.NEEDED:
                    noted = await self._note(client, CODE_ASKED)
                    return _Decision(ServiceRefused(ServiceCode.CODE_NEEDED, CODE_NEEDED), noted)
                case CodeVerdict.WRONG:
                    return await self._refuse(client, "wrong code")
                case CodeVerdict.UNREADABLE:
                    return await self._refuse(client, "factor unreadable")
        return await self._open(client, account, now)

    async def _refuse(self, client: BaseDBAsyncClient, why: str) -> _Decision:
        outcome = str(why).replace("_", " ")
        if outcome not in _COUNTED:
            await _count_nothing(client)
        elif await count_failure(client, self.user.id):
            outcome = _COUNTED[outcome]
        return _Decision(_REFUSED, await self._note(client, outcome))

    async def _note(self, client: BaseDBAsyncClient, outcome: str) -> LoginAttempt:
        name, address = self.user.username, self.address
        return await note_attempt(client, name, self.user.id, outcome, agent=self.agent, address=address)

    async def _open(self, client: BaseDBAsyncClient, account: AccountColumns, now: datetime) -> _Decision:
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
        noted = await self._note(client, "ok")
        scope = Scope.CHANGE_PASSWORD if account.must_change_password else Scope.FULL
        opened = ServiceSession(
            account.id, account.username, session.id, account.token_version, scope, session.expires_at, jti
        )
        return _Decision(opened, noted)


async def _note_nobody(client: BaseDBAsyncClient, username: str, agent: str, address: str | None) -> _Decision:
    """Note the attempt after as many questions as an account costs that is there."""
    await User.filter(id=NOBODY).using_db(client).select_for_update(no_key=True).first()
    await database_now(client)
    await UserAuthState.get_or_none(user_id=NOBODY, using_db=client)
    await _count_nothing(client)
    return _Decision(_REFUSED, await note_attempt(client, username, None, "unknown", agent=agent, address=address))


async def _count_nothing(client: BaseDBAsyncClient) -> None:
    """Send as many statements as `count_failure` does: each is a way to the database and back, and would tell."""
    await database_now(client)
    for _statement in range(COUNTING):
        await UserAuthState.filter(user_id=NOBODY).using_db(client).update(failed_count=0)


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
