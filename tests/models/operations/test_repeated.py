"""A plan or a changeset that is applied again: never written twice, and never called done where it was stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from models.operations import Status, apply, plan_deactivate, plan_edit
from models.operations.changesets.commit import apply_changeset, plan_changeset
from models.operations.changesets.staged import StagedEdit
from tests.models.operations.people import acting, events, remove, reread, set_columns, superuser, user

if TYPE_CHECKING:
    from tui.database import Database


async def test_a_plan_that_was_refused_stays_refused(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(acting(root), alice, {"full_name": "A"})
    await set_columns(root, is_active=False)
    first = await apply(plan)
    await set_columns(root, is_active=True)
    again = await apply(plan)

    assert (first.status, again.status) == (Status.REFUSED, Status.REFUSED)
    assert not again.is_ok
    assert "was refused before, and nothing was changed" in again.sentence
    assert [event.outcome for event in await events()] == ["denied"]
    assert (await reread(alice)).full_name == ""


async def test_a_plan_that_met_a_conflict_stays_one(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_deactivate(acting(root), alice.id)
    assert (await apply(await plan_edit(acting(root), alice, {"full_name": "A"}))).is_ok
    outcomes = [await apply(plan) for _ in range(2)]
    assert [outcome.status for outcome in outcomes] == [Status.CONFLICT, Status.CONFLICT]
    assert "met a conflict before" in outcomes[1].sentence
    assert [event.outcome for event in await events()] == ["ok", "conflict"]
    assert (await reread(alice)).is_active


async def test_a_plan_that_was_refused_from_the_start_is_recorded_once(database: Database) -> None:
    support, operator = await user("help", "support"), await user("op", "operator")
    plan = await plan_edit(acting(support), operator, {"full_name": "A"})
    assert plan.refusals
    outcomes = [await apply(plan) for _ in range(2)]
    assert [outcome.status for outcome in outcomes] == [Status.REFUSED, Status.REFUSED]
    assert "could not be written" not in outcomes[1].sentence
    assert len(await events()) == 1


async def test_a_changeset_that_was_stopped_stays_stopped(database: Database) -> None:
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    edits = [StagedEdit.of(one, {"full_name": "New"}, datetime.now(UTC)) for one in (alice, bob)]
    plan = await plan_changeset(acting(root), edits)
    await set_columns(root, is_active=False)
    first = await apply_changeset(plan)
    await set_columns(root, is_active=True)
    again = await apply_changeset(plan)
    assert (first.status, again.status) == (Status.REFUSED, Status.REFUSED)
    assert "was refused before" in again.sentence
    assert (await reread(bob)).version == 1

    gone = await plan_changeset(acting(root), edits)
    await remove(bob)
    statuses = [(await apply_changeset(gone)).status for _ in range(2)]
    assert statuses == [Status.CONFLICT, Status.CONFLICT]
    assert (await reread(alice)).version == 1


@pytest.mark.parametrize(("field", "most"), [("reason", 500), ("ticket", 100)])
async def test_a_text_that_the_audit_cannot_keep_is_an_error_beside_its_field(
    database: Database, field: str, most: int
) -> None:
    root, alice = await superuser(), await user("alice")
    given: dict[str, Any] = {field: "x" * 10_000}
    plan = await plan_edit(acting(root), alice, {"full_name": "A"}, **given)
    assert not plan.is_allowed
    assert [(error.field, str(most) in error.sentence) for error in plan.errors] == [(field, True)]
    outcome = await apply(plan)
    assert (outcome.status, [error.field for error in outcome.errors]) == (Status.REFUSED, [field])
    assert not await events()

    # A form adds its reason to a plan that was made before; taking it back mends the plan.
    kept: dict[str, Any] = {field: "x" * most}
    longest = replace(plan, **kept)
    assert longest.is_allowed
    assert not replace(longest, **given).is_allowed
    assert (await apply(longest)).is_ok
    assert getattr((await events())[0], field) == "x" * most
