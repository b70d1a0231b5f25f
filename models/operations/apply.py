"""The only door to the database: a plan is applied in one transaction with its audit row, or nothing is changed.

What this says is true: zero rows written is never success, a lost COMMIT is looked up before anything is said of it,
and refusals and conflicts are recorded in a transaction of their own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from models.engines.errors import ConstraintViolated, DatabaseError, RoleRefused
from models.engines.settlement import Fate
from models.operations.audit.recording import record, unrecorded
from models.operations.audit.writing import AuditDraft, AuditOutcome, append
from models.operations.context import USER, Stopped, WriteContext, Written, load_scene
from models.operations.plan import Doubt, Json, Outcome, Plan, Status
from models.operations.repeated import Repeated, refuse_repeat
from models.operations.settling import InDoubt, ask_again, has_landed, write_until_known

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Step

_RECORDED: Final = {
    Status.REFUSED: AuditOutcome.DENIED,
    Status.CONFLICT: AuditOutcome.CONFLICT,
    Status.GONE: AuditOutcome.CONFLICT,
    Status.ERROR: AuditOutcome.ERROR,
}


async def apply(plan: Plan) -> Outcome:
    """Write the plan, or say exactly why not. Raises nothing that a database does; only mistakes of the program.

    The password of a plan that generates one is in `Outcome.secret`, and nowhere else.
    """
    if plan.refusals:
        reasons = " ".join(refusal.reason for refusal in plan.refusals)
        return await _stopped(plan, Stopped(Status.REFUSED, f"Nothing was changed. {reasons}", refusals=plan.refusals))
    if plan.errors:
        return _ended(plan, Stopped(Status.REFUSED, "Nothing was changed.", errors=plan.errors))
    if plan.is_empty:
        already = f"Nothing to change on {plan.target}."
        return _ended(plan, Stopped(Status.UNCHANGED, already, version=plan.target.version))
    try:
        return await _write_until_known(plan, await plan.step.prepare())
    except Repeated as repeated:
        return _ended(plan, repeated)
    except Stopped as stopped:
        return await _stopped(plan, stopped)
    except RoleRefused as error:
        return await _stopped(plan, Stopped(Status.REFUSED, error.sentence, version=plan.target.version))
    except DatabaseError as error:
        return _ended(plan, Stopped(Status.ERROR, error.sentence, version=plan.target.version))


async def check_again(outcome: Outcome) -> Outcome:
    """Ask once more what became of an unknown outcome: OK with what was written, ERROR if it did not happen, or still
    UNKNOWN. Any other outcome comes back as it is. Writes nothing, and raises nothing that a database does."""
    doubt, plan = outcome.doubt, outcome.plan
    if doubt is None:
        return outcome
    fate = await ask_again(doubt.unknown, plan.op_id)
    if fate is Fate.UNKNOWN:
        return outcome
    if fate is Fate.COMMITTED:
        return _done(plan, doubt.written)
    lost = f"The change of {plan.target} did not happen, and cannot happen any more. Do it again if it is still wanted."
    return _ended(plan, Stopped(Status.ERROR, lost, version=plan.target.version))


async def _write_until_known(plan: Plan, step: Step) -> Outcome:
    done = await write_until_known(lambda client: _write(client, plan, step), lambda _: has_landed(plan.op_id))
    if isinstance(done, InDoubt):
        stopped = Stopped(Status.UNKNOWN, f"{done.unknown.sentence} Its number is {plan.op_id}.")
        return replace(_ended(plan, stopped), doubt=Doubt(done.unknown, done.written))
    return _done(plan, done)


async def _write(client: BaseDBAsyncClient, plan: Plan, step: Step) -> Written:
    user_id = plan.target.id if plan.target.kind == USER else None  # the id of a view is nobody's
    scene = await load_scene(client, plan.actor, user_id, lock=True, superusers=step.counts_superusers)
    await refuse_repeat(client, plan.op_id, "plan")
    written = await step.write(WriteContext(client, scene), plan)
    # Last before COMMIT: from here on the chain is locked for everybody.
    await append(
        client,
        AuditDraft(
            plan.actor,
            plan.action,
            written.target,
            AuditOutcome.OK,
            written.changes,
            plan.reason,
            plan.ticket,
            written.version_before,
            written.version_after,
            undo_of=plan.undo_of,
            meta=written.meta,
            op_id=plan.op_id,
        ),
    )
    return written


def _done(plan: Plan, written: Written) -> Outcome:
    return Outcome(
        Status.OK,
        plan,
        written.sentence,
        written.target,
        written.version_after,
        written.changes,
        merged=written.merged,
        secret=written.secret,
        secret_expires_at=written.secret_expires_at,
    )


def _ended(plan: Plan, stopped: Stopped) -> Outcome:
    return Outcome(
        stopped.status,
        plan,
        stopped.sentence,
        plan.target,
        stopped.version,
        errors=stopped.errors,
        refusals=stopped.refusals,
        conflicts=stopped.conflicts,
        merged=stopped.merged,
    )


async def _stopped(plan: Plan, stopped: Stopped) -> Outcome:
    """Record a refusal or a conflict. A value that cannot be taken is neither: the form says it."""
    outcome = _RECORDED.get(stopped.status)
    if outcome is None or stopped.errors:
        return _ended(plan, stopped)
    meta: dict[str, Json] = {"sentence": stopped.sentence}
    if stopped.refusals:
        meta["refusals"] = [str(refusal.code) for refusal in stopped.refusals]
    try:
        await record(
            AuditDraft(
                plan.actor,
                plan.action,
                plan.target,
                outcome,
                plan.changes,
                plan.reason,
                plan.ticket,
                plan.target.version,
                undo_of=plan.undo_of,
                meta=meta,
                op_id=plan.op_id,
            )
        )
    except ConstraintViolated:
        pass  # this operation was refused before, and has its row
    except DatabaseError as error:
        stopped.sentence += unrecorded(error)
    return _ended(plan, stopped)
