"""One transaction of a bulk: lock the rows, judge them anew, write those that pass, record each, and say what became
of all of them. Whatever is not written is left out and reported; any error of the database undoes the whole batch.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from models.operations.audit.writing import AuditDraft, append_alike
from models.operations.bulk.locking import lock_rows, written_before
from models.operations.bulk.rules import FACTS, facts_sql, judge_of, may_go_on, may_start
from models.operations.bulk.sql import Values, fetch
from models.operations.bulk.superusers import count_superusers
from models.operations.bulk.undo_write import write_undo
from models.operations.bulk.verbs import GrantRole, RevokeRole, Undo
from models.operations.bulk.verdicts import Verdict
from models.operations.bulk.work import Writing
from models.operations.bulk.works import ready, work_of
from models.operations.context import USER, Stopped, load_scene
from models.operations.guards import enforce
from models.operations.plan import Status, Target
from models.operations.roles.locks import hold_roles

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator, Mapping, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.audit.rows import Own
    from models.operations.bulk.plan import BulkPlan
    from models.operations.bulk.rules import Rule
    from models.operations.bulk.work import Changes, Meta, Work
    from models.operations.context import Scene


async def write_batch(
    client: BaseDBAsyncClient, plan: BulkPlan, places: Sequence[int], hashed: str, *, is_first: bool = True
) -> bytes:
    """Write the users at these places of the selection; return the verdict of each place, in their order.

    `is_first` of a run: the others go on under the password that was given for it, however long it takes.
    The caller's transaction is the batch's own. Raises `Stopped` (REFUSED) when the actor may not do it any more.
    """
    ids, versions = (_at(places, seen) for seen in (plan.selection.ids, plan.selection.versions))
    if isinstance(plan.verb, Undo):
        return await write_undo(client, plan, plan.verb, ids, hashed, is_first=is_first)
    scene, work = await _lock(client, plan, ids, hashed, is_first=is_first)
    done = await written_before(client, plan, ids)
    values = Values()
    sql = facts_sql(client, work.rule, await judge_of(client, scene), values, ids, versions)
    facts = await fetch(client, f"{sql} ORDER BY f.id", *values.given)
    # In a thread, as all that goes through every row: the event loop has others to answer.
    verdicts, rows = await asyncio.to_thread(_passed, facts, done)
    refused = await _last_superusers(client, work.rule, scene, rows)
    if refused:
        verdicts, rows = await asyncio.to_thread(_passed, facts, {**refused, **done})
    if rows:
        await _write(client, plan, work, scene, rows)
    return verdicts


def _at(places: Sequence[int], numbers: array[int]) -> list[int]:
    return numbers[places.start : places.stop].tolist() if isinstance(places, range) else [numbers[p] for p in places]


def _passed(facts: Sequence[Any], known: Mapping[int, Verdict]) -> tuple[bytes, list[Any]]:
    """The verdicts of all rows, and the rows that will be written: none of those whose verdict is known."""
    if not known:
        return bytes([row[3] for row in facts]), [row for row in facts if row[3] == Verdict.OK.value]
    rows = [row for row in facts if row[3] == Verdict.OK.value and row[0] not in known]
    return bytes([known.get(row[0], row[3]) for row in facts]), rows


async def _lock(
    client: BaseDBAsyncClient, plan: BulkPlan, ids: Sequence[int], hashed: str, *, is_first: bool
) -> tuple[Scene, Work]:
    """Lock the rows in the order of their ids by one statement, with the actor's, and every superuser's where the last
    one could be among them; then read who acts. SQLite has one writer at a time: nothing needs locking there."""
    await lock_rows(client, plan.actor, ids)
    if isinstance(plan.verb, GrantRole | RevokeRole):
        await hold_roles(client)
    scene = await load_scene(client, plan.actor, None, lock=False)
    prepared = await work_of(client, plan.verb, scene, plan.reason, hashed=hashed)
    if prepared.work is None:
        raise Stopped(Status.REFUSED, "Nothing was changed.", errors=prepared.errors)
    rule = prepared.work.rule
    enforce([*(may_start(rule, scene, plan.total) if is_first else may_go_on(rule, scene)), *prepared.refusals], scene)
    if prepared.errors:
        raise Stopped(Status.REFUSED, "Nothing was changed.", errors=prepared.errors)
    return scene, prepared.work


async def _last_superusers(
    client: BaseDBAsyncClient, rule: Rule, scene: Scene, rows: Sequence[Any]
) -> dict[int, Verdict]:
    """Which of the rows to be written would take the last superuser away."""
    superusers = [row for row in rows if row[4]] if rule.ends_superusers else []
    if not superusers:
        return {}
    return (await count_superusers(client, scene.now)).refused(superusers, stay=rule.stay)


async def _write(client: BaseDBAsyncClient, plan: BulkPlan, work: Work, scene: Scene, rows: Sequence[Any]) -> None:
    work = await ready(work, client, [row[0] for row in rows])
    writing = Writing(client, plan.actor, scene.now, plan.reason)
    meta = await work.write_others(writing, rows)
    draft = AuditDraft(
        plan.actor,
        plan.verb.action,
        Target(USER, None, ""),
        reason=plan.reason,
        ticket=plan.ticket,
        batch_id=plan.op_id,
        op_id=plan.op_id,
    )
    own, write = partial(_own, work, scene, rows, meta), partial(work.write_users, writing, rows)
    await append_alike(client, draft, own, write)


def _own(work: Work, scene: Scene, rows: Sequence[Any], meta: Meta) -> Iterator[Own]:
    """What the compact row of each user has of its own, in the order of ids. Users who were alike share what they can:
    changes that differ in nothing are one value."""
    nothing, step, columns = work.no_meta, int(work.rule.versioned), slice(len(FACTS), None)
    known: dict[object, Changes] = {}
    for row in rows:
        user_id, version = row[0], row[1]
        alike = user_id if work.each_differs else row[columns]
        changes = known.get(alike)
        if changes is None:
            changes = known[alike] = work.changes(row, scene.now)
        yield user_id, row[2], changes, meta.get(user_id, nothing), version, version + step
