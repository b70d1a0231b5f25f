"""One transaction of an import: every guard again under lock, the rows, and last the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from models import AuditEvent
from models.operations.audit.writing import AuditDraft, AuditOutcome, append_all
from models.operations.bulk.rules import judge_of
from models.operations.bulk.sql import fetch, ids_in, numbers
from models.operations.context import USER, Stopped, load_scene
from models.operations.exporting import USERS
from models.operations.guards import enforce
from models.operations.importing.judging import look_up
from models.operations.importing.locking import lock_users
from models.operations.importing.lookalikes import clashing_since
from models.operations.importing.parts import op_id_of
from models.operations.importing.planning import (
    ROWS,
    ImportProgress,
    Stage,
    batches,
    may_import,
    proven_for,
    write_batch,
)
from models.operations.importing.spool import Verdict
from models.operations.looks import hold_all_looks
from models.operations.plan import Action, Change, Json, Status, Target
from models.operations.text import counted

if TYPE_CHECKING:
    from uuid import UUID

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene
    from models.operations.importing.parts import Part, Tally
    from models.operations.importing.planning import ImportPlan, Tell

NAMED: Final = 20
"""Conflicts that a sentence and an outcome name; the number of all is said."""


async def write_part(
    client: BaseDBAsyncClient, plan: ImportPlan, part: Part, hashed: str, tally: Tally, tell: Tell
) -> None:
    await lock_users(client, plan.actor, plan.spool, part.after[Verdict.UPDATE], part.upto[Verdict.UPDATE])
    scene = await load_scene(client, plan.actor, None, lock=True)
    enforce(may_import(scene, plan.counts, plan.fields), scene)
    if part.number == 0:  # what follows is the rest of what was begun
        enforce(proven_for(scene, plan.counts), scene)
    if await AuditEvent.filter(op_id=op_id_of(plan, part)).using_db(client).exists():
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


async def _compare(client: BaseDBAsyncClient, plan: ImportPlan, part: Part, scene: Scene) -> None:
    """See that every user that is to be changed is still as it was planned. All of them are locked."""
    judge = await judge_of(client, scene)
    conflicts: list[tuple[int, str]] = []
    total = target = 0
    while rows := await asyncio.to_thread(plan.spool.updates, target, ROWS):
        target = rows[-1][0]
        mine = [row for row in rows if part.after[Verdict.UPDATE] < row[3] <= part.upto[Verdict.UPDATE]]
        if not mine:
            continue
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
        raise Conflicts(total, tuple(conflicts))


async def _compare_names(client: BaseDBAsyncClient, plan: ImportPlan, part: Part) -> None:
    """New names were compared with everybody there was: now with those who came or were renamed since."""
    await hold_all_looks(client)
    touched = (
        await AuditEvent.filter(seq__gt=plan.seq, target_type=USER, outcome="ok")
        .using_db(client)
        .values("target_id", "batch_id")
    )
    ids = sorted({row["target_id"] for row in touched if row["target_id"] and row["batch_id"] != plan.op_id})
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
        raise Conflicts(len(conflicts), tuple(sorted(set(conflicts))[:NAMED]))


async def _record(client: BaseDBAsyncClient, plan: ImportPlan, part: Part, tally: Tally, tell: Tell) -> None:
    """One row of the audit for the import and one for each user, the last statements before COMMIT."""
    op_id = op_id_of(plan, part)
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


class Conflicts(Stopped):
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
