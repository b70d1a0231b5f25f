"""The password again, before what cannot be taken back lightly: valid for five minutes, for one class of action.

A wrong one counts and waits like a failed sign-in: a session left open is no better place to guess than the door.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from models import Account, StepUp, UserAuthState, UserSession
from models.clock import database_now
from models.operations.audit.writing import AuditDraft, AuditOutcome, append
from models.operations.context import is_live, session_is_over, target_of
from models.operations.plan import RefusalCode, Target
from models.operations.settling import decide_until_known
from models.operations.sign_in.attempts import agent_of, note_attempt
from models.operations.sign_in.proofs import ASKED_ABOVE, EXPORTED_ABOVE, StepUpClass
from models.operations.sign_in.state import count_failure, forget_failures, takes_no_sign_in, wait_left
from models.operations.sign_in.stored_secrets import stored_hash, verify_stored
from models.operations.transactions import connection, write_transaction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.bulk.plan import BulkPlan
    from models.operations.plan import Actor, Json, Plan, Refusal, Secret
    from models.passwords import Verdict

__all__ = [
    "ASKED_ABOVE",
    "EXPORTED_ABOVE",
    "PROVEN_FOR",
    "NotProven",
    "Proven",
    "StepUpClass",
    "may_go_ahead",
    "missing_proof",
    "prove_for_life",
    "stands_against",
    "step_up",
]

PROVEN_FOR: Final = timedelta(minutes=5)
ROUNDS: Final = 3
"""How often a password is verified whose stored hash somebody else changed at that moment."""
ACTION: Final = "auth.step_up"
NOT_CONFIRMED: Final = "The database did not confirm that your password was taken. Give it again."


@dataclass(frozen=True, slots=True)
class Proven:
    """The class is proven, until then."""

    kind: StepUpClass
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NotProven:
    """It is not, with a sentence that says why. `wait`: no password is taken for so long. `is_over`: the session or the
    account has ended, and only a new sign-in helps."""

    sentence: str
    wait: timedelta = timedelta(0)
    is_over: bool = False


def stands_against(plan: Plan | BulkPlan) -> tuple[str, ...]:
    """Return what keeps a plan from being carried out, as sentences. A password that is missing does not: it is asked
    for."""
    refusals = [refusal.reason for refusal in plan.refusals if refusal.code is not RefusalCode.STEP_UP]
    return (*(error.sentence for error in plan.errors), *refusals)


def may_go_ahead(plan: Plan | BulkPlan) -> bool:
    """Whether a plan can be carried out, once the password was given again where that is missing."""
    return not plan.is_empty and not stands_against(plan)


def missing_proof(refusals: Iterable[Refusal]) -> StepUpClass | None:
    """Return the class whose proof is all that is missing; None where more stands against it, or nothing does."""
    found = list(refusals)
    if not found or any(refusal.code is not RefusalCode.STEP_UP for refusal in found):
        return None
    return found[0].step_up


async def step_up(actor: Actor, password: Secret, kind: StepUpClass) -> Proven | NotProven:
    """Verify the actor's own password and prove the class in the actor's session. Raises `DatabaseError`."""
    for _round in range(ROUNDS):
        client = connection()
        user = await Account.get_or_none(id=actor.user_id or 0, using_db=client)
        stored = await _stored(client, user) if user else None
        verdict = await verify_stored(client, user.id if user else 0, password.reveal(), stored)
        if user is None:
            return NotProven("Your own account was not found any more.", is_over=True)
        proving = partial(_prove, actor=actor, stored=stored, verdict=verdict, kind=kind)
        answer: Proven | NotProven | None = await decide_until_known(
            proving, partial(_is_written, actor), NOT_CONFIRMED
        )
        if answer is not None:
            return answer
    return NotProven("Your password was being changed at that moment. Give it again.")


async def _is_written(actor: Actor, answer: Proven | NotProven | None) -> bool:
    """Whether the proof is there. Who is not believed is not, whatever became of the row that says so."""
    if not isinstance(answer, Proven):
        return True
    proofs = StepUp.filter(session_id=actor.session_id, kind=str(answer.kind), expires_at=answer.expires_at)
    return await proofs.using_db(connection()).exists()


async def prove_for_life(session_id: int) -> None:
    """Prove every class for as long as the session lasts: of a demo, whose password nobody was ever told."""

    async def prove(client: BaseDBAsyncClient) -> None:
        session = await UserSession.get(id=session_id, using_db=client)
        now = await database_now(client)
        await StepUp.filter(session_id=session_id).using_db(client).delete()
        until = session.expires_at
        proofs = [StepUp(session_id=session_id, kind=str(kind), at=now, expires_at=until) for kind in StepUpClass]
        await StepUp.bulk_create(proofs, using_db=client)

    await write_transaction(prove)


async def _prove(
    client: BaseDBAsyncClient, actor: Actor, stored: str | None, verdict: Verdict, kind: StepUpClass
) -> Proven | NotProven | None:
    """Decide in one transaction, on the account and the session as they are now; None when the hash is another one by
    now. That can be a reset, or a sign-in that hashed the same password anew: only verifying again tells."""
    account = await Account.filter(id=actor.user_id or 0).using_db(client).select_for_update(no_key=True).first()
    now = await database_now(client)
    if account is None or not is_live(account, now):
        return await _denied(
            client, actor, kind, "inactive", NotProven("Your own account is not active.", is_over=True)
        )
    if actor.session_id is None or await session_is_over(client, actor, now):
        over = NotProven("Your session was ended. Sign in again.", is_over=True)
        return await _denied(client, actor, kind, "no session", over)
    state = await UserAuthState.get_or_none(user_id=account.id, using_db=client)
    if takes_no_sign_in(state, now):
        wait = wait_left(state, now)
        return await _denied(client, actor, kind, "paused", NotProven(f"Not taken: {_too_many(wait)}", wait))
    if await _stored(client, account) != stored:
        return None
    if not verdict.matches:
        await count_failure(client, account.id)
        await note_attempt(client, account.username, account.id, "wrong", agent=agent_of(actor), address=None)
        state = await UserAuthState.get_or_none(user_id=account.id, using_db=client)
        wait = wait_left(state, await database_now(client))
        sentence = f"This is not your password. {_too_many(wait)}" if wait else "This is not your password."
        return await _denied(client, actor, kind, "wrong", NotProven(sentence.rstrip(), wait))
    await forget_failures(client, account.id)
    until = now + PROVEN_FOR
    mine = StepUp.filter(session_id=actor.session_id, kind=str(kind)).using_db(client)
    if not await mine.update(at=now, expires_at=until):
        await StepUp.create(using_db=client, session_id=actor.session_id, kind=str(kind), at=now, expires_at=until)
    meta: dict[str, Json] = {"class": str(kind), "session": actor.session_id}
    await append(client, AuditDraft(actor, ACTION, target_of(account), meta=meta))
    return Proven(kind, until)


async def _stored(client: BaseDBAsyncClient, account: Account) -> str | None:
    """Return the hash that a password is verified against; None where there is no sign-in by password."""
    return await stored_hash(client, account.id) if account.has_usable_password else None


async def _denied(client: BaseDBAsyncClient, actor: Actor, kind: StepUpClass, why: str, answer: NotProven) -> NotProven:
    target = Target("user", actor.user_id, actor.label)
    meta: dict[str, Json] = {"class": str(kind), "session": actor.session_id, "why": why}
    await append(client, AuditDraft(actor, ACTION, target, AuditOutcome.DENIED, meta=meta))
    return answer


def _too_many(wait: timedelta) -> str:
    seconds = max(1, round(wait.total_seconds()))
    span = f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} minutes"
    return f"After several wrong ones none is taken for {span}."
