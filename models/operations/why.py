"""Why can't this user log in? All that bears on it, read at one moment, a bounded number of rows by index.

What stops a sign-in is asked of `models.login_rules`, the code that the service and the sign-in decide by. What is
found in words, with what mends it, is in `why_findings`. Nothing is written, no password is verified.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models import Account, AuditEvent, LoginAttempt, MfaFactor, User, UserAuthState, UserSession
from models.clock import database_now
from models.engines.errors import PermissionRefused
from models.login_rules import Obstacle, login_allowed, obstacles
from models.operations.alike import look_alikes_of
from models.operations.effective import permissions_of
from models.operations.nearest import Named, nearest
from models.operations.reading import one_moment
from models.passwords.stored import Fitness, fitness
from models.usernames import email_key, lookup_key

if TYPE_CHECKING:
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.effective import Permissions

ATTEMPTS: Final = 50
"""Attempts to sign in that are looked at, newest first."""
SESSIONS: Final = 50
"""Sessions that are looked at, newest first."""
EVENTS: Final = 200
"""Rows of the audit that are looked at, newest first."""
LARGEST_ID: Final = 2**31 - 1
LATELY: Final = timedelta(days=7)
"""How long ago an ended session still explains a call."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in. `address` and `agent` are what the client said: not yet safe to show."""

    at: datetime
    outcome: str
    address: str
    agent: str

    @property
    def is_ok(self) -> bool:
        """Whether a session was opened."""
        return self.outcome == "ok"


@dataclass(frozen=True, slots=True)
class EndedSession:
    """A session that somebody ended: when, by whom, why."""

    kind: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """What was last done to the account: by whom and when, by the audit."""

    action: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Why:
    """All that was found at `now`. Without `account` nobody is called so, and `near` are those who nearly are.

    `hash` is None where this connection may not read the column.
    """

    asked: int | str
    now: datetime
    account: Account | None = None
    by_email: bool = False
    near: tuple[Named, ...] = ()
    state: UserAuthState | None = None
    obstacles: tuple[Obstacle, ...] = ()
    is_allowed: bool = False
    hash: Fitness | None = None
    twins: tuple[Named, ...] = ()
    permissions: Permissions | None = None
    factors: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    ended: tuple[EndedSession, ...] = ()
    done: tuple[Done, ...] = ()

    @property
    def can_sign_in(self) -> bool:
        """Whether the right password would open a session: the rule allows it, and there is a hash to compare with."""
        return self.account is not None and self.is_allowed and self.hash in {Fitness.FIT, None}

    @property
    def failures(self) -> tuple[Attempt, ...]:
        """The attempts that failed, newest first."""
        return tuple(attempt for attempt in self.attempts if not attempt.is_ok)

    @property
    def successes(self) -> tuple[Attempt, ...]:
        """The attempts that opened a session, newest first."""
        return tuple(attempt for attempt in self.attempts if attempt.is_ok)

    def last(self, *actions: str) -> Done | None:
        """Return the newest of these actions on the account."""
        return next((done for done in self.done if done.action in actions), None)


async def why(who: int | str) -> Why:
    """Return what stands between a user and a sign-in. A number is an id; a text is a username, or else an e-mail.

    About twelve queries in one snapshot, none of which grows with the tables. Raises `DatabaseError`.
    """
    async with one_moment() as client:
        now = await database_now(client)
        account, by_email = await _find(client, who)
        if account is None:
            near = await nearest(client, who) if isinstance(who, str) else ()
            return Why(who, now, near=near)
        user_id = account.id
        state = await UserAuthState.get_or_none(user_id=user_id, using_db=client)
        sessions = await _sessions(client, user_id)
        factors = MfaFactor.filter(user_id=user_id).using_db(client).order_by("id").limit(SESSIONS)
        enrolled = await factors.values_list("kind", "is_pending")
        return Why(
            who,
            now,
            account,
            by_email,
            (),
            state,
            obstacles(account, state, now),
            login_allowed(account, state, now),
            twins=await look_alikes_of(client, account),
            permissions=(await permissions_of(client, [account], now))[user_id],
            factors=tuple(kind for kind, is_pending in enrolled if not is_pending),
            attempts=await _attempts(client, user_id),
            ended=_ended(sessions, now),
            done=await _done(client, user_id),
            hash=await _fitness(client, user_id),  # last: where it may not be read, the snapshot is over
        )


async def _find(client: BaseDBAsyncClient, who: int | str) -> tuple[Account | None, bool]:
    """The account, and whether it was found by its address."""
    if isinstance(who, int):
        if not 0 < who <= LARGEST_ID:
            return None, False
        return await Account.get_or_none(id=who, using_db=client), False
    wanted = lookup_key(who.strip())
    if not wanted:
        return None, False
    account = await Account.get_or_none(username_key=wanted, using_db=client)
    if account is not None or "@" not in wanted:
        return account, False
    return await Account.get_or_none(email_key=email_key(wanted), using_db=client), True


async def _attempts(client: BaseDBAsyncClient, user_id: int) -> tuple[Attempt, ...]:
    rows = LoginAttempt.filter(user_id=user_id).using_db(client).order_by("-id").limit(ATTEMPTS)
    found = await rows.values_list("created_at", "outcome", "ip", "user_agent")
    return tuple(Attempt(at, outcome, ip or "", agent or "") for at, outcome, ip, agent in found)


async def _sessions(client: BaseDBAsyncClient, user_id: int) -> list[UserSession]:
    return await UserSession.filter(user_id=user_id).using_db(client).order_by("-id").limit(SESSIONS)


def _ended(sessions: list[UserSession], now: datetime) -> tuple[EndedSession, ...]:
    ended = [
        EndedSession(session.kind, session.revoked_at, session.revoked_by_label or "", session.revoke_reason or "")
        for session in sessions
        if session.revoked_at is not None and session.revoked_at > now - LATELY
    ]
    return tuple(sorted(ended, key=lambda session: session.at, reverse=True))


async def _done(client: BaseDBAsyncClient, user_id: int) -> tuple[Done, ...]:
    rows = AuditEvent.filter(target_type="user", target_id=user_id).using_db(client).order_by("-id").limit(EVENTS)
    found = await rows.values_list("action", "actor_label", "at", "reason", "outcome")
    return tuple(Done(action, by, at, reason or "") for action, by, at, reason, outcome in found if outcome == "ok")


async def _fitness(client: BaseDBAsyncClient, user_id: int) -> Fitness | None:
    """Read the hash and keep one word of it. A role of the database may be kept from reading it at all."""
    with suppress(PermissionRefused):
        found = await User.filter(id=user_id).using_db(client).values_list("hashed_password", flat=True)
        return fitness(str(found[0] or "")) if found else None
    return None
