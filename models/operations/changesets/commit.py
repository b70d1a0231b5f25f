"""A changeset: the edits of many users, reviewed together and written in one transaction, all or nothing.

`plan_changeset` reads and says what each row comes to; `apply_changeset` judges every row again under lock. One row
that clashes, is gone or forbidden stops the whole, and all such rows are named. What is staged between the two, and
where it is kept, is not known here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from models.engines.errors import DatabaseError, RoleRefused
from models.engines.settlement import Fate
from models.operations.audit.recording import record, record_all, unrecorded
from models.operations.audit.writing import AuditDraft, AuditOutcome
from models.operations.changesets.rows import Asked, RowState, blocking, judge
from models.operations.changesets.scene import load_set, wanted_names
from models.operations.changesets.staged import MOST
from models.operations.changesets.values import ChangesetOutcome, ChangesetPlan, named, stopped_sentence
from models.operations.changesets.write import Blocked, write_rows
from models.operations.context import Stopped
from models.operations.guards import unproven
from models.operations.plan import Action, Status, Target
from models.operations.repeated import Repeated, refuse_repeat
from models.operations.settling import InDoubt, ask_again, has_landed, write_until_known
from models.operations.sign_in.proofs import ASKED_ABOVE, StepUpClass
from models.operations.text import counted
from models.operations.transactions import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.changesets.rows import Row
    from models.operations.changesets.scene import SetScene
    from models.operations.changesets.staged import StagedEdit
    from models.operations.plan import Actor, Json, Refusal

_RECORDED: Final = {
    RowState.CONFLICT: AuditOutcome.CONFLICT,
    RowState.GONE: AuditOutcome.CONFLICT,
    RowState.REFUSED: AuditOutcome.DENIED,
}


async def plan_changeset(
    actor: Actor, edits: Sequence[StagedEdit], *, reason: str = "", ticket: str = ""
) -> ChangesetPlan:
    """Plan to write all of `edits`, one a user. Raises what the engine raises, and ValueError for more than `MOST`
    users or one user twice."""
    if len(edits) > MOST:
        raise ValueError(f"A changeset has at most {MOST} users; this one has {len(edits)}.")
    if len({edit.user_id for edit in edits}) < len(edits):
        raise ValueError("A changeset has one edit of each user.")
    asked = Asked(actor, reason, ticket)
    wanted = await wanted_names(edits)
    scene = await load_set(connection(), actor, edits, wanted, lock=False)
    return ChangesetPlan(asked, await _judged(asked, edits, scene), wanted, _unproven(edits, scene))


async def apply_changeset(plan: ChangesetPlan) -> ChangesetOutcome:
    """Write all of it, or nothing and say exactly why. Raises nothing that a database does.

    Rows that are as they shall be are left alone: no new version, no audit row.
    """
    try:
        if plan.refusals and not any(row.state.blocks for row in plan.rows):
            raise _not_proven(plan.refusals)
        return await _write_until_known(plan)
    except Blocked as blocked:
        return await _stopped(plan, blocked.rows)
    except Repeated as repeated:
        return ChangesetOutcome(repeated.status, plan, repeated.sentence, plan.rows)
    except Stopped as stopped:
        return await _failed(plan, stopped)
    except RoleRefused as error:
        return await _failed(plan, Stopped(Status.REFUSED, error.sentence))
    except DatabaseError as error:
        return ChangesetOutcome(Status.ERROR, plan, error.sentence, plan.rows)


async def check_changeset(outcome: ChangesetOutcome) -> ChangesetOutcome:
    """Ask once more what became of an unknown outcome: OK, ERROR if it did not happen, or still UNKNOWN. Writes
    nothing, and raises nothing that a database does."""
    plan = outcome.plan
    if outcome.unknown is None:
        return outcome
    fate = await ask_again(outcome.unknown, plan.op_id)
    if fate is Fate.UNKNOWN:
        return outcome
    if fate is Fate.COMMITTED:
        return _done(plan, outcome.rows)
    lost = "The changeset was not written, and cannot be any more. Commit it again if it is still wanted."
    return ChangesetOutcome(Status.ERROR, plan, lost, plan.rows)


async def _judged(asked: Asked, edits: Sequence[StagedEdit], scene: SetScene) -> tuple[Row, ...]:
    """Judge in a thread: hundreds of names take some ten milliseconds to compare."""
    return await asyncio.to_thread(judge, asked, edits, scene)


async def _write_until_known(plan: ChangesetPlan) -> ChangesetOutcome:
    done = await write_until_known(lambda client: _write(client, plan), lambda _: has_landed(plan.op_id))
    if isinstance(done, InDoubt):
        sentence = f"{done.unknown.sentence} Its number is {plan.op_id}."
        return ChangesetOutcome(Status.UNKNOWN, plan, sentence, done.written, done.unknown)
    return _done(plan, done)


async def _write(client: BaseDBAsyncClient, plan: ChangesetPlan) -> tuple[Row, ...]:
    scene = await load_set(client, plan.asked.actor, plan.edits, plan.wanted, lock=True)
    await refuse_repeat(client, plan.op_id, "changeset")
    rows = await _judged(plan.asked, plan.edits, scene)
    if any(row.state.blocks for row in rows):
        raise Blocked(rows)
    refusals = _unproven(plan.edits, scene)
    if refusals:
        raise _not_proven(refusals)
    return await write_rows(client, plan.asked, rows, scene)


def _unproven(edits: Sequence[StagedEdit], scene: SetScene) -> tuple[Refusal, ...]:
    """Ask for the password where many users are changed at once, or where somebody becomes a superuser or stops being
    one."""
    if len(edits) > ASKED_ABOVE:
        kind = StepUpClass.BULK
    elif any("is_superuser" in edit.touched for edit in edits):
        kind = StepUpClass.ROLES
    else:
        return ()
    return () if kind in scene.proofs else (unproven(kind),)


def _not_proven(refusals: tuple[Refusal, ...]) -> Stopped:
    reasons = " ".join(refusal.reason for refusal in refusals)
    return Stopped(Status.REFUSED, f"Nothing was changed. {reasons}", refusals=refusals)


def _done(plan: ChangesetPlan, rows: tuple[Row, ...]) -> ChangesetOutcome:
    written = [row for row in rows if row.state is RowState.WRITTEN]
    if not written:
        return ChangesetOutcome(Status.UNCHANGED, plan, "Everything staged is so already: nothing was written.", rows)
    fields = sum(len(row.values) for row in written)
    sentence = f"Saved {counted(fields, 'field')} of {counted(len(written), 'user')} in one transaction."
    merged = [row for row in written if row.merged]
    if merged:
        sentence += f" What others changed meanwhile on {named(merged)} is kept."
    return ChangesetOutcome(Status.OK, plan, sentence, rows)


async def _stopped(plan: ChangesetPlan, rows: tuple[Row, ...]) -> ChangesetOutcome:
    """Record the rows that stopped it. A value that cannot be taken is neither a refusal nor a conflict."""
    sentence = stopped_sentence(rows)
    drafts = [
        AuditDraft(
            plan.asked.actor,
            Action.EDIT,
            row.plan.target,
            _RECORDED[row.state],
            row.plan.changes,
            plan.asked.reason,
            plan.asked.ticket,
            row.edit.version,
            batch_id=plan.op_id,
            meta={"sentence": row.sentence, **_codes(row)},
            op_id=plan.op_id,
        )
        for row in rows
        if row.state in _RECORDED
    ]
    try:
        await record_all(drafts)
    except DatabaseError as error:
        sentence += unrecorded(error)
    refused = any(row.plan.refusals for row in blocking(rows))
    clashing = any(row.state in {RowState.CONFLICT, RowState.GONE} for row in rows)
    return ChangesetOutcome(Status.CONFLICT if clashing and not refused else Status.REFUSED, plan, sentence, rows)


async def _failed(plan: ChangesetPlan, stopped: Stopped) -> ChangesetOutcome:
    """Record what the database did not let happen, or what needs the password, in one row: no user is to blame."""
    sentence = stopped.sentence
    if stopped.status in {Status.ERROR, Status.REFUSED}:
        meta: dict[str, Json] = {"sentence": sentence}
        if stopped.refusals:
            meta["refusals"] = [str(refusal.code) for refusal in stopped.refusals]
        draft = AuditDraft(
            plan.asked.actor,
            Action.EDIT,
            Target("changeset", None, counted(len(plan.rows), "user")),
            AuditOutcome.DENIED if stopped.status is Status.REFUSED else AuditOutcome.ERROR,
            reason=plan.asked.reason,
            ticket=plan.asked.ticket,
            batch_id=plan.op_id,
            meta=meta,
            op_id=plan.op_id,
        )
        try:
            await record(draft)
        except DatabaseError as error:
            sentence += unrecorded(error)
    return ChangesetOutcome(stopped.status, plan, sentence, plan.rows, refusals=stopped.refusals)


def _codes(row: Row) -> dict[str, Json]:
    return {"refusals": [str(refusal.code) for refusal in row.plan.refusals]} if row.plan.refusals else {}
