"""Rescue as an operation: whom a name means, races, who may not, how long it is told of, and that it can be undone."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, User
from models.clock import database_now
from models.operations import RefusalCode, Status, apply, plan_edit, plan_rescue, plan_soft_delete, system_actor
from models.operations.rescue.recent import recent_rescues
from tests.models.operations.people import acting, events, reread, superuser, user
from tests.models.operations.undo.doing import done, last, undo

pytestmark = pytest.mark.usefixtures("database")


async def test_of_two_rescues_at_once_one_happens() -> None:
    alice = await user("alice")
    plans = [await plan_rescue(system_actor(), "alice", reason="x") for _ in range(2)]
    outcomes = await asyncio.gather(*map(apply, plans))
    assert sorted(str(outcome.status) for outcome in outcomes) == ["conflict", "ok"]
    assert (await reread(alice)).version == 2


async def test_two_that_would_make_the_same_one() -> None:
    await superuser()
    plans = [await plan_rescue(system_actor(), "newboss", reason="x") for _ in range(2)]
    outcomes = await asyncio.gather(*map(apply, plans))
    assert sorted(str(outcome.status) for outcome in outcomes) == ["ok", "refused"]
    assert await Account.filter(username="newboss").count() == 1


async def test_changed_between_plan_and_apply_is_a_conflict() -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_rescue(system_actor(), "alice", reason="x")
    await apply(await plan_edit(acting(root), alice, {"full_name": "Bob"}))
    outcome = await apply(plan)
    assert outcome.status is Status.CONFLICT
    assert outcome.secret is None
    assert not (await reread(alice)).is_superuser


async def test_nobody_with_an_account_rescues() -> None:
    root = await superuser()
    outcome = await apply(await plan_rescue(acting(root), "root", reason="x"))
    assert [one.code for one in outcome.refusals] == [RefusalCode.PERMISSION]
    assert [event.outcome for event in await events(action="rescue")] == ["denied"]


async def test_the_last_superuser_was_deleted() -> None:
    root, other = await superuser("maria", email="m@x.example", email_key="m@x.example"), await superuser()
    await apply(await plan_soft_delete(acting(other), root.id))
    async with in_transaction():
        await User.filter(id=other.id).update(is_active=False)
    await user("thief", email="m@x.example", email_key="m@x.example")
    plan = await plan_rescue(system_actor(), "maria", reason="x")
    assert plan.target.id == root.id
    outcome = await apply(plan)
    assert outcome.status is Status.OK, outcome.sentence
    back = await reread(root)
    assert (back.username, back.email, back.deleted_at, back.is_superuser) == ("maria", None, None, True)


async def test_a_name_that_looks_like_another_is_not_made() -> None:
    await superuser("clara")
    plan = await plan_rescue(system_actor(), "c1ara", reason="x")
    assert [error.field for error in plan.errors] == ["username"]


async def test_it_is_told_of_for_a_week() -> None:
    await user("alice")
    event = await done(plan_rescue(system_actor(), "alice", reason="all left"))
    (sentence,) = await recent_rescues()
    assert sentence.startswith("alice was made superuser by rescue, by ")
    assert sentence.endswith("0 min ago (all left)")
    old = AuditEvent(
        **{name: getattr(event, name) for name in ("actor_label", "actor_kind", "action", "target_type", "outcome")},
        op_id="00000000-0000-4000-8000-000000000001",
        target_label="bob",
        at=await database_now(User._meta.db) - timedelta(days=8),
        seq=0,
        prev_hash="0" * 64,
        hash="0" * 64,
    )
    async with in_transaction():
        await old.save()
    assert await recent_rescues() == (sentence,)


async def test_what_a_rescue_gave_can_be_taken_back() -> None:
    root, alice = await superuser(), await user("alice")
    event = await done(plan_rescue(system_actor(), "alice", reason="a drill"))
    outcome = await undo(acting(root), event)
    assert outcome.status is Status.OK
    assert "the former password cannot be brought back" in " ".join(outcome.plan.irreversible)
    assert not (await reread(alice)).is_superuser
    made = await done(plan_rescue(system_actor(), "newboss", reason="a drill"))
    assert (await undo(acting(root), made)).status is Status.OK
    assert (await last()).action == "users.delete"
