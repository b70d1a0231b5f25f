"""The preview of the undo of a batch: how many come back, who is left out and why, the first ten."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from models.operations.bulk.plan import Excluded, Sample
from models.operations.bulk.superusers import count_superusers
from models.operations.bulk.undo_judging import judge_undo
from models.operations.bulk.undo_write import may_undo
from models.operations.bulk.verdicts import RowResult, Verdict
from models.operations.context import load_scene
from models.operations.guards import actor_may
from models.operations.plan import Change
from models.operations.sign_in.step_up import missing_proof
from models.operations.transactions import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.operations.bulk.plan import BulkPlan
    from models.operations.bulk.undo_kinds import Kind
    from models.operations.bulk.verbs import Undo
    from models.permissions import Codename

SLICE: Final = 10_000
"""Users that are judged at once."""

BESIDE: Final = frozenset({"deactivated_at", "deleted_at", "password_changed_at", "token_version", "lock_cause"})
"""Fields that go with others, and say nothing to whoever looks at a sample."""

SAMPLES: Final = 10
LABELS: Final = 5


async def look_at_undo(
    plan: BulkPlan, verb: Undo, ids: Sequence[int], progress: Callable[[float], object] | None
) -> BulkPlan:
    """Return the plan with what is true of these users (in order) now. Raises what the engine raises."""
    client = connection()
    scene = await load_scene(client, plan.actor, None, lock=False)
    refusals = tuple(may_undo(scene, plan.total, set()))
    if refusals and not missing_proof(refusals):
        return replace(plan, refusals=refusals)
    counts: Counter[Verdict] = Counter()
    labels: dict[Verdict, list[str]] = {}
    samples: list[Sample] = []
    kinds: set[Kind] = set()
    missing: set[Codename] = set()
    superusers = await count_superusers(client, scene.now)
    for start in range(0, len(ids), SLICE):
        judged = await judge_undo(client, scene, UUID(verb.batch_id), ids[start : start + SLICE], superusers=superusers)
        kinds |= judged.kinds
        missing |= judged.missing
        for user_id, verdict in judged.verdicts.items():
            counts[verdict] += 1
            if verdict is Verdict.OK and len(samples) < SAMPLES:
                changes = judged.backs[user_id].changes
                shown = [Change(name, *pair) for name, pair in changes.items() if name not in BESIDE]
                samples.append(Sample(user_id, judged.labels[user_id], tuple(shown)))
            elif verdict.result is not RowResult.UNCHANGED and len(labels.setdefault(verdict, [])) < LABELS:
                labels[verdict].append(judged.labels.get(user_id, f"#{user_id}"))
        if progress is not None:
            progress(min(1.0, (start + SLICE) / len(ids)))
        await asyncio.sleep(0)
    changing = counts.pop(Verdict.OK, 0)
    if not changing and counts[Verdict.PERMISSION]:
        refusals = tuple(actor_may(scene, *sorted(missing)))
    else:
        refusals = tuple(may_undo(scene, plan.total, kinds))
    unchanged = sum(counts.pop(verdict, 0) for verdict in (Verdict.UNCHANGED, Verdict.UNDONE))
    return replace(
        plan,
        changing=changing,
        unchanged=unchanged,
        excluded=tuple(
            Excluded(verdict, number, tuple(labels.get(verdict, ())))
            for verdict, number in sorted(counts.items())
            if number
        ),
        refusals=refusals,
        samples=tuple(samples),
        irreversible=tuple(dict.fromkeys(loss for kind in kinds for loss in kind.losses)) if changing else (),
        done=plan.results.count(Verdict.OK),
    )
