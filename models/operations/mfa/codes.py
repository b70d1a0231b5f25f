"""Verifying a code: examined before the transaction, judged inside it, so that a code lets in exactly once.

What costs time (opening the sealed secrets) happens in `examine_code`, alike for every account; `judge_code` decides on
the account as it is then, and spends the step of the code by one conditional UPDATE.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tortoise.expressions import Q

from models import Account, MfaFactor, UserAuthState
from models.clock import database_now
from models.mfa_secrets import MfaKeyError, MfaKeys, Unreadable, mfa_keys
from models.operations.mfa.factors import TOTP_KIND
from models.operations.refused import none_left
from models.operations.sign_in.state import count_failure, takes_no_sign_in
from models.operations.sign_in.stored_secrets import factor_secrets
from models.operations.transactions import connection, write_transaction
from models.totp import new_secret, step_of

if TYPE_CHECKING:
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Secret

MOST_EXAMINED: Final = 10
"""Authenticators of one account whose secrets are opened for a code; nobody enrols more here."""


class CodeVerdict(StrEnum):
    """What became of a code. Only the first two let in."""

    NOT_ENROLLED = "not_enrolled"
    TAKEN = "taken"
    NEEDED = "needed"
    WRONG = "wrong"
    UNREADABLE = "unreadable"

    @property
    def lets_in(self) -> bool:
        """Whether a right password is enough with this."""
        return self in {CodeVerdict.NOT_ENROLLED, CodeVerdict.TAKEN}


@dataclass(frozen=True, slots=True)
class Match:
    """An authenticator whose code of this step was given. `renewed` is its secret sealed with the last key, where
    another one sealed it."""

    factor_id: int
    step: int
    stored: bytes = field(repr=False)
    renewed: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found of a code outside the transaction. `problem` says why nothing could be read, where the key is
    missing or wrong."""

    was_given: bool
    matches: tuple[Match, ...] = ()
    readable: frozenset[int] = frozenset()
    problem: str = ""


async def examine_code(client: BaseDBAsyncClient, user_id: int | None, code: Secret | None) -> Examined:
    """Open the authenticators of an account and look which step the code is of. Writes nothing. Raises `DatabaseError`.

    Takes as long for an account that is not there (None) as for one with an authenticator: ask whatever the password.
    """
    rows = MfaFactor.filter(user_id=user_id or 0, kind=TOTP_KIND, is_pending=False).using_db(client)
    enrolled = [int(one) for (one,) in await rows.order_by("id").limit(MOST_EXAMINED).values_list("id")]
    sealed = await factor_secrets(client, user_id or 0)
    found = [(int(factor_id), sealed[factor_id]) for factor_id in enrolled if factor_id in sealed]
    now = await database_now(client)
    typed = code.reveal() if code is not None else None
    return await asyncio.to_thread(_examine, user_id or 0, found, typed, now)


async def judge_code(client: BaseDBAsyncClient, user_id: int, examined: Examined, now: datetime) -> CodeVerdict:
    """Decide in the caller's transaction, with the account's row locked, and spend the code if it is taken."""
    factors = MfaFactor.filter(user_id=user_id, is_pending=False).using_db(client)
    enrolled = set(await factors.values_list("id", flat=True))
    if not enrolled:
        return CodeVerdict.NOT_ENROLLED
    if not enrolled & examined.readable:
        return CodeVerdict.UNREADABLE
    if not examined.was_given:
        return CodeVerdict.NEEDED
    for match in examined.matches:
        if await _spend(client, user_id, match, now):
            return CodeVerdict.TAKEN
    return CodeVerdict.WRONG


async def verify_code(user_id: int, code: Secret) -> CodeVerdict:
    """Verify a code on its own, in a transaction of its own; a wrong one counts and waits like a failed sign-in.

    WRONG is also the answer while the account takes no sign-in. Raises `DatabaseError`.
    """
    examined = await examine_code(connection(), user_id, code)

    async def judge(client: BaseDBAsyncClient) -> CodeVerdict:
        if await Account.filter(id=user_id).using_db(client).select_for_update(no_key=True).only("id").first() is None:
            return CodeVerdict.WRONG
        now = await database_now(client)
        state = await UserAuthState.get_or_none(user_id=user_id, using_db=client)
        if takes_no_sign_in(state, now):
            return CodeVerdict.WRONG
        verdict = await judge_code(client, user_id, examined, now)
        if verdict is CodeVerdict.WRONG:
            await count_failure(client, user_id)
        return verdict

    return await write_transaction(judge)


async def _spend(client: BaseDBAsyncClient, user_id: int, match: Match, now: datetime) -> bool:
    """Take the step, unless it or a later one was taken: of two at once exactly one writes the row.

    After a clock was set back nothing is taken until it has caught up: better a colleague's reset than a code twice.
    """
    unused = Q(last_used_step=None) | Q(last_used_step__lt=match.step)
    row = MfaFactor.filter(id=match.factor_id, user_id=user_id, is_pending=False).using_db(client)
    if await row.filter(unused).update(last_used_step=match.step, last_used_at=now) != 1:
        await none_left(row.filter(unused))
        return False
    # The row is ours since the update above, so that what was opened is compared here: see `stored_secrets`.
    if match.renewed and (await factor_secrets(client, user_id)).get(match.factor_id) == match.stored:
        await row.update(secret_encrypted=match.renewed)
    return True


def _examine(user_id: int, stored: list[tuple[int, bytes]], code: str | None, now: datetime) -> Examined:
    try:
        keys = mfa_keys()
    except MfaKeyError as error:
        return Examined(code is not None, problem=error.sentence)
    readable = frozenset(factor_id for factor_id, sealed in stored if keys.opens(sealed, user_id))
    if code is None:
        return Examined(False, readable=readable)
    matches = []
    for factor_id, sealed in stored:
        match = _match(keys, user_id, factor_id, sealed, code, now) if factor_id in readable else None
        if match is not None:
            matches.append(match)
    if not readable:
        # Takes as long as opening one: the time must not say whether there is any.
        keys.seal(new_secret(), user_id)
    return Examined(True, tuple(matches), readable)


def _match(keys: MfaKeys, user_id: int, factor_id: int, sealed: bytes, code: str, now: datetime) -> Match | None:
    try:
        opened = keys.open(sealed, user_id)
    except Unreadable:
        return None
    step = step_of(opened.secret, code, now)
    if step is None:
        return None
    return Match(factor_id, step, sealed, keys.seal(opened.secret, user_id) if opened.is_old else None)
