"""Edits of several users, staged and committed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models import Account
from models.operations import verify_chain
from models.operations.changesets.commit import apply_changeset, plan_changeset
from models.operations.changesets.rows import RowState
from models.operations.changesets.staged import StagedEdit
from tests.models.operations.people import acting, events, reread

if TYPE_CHECKING:
    from models.operations.changesets.values import ChangesetOutcome


NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def staged(account: Account, **values: object) -> StagedEdit:
    return StagedEdit.of(account, values, NOW)


async def commit(actor: Account, *edits: StagedEdit, reason: str = "") -> ChangesetOutcome:
    return await apply_changeset(await plan_changeset(acting(actor), edits, reason=reason))


def states(outcome: ChangesetOutcome) -> list[RowState]:
    return [row.state for row in outcome.rows]


async def is_whole(*accounts: Account) -> None:
    """The invariant: each version is one more than the changes of its user, and the chain holds."""
    for account in accounts:
        changes = await events(target_id=account.id, outcome="ok")
        assert (await reread(account)).version == 1 + len(changes)
    assert (await verify_chain()).is_whole
