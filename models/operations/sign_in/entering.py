"""Sign in: a staff account and its password, with its code where it has an authenticator, become a session.

Unknown, disabled, locked and merely mistyped are one answer after one verify, so that neither the text nor the time
says which it was.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from models import Account, LoginAttempt, User, UserAuthState, UserSession
from models.clock import database_now
from models.engines.errors import DatabaseError
from models.login_rules import Obstacle, obstacles
from models.operations.audit.writing import AuditDraft, AuditOutcome, append
from models.operations.context import target_of
from models.operations.effective import Permissions, permissions_of
from models.operations.mfa.codes import CodeVerdict, Examined, examine_code, judge_code
from models.operations.plan import ActorKind, Secret, Target
from models.operations.settling import InDoubt, write_until_known
from models.operations.sign_in.answers import (
    CODE_NEEDED,
    EXPIRED_PASSWORD,
    UNREADABLE_FACTOR,
    SignedIn,
    SignInCode,
    SignInRefused,
    no_entry,
)
from models.operations.sign_in.attempts import CODE_ASKED, agent_of, note_attempt
from models.operations.sign_in.claims import Claims
from models.operations.sign_in.session import open_session
from models.operations.sign_in.state import count_failure, takes_no_sign_in
from models.operations.sign_in.stored_secrets import stored_hash, verify_stored
from models.operations.transactions import connection, write_transaction
from models.passwords import Verdict, hash_off_loop
from models.usernames import lookup_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.user import AccountColumns

UNKNOWN: Final = "(unknown)"
"""Whom the audit names where no account has the name that was typed."""
NOT_CONFIRMED: Final = "The database did not confirm the sign-in, so nobody is signed in here. Sign in again."
ROUNDS: Final = 3
"""How often a password is verified whose stored hash somebody else changed at that moment."""


_FACTOR_WORDS: Final = {
    CodeVerdict.NEEDED: CODE_ASKED,
    CodeVerdict.WRONG: "wrong code",
    CodeVerdict.UNREADABLE: "factor unreadable",
}
"""What the attempt is called; at most 20 characters."""

_COUNTED: Final = {"wrong": "wrong, now locked", "wrong code": "wrong code, locked"}
"""Attempts that count as failures, and what they are called when they lock the account."""


async def sign_in(
    username: str,
    password: Secret,
    *,
    code: Secret | None = None,
    kind: ActorKind = ActorKind.TUI,
    claims: Claims | None = None,
    address: str | None = None,
) -> SignedIn | SignInRefused:
    """Verify the password of a staff account, and the code where it has an authenticator; open a session of 8 h.

    Raises `DatabaseError`.
    """
    said = claims or Claims()
    client = connection()
    # What no account can have is nobody's name, and is answered like every other one.
    wanted = lookup_key(username)
    examined = Examined(code is not None)
    for _round in range(ROUNDS):
        found = await Account.get_or_none(username_key=wanted, using_db=client) if wanted is not None else None
        hashed = await stored_hash(client, found.id if found else 0)
        # One whose hash is not shown to this role of the database works under another tier: nobody, here.
        user = found if hashed is not None else None
        # One verify for everybody, unknown or locked: without it the time would tell.
        verdict = await verify_stored(client, user.id if user else 0, password.reveal(), _usable(user, hashed))
        # The same for the code: whether there is anything to open must not be told by the time either.
        examined = await examine_code(client, user.id if user else None, code)
        if user is None or hashed is None:
            why = "other tier" if found else "unknown"
            return await _refuse_unknown(username, kind, said, address, examined, why)
        attempt = partial(
            _enter,
            user=user,
            hashed=hashed,
            verdict=verdict,
            examined=examined,
            kind=kind,
            claims=said,
            address=address,
        )
        answer = await _decided(attempt)
        if answer is None:
            continue
        if verdict is Verdict.OK_REHASH and isinstance(answer, SignedIn):
            # Only who was let in costs another hash: before, it would tell that a locked account's password is right.
            await _rehash(user.id, hashed, password)
        return answer
    return no_entry(examined)


@dataclass(frozen=True, slots=True)
class _Decision:
    """An answer, None where the password must be verified again; and the row that says why nobody was let in."""

    answer: SignedIn | SignInRefused | None
    attempt: LoginAttempt | None = None


async def _decided(
    attempt: Callable[[BaseDBAsyncClient], Awaitable[_Decision]],
) -> SignedIn | SignInRefused | None:
    """Return what the transaction decided, once it is known whether it is written, so that a failure counts once. A
    session that nobody can say is there is nobody's: its token is not handed out, and it ends by itself. Who is refused
    is refused whatever became of the row that says so."""
    done = await write_until_known(attempt, _is_written)
    if not isinstance(done, InDoubt):
        return done.answer
    if isinstance(done.written.answer, SignedIn):
        raise DatabaseError(NOT_CONFIRMED) from done.unknown
    return done.written.answer


async def _is_written(decision: _Decision) -> bool:
    answer, attempt = decision.answer, decision.attempt
    if isinstance(answer, SignedIn):
        return await UserSession.filter(id=answer.session_id, revoked_at=None).using_db(connection()).exists()
    if attempt is None:
        return True
    return await LoginAttempt.filter(id=attempt.id, created_at=attempt.created_at).using_db(connection()).exists()


async def _refuse_unknown(
    username: str, kind: ActorKind, claims: Claims, address: str | None, examined: Examined, why: str
) -> SignInRefused:
    """Note the attempt. What was typed may be a password in the wrong box: the audit, kept for ever, leaves it out."""

    async def note(client: BaseDBAsyncClient) -> _Decision:
        # As many questions as about an account that is there: each is a way to the server and back, and would tell.
        nobody = Account(id=0, username="", is_superuser=False)
        await Account.filter(id=nobody.id).using_db(client).select_for_update(no_key=True).first()
        now = await database_now(client)
        await UserAuthState.get_or_none(user_id=nobody.id, using_db=client)
        await permissions_of(client, [nobody], now)
        await stored_hash(client, nobody.id)
        noted = await note_attempt(client, username, None, why, agent=agent_of(claims), address=address)
        actor = claims.actor(None, UNKNOWN, kind)
        target = Target("user", None, UNKNOWN)
        await append(client, AuditDraft(actor, "auth.sign_in", target, AuditOutcome.DENIED, meta={"why": why}))
        return _Decision(refused, noted)

    refused = no_entry(examined)
    await _decided(note)
    return refused


async def _enter(
    client: BaseDBAsyncClient,
    user: Account,
    hashed: str,
    verdict: Verdict,
    examined: Examined,
    kind: ActorKind,
    claims: Claims,
    address: str | None,
) -> _Decision:
    """Decide in one transaction, on the account as it is now; without an answer when its hash is another one by now.

    That can be a reset, or a second sign-in that hashed the same password anew: only verifying again tells.
    """
    account = await Account.filter(id=user.id).using_db(client).select_for_update(no_key=True).first()
    if account is None:
        return _Decision(no_entry(examined))
    now = await database_now(client)
    state = await UserAuthState.get_or_none(user_id=user.id, using_db=client)
    permissions = (await permissions_of(client, [account], now))[account.id]
    actor = claims.actor(account.id, account.username, kind)
    # What was verified must still be what is stored. A locked account is not asked: it takes no password at all.
    now_stored = _usable(account, await stored_hash(client, account.id))
    if now_stored != _usable(user, hashed) and not takes_no_sign_in(state, now):
        return _Decision(None)
    why = _obstacle(account, state, permissions, now, matches=verdict.matches)
    if why is None:
        factor = await judge_code(client, account.id, examined, now)
        why = None if factor.lets_in else _FACTOR_WORDS[factor]
    if why is None:
        return _Decision(await open_session(client, account, permissions, actor, claims, address, now))
    if why in _COUNTED:
        locked = await count_failure(client, account.id)
        why = _COUNTED[why] if locked else why
    noted = await note_attempt(client, user.username, user.id, why, agent=agent_of(claims), address=address)
    if why == CODE_ASKED:
        # Half of a sign-in, neither done nor denied: the attempt says that the password was right.
        return _Decision(SignInRefused(SignInCode.CODE_NEEDED, CODE_NEEDED), noted)
    denied = AuditDraft(actor, "auth.sign_in", target_of(account), AuditOutcome.DENIED, meta={"why": why})
    await append(client, denied)
    if why == "password expired":
        return _Decision(SignInRefused(SignInCode.EXPIRED_PASSWORD, EXPIRED_PASSWORD), noted)
    if why == _FACTOR_WORDS[CodeVerdict.UNREADABLE]:
        unreadable = f"{UNREADABLE_FACTOR} {examined.problem}".rstrip()
        return _Decision(SignInRefused(SignInCode.UNREADABLE_FACTOR, unreadable), noted)
    return _Decision(no_entry(examined), noted)


def _usable(account: Account | None, hashed: str | None) -> str | None:
    """Return the hash that a password is verified against; None where there is no sign-in by password."""
    return hashed if account is not None and account.has_usable_password else None


async def _rehash(user_id: int, verified: str, password: Secret) -> None:
    """Store the password under today's policy, where the hash that was verified still is. What hinders it hinders
    nobody: the next sign-in tries again."""
    hashed = await hash_off_loop(password.reveal())

    async def store(client: BaseDBAsyncClient) -> None:
        # Locked and compared, not found by the hash: a role that may not read the column may not look for it either.
        await Account.filter(id=user_id).using_db(client).select_for_update(no_key=True).first()
        if await stored_hash(client, user_id) == verified:
            await User.filter(id=user_id).using_db(client).update(hashed_password=hashed)

    with suppress(DatabaseError):
        await write_transaction(store)


def _obstacle(
    account: AccountColumns, state: UserAuthState | None, permissions: Permissions, now: datetime, *, matches: bool
) -> str | None:
    """Return why not, in the words of `LoginAttempt.outcome`; None lets in. A wrong password comes before what only
    its owner may learn."""
    found = [obstacle for obstacle in obstacles(account, state, now) if obstacle.stops]
    shut = next((obstacle for obstacle in found if obstacle in {Obstacle.LOCKED, Obstacle.PAUSED}), None)
    if shut is not None:
        return str(shut)
    if not matches:
        return "wrong"
    if found and found[0] is not Obstacle.PASSWORD_EXPIRED:
        return str(found[0]).replace("_", " ")
    if not permissions.is_staff:
        return "not staff"
    return "password expired" if found else None
