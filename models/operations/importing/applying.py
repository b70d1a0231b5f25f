"""An import, written as it was planned: every guard again under lock, every row with its audit, all or nothing.

Up to ATOMIC users are one transaction. More are several, each whole: the audit and a new import of the same file both
say how far it came, since what is written already is unchanged then.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from models.engines.errors import CommitUnknown, DatabaseError, RoleRefused
from models.engines.settlement import Fate
from models.operations.audit.recording import record, unrecorded
from models.operations.audit.writing import AuditDraft, AuditOutcome
from models.operations.context import Stopped
from models.operations.exporting import USERS
from models.operations.importing.parts import Part, Tally, op_id_of, parts_of
from models.operations.importing.planning import ImportPlan, Tell
from models.operations.importing.spool import Verdict
from models.operations.importing.under_lock import write_part
from models.operations.plan import Action, Json, Status, Target
from models.operations.settling import InDoubt, ask_again, has_landed, write_until_known
from models.operations.text import counted
from models.passwords import unusable_hash_off_loop

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Refusal


@dataclass(frozen=True, slots=True)
class ImportDoubt:
    """A COMMIT that was not answered: of which transaction, what it would have written, and whether it was the last."""

    unknown: CommitUnknown
    part: Part
    written: Tally
    is_last: bool


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How an import ended, with one true sentence. `conflicts`: (line, what) of the first rows in its way.

    `doubt` is there while the status is UNKNOWN: `check_import_again` settles it.
    """

    status: Status
    sentence: str
    created: int = 0
    updated: int = 0
    batch_id: UUID | None = None
    conflicts: tuple[tuple[int, str], ...] = ()
    doubt: ImportDoubt | None = field(default=None, repr=False)
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether what the file says is true now."""
        return self.status in {Status.OK, Status.UNCHANGED}

    def as_json(self) -> dict[str, Json]:
        """Return what `--json` prints."""
        return {
            "status": str(self.status),
            "sentence": self.sentence,
            "created": self.created,
            "updated": self.updated,
            "batch_id": str(self.batch_id) if self.batch_id else None,
            "conflicts": [{"line": line, "sentence": what} for line, what in self.conflicts],
        }


_RECORDED: Final = {
    Status.REFUSED: AuditOutcome.DENIED,
    Status.CONFLICT: AuditOutcome.CONFLICT,
    Status.ERROR: AuditOutcome.ERROR,
}


async def apply_import(plan: ImportPlan, tell: Tell = lambda _: None) -> ImportOutcome:
    """Do what the plan says. Raises nothing that a database does; a cancel rolls back what runs."""
    if plan.counts[Verdict.ERROR]:
        wrong = counted(plan.counts[Verdict.ERROR], "row")
        return ImportOutcome(Status.REFUSED, f"Nothing was changed: {wrong} of the file cannot be taken.")
    if not plan.writes:
        return ImportOutcome(Status.UNCHANGED, "Nothing to change: every user is as the file says.")
    hashed = await unusable_hash_off_loop()
    tally = Tally()
    try:
        parts = await asyncio.to_thread(parts_of, plan)
        for part in parts:
            doubt = await _write_until_known(plan, part, hashed, tally, tell)
            if doubt is not None:
                return _unknown(plan, doubt, tally, is_last=part is parts[-1])
    except Stopped as stopped:
        return await _stopped(plan, stopped, tally)
    except RoleRefused as error:
        return await _stopped(plan, Stopped(Status.REFUSED, error.sentence), tally)
    except DatabaseError as error:
        return ImportOutcome(Status.ERROR, error.sentence + _so_far(tally), tally.created, tally.updated, plan.op_id)
    return _done(plan, tally)


async def check_import_again(plan: ImportPlan, outcome: ImportOutcome) -> ImportOutcome:
    """Ask once more what became of an unknown outcome: OK, ERROR, or still UNKNOWN. Raises nothing a database does."""
    doubt = outcome.doubt
    if doubt is None:
        return outcome
    fate = await ask_again(doubt.unknown, op_id_of(plan, doubt.part))
    if fate is Fate.UNKNOWN:
        return outcome
    tally = Tally(outcome.created, outcome.updated)
    if fate is Fate.COMMITTED:
        tally.add(doubt.written)
        if doubt.is_last:
            return _done(plan, tally)
        sentence = "It did happen, and the rest of the file was not begun."
    else:
        sentence = "It did not happen, and cannot happen any more."
    sentence += f"{_so_far(tally)} Import the file again for the rest."
    return ImportOutcome(Status.ERROR, sentence, tally.created, tally.updated, plan.op_id)


async def _write_until_known(plan: ImportPlan, part: Part, hashed: str, tally: Tally, tell: Tell) -> ImportDoubt | None:
    """Write one part and count it in; what is returned is that nobody knows."""

    async def write(client: BaseDBAsyncClient) -> Tally:
        found = Tally()
        await write_part(client, plan, part, hashed, found, tell)
        return found

    done = await write_until_known(write, lambda _: has_landed(op_id_of(plan, part)))
    if isinstance(done, InDoubt):
        return ImportDoubt(done.unknown, part, done.written, is_last=False)
    tally.add(done)
    return None


def _unknown(plan: ImportPlan, doubt: ImportDoubt, tally: Tally, *, is_last: bool) -> ImportOutcome:
    return ImportOutcome(
        Status.UNKNOWN,
        f"{doubt.unknown.sentence} Its number is {plan.op_id}.{_so_far(tally)}",
        tally.created,
        tally.updated,
        plan.op_id,
        doubt=replace(doubt, is_last=is_last),
    )


async def _stopped(plan: ImportPlan, stopped: Stopped, tally: Tally) -> ImportOutcome:
    """Record a refusal, a conflict, or that the database wrote less than it was told."""
    conflicts: Any = getattr(stopped, "found", ())
    sentence = stopped.sentence + _so_far(tally)
    outcome = _RECORDED.get(stopped.status)
    if outcome is not None:
        meta: dict[str, Json] = {"sentence": sentence[:500], "file": plan.source[:500]}
        draft = AuditDraft(
            plan.actor,
            Action.IMPORT,
            Target(USERS, None, plan.source),
            outcome,
            reason=plan.reason,
            ticket=plan.ticket,
            meta=meta,
        )
        try:
            await record(draft)
        except DatabaseError as error:
            sentence += unrecorded(error)
    return ImportOutcome(
        stopped.status,
        sentence,
        tally.created,
        tally.updated,
        conflicts=conflicts,
        refusals=stopped.refusals,
    )


def _done(plan: ImportPlan, tally: Tally) -> ImportOutcome:
    created = [f"{counted(tally.created, 'user')} created"] if tally.created else []
    done = ", ".join([*created, *([f"{counted(tally.updated, 'user')} changed"] if tally.updated else [])]) + "."
    reset = " Nobody can sign in with a new account until its password is reset." if tally.created else ""
    return ImportOutcome(Status.OK, done + reset, tally.created, tally.updated, plan.op_id)


def _so_far(tally: Tally) -> str:
    if not (tally.created or tally.updated):
        return ""
    return f" Before that, {tally.created} users were created and {tally.updated} changed, and stay so."
