"""The password again: which plans ask for it, and which do not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import StepUp, User
from models.operations import (
    Actor,
    Plan,
    RefusalCode,
    StagedEdit,
    Status,
    apply,
    apply_changeset,
    plan_changeset,
    plan_create,
    plan_edit,
    plan_grant,
    plan_hard_delete,
    plan_revoke,
)
from models.operations.bulk import BulkStatus, Deactivate, GrantRole, apply_bulk, freeze_ids, plan_bulk
from models.operations.bulk.plan import BulkPlan
from models.operations.context import Stopped
from models.operations.deletion.hard import confirmed
from models.operations.exporting import Export, check_export, record_export
from models.operations.importing import ImportRow, apply_import, plan_import
from models.operations.sign_in.step_up import (
    StepUpClass,
    missing_proof,
)
from models.operations.undo.batch import plan_undo_batch
from tests.models.operations.people import acting, events, reread, user
from tui.migrate.running.allowed import apply_refusals

if TYPE_CHECKING:
    from models import Account
    from tui.database import Database
from tests.models.operations.sign_in.step_up.proving import codes, give, session, unproven


async def _single(verb: str, actor: Actor, target: Account) -> Plan:
    if verb == "grant":
        return await plan_grant(actor, target.id, "auditor")
    if verb == "revoke":
        return await plan_revoke(actor, target.id, "support")
    return confirmed(await plan_hard_delete(actor, target.id), target.username)


@pytest.mark.parametrize(
    ("verb", "kind"),
    [("grant", StepUpClass.ROLES), ("revoke", StepUpClass.ROLES), ("hard delete", StepUpClass.DELETE)],
)
async def test_a_plan_asks_and_writes_once_it_was_given(verb: str, kind: StepUpClass, actor: Actor) -> None:
    alice = await user("alice", "support")
    plan = await _single(verb, actor, alice)
    assert codes(plan.refusals) == unproven(kind)
    assert plan.changes
    assert missing_proof(plan.refusals) is kind
    assert (await apply(plan)).status is Status.REFUSED
    # What was planned while it was proven is refused under lock once it is not.
    late = replace(await _single(verb, actor, alice), refusals=())
    outcome = await apply(late)
    assert (outcome.status, codes(outcome.refusals)) == (Status.REFUSED, unproven(kind))
    assert (await reread(alice)).version == alice.version
    assert {event.outcome for event in await events(action=str(plan.action))} == {"denied"}

    await give(actor, kind)
    plan = await _single(verb, actor, alice)
    assert plan.is_allowed
    assert (await apply(plan)).status is Status.OK


async def test_one_class_says_nothing_of_another_and_one_session_nothing_of_another(
    actor: Actor, root: Account
) -> None:
    alice = await user("alice")
    await give(actor, StepUpClass.BULK)
    assert codes((await plan_grant(actor, alice.id, "support")).refusals) == unproven(StepUpClass.ROLES)
    await give(actor, StepUpClass.ROLES)
    assert (await plan_grant(actor, alice.id, "support")).is_allowed
    elsewhere = replace(actor, session_id=await session(root))
    assert codes((await plan_grant(elsewhere, alice.id, "support")).refusals) == unproven(StepUpClass.ROLES)


async def test_who_may_not_is_not_asked_for_a_password(database: Database) -> None:
    clerk = await user("clerk", "auditor")
    actor = replace(acting(clerk), session_id=await session(clerk))
    alice = await user("alice")
    plan = await plan_grant(actor, alice.id, "support")
    assert RefusalCode.PERMISSION in {refusal.code for refusal in plan.refusals}
    assert missing_proof(plan.refusals) is None


async def test_an_actor_without_a_session_is_never_asked(root: Account) -> None:
    alice = await user("alice")
    assert (await plan_grant(acting(root), alice.id, "support")).is_allowed


async def _bulk(actor: Actor, count: int, grants: bool = False) -> BulkPlan:
    ids = [(await user(f"u{number:02}")).id for number in range(count)]
    return await plan_bulk(actor, await freeze_ids(ids), GrantRole("support") if grants else Deactivate())


async def test_up_to_ten_users_are_changed_without_it_and_eleven_are_not(actor: Actor) -> None:
    assert (await apply_bulk(await _bulk(actor, 10))).status is BulkStatus.DONE
    async with in_transaction():
        await User.filter(username__startswith="u").delete()
    plan = await _bulk(actor, 11)
    assert codes(plan.refusals) == unproven(StepUpClass.BULK)
    assert (plan.changing, len(plan.samples)) == (11, 10)
    refused = await apply_bulk(replace(plan, refusals=()))
    assert (refused.status, codes(refused.refusals)) == (BulkStatus.REFUSED, unproven(StepUpClass.BULK))
    assert await User.filter(is_active=False).count() == 0
    await give(actor, StepUpClass.BULK)
    assert (await apply_bulk(replace(plan, refusals=()))).status is BulkStatus.DONE
    assert await User.filter(is_active=False).count() == 11


async def test_a_role_for_a_few_asks_as_a_role_does_and_for_many_as_many_do(actor: Actor) -> None:
    plan = await _bulk(actor, 2, grants=True)
    assert codes(plan.refusals) == unproven(StepUpClass.ROLES)
    refused = await apply_bulk(replace(plan, refusals=()))
    assert codes(refused.refusals) == unproven(StepUpClass.ROLES)
    async with in_transaction():
        await User.filter(username__startswith="u").delete()
    assert codes((await _bulk(actor, 11, grants=True)).refusals) == unproven(StepUpClass.BULK)


async def test_a_bulk_of_many_batches_ends_under_the_password_it_began_with(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BulkPlan, "batch_size", property(lambda _: 4))
    monkeypatch.setattr(BulkPlan, "is_atomic", property(lambda _: False))
    await give(actor, StepUpClass.BULK)
    plan = await _bulk(actor, 12)
    told = 0

    def after_the_first(_: object) -> None:
        nonlocal told
        told += 1

    outcome = await apply_bulk(plan, progress=after_the_first)
    assert (outcome.status, told) == (BulkStatus.DONE, 4)

    async with in_transaction():
        await User.filter(username__startswith="u").delete()
        await StepUp.all().delete()
    outcome = await apply_bulk(await _bulk(replace(actor, session_id=None), 12))
    assert outcome.status is BulkStatus.DONE


async def test_a_changeset_of_eleven_asks(actor: Actor) -> None:
    edits = []
    now = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    for number in range(11):
        edits.append(StagedEdit.of(await user(f"s{number:02}"), {"full_name": "Changed"}, now))
    few = await plan_changeset(actor, edits[:10])
    assert few.is_allowed
    plan = await plan_changeset(actor, edits)
    assert codes(plan.refusals) == unproven(StepUpClass.BULK)
    assert not plan.is_allowed
    json.dumps(plan.as_json())
    refused = await apply_changeset(plan)
    assert (refused.status, codes(refused.refusals)) == (Status.REFUSED, unproven(StepUpClass.BULK))
    under_lock = await apply_changeset(replace(await plan_changeset(actor, edits), refusals=()))
    assert (under_lock.status, codes(under_lock.refusals)) == (Status.REFUSED, unproven(StepUpClass.BULK))
    assert await User.filter(full_name="Changed").count() == 0
    assert [event.outcome for event in await events(target_type="changeset")] == ["denied", "denied"]
    await give(actor, StepUpClass.BULK)
    assert (await apply_changeset(await plan_changeset(actor, edits))).status is Status.OK


async def test_an_export_of_more_than_a_hundred_rows_asks(actor: Actor) -> None:
    export = Export("everybody", ("id",), "username", "csv", "users.csv")
    await check_export(actor, export, 100)
    with pytest.raises(Stopped) as stopped:
        await check_export(actor, export, 101)
    assert codes(stopped.value.refusals) == unproven(StepUpClass.EXPORT)
    with pytest.raises(Stopped):
        await record_export(actor, export, 101)
    assert await record_export(actor, export, 100) > 0
    await give(actor, StepUpClass.EXPORT)
    assert await record_export(actor, export, 101) > 0


async def test_migrations_from_the_interface_ask(actor: Actor, root: Account) -> None:
    assert codes(await apply_refusals(actor)) == unproven(StepUpClass.MIGRATIONS)
    assert await apply_refusals(acting(root)) == ()
    await give(actor, StepUpClass.MIGRATIONS)
    assert await apply_refusals(actor) == ()
    clerk = await user("clerk", "support")
    refusals = await apply_refusals(replace(acting(clerk), session_id=await session(clerk)))
    assert [refusal.code for refusal in refusals] == [RefusalCode.PERMISSION]


@pytest.mark.parametrize("makes", [True, False])
async def test_making_and_unmaking_a_superuser_asks_as_a_role_does(makes: bool, actor: Actor) -> None:
    alice = await user("alice", is_superuser=not makes)
    plan = await plan_edit(actor, alice, {"is_superuser": makes})
    assert codes(plan.refusals) == unproven(StepUpClass.ROLES)
    under_lock = await apply(replace(plan, refusals=()))
    assert (under_lock.status, codes(under_lock.refusals)) == (Status.REFUSED, unproven(StepUpClass.ROLES))
    assert (await reread(alice)).is_superuser is not makes
    await give(actor, StepUpClass.ROLES)
    assert (await apply(await plan_edit(actor, alice, {"is_superuser": makes}))).status is Status.OK


async def test_a_new_superuser_asks_as_a_role_does(actor: Actor) -> None:
    plan = await plan_create(actor, {"username": "zoe", "is_superuser": True})
    assert codes(plan.refusals) == unproven(StepUpClass.ROLES)
    under_lock = await apply(replace(plan, refusals=()))
    assert codes(under_lock.refusals) == unproven(StepUpClass.ROLES)
    assert not await User.exists(username="zoe")
    assert (await plan_create(actor, {"username": "zoe"})).is_allowed


async def test_a_staged_superuser_asks_once_for_the_whole_changeset(actor: Actor) -> None:
    alice, bob = await user("alice"), await user("bob")
    now = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    edits = [StagedEdit.of(alice, {"is_superuser": True}, now), StagedEdit.of(bob, {"is_superuser": True}, now)]
    plan = await plan_changeset(actor, edits)
    assert codes(plan.refusals) == unproven(StepUpClass.ROLES)
    assert not any(row.state.blocks for row in plan.rows)
    under_lock = await apply_changeset(replace(plan, refusals=()))
    assert (under_lock.status, codes(under_lock.refusals)) == (Status.REFUSED, unproven(StepUpClass.ROLES))
    assert not (await reread(alice)).is_superuser
    await give(actor, StepUpClass.ROLES)
    done = await apply_changeset(await plan_changeset(actor, edits))
    assert done.status is Status.OK

    async with in_transaction():
        await StepUp.all().delete()
    back = await plan_undo_batch(actor, done.plan.op_id)
    assert codes(back.refusals) == unproven(StepUpClass.ROLES)
    refused = await apply_bulk(replace(back, refusals=()))
    assert codes(refused.refusals) == unproven(StepUpClass.ROLES)
    assert (await reread(alice)).is_superuser


@pytest.mark.parametrize("count", [10, 11])
async def test_an_import_of_more_than_ten_asks(count: int, actor: Actor) -> None:
    rows = [ImportRow(line, None, {"username": f"new{line:02}"}) for line in range(2, count + 2)]
    plan = await plan_import(actor, iter(rows), ("username",), "users.csv")
    wanted = unproven(StepUpClass.BULK) if count > 10 else []
    assert codes(plan.refusals) == wanted
    outcome = await apply_import(replace(plan, refusals=()))
    assert codes(outcome.refusals) == wanted
    assert outcome.is_ok is (count == 10)
    assert await User.filter(username__startswith="new").count() == (10 if count == 10 else 0)
    plan.close()
    if count > 10:
        await give(actor, StepUpClass.BULK)
        again = await plan_import(actor, iter(rows), ("username",), "users.csv")
        assert (await apply_import(again)).is_ok
        again.close()


async def test_an_edit_asks_for_nothing(actor: Actor) -> None:
    alice = await user("alice")
    assert (await plan_edit(actor, alice, {"full_name": "Alice"})).is_allowed
