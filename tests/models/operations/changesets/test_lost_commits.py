"""A changeset whose COMMIT nobody answered: settled before anything is said, never written twice, never half."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from models import Account
from models.operations import Status, apply, check_again, plan_edit, verify_chain
from models.operations.changesets.commit import apply_changeset, check_changeset, plan_changeset
from models.operations.changesets.rows import RowState
from models.operations.changesets.staged import StagedEdit
from tests.faults.lost_commits import settle_after
from tests.faults.proxy import Fault
from tests.models.operations.people import acting, events, reread, superuser, user

if TYPE_CHECKING:
    from models.operations.changesets.values import ChangesetPlan
    from tests.faults.proxy import FaultProxy
    from tui.database import Database

pytestmark = pytest.mark.postgres_only


@pytest.fixture
def settling(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    return settle_after(proxy, monkeypatch)


async def planned() -> tuple[ChangesetPlan, list[Account]]:
    root = await superuser()
    people = [await user(f"user{number}") for number in range(4)]
    edits = [StagedEdit.of(one, {"full_name": "New"}, datetime.now(UTC)) for one in people]
    return await plan_changeset(acting(root), edits), people


async def written_once(plan: ChangesetPlan, people: list[Account]) -> None:
    assert [((await reread(one)).full_name, (await reread(one)).version) for one in people] == [("New", 2)] * 4
    rows = await events()
    assert [(row.target_id, row.op_id) for row in rows] == [(one.id, plan.op_id) for one in people]
    assert (await verify_chain()).is_whole


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE_COMMIT, Fault.CUT_AT_COMMIT, Fault.CUT_AFTER_COMMIT])
async def test_one_lost_answer_is_settled_and_all_of_it_is_there_once(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault
) -> None:
    plan, people = await planned()
    proxy.lose_commit(fault)
    outcome = await apply_changeset(plan)
    assert outcome.status is Status.OK, outcome.sentence
    assert [row.version_after for row in outcome.rows] == [2] * 4
    await written_once(plan, people)


async def test_what_nobody_can_find_out_is_unknown_and_settled_on_asking(
    proxy: FaultProxy, through: Database, settling: list[Fault]
) -> None:
    plan, people = await planned()
    settling.append(Fault.REFUSE)
    proxy.lose_commit(Fault.CUT_AFTER_COMMIT)

    outcome = await apply_changeset(plan)

    assert outcome.status is Status.UNKNOWN
    assert str(plan.op_id) in outcome.sentence
    each = outcome.outcomes()
    assert [one.status for one in each] == [Status.UNKNOWN] * 4
    proxy.fault = Fault.NONE
    # One user can be asked about alone: whoever opens it meets the same doubt.
    assert (await check_again(each[2])).status is Status.OK
    settled = await check_changeset(outcome)
    assert settled.status is Status.OK
    assert settled.sentence == "Saved 4 fields of 4 users in one transaction."
    assert (await apply_changeset(plan)).status is Status.UNCHANGED
    await written_once(plan, people)


async def test_what_did_not_land_is_said_and_can_be_committed_again(
    proxy: FaultProxy, through: Database, settling: list[Fault]
) -> None:
    plan, people = await planned()
    settling.append(Fault.REFUSE)
    proxy.lose_commit(Fault.CUT_BEFORE_COMMIT)
    outcome = await apply_changeset(plan)
    assert outcome.status is Status.UNKNOWN
    proxy.fault = Fault.NONE
    settled = await check_changeset(outcome)
    assert settled.status is Status.ERROR
    assert "was not written" in settled.sentence
    assert [(await reread(one)).version for one in people] == [1] * 4
    assert (await apply_changeset(plan)).status is Status.OK
    await written_once(plan, people)


async def test_a_commit_after_one_that_landed_unseen_is_unchanged(
    proxy: FaultProxy, through: Database, settling: list[Fault]
) -> None:
    """The program died between COMMIT and its answer: the edits are still staged, and nothing is written again."""
    plan, people = await planned()
    settling.append(Fault.REFUSE)
    proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
    assert (await apply_changeset(plan)).status is Status.UNKNOWN
    proxy.fault = Fault.NONE
    again = await plan_changeset(plan.asked.actor, plan.edits)
    assert [row.state for row in again.rows] == [RowState.UNCHANGED] * 4
    assert (await apply_changeset(again)).status is Status.UNCHANGED
    await written_once(plan, people)
    assert (await apply(await plan_edit(plan.asked.actor, await reread(people[0]), {"full_name": "Later"}))).is_ok
