"""What an answer of the database means for the changes in doubt: one more, or one less."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from models.engines.settlement import Fate
from models.operations import Status, apply
from models.operations.bulk import BulkStatus, Verdict
from models.operations.bulk.running import check_bulk
from models.operations.context import USER
from models.operations.importing import check_import_again
from models.operations.text import counted
from tui.screens.doubts import Batch

if TYPE_CHECKING:
    from models.operations import Outcome, Plan
    from models.operations.bulk import BulkOutcome
    from models.operations.importing import ImportOutcome, ImportPlan
    from tui.app import ShellbackApp

ROWS: Final = 1000
"""Users of an import that are read at once."""


def keep(shell: ShellbackApp, outcome: Outcome) -> Outcome:
    """Close what an outcome is about, or open it again once it is known."""
    kind, key = outcome.target.kind, outcome.target.id
    if key is None:
        return outcome
    if outcome.status is Status.UNKNOWN:
        if kind == USER:
            shell.unsettled[key] = outcome
        else:
            shell.doubts.others[kind, key] = outcome
        return outcome
    held = shell.unsettled.get(key) if kind == USER else shell.doubts.others.get((kind, key))
    if held is not None and held.op_id == outcome.op_id:
        shell.unsettled.pop(key, None) if kind == USER else shell.doubts.others.pop((kind, key), None)
    return outcome


async def apply_and_keep(shell: ShellbackApp, plan: Plan) -> Outcome:
    """Apply a plan. It belongs to the write: a dialog that was left meanwhile changes nothing about it."""
    return keep(shell, await apply(plan))


def keep_bulk(shell: ShellbackApp, outcome: BulkOutcome) -> None:
    """The same for a bulk: the users of the transaction that nobody knows of."""
    plan = outcome.plan
    if outcome.status is not BulkStatus.UNKNOWN:
        shell.doubts.batches.pop(plan.op_id, None)
        return
    pending = [user_id for user_id, verdict in outcome.rows() if verdict is Verdict.PENDING]
    users = frozenset(pending[: plan.batch_size])
    words = f"{plan.verb.words()} of {counted(len(users), 'user')}"
    shell.doubts.batches[plan.op_id] = Batch(words, outcome.sentence, users, partial(check_bulk, outcome))


def keep_import(shell: ShellbackApp, plan: ImportPlan, outcome: ImportOutcome) -> None:
    """The same for an import: the users whom it changes. Whom it would make nobody can have opened. Blocks: it reads
    the rows of the plan."""
    if outcome.status is not Status.UNKNOWN:
        shell.doubts.batches.pop(plan.op_id, None)
        return
    users: set[int] = set()
    after = 0
    while rows := plan.spool.updates(after, ROWS):
        users |= {row[0] for row in rows}
        after = rows[-1][0]

    async def ask() -> Fate:
        known = await check_import_again(plan, outcome)
        if known.status is Status.UNKNOWN:
            return Fate.UNKNOWN
        return Fate.COMMITTED if known.is_ok else Fate.ABORTED

    shell.doubts.batches[plan.op_id] = Batch(f"Import of {plan.source}", outcome.sentence, frozenset(users), ask)
