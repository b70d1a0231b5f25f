"""Apply a bulk: batch after batch, each one transaction with its rows of the audit, and the truth about every user.

Whether a batch landed is never guessed. A COMMIT that was not answered is settled by the rows of the audit, and every
run begins by asking the audit which users this bulk has written: so the same plan applied again goes on, and does
nothing twice.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from models import AuditEvent
from models.engines.errors import ConstraintViolated, DatabaseError, RoleRefused
from models.engines.settlement import Fate
from models.operations.audit.recording import RecordUnknown, record, unrecorded
from models.operations.audit.writing import AuditDraft, AuditOutcome
from models.operations.bulk.batch import write_batch
from models.operations.bulk.journal import Journal, JournalError
from models.operations.bulk.plan import BulkDoubt, BulkOutcome, BulkPlan, BulkProgress, BulkStatus
from models.operations.bulk.planning import recall
from models.operations.bulk.sentences import outcome_sentence
from models.operations.bulk.verbs import SoftDelete, Undo, verb_json
from models.operations.bulk.verdicts import RowResult, Verdict
from models.operations.context import USER, Stopped
from models.operations.credentials.new_password import PasswordMethod, make_password
from models.operations.plan import Status, Target
from models.operations.settling import InDoubt, ask, write_until_known
from models.operations.transactions import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Json, Refusal


async def apply_bulk(
    plan: BulkPlan,
    *,
    progress: Callable[[BulkProgress], object] | None = None,
    cancel: asyncio.Event | None = None,
    journal: Path | None = None,
) -> BulkOutcome:
    """Write the plan, and say what became of each user. Raises nothing that a database does; `JournalError` for a
    journal that cannot be written, with nothing changed by then. Later that stops it, as cancelling does.

    With a plan that was stopped (`BulkOutcome.plan`, or `resume`) it goes on. `cancel` is looked at between batches.
    """
    begun = time.monotonic()
    if plan.refusals or plan.errors:
        ended = _Ended(BulkStatus.REFUSED, " ".join(_reasons(plan)), plan.refusals)
        return await _finish(plan, plan.results or bytes(plan.total), ended, begun)
    kept = await asyncio.to_thread(Journal, journal, plan) if journal is not None else None
    run = _Run(plan, bytearray(plan.results or bytes(plan.total)), progress, cancel, kept, begun)
    finished = False
    try:
        ended = await _run(run)
        finished = ended.status in {BulkStatus.DONE, BulkStatus.REFUSED}
    finally:
        if kept is not None:
            await asyncio.to_thread(kept.close, finished=finished)
    return await _finish(plan, bytes(run.results), ended, begun)


async def check_bulk(outcome: BulkOutcome) -> Fate:
    """Ask once more what became of the transaction that nobody knows of. Writes nothing, and raises nothing that a
    database does; the same plan goes on from there, whatever the answer."""
    doubt = outcome.plan.doubt
    if doubt is None:
        return Fate.ABORTED
    return await ask(doubt.unknown, lambda: _is_recorded(outcome.plan, doubt.user_id))


@dataclass(frozen=True, slots=True)
class _Ended:
    status: BulkStatus
    why: str = ""
    refusals: tuple[Refusal, ...] = ()
    doubt: BulkDoubt | None = None


class _InDoubt(Exception):
    """Nobody knows what became of a batch."""

    def __init__(self, found: BulkDoubt) -> None:
        super().__init__()
        self.found = found


@dataclass(slots=True)
class _Run:
    """One run of a plan. `results` is written as batches end."""

    plan: BulkPlan
    results: bytearray
    progress: Callable[[BulkProgress], object] | None
    cancel: asyncio.Event | None
    journal: Journal | None
    begun: float
    hashed: str = ""
    known: int = 0
    has_begun: bool = False

    def places(self) -> Sequence[int]:
        """Return the next places of the selection of which nothing is known: mostly neighbours, then as a range."""
        first, size = self.results.find(Verdict.PENDING), self.plan.batch_size
        end = min(first + size, len(self.results))
        if first < 0 or self.results.count(Verdict.PENDING, first, end) == end - first:
            return range(first, end) if first >= 0 else range(0)
        found: list[int] = []
        place = first
        while place >= 0 and len(found) < size:
            found.append(place)
            place = self.results.find(Verdict.PENDING, place + 1)
        return found

    def keep(self, places: Sequence[int], verdicts: bytes) -> None:
        """Keep the verdicts of these places."""
        if isinstance(places, range):
            self.results[places.start : places.stop] = verdicts
            return
        for place, verdict in zip(places, verdicts, strict=True):
            self.results[place] = verdict

    def tell(self) -> None:
        """Tell how far it is."""
        if self.progress is None:
            return
        total = self.plan.total
        done = total - self.results.count(Verdict.PENDING)
        rate = (done - self.known) / max(time.monotonic() - self.begun, 1e-6)
        self.progress(BulkProgress(done, total, rate, (total - done) / rate if rate else None))


async def _run(run: _Run) -> _Ended:
    try:
        await _settled(run.plan)
        await recall(connection(), run.plan, run.results)
        if isinstance(run.plan.verb, SoftDelete | Undo):
            run.hashed = (await make_password(PasswordMethod.DISABLE)).hashed
        run.known = run.plan.total - run.results.count(Verdict.PENDING)
        run.begun = time.monotonic()
        run.tell()
        while places := run.places():
            if run.cancel is not None and run.cancel.is_set():
                return _Ended(BulkStatus.STOPPED)
            verdicts = await _written(run, places)
            run.has_begun = True
            run.keep(places, verdicts)
            if run.journal is not None and Verdict.PENDING in run.results:
                await asyncio.to_thread(run.journal.tell, places, verdicts)
            run.tell()
            await asyncio.sleep(0)
    except Stopped as stopped:
        status = BulkStatus.REFUSED if stopped.status is Status.REFUSED else BulkStatus.FAILED
        why = " ".join([one.reason for one in stopped.refusals] or [one.sentence for one in stopped.errors])
        return _Ended(status, why or stopped.sentence, stopped.refusals)
    except _InDoubt as doubt:
        return _Ended(BulkStatus.UNKNOWN, doubt.found.unknown.sentence, doubt=doubt.found)
    except RoleRefused as error:
        return _Ended(BulkStatus.REFUSED, error.sentence)
    except (DatabaseError, JournalError) as error:
        return _Ended(BulkStatus.FAILED, error.sentence)
    return _Ended(BulkStatus.DONE)


async def _settled(plan: BulkPlan) -> None:
    """Ask what became of the COMMIT that an earlier run left in doubt: while it is on its way, nothing else is begun.
    Raises `_InDoubt`."""
    doubt = plan.doubt
    if doubt is None:
        return
    if await ask(doubt.unknown, lambda: _is_recorded(plan, doubt.user_id)) is Fate.UNKNOWN:
        raise _InDoubt(doubt)


async def _written(run: _Run, places: Sequence[int]) -> bytes:
    """Write one batch. Where a constraint refuses it, the one row is looked for by halves, and the others are written:
    only where one transaction was promised nothing is."""
    try:
        return await _until_known(run, places)
    except ConstraintViolated:
        if run.plan.is_atomic:
            raise
        if len(places) == 1:
            return bytes([Verdict.FAILED])
    middle = len(places) // 2
    return await _written(run, places[:middle]) + await _written(run, places[middle:])


async def _until_known(run: _Run, places: Sequence[int]) -> bytes:
    async def landed(verdicts: bytes) -> bool:
        first = verdicts.find(Verdict.OK)
        # Where nothing was to be written, nothing is in doubt.
        return first < 0 or await _is_recorded(run.plan, run.plan.selection.ids[places[first]])

    async def write(client: BaseDBAsyncClient) -> bytes:
        return await write_batch(client, run.plan, places, run.hashed, is_first=not run.has_begun)

    done = await write_until_known(write, landed)
    if isinstance(done, InDoubt):
        first = run.plan.selection.ids[places[done.written.find(Verdict.OK)]]
        raise _InDoubt(BulkDoubt(done.unknown, first))
    return done


async def _is_recorded(plan: BulkPlan, user_id: int) -> bool:
    rows = AuditEvent.filter(op_id=plan.op_id, target_type=USER, target_id=user_id)
    return await rows.using_db(connection()).exists()


async def _finish(plan: BulkPlan, results: bytes, ended: _Ended, begun: float) -> BulkOutcome:
    """Record how it ended, in one row beside those of the users: the counts of all that was not written too."""
    plan = replace(plan, results=results, doubt=ended.doubt)
    outcome = BulkOutcome(ended.status, plan, "", results, time.monotonic() - begun, ended.refusals)
    sentence = outcome_sentence(outcome, ended.why)
    if plan.errors:
        return replace(outcome, sentence=sentence)
    meta: dict[str, Json] = {
        "sentence": sentence,
        "verb": verb_json(plan.verb),
        "selected": plan.selection.words,
        "query": plan.selection.query,
        "total": plan.total,
        "reasons": {verdict.name.lower(): number for verdict, number in outcome.reasons().items()},
    }
    if outcome.refusals:
        meta["refusals"] = [str(refusal.code) for refusal in outcome.refusals]
    draft = AuditDraft(
        plan.actor,
        plan.verb.action,
        Target("bulk", None, plan.selection.words),
        _audit_outcome(outcome),
        (),
        plan.reason,
        plan.ticket,
        batch_id=plan.op_id,
        undo_of=UUID(plan.verb.batch_id) if isinstance(plan.verb, Undo) else None,
        meta=meta,
        op_id=plan.op_id,
    )
    try:
        await record(draft)
    except DatabaseError as error:
        sentence += (
            " The audit has the row of each user that was changed, and none that sums them up."
            if not isinstance(error, RecordUnknown)
            and (outcome.count(RowResult.OK) or ended.status is BulkStatus.UNKNOWN)
            else unrecorded(error)
        )
    return replace(outcome, sentence=sentence)


def _audit_outcome(outcome: BulkOutcome) -> AuditOutcome:
    by_status = {
        BulkStatus.REFUSED: AuditOutcome.DENIED,
        BulkStatus.FAILED: AuditOutcome.ERROR,
        BulkStatus.UNKNOWN: AuditOutcome.UNKNOWN,
    }
    if outcome.status in by_status:
        return by_status[outcome.status]
    for result, name in (
        (RowResult.ERROR, AuditOutcome.ERROR),
        (RowResult.DENIED, AuditOutcome.DENIED),
        (RowResult.CONFLICT, AuditOutcome.CONFLICT),
    ):
        if outcome.count(result):
            return name
    return AuditOutcome.OK


def _reasons(plan: BulkPlan) -> list[str]:
    return [refusal.reason for refusal in plan.refusals] or [error.sentence for error in plan.errors]
