"""Undo of whole batches: bulks of every verb, changesets, imports; what changed since, races, parts, guards."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, User, UserAuthState, UserRole
from models.clock import database_now
from models.operations import StagedEdit, Status, apply, apply_changeset, plan_changeset, plan_edit, verify_chain
from models.operations.bulk import (
    Activate,
    BulkProgress,
    BulkStatus,
    Deactivate,
    ForceChange,
    GrantRole,
    RevokeRole,
    RevokeSessions,
    RowResult,
    SetField,
    SoftDelete,
    Unlock,
    Verdict,
    apply_bulk,
    freeze_ids,
    plan_bulk,
    resume,
)
from models.operations.bulk.plan import BulkPlan
from models.operations.importing import ImportRow, apply_import, plan_import
from models.operations.plan import RefusalCode
from models.operations.undo import NoSuchEvent, plan_undo
from models.operations.undo.batch import plan_undo_batch
from tests.models.operations.bulk.crowd import check, crowd
from tests.models.operations.people import acting, reread, set_columns, superuser, user

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from models.operations import Actor
    from models.operations.bulk import BulkOutcome, Verb

pytestmark = pytest.mark.usefixtures("database")


async def bulk(actor: Actor, ids: list[int], verb: Verb, reason: str = "") -> UUID:
    """Do it; return the number of the batch."""
    outcome = await apply_bulk(await plan_bulk(actor, await freeze_ids(ids), verb, reason=reason))
    assert outcome.status is BulkStatus.DONE, outcome.sentence
    return outcome.plan.op_id


async def undone(actor: Actor, batch: UUID) -> BulkOutcome:
    """Undo the batch; the chain holds."""
    outcome = await apply_bulk(await plan_undo_batch(actor, batch, reason="a mistake", ticket="T-1"))
    assert (await verify_chain()).is_whole
    return outcome


async def rows(ids: list[int], **fields: Any) -> int:
    return await Account.filter(id__in=ids, **fields).count()


async def test_three_thousand_of_whom_some_changed_since() -> None:
    root = acting(await superuser())
    ids = await crowd(3000)
    batch = await bulk(root, ids, Deactivate(), "left")
    again = ids[:7]
    await bulk(root, again, Activate())
    await bulk(root, again[:3], Deactivate())
    async with in_transaction():
        await User.filter(id=ids[10]).update(deactivated_at=await database_now(User._meta.db))
        await User.filter(id=ids[11]).delete()
    plan = await plan_undo_batch(root, batch)
    assert (plan.total, plan.changing, plan.confirmation) == (3000, 2991, "2991")
    assert {one.verdict: one.count for one in plan.excluded} == {Verdict.WRITTEN_OVER: 8, Verdict.GONE: 1}
    assert len(plan.samples) == 10
    assert plan.irreversible
    outcome = await undone(root, batch)
    assert outcome.counts == {RowResult.OK: 2991, RowResult.CONFLICT: 9}
    assert outcome.sentence == "Undo: 2 991 done and 9 changed, deleted or gone."
    assert await rows(ids, is_active=True, deactivated_at=None, deactivation_reason=None) == 2991 + 4
    events = await AuditEvent.filter(undo_of=batch, target_type="user", outcome="ok")
    assert len(events) == 2991
    assert {(row.action, row.reason, row.ticket, row.batch_id) for row in events} == {
        ("users.activate", "a mistake", "T-1", outcome.plan.op_id)
    }
    again_plan = await plan_undo_batch(root, batch)
    assert (again_plan.changing, again_plan.unchanged) == (0, 2991)
    # and the undo can be undone, with the reason and the moment that each had
    assert (await undone(root, outcome.plan.op_id)).counts == {RowResult.OK: 2991}
    assert await rows(ids, is_active=False, deactivation_reason="left") == 2991 + 1
    await check([one for one in ids if one != ids[11]])


@pytest.mark.parametrize("verb", [Activate(), ForceChange(), SetField("full_name", "Somebody"), SoftDelete()])
async def test_every_verb_and_back_again(verb: Verb) -> None:
    root = acting(await superuser())
    ids = await crowd(30)
    async with in_transaction():
        for one in ids:
            await User.filter(id=one).update(email=f"u{one}@x.example", email_key=f"u{one}@x.example")
    if isinstance(verb, Activate):
        await bulk(root, ids, Deactivate(), "away")
    before = await Account.filter(id__in=ids).order_by("id").values(*KEPT)
    batch = await bulk(root, ids, verb)
    after = await Account.filter(id__in=ids).order_by("id").values(*KEPT)
    assert before != after
    first = await undone(root, batch)
    assert first.counts == {RowResult.OK: 30}, first.reasons()
    assert await Account.filter(id__in=ids).order_by("id").values(*KEPT) == before
    again = await undone(root, first.plan.op_id)
    assert again.counts == {RowResult.OK: 30}, again.reasons()
    strip = ("deleted_at", "deactivated_at")
    now = await Account.filter(id__in=ids).order_by("id").values(*KEPT)
    assert [_without(row, strip) for row in now] == [_without(row, strip) for row in after]
    await check(ids)


KEPT = (
    "username",
    "username_key",
    "email",
    "email_key",
    "full_name",
    "is_active",
    "deactivated_at",
    "deactivation_reason",
    "must_change_password",
    "deleted_at",
)


def _without(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


async def test_roles_come_back_with_their_ends() -> None:
    root = acting(await superuser())
    ids = await crowd(12)
    ends = await database_now(User._meta.db) + timedelta(days=3)
    granted = await bulk(root, ids[:6], GrantRole("support", ends))
    await bulk(root, ids[6:], GrantRole("support"))
    taken = await bulk(root, ids, RevokeRole("support"))
    assert (await undone(root, granted)).counts == {RowResult.CONFLICT: 6}
    assert (await undone(root, taken)).counts == {RowResult.OK: 12}
    held = await UserRole.filter(user_id__in=ids).order_by("user_id").values_list("expires_at", flat=True)
    assert [one is not None for one in held] == [True] * 6 + [False] * 6
    assert (await undone(root, granted)).counts == {RowResult.OK: 6}
    assert await UserRole.filter(user_id__in=ids).count() == 6


async def test_locks_come_back_where_they_still_matter() -> None:
    root = acting(await superuser())
    ids = await crowd(9)
    now = await database_now(User._meta.db)
    async with in_transaction():
        for place, one in enumerate(ids):
            until = now + timedelta(hours=2) if place < 5 else now - timedelta(hours=1) if place < 7 else None
            await UserAuthState.create(user_id=one, failed_count=5, locked_until=until, lock_cause="failures")
    batch = await bulk(root, ids, Unlock())
    outcome = await undone(root, batch)
    assert outcome.reasons() == {Verdict.OK: 5, Verdict.FOR_GOOD: 4}
    states = await UserAuthState.filter(locked_until__not_isnull=True)
    assert {(state.lock_cause, state.failed_count) for state in states} == {("failures", 0)}
    assert len(states) == 5
    assert (await undone(root, outcome.plan.op_id)).counts == {RowResult.OK: 5}


async def test_ended_sessions_cannot_be_undone() -> None:
    root = acting(await superuser())
    batch = await bulk(root, await crowd(5), RevokeSessions())
    plan = await plan_undo_batch(root, batch)
    assert (plan.changing, [(one.reason, one.count) for one in plan.excluded]) == (0, [("cannot be undone", 5)])


async def test_deleted_users_whose_names_are_taken_or_looked_like() -> None:
    root = acting(await superuser())
    ids = [(await user(name, email=f"{name}@x.example", email_key=f"{name}@x.example")).id for name in NAMES]
    batch = await bulk(root, ids, SoftDelete())
    await user("clara")
    await user("0scar")
    await user("other", email="emil@x.example", email_key="emil@x.example")
    outcome = await undone(root, batch)
    assert outcome.reasons() == {Verdict.OK: 2, Verdict.TAKEN: 2}
    emil, ida = await Account.get(id=ids[2]), await Account.get(id=ids[3])
    assert (emil.username, emil.email, ida.email) == ("emil", None, "ida@x.example")
    event = await AuditEvent.get(undo_of=batch, target_id=emil.id, target_type="user")
    assert event.meta["skipped"] == ["email"]


NAMES = ("clara", "oscar", "emil", "ida")


async def test_a_changeset_that_exchanged_names_is_exchanged_back() -> None:
    root = acting(await superuser())
    anna = await user("anna", email="a@x.example", email_key="a@x.example")
    bert = await user("bert", email="b@x.example", email_key="b@x.example")
    edits = [staged(anna, username="bert", email="b@x.example"), staged(bert, username="anna", email="a@x.example")]
    outcome = await apply_changeset(await plan_changeset(root, edits))
    assert outcome.status is Status.OK, outcome.sentence
    back = await undone(root, outcome.plan.op_id)
    assert back.counts == {RowResult.OK: 2}, back.reasons()
    assert [(one.username, one.username_key, one.email) for one in (await reread(anna), await reread(bert))] == [
        ("anna", "anna", "a@x.example"),
        ("bert", "bert", "b@x.example"),
    ]


async def test_of_a_changeset_only_the_fields_that_hold_come_back() -> None:
    root, actor = await superuser(), acting(await superuser("maria"))
    anna, bert = await user("anna", full_name="Anna"), await user("bert", full_name="Bert")
    edits = [staged(anna, full_name="X", email="x@x.example"), staged(bert, full_name="Y")]
    outcome = await apply_changeset(await plan_changeset(actor, edits))
    await apply(await plan_edit(actor, await reread(anna), {"email": "z@x.example"}))
    await apply(await plan_edit(actor, await reread(bert), {"full_name": "Z"}))
    back = await undone(acting(root), outcome.plan.op_id)
    assert back.reasons() == {Verdict.OK: 1, Verdict.WRITTEN_OVER: 1}
    assert ((await reread(anna)).full_name, (await reread(anna)).email) == ("Anna", "z@x.example")
    row = await AuditEvent.get(undo_of=outcome.plan.op_id, target_id=anna.id, target_type="user")
    assert (row.meta["skipped"], row.action) == (["email"], "users.edit")
    # one row of it can be undone by itself, and is then not undone again with the others
    single = await AuditEvent.get(op_id=outcome.plan.op_id, target_id=anna.id, target_type="user")
    assert "undone already" in (await plan_undo(actor, single.id)).refusals[0].reason
    with pytest.raises(NoSuchEvent, match="is a batch"):
        await plan_undo(actor, outcome.plan.op_id)


def staged(account: Account, **touched: object) -> StagedEdit:
    return StagedEdit.of(account, touched, datetime(2026, 8, 1, tzinfo=UTC))


async def test_an_import_that_made_and_changed_users() -> None:
    root = acting(await superuser())
    anna = await user("anna", full_name="Anna")
    given = [
        ImportRow(2, anna.id, {"full_name": "Imported"}),
        ImportRow(3, None, {"username": "new.one"}),
        ImportRow(4, None, {"username": "new.two"}),
    ]
    plan = await plan_import(root, iter(given), ("username", "full_name"), "file.csv")
    outcome = await apply_import(plan)
    plan.close()
    assert outcome.batch_id is not None, outcome.sentence
    two = await Account.get(username="new.two")
    await apply(await plan_edit(root, two, {"full_name": "Two"}))
    back = await undone(root, outcome.batch_id)
    assert back.reasons() == {Verdict.OK: 2, Verdict.WRITTEN_OVER: 1}
    assert (await reread(anna)).full_name == "Anna"
    assert await Account.filter(deleted_at__not_isnull=True).count() == 1
    again = await undone(root, back.plan.op_id)
    assert again.counts == {RowResult.OK: 2}
    assert await Account.filter(username="new.one", deleted_at=None).exists()


async def test_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    root = await superuser()
    maria, boss = await user("maria", "operator"), await superuser("boss")
    ids = await crowd(4)
    both = [*ids, maria.id]
    batch = await bulk(acting(root), both, Deactivate())
    back = await bulk(acting(root), both, Activate())
    maria = await reread(maria)
    outcome = await undone(acting(maria), back)
    assert outcome.reasons() == {Verdict.OK: 4, Verdict.YOURSELF: 1}
    helper = await user("helper", "support")
    plan = await plan_undo_batch(acting(helper), batch)
    assert [one.code for one in plan.refusals] == [RefusalCode.PERMISSION]
    assert (await apply_bulk(plan)).status is BulkStatus.REFUSED
    gone = await bulk(acting(root), [boss.id], Deactivate())
    assert (await undone(acting(maria), gone)).reasons() == {Verdict.SUPERUSER: 1}
    with pytest.raises(NoSuchEvent):
        await plan_undo_batch(acting(root), uuid4())


async def test_the_last_superuser_is_left() -> None:
    root, boss = await superuser(), await superuser("boss")
    other = await superuser("other", is_active=False)
    batch = await bulk(acting(root), [other.id], Activate())
    await bulk(acting(await reread(other)), [root.id, boss.id], Deactivate())
    ends = await database_now(User._meta.db) + timedelta(days=1)
    await set_columns(root, is_active=True, expires_at=ends)
    outcome = await undone(acting(await reread(root)), batch)
    assert outcome.reasons() == {Verdict.LASTING_SUPERUSER: 1}
    assert (await reread(other)).is_active


async def test_changed_between_plan_and_apply() -> None:
    root = acting(await superuser())
    ids = await crowd(20)
    batch = await bulk(root, ids, SetField("full_name", "X"))
    plan = await plan_undo_batch(root, batch)
    assert plan.changing == 20
    await bulk(root, ids[:5], SetField("full_name", "Y"))
    outcome = await apply_bulk(plan)
    assert outcome.reasons() == {Verdict.OK: 15, Verdict.WRITTEN_OVER: 5}
    await check(ids)


async def test_two_at_once_undo_each_user_once() -> None:
    root = acting(await superuser())
    ids = await crowd(50)
    batch = await bulk(root, ids, SetField("full_name", "X"))
    plans = [await plan_undo_batch(root, batch) for _ in range(2)]
    outcomes = await asyncio.gather(*map(apply_bulk, plans))
    assert sorted(outcome.count(RowResult.OK) for outcome in outcomes) == [0, 50]
    assert await AuditEvent.filter(undo_of=batch, target_type="user").count() == 50
    await check(ids)


async def test_in_batches_stopped_and_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BulkPlan, "batch_size", property(lambda _: 20))
    monkeypatch.setattr(BulkPlan, "is_atomic", property(lambda _: False))
    root = acting(await superuser())
    ids = await crowd(70)
    batch = await bulk(root, ids, ForceChange())
    plan, journal, cancel = await plan_undo_batch(root, batch), tmp_path / "undo.bulk", asyncio.Event()

    def told(progress: BulkProgress) -> None:
        if progress.done >= 40:
            cancel.set()

    stopped = await apply_bulk(plan, journal=journal, cancel=cancel, progress=told)
    assert (stopped.status, stopped.count(RowResult.OK)) == (BulkStatus.STOPPED, 40)
    rest = await resume(journal, root)
    assert (rest.changing, rest.done) == (30, 40)
    outcome = await apply_bulk(rest, journal=journal)
    assert (outcome.status, outcome.count(RowResult.OK)) == (BulkStatus.DONE, 70)
    assert await rows(ids, must_change_password=False) == 70
    await check(ids)
