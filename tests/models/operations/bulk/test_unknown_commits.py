"""A batch whose COMMIT nobody answered: settled by the audit, and never written twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from models.operations.bulk import BulkStatus, Deactivate, RowResult, apply_bulk, freeze_ids, plan_bulk, running
from models.operations.bulk.plan import BulkPlan
from tests.faults.lost_commits import settle_after
from tests.faults.proxy import Fault
from tests.models.operations.bulk.crowd import check, crowd, recorded
from tests.models.operations.people import acting, superuser

if TYPE_CHECKING:
    from models.operations.bulk import BulkProgress
    from tests.faults.proxy import FaultProxy
    from tui.database import Database

pytestmark = pytest.mark.postgres_only


@pytest.fixture(autouse=True)
def _many_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BulkPlan, "batch_size", property(lambda _: 20))
    monkeypatch.setattr(BulkPlan, "is_atomic", property(lambda _: False))


@pytest.fixture(autouse=True)
def settling(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    return settle_after(proxy, monkeypatch)


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE_COMMIT, Fault.CUT_AT_COMMIT, Fault.CUT_AFTER_COMMIT])
async def test_a_lost_answer_is_settled_and_the_batch_is_there_once(
    proxy: FaultProxy, through: Database, fault: Fault
) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(55)
    plan = await plan_bulk(actor, await freeze_ids(ids), Deactivate())

    def break_the_second(progress: BulkProgress) -> None:
        if progress.done == 20:
            proxy.lose_commit(fault)

    outcome = await apply_bulk(plan, progress=break_the_second)
    assert (outcome.status, outcome.counts) == (BulkStatus.DONE, {RowResult.OK: 55})
    assert await recorded(plan.op_id) == 55
    await check(ids)


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE_COMMIT, Fault.CUT_AFTER_COMMIT, Fault.SWALLOW_COMMIT])
async def test_what_cannot_be_known_is_unknown_and_the_same_plan_goes_on(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault
) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(55)
    plan = await plan_bulk(actor, await freeze_ids(ids), Deactivate())
    settling.append(Fault.REFUSE)

    def break_the_second(progress: BulkProgress) -> None:
        if progress.done == 20:
            proxy.lose_commit(fault)

    outcome = await apply_bulk(plan, progress=break_the_second)
    assert (outcome.status, outcome.is_resumable) == (BulkStatus.UNKNOWN, True)
    assert outcome.counts == {RowResult.OK: 20, RowResult.PENDING: 35}
    proxy.fault = Fault.NONE
    done = await apply_bulk(outcome.plan)
    assert (done.status, done.counts) == (BulkStatus.DONE, {RowResult.OK: 55})
    assert await recorded(plan.op_id) == 55
    await check(ids)


async def test_it_does_not_go_on_while_nobody_knows(
    proxy: FaultProxy, through: Database, settling: list[Fault]
) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(55)
    plan = await plan_bulk(actor, await freeze_ids(ids), Deactivate())
    settling += [Fault.REFUSE, Fault.REFUSE]
    proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
    outcome = await apply_bulk(plan)
    assert (outcome.status, outcome.counts) == (BulkStatus.UNKNOWN, {RowResult.PENDING: 55})
    assert str(plan.op_id) in outcome.sentence
    again = await apply_bulk(outcome.plan)
    assert (again.status, again.counts) == (BulkStatus.UNKNOWN, {RowResult.PENDING: 55})
    proxy.fault = Fault.NONE
    done = await apply_bulk(again.plan)
    assert (done.status, done.counts) == (BulkStatus.DONE, {RowResult.OK: 55})
    await check(ids)


async def test_what_landed_after_the_audit_was_asked_is_not_called_a_conflict(
    through: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(55)
    plan = await plan_bulk(actor, await freeze_ids(ids), Deactivate())
    assert (await apply_bulk(plan)).counts == {RowResult.OK: 55}

    async def too_early(*_: object) -> None:
        """As the audit answers while the COMMIT is on its way."""

    monkeypatch.setattr(running, "recall", too_early)
    again = await apply_bulk(replace(plan, results=bytes(55)))
    assert (again.status, again.counts) == (BulkStatus.DONE, {RowResult.OK: 55})
    assert await recorded(plan.op_id) == 55
    await check(ids)


async def test_a_server_that_is_gone_stops_it_and_it_can_go_on(proxy: FaultProxy, through: Database) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(55)
    plan = await plan_bulk(actor, await freeze_ids(ids), Deactivate())

    def leave(progress: BulkProgress) -> None:
        if progress.done == 20:
            proxy.go_away()

    outcome = await apply_bulk(plan, progress=leave)
    assert (outcome.status, outcome.counts) == (BulkStatus.FAILED, {RowResult.OK: 20, RowResult.PENDING: 35})
    assert "none that sums them up" in outcome.sentence
    proxy.fault = Fault.NONE
    assert (await apply_bulk(outcome.plan)).counts == {RowResult.OK: 55}
    await check(ids)
