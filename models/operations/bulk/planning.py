"""Plan a bulk: who will change, who need not, who is left out and why. Reads only, set-based, in slices of ids."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from models import AuditEvent
from models.operations.bulk.plan import BulkPlan, Excluded, Sample
from models.operations.bulk.rules import facts_sql, judge_of, marked, may_start
from models.operations.bulk.sql import Values, fetch
from models.operations.bulk.superusers import Superusers, count_superusers
from models.operations.bulk.undo_look import look_at_undo
from models.operations.bulk.verbs import Undo
from models.operations.bulk.verdicts import Verdict
from models.operations.bulk.works import ready, work_of
from models.operations.context import load_scene
from models.operations.plan import Change
from models.operations.sign_in.step_up import missing_proof
from models.operations.transactions import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.bulk.rules import Effect, Judge, Rule
    from models.operations.bulk.selection import Selection
    from models.operations.bulk.verbs import Verb
    from models.operations.bulk.work import Work
    from models.operations.plan import Actor

SLICE: Final = 20_000
"""Users of one statement of a preview: some 100 ms."""

RECALLED: Final = 10_000
"""Rows of the audit that one statement reads."""

SAMPLES: Final = 10
LABELS: Final = 5
"""Names of excluded users, for each reason."""


async def plan_bulk(
    actor: Actor,
    selection: Selection,
    verb: Verb,
    *,
    reason: str = "",
    ticket: str = "",
    progress: Callable[[float], object] | None = None,
) -> BulkPlan:
    """Plan the verb on the selected users. `progress` is told how far it is, from 0 to 1. Raises what the engine does.

    A plan without permission has refusals and no counts: nothing is told of users to somebody who may not do it.
    """
    plan = BulkPlan(actor, selection, verb, reason=reason, ticket=ticket, database=await database_mark())
    return await look(plan, progress)


async def look(plan: BulkPlan, progress: Callable[[float], object] | None = None) -> BulkPlan:
    """Return the plan with what is true of its users now, but for those whose results are known already."""
    if isinstance(plan.verb, Undo):
        return await look_at_undo(plan, plan.verb, _unknown(plan)[0], progress)
    client = connection()
    scene = await load_scene(client, plan.actor, None, lock=False)
    prepared = await work_of(client, plan.verb, scene, plan.reason)
    refusals = prepared.refusals
    if prepared.work is not None:
        refusals = (*may_start(prepared.work.rule, scene, plan.total), *refusals)
    # Where only the password is missing, what it is asked for is shown all the same.
    if prepared.work is None or prepared.errors or (refusals and not missing_proof(refusals)):
        return replace(plan, errors=prepared.errors, refusals=refusals)
    rule = prepared.work.rule
    found = _Found(await count_superusers(client, scene.now) if rule.ends_superusers else None)
    judge = await judge_of(client, scene)
    ids, versions = _unknown(plan)
    for start in range(0, len(ids), SLICE):
        part = ids[start : start + SLICE], versions[start : start + SLICE]
        await _look_at(client, rule, judge, found, *part)
        if progress is not None:
            progress(min(1.0, (start + SLICE) / len(ids)))
    changing = found.counts.pop(Verdict.OK, 0)
    unchanged = found.counts.pop(Verdict.UNCHANGED, 0)
    effects = tuple(effect.sentence(number) for effect, number in found.effects.items() if number)
    return replace(
        plan,
        changing=changing,
        unchanged=unchanged,
        excluded=tuple(
            Excluded(verdict, number, tuple(found.labels.get(verdict, ())))
            for verdict, number in sorted(found.counts.items())
            if number
        ),
        refusals=refusals,
        samples=await _samples(client, prepared.work, found.samples),
        effects=(*effects, *rule.also) if changing else (),
        irreversible=prepared.work.irreversible if changing else (),
        done=plan.results.count(Verdict.OK),
    )


async def database_mark() -> str:
    """Return what tells this database from another one: the hash of the first row of its audit, "" before it."""
    first = await AuditEvent.filter(seq=1).using_db(connection()).values_list("hash", flat=True)
    return str(first[0]) if first else ""


async def recall(client: BaseDBAsyncClient, plan: BulkPlan, results: bytearray) -> None:
    """Mark the users that this bulk has written: by an earlier run, or by a COMMIT that nobody answered. The audit is
    the truth."""
    ids, last = plan.selection.ids, -1
    sql = (
        "SELECT target_id FROM audit_events WHERE op_id = $1 AND target_type = 'user' AND target_id > $2"
        f" ORDER BY target_id LIMIT {RECALLED}"
    )
    while found := await fetch(client, sql, str(plan.op_id), last):
        for row in found:
            place = bisect_left(ids, row[0])
            if place < len(ids) and ids[place] == row[0]:
                results[place] = Verdict.OK
        last = found[-1][0]


@dataclass(slots=True)
class _Found:
    """What was found so far."""

    superusers: Superusers | None
    counts: Counter[Verdict] = field(default_factory=Counter)
    labels: dict[Verdict, list[str]] = field(default_factory=dict)
    samples: list[Any] = field(default_factory=list)
    effects: dict[Effect, int] = field(default_factory=dict)


def _unknown(plan: BulkPlan) -> tuple[Sequence[int], Sequence[int]]:
    ids, versions = plan.selection.ids, plan.selection.versions
    if not plan.results:
        return ids, versions
    places = [place for place, verdict in enumerate(plan.results) if verdict == Verdict.PENDING]
    return [ids[place] for place in places], [versions[place] for place in places]


async def _look_at(
    client: BaseDBAsyncClient, rule: Rule, judge: Judge, found: _Found, ids: Sequence[int], versions: Sequence[int]
) -> None:
    """Count one slice. Of each verdict a few rows come back, and every superuser that would change."""
    values = Values()
    facts = facts_sql(client, rule, judge, values, ids, versions)
    among = "(PARTITION BY v.verdict"
    ranked = f"SELECT v.*, count(*) OVER {among}) AS n, row_number() OVER {among} ORDER BY v.id) AS k FROM ({facts}) v"
    wanted = f"r.k <= {SAMPLES}" + (
        f" OR (r.verdict = {Verdict.OK.value} AND r.is_superuser)" if found.superusers else ""
    )
    rows = await fetch(client, f"SELECT r.* FROM ({ranked}) r WHERE {wanted} ORDER BY r.id", *values.given)
    superusers = [row for row in rows if found.superusers and row["verdict"] == Verdict.OK and row["is_superuser"]]
    kept = found.superusers.refused(superusers, stay=rule.stay) if found.superusers else {}
    for row in rows:
        verdict = kept.get(row["id"], Verdict(row["verdict"]))
        if row["k"] == 1:
            found.counts[Verdict(row["verdict"])] += row["n"]
        if verdict is Verdict.OK and len(found.samples) < SAMPLES:
            found.samples.append(row)
        elif verdict not in {Verdict.OK, Verdict.UNCHANGED} and len(found.labels.setdefault(verdict, [])) < LABELS:
            found.labels[verdict].append(row["label"] or f"#{row['id']}")
    for verdict in kept.values():
        found.counts[Verdict.OK] -= 1
        found.counts[verdict] += 1
    for effect in rule.effects:
        values = Values()
        facts = facts_sql(client, rule, judge, values, ids, versions)
        joined = marked(effect.join, values, judge.scene)
        sql = f"SELECT count(*) FROM ({facts}) v {joined} WHERE v.verdict = {Verdict.OK.value}"
        found.effects[effect] = found.effects.get(effect, 0) + (await fetch(client, sql, *values.given))[0][0]
    await asyncio.sleep(0)


async def _samples(client: BaseDBAsyncClient, work: Work, rows: Sequence[Any]) -> tuple[Sample, ...]:
    work = await ready(work, client, [row["id"] for row in rows])
    return tuple(
        Sample(row["id"], row["label"], tuple(Change(name, *pair) for name, pair in work.changes(row, None).items()))
        for row in rows
    )
