"""An import, written as it was planned: every guard again under lock, every row with its audit, all or nothing.

Up to ATOMIC users are one transaction. More are several, each whole: the audit and a new import of the same file both
say how far it came, since what is written already is unchanged then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from models import AuditEvent
from models.engines.errors import CommitUnknown, DatabaseError
from models.engines.settlement import Fate, settle
from models.operations.audit import AuditDraft, AuditOutcome, append_all, record
from models.operations.bulk.rules import judge_of
from models.operations.bulk.sql import fetch, ids_in, numbers
from models.operations.context import USER, Stopped, load_scene
from models.operations.exporting import USERS
from models.operations.guards import enforce
from models.operations.importing.judging import look_up
from models.operations.importing.lookalikes import clashing_since
from models.operations.importing.planning import (
    ROWS,
    ImportPlan,
    ImportProgress,
    Stage,
    Tell,
    batches,
    may_import,
    write_batch,
)
from models.operations.importing.spool import Verdict
from models.operations.plan import Action, Change, Json, Status, Target
from models.operations.text import counted
from models.operations.transactions import connection, is_postgres, write_transaction
from models.passwords import unusable_hash_off_loop

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene

ATOMIC: Final = 100_000
"""Users of one transaction. It holds their locks, and the audit's, for some ten seconds at most."""

NAMED: Final = 20
"""Conflicts that a sentence and an outcome name; the number of all is said."""


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
    doubt: CommitUnknown | None = field(default=None, repr=False)

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


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of one transaction: behind these lines, up to those; by verdict."""

    number: int
    after: dict[Verdict, int]
    upto: dict[Verdict, int]
    count: int


@dataclass(slots=True)
class _Tally:
    created: int = 0
    updated: int = 0


async def apply_import(plan: ImportPlan, tell: Tell = lambda _: None) -> ImportOutcome:
    """Do what the plan says. Raises nothing that a database does; a cancel rolls back what runs."""
    if plan.counts[Verdict.ERROR]:
        wrong = counted(plan.counts[Verdict.ERROR], "row")
        return ImportOutcome(Status.REFUSED, f"Nothing was changed: {wrong} of the file cannot be taken.")
    if not plan.writes:
        return ImportOutcome(Status.UNCHANGED, "Nothing to change: every user is as the file says.")
    hashed = await unusable_hash_off_loop()
    tally = _Tally()
    try:
        for part in await asyncio.to_thread(_parts, plan):
            await _write_until_known(plan, part, hashed, tally, tell)
    except Stopped as stopped:
        return await _stopped(plan, stopped, tally)
    except CommitUnknown as unknown:
        return ImportOutcome(
            Status.UNKNOWN,
            f"{unknown.sentence} Its number is {plan.op_id}.{_so_far(tally)}",
            tally.created,
            tally.updated,
            plan.op_id,
            doubt=unknown,
        )
    except DatabaseError as error:
        return ImportOutcome(Status.ERROR, error.sentence + _so_far(tally), tally.created, tally.updated, plan.op_id)
    return _done(plan, tally)


async def check_import_again(plan: ImportPlan, outcome: ImportOutcome) -> ImportOutcome:
    """Ask once more what became of an unknown outcome: OK, ERROR, or still UNKNOWN. Raises nothing a database does."""
    if outcome.doubt is None:
        return outcome
    last = await asyncio.to_thread(lambda: _parts(plan)[-1])
    fate = await settle(connection(), outcome.doubt, lambda: _has_landed(plan, last), seconds=10)
    if fate is Fate.UNKNOWN:
        return outcome
    if fate is Fate.COMMITTED:
        return _done(plan, _Tally(plan.counts[Verdict.CREATE], plan.counts[Verdict.UPDATE]))
    return ImportOutcome(
        Status.ERROR, "The last part did not happen, and cannot happen any more. Import the file again if it is wanted."
    )


def _parts(plan: ImportPlan) -> list[_Part]:
    """The transactions: updates first, so that a name that becomes free is free."""
    parts: list[_Part] = []
    nothing = {Verdict.UPDATE: 0, Verdict.CREATE: 0}
    for verdict in (Verdict.UPDATE, Verdict.CREATE):
        after = 0
        while lines := plan.spool.lines(verdict, after, ATOMIC):
            upto, count = lines
            room = ATOMIC - parts[-1].count if parts else 0
            if count <= room:
                last = parts.pop()
                part = _Part(
                    last.number, {**last.after, verdict: after}, {**last.upto, verdict: upto}, last.count + count
                )
            else:
                part = _Part(len(parts), {**nothing, verdict: after}, {**nothing, verdict: upto}, count)
            parts.append(part)
            after = upto
    return parts


def _op_id(plan: ImportPlan, part: _Part) -> UUID:
    """The first transaction has the plan's own number; each further one a number made of it."""
    return uuid5(plan.op_id, str(part.number)) if part.number else plan.op_id


async def _has_landed(plan: ImportPlan, part: _Part) -> bool:
    return await AuditEvent.filter(op_id=_op_id(plan, part), outcome="ok").using_db(connection()).exists()


async def _write_until_known(plan: ImportPlan, part: _Part, hashed: str, tally: _Tally, tell: Tell) -> None:
    for _attempt in range(3):
        found = _Tally()

        async def write(client: BaseDBAsyncClient, found: _Tally = found) -> None:
            found.created = found.updated = 0
            await _write(client, plan, part, hashed, found, tell)

        try:
            await write_transaction(write)
        except CommitUnknown as unknown:
            fate = await settle(connection(), unknown, lambda: _has_landed(plan, part))
            if fate is Fate.UNKNOWN:
                raise
            if fate is Fate.ABORTED:
                continue
        tally.created += found.created
        tally.updated += found.updated
        return
    raise DatabaseError("The connection was lost at the last moment, each time. Try again later.")


async def _write(
    client: BaseDBAsyncClient, plan: ImportPlan, part: _Part, hashed: str, tally: _Tally, tell: Tell
) -> None:
    scene = await load_scene(client, plan.actor, None, lock=True)
    enforce(may_import(scene, plan.counts, plan.fields), scene)
    if await AuditEvent.filter(op_id=_op_id(plan, part)).using_db(client).exists():
        raise Stopped(Status.UNCHANGED, "This import was done or refused before. Read the file again to do it again.")
    await _compare(client, plan, part, scene)
    await _compare_names(client, plan, part)
    done = 0
    for verdict in (Verdict.UPDATE, Verdict.CREATE):
        line = part.after[verdict]
        while rows := await batches(plan.spool, verdict, line, part.upto[verdict]):
            made = await write_batch(client, scene, verdict, rows, hashed)
            if made:
                await asyncio.to_thread(plan.spool.created, made)
            line, done = rows[-1].line, done + len(rows)
            if verdict is Verdict.CREATE:
                tally.created += len(rows)
            else:
                tally.updated += len(rows)
            tell(ImportProgress(Stage.WRITING, done, part.count))
    await _record(client, plan, part, tally, tell)


async def _compare(client: BaseDBAsyncClient, plan: ImportPlan, part: _Part, scene: Scene) -> None:
    """Lock every user that is to be changed, in the order of ids, and see that it is still as it was planned."""
    judge = await judge_of(client, scene)
    conflicts: list[tuple[int, str]] = []
    total = target = 0
    while rows := await asyncio.to_thread(plan.spool.updates, target, ROWS):
        target = rows[-1][0]
        mine = [row for row in rows if part.after[Verdict.UPDATE] < row[3] <= part.upto[Verdict.UPDATE]]
        if not mine:
            continue
        if is_postgres(client):
            among = ids_in(client, "id", "$1")
            ids = numbers(client, [row[0] for row in mine])
            await fetch(client, f"SELECT id FROM users WHERE {among} ORDER BY id FOR NO KEY UPDATE", ids)
        known = (await look_up(client, judge, [(row[3], row[0], None, None, "{}") for row in mine])).by_id
        for user_id, version, label, line in mine:
            now = known.get(user_id)
            if now is None or now.is_deleted:
                what = f"{label} (#{user_id}) was deleted meanwhile."
            elif now.version != version:
                what = f"{label} (#{user_id}) was changed meanwhile."
            elif now.beyond or (now.is_superuser and not (scene.actor and scene.actor.account.is_superuser)):
                what = f"{label} (#{user_id}) holds permissions that you do not."
                if await asyncio.to_thread(plan.spool.is_unranked, line) and not now.is_superuser:
                    continue
            else:
                continue
            total += 1
            if len(conflicts) < NAMED:
                conflicts.append((line, what))
    if conflicts:
        raise _Conflicts(total, tuple(conflicts))


async def _compare_names(client: BaseDBAsyncClient, plan: ImportPlan, part: _Part) -> None:
    """New names were compared with everybody there was: now with those who came or were renamed since."""
    renamed = (
        AuditEvent.filter(seq__gt=plan.seq, target_type=USER, outcome="ok")
        .exclude(batch_id=plan.op_id)
        .using_db(client)
        .order_by("seq")
        .values("target_id")
    )
    ids = sorted({int(row["target_id"]) for row in await renamed if row["target_id"] is not None})
    conflicts: list[tuple[int, str]] = []
    for start in range(0, len(ids), ROWS):
        among = ids_in(client, "id", "$1")
        given = numbers(client, ids[start : start + ROWS])
        conflicts += await clashing_since(
            plan.spool, await fetch(client, f"SELECT id, username FROM users WHERE {among}", given)
        )
    last = plan.last_id
    while part.number == 0:
        found = await fetch(client, f"SELECT id, username FROM users WHERE id > $1 ORDER BY id LIMIT {ROWS}", last)
        if not found:
            break
        last = found[-1][0]
        conflicts += await clashing_since(plan.spool, found)
    if conflicts:
        raise _Conflicts(len(conflicts), tuple(sorted(set(conflicts))[:NAMED]))


async def _record(client: BaseDBAsyncClient, plan: ImportPlan, part: _Part, tally: _Tally, tell: Tell) -> None:
    """One row of the audit for the import and one for each user, the last statements before COMMIT."""
    op_id = _op_id(plan, part)
    summary: dict[str, Json] = {
        "created": tally.created,
        "updated": tally.updated,
        "file": plan.source[:500],
        "sha256": plan.digest,
        "fields": list(plan.fields),
    }
    drafts = [_draft(plan, op_id, Target(USERS, None, plan.source), meta=summary)]
    done = 0
    for verdict in (Verdict.UPDATE, Verdict.CREATE):
        line = part.after[verdict]
        while rows := await batches(plan.spool, verdict, line, part.upto[verdict]):
            for row in rows:
                changes = tuple(Change(name, before, after) for name, (before, after) in row.changes.items())
                before = row.version if verdict is Verdict.UPDATE else None
                after = (row.version or 0) + 1 if verdict is Verdict.UPDATE else 1
                target = Target(USER, row.target, row.label, after)
                drafts.append(_draft(plan, op_id, target, changes, before, after))
            await append_all(client, drafts)
            drafts = []
            line, done = rows[-1].line, done + len(rows)
            tell(ImportProgress(Stage.RECORDING, done, part.count))


def _draft(
    plan: ImportPlan,
    op_id: UUID,
    target: Target,
    changes: Sequence[Change] = (),
    before: int | None = None,
    after: int | None = None,
    meta: dict[str, Json] | None = None,
) -> AuditDraft:
    return AuditDraft(
        plan.actor,
        Action.IMPORT,
        target,
        AuditOutcome.OK,
        tuple(changes),
        plan.reason,
        plan.ticket,
        before,
        after,
        plan.op_id,
        meta=meta or {},
        op_id=op_id,
    )


class _Conflicts(Stopped):
    """The rows that stand against the plan now."""

    def __init__(self, total: int, found: tuple[tuple[int, str], ...]) -> None:
        first = " ".join(f"Line {line}: {what}" for line, what in found[:3])
        more = f" And {total - 3} more." if total > 3 else ""
        super().__init__(
            Status.CONFLICT,
            f"Nothing was changed: {counted(total, 'row')} of the file met somebody else's change. {first}{more}"
            " Read the file again.",
        )
        self.found = found


async def _stopped(plan: ImportPlan, stopped: Stopped, tally: _Tally) -> ImportOutcome:
    """Record a refusal or a conflict."""
    conflicts: Any = getattr(stopped, "found", ())
    sentence = stopped.sentence + _so_far(tally)
    if stopped.status in {Status.REFUSED, Status.CONFLICT}:
        outcome = AuditOutcome.DENIED if stopped.status is Status.REFUSED else AuditOutcome.CONFLICT
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
        except DatabaseError:
            sentence += " The audit could not be written, so there is no record of this attempt."
    return ImportOutcome(stopped.status, sentence, tally.created, tally.updated, conflicts=conflicts)


def _done(plan: ImportPlan, tally: _Tally) -> ImportOutcome:
    created = [f"{counted(tally.created, 'user')} created"] if tally.created else []
    done = ", ".join([*created, *([f"{counted(tally.updated, 'user')} changed"] if tally.updated else [])]) + "."
    reset = " Nobody can sign in with a new account until its password is reset." if tally.created else ""
    return ImportOutcome(Status.OK, done + reset, tally.created, tally.updated, plan.op_id)


def _so_far(tally: _Tally) -> str:
    if not (tally.created or tally.updated):
        return ""
    return f" Before that, {tally.created} users were created and {tally.updated} changed, and stay so."
