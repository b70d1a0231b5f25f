"""Where a staged edit begins and what it comes to with the others: for the form and the command line alike."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from models.engines.errors import DatabaseUnavailable, StatementTimeout
from models.operations.changesets.commit import plan_changeset
from models.operations.changesets.staged import MOST, StagedEdit
from models.operations.edit import EditStep, Rebase, rebased

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models import Account
    from models.operations.changesets.rows import Row
    from models.operations.plan import Actor


def taken_up(staged: StagedEdit, fresh: Account) -> tuple[Account, dict[str, object], bool]:
    """Return the row that the form starts from, what was staged on it, and whether the two clash.

    Other fields that changed meanwhile are taken as they are now; where the same ones did, the form stays with the row
    as it was seen, so that the clash is not lost.
    """
    if staged.saw(fresh):
        return fresh, dict(staged.touched), False
    known = {name: value for name, value in staged.touched.items() if name in staged.base}
    found = rebased(EditStep(staged.base, known), fresh, {})
    if isinstance(found, Rebase):
        return fresh, dict(found.values), False
    seen = copy(fresh)
    seen.version = staged.version
    for name, value in staged.base.items():
        setattr(seen, name, value)
    return seen, dict(staged.touched), True


async def judged(actor: Actor, staged: Sequence[StagedEdit], edit: StagedEdit) -> Row | None:
    """Return what the edit would come to with the others; None while the database cannot be asked."""
    others = [each for each in staged if each.user_id != edit.user_id]
    try:
        plan = await plan_changeset(actor, [*others[: MOST - 1], edit])
    except (DatabaseUnavailable, StatementTimeout):
        return None
    return plan.rows[-1]


def merged_edit(row: Row, yours: frozenset[str], at: datetime) -> StagedEdit:
    """Return the edit on the row as the merge showed it: of the clashing fields those of `yours`, and all others."""
    assert row.account is not None
    clashing = {conflict.field for conflict in row.conflicts}
    values = {name: value for name, value in row.edit.touched.items() if name in yours or name not in clashing}
    return StagedEdit.of(row.account, values, at)
