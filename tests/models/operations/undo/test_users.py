"""Undo of what was done to one user: what comes back, what is skipped, what is refused, and that it can be undone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import Account, UserAuthState, UserRole, UserSession
from models.clock import database_now
from models.operations import (
    PasswordMethod,
    RefusalCode,
    ResetOptions,
    Secret,
    Status,
    TargetGone,
    apply,
    plan_activate,
    plan_change_own_password,
    plan_create,
    plan_deactivate,
    plan_edit,
    plan_grant,
    plan_hard_delete,
    plan_lock,
    plan_reset,
    plan_restore,
    plan_revoke,
    plan_revoke_sessions,
    plan_soft_delete,
    plan_undo,
    plan_unlock,
)
from models.operations.deletion.hard import confirmed
from models.operations.undo import NoSuchEvent
from tests.models.operations.people import PASSWORD, acting, events, reread, set_columns, superuser, user
from tests.models.operations.undo.doing import done, last, undo

if TYPE_CHECKING:
    from tui.database import Database

pytestmark = pytest.mark.usefixtures("database")


async def test_an_edit_is_put_back_field_by_field() -> None:
    root, alice = (
        await superuser(),
        await user("alice", full_name="Alice", email="a@old.example", email_key="a@old.example"),
    )
    ends = await database_now_plus(alice, days=9)
    event = await done(
        plan_edit(acting(root), alice, {"full_name": "Bob", "email": "b@new.example", "expires_at": ends})
    )
    outcome = await undo(acting(root), event)
    assert outcome.status is Status.OK
    assert outcome.sentence.startswith("Undone. Saved ")
    now = await reread(alice)
    assert (now.full_name, now.email, now.email_key, now.expires_at) == (
        "Alice",
        "a@old.example",
        "a@old.example",
        None,
    )
    assert now.version == 3


async def database_now_plus(account: Account, **span: int) -> object:
    return await database_now(account._meta.db) + timedelta(**span)


async def test_what_somebody_changed_again_is_skipped_by_name() -> None:
    root, maria, alice = await superuser(), await user("maria", "operator"), await user("alice", full_name="Alice")
    event = await done(plan_edit(acting(root), alice, {"full_name": "Bob", "email": "b@new.example"}))
    await done(plan_edit(acting(maria), await reread(alice), {"email": "c@newest.example"}))
    plan = await plan_undo(acting(root), event.op_id)
    assert [change.field for change in plan.changes] == ["full_name"]
    assert [one.field for one in plan.skipped] == ["email"]
    assert plan.skipped[0].sentence.startswith("was changed again by maria at ")
    outcome = await undo(acting(root), event)
    assert outcome.sentence == f"Undone. Saved full name of alice #{alice.id}. e-mail stays as it is."
    now = await reread(alice)
    assert (now.full_name, now.email) == ("Alice", "c@newest.example")
    assert "email" in (await last()).meta["skipped"]


async def test_a_field_that_another_program_changed_is_skipped() -> None:
    root, alice = await superuser(), await user("alice", full_name="Alice")
    event = await done(plan_edit(acting(root), alice, {"full_name": "Bob"}))
    await set_columns(alice, full_name="Carol")
    outcome = await undo(acting(root), event)
    assert outcome.status is Status.REFUSED
    assert "full name was changed again, outside Shellback" in outcome.sentence
    assert (await reread(alice)).full_name == "Carol"


async def test_a_value_that_somebody_has_by_now_is_skipped() -> None:
    root, alice = await superuser(), await user("alice", email="a@x.example", email_key="a@x.example")
    event = await done(plan_edit(acting(root), alice, {"email": "b@x.example", "full_name": "B"}))
    await done(plan_edit(acting(root), await user("carol"), {"email": "a@x.example"}))
    outcome = await undo(acting(root), event)
    assert outcome.status is Status.OK
    now = await reread(alice)
    assert (now.email, now.full_name) == ("b@x.example", "")
    assert "Another user has this e-mail address" in outcome.plan.skipped[0].sentence


async def test_undoing_twice_says_by_whom_and_an_undo_can_be_undone() -> None:
    root, maria, alice = await superuser(), await superuser("maria"), await user("alice", full_name="Alice")
    event = await done(plan_edit(acting(root), alice, {"full_name": "Bob"}))
    assert (await undo(acting(maria), event)).status is Status.OK
    first = await last()
    again = await undo(acting(root), event)
    assert again.status is Status.REFUSED
    assert "This was undone already, by maria at " in again.sentence
    assert (await undo(acting(root), first)).status is Status.OK
    assert (await reread(alice)).full_name == "Bob"
    assert (await undo(acting(root), event)).status is Status.OK  # it holds again
    assert (await reread(alice)).full_name == "Alice"


async def test_a_skipped_field_can_be_undone_later() -> None:
    root, alice = await superuser(), await user("alice", full_name="Alice")
    event = await done(plan_edit(acting(root), alice, {"full_name": "Bob", "email": "b@x.example"}))
    other = await done(plan_edit(acting(root), await reread(alice), {"email": "c@x.example"}))
    assert (await undo(acting(root), event)).status is Status.OK
    assert (await undo(acting(root), other)).status is Status.OK
    assert (await undo(acting(root), event)).status is Status.OK
    now = await reread(alice)
    assert (now.full_name, now.email) == ("Alice", None)


async def test_changed_between_plan_and_apply_is_a_conflict() -> None:
    root, alice = await superuser(), await user("alice", full_name="Alice")
    event = await done(plan_edit(acting(root), alice, {"full_name": "Bob"}))
    plan = await plan_undo(acting(root), event.op_id)
    await done(plan_edit(acting(root), await reread(alice), {"full_name": "Carol"}))
    outcome = await apply(plan)
    assert outcome.status is Status.CONFLICT
    assert "full name was changed again by root" in outcome.sentence
    assert (await reread(alice)).full_name == "Carol"


async def test_of_two_undos_at_once_one_happens() -> None:
    root, alice = await superuser(), await user("alice")
    event = await done(plan_deactivate(acting(root), alice.id))
    plans = [await plan_undo(acting(root), event.op_id) for _ in range(2)]
    outcomes = await asyncio.gather(*map(apply, plans))
    assert sorted(str(outcome.status) for outcome in outcomes) == ["ok", "refused"]
    assert len(await events(undo_of=event.op_id, outcome="ok")) == 1


async def test_the_guards_are_those_of_the_opposite() -> None:
    root, alice = await superuser(), await user("alice")
    helper = await user("helper", "support")
    event = await done(plan_edit(acting(root), alice, {"full_name": "Bob"}))
    refused = await undo(acting(helper), event)
    assert [one.code for one in refused.refusals] == [RefusalCode.PERMISSION]
    made = await done(plan_edit(acting(root), await reread(alice), {"is_superuser": True}))
    assert [one.code for one in (await undo(acting(await reread(alice)), made)).refusals] == [RefusalCode.YOURSELF]


async def test_the_last_superuser_stays() -> None:
    root, other = await superuser(), await user("other")
    event = await done(plan_edit(acting(root), other, {"is_superuser": True}))
    await done(plan_deactivate(acting(await reread(other)), root.id))
    outcome = await undo(acting(await reread(other)), event)
    assert {one.code for one in outcome.refusals} == {RefusalCode.YOURSELF, RefusalCode.LAST_SUPERUSER}


async def test_deactivating_is_undone_and_its_ended_sessions_are_said(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    now = await database_now(database.client)
    async with in_transaction():
        await UserSession.create(user_id=alice.id, token_hash="t", kind="web", expires_at=now + timedelta(hours=1))
    event = await done(plan_deactivate(acting(root), alice.id, reason="left"))
    plan = await plan_undo(acting(root), event.op_id)
    assert "ended sessions stay ended: the user signs in again" in plan.irreversible
    assert (await undo(acting(root), event)).status is Status.OK
    back = await reread(alice)
    assert (back.is_active, back.deactivated_at, back.deactivation_reason) == (True, None, None)
    # and the undo of the undo has the former reason and moment
    assert (await undo(acting(root), await last())).status is Status.OK
    again = await reread(alice)
    assert (again.is_active, again.deactivation_reason) == (False, "left")
    assert again.deactivated_at is not None
    assert again.deactivated_at.isoformat() == event.changes["deactivated_at"][1]


async def test_a_later_deactivation_is_not_undone_for_an_earlier_one() -> None:
    root, alice = await superuser(), await user("alice")
    event = await done(plan_deactivate(acting(root), alice.id))
    await done(plan_activate(acting(root), alice.id))
    await done(plan_deactivate(acting(root), alice.id))
    outcome = await undo(acting(root), event)
    assert outcome.status is Status.REFUSED
    assert "active was changed again by root" in outcome.sentence


async def test_a_creation_is_undone_by_a_soft_delete_unless_it_was_changed() -> None:
    root = await superuser()
    event = await done(plan_create(acting(root), {"username": "alice"}, PasswordMethod.GENERATE))
    assert (await undo(acting(root), event)).status is Status.OK
    alice = await Account.get(id=event.target_id)
    assert alice.deleted_at is not None
    assert (await undo(acting(root), await last())).status is Status.OK
    assert (await Account.get(id=event.target_id)).username == "alice"
    other = await done(plan_create(acting(root), {"username": "carol"}))
    await done(plan_edit(acting(root), await Account.get(id=other.target_id), {"full_name": "Carol"}))
    outcome = await undo(acting(root), other)
    assert outcome.status is Status.REFUSED
    assert "carol was changed since: full name, last by root" in outcome.sentence


async def test_a_deletion_comes_back_without_the_address_that_somebody_has() -> None:
    root, alice = await superuser(), await user("alice", "support", email="a@x.example", email_key="a@x.example")
    event = await done(plan_soft_delete(acting(root), alice.id))
    await done(plan_edit(acting(root), await user("carol"), {"email": "a@x.example"}))
    outcome = await undo(acting(root), event)
    assert outcome.status is Status.OK, outcome.sentence
    assert [one.field for one in outcome.plan.skipped] == ["email"]
    now = await reread(alice)
    assert (now.username, now.email, now.deleted_at) == ("alice", None, None)
    restored = await last()
    assert (await undo(acting(root), restored)).status is Status.OK
    assert (await reread(alice)).deleted_at is not None


async def test_a_deletion_whose_name_is_taken_is_refused_and_says_so() -> None:
    root, alice = await superuser(), await user("alice")
    event = await done(plan_soft_delete(acting(root), alice.id))
    await user("alice")
    plan = await plan_undo(acting(root), event.op_id)
    assert [error.field for error in plan.errors] == ["username"]
    assert (await apply(plan)).status is Status.REFUSED


async def test_an_older_deletion_is_not_undone() -> None:
    root, alice = await superuser(), await user("alice")
    event = await done(plan_soft_delete(acting(root), alice.id))
    await done(plan_restore(acting(root), alice.id))
    await done(plan_soft_delete(acting(root), alice.id))
    assert "restored and deleted again" in (await undo(acting(root), event)).sentence


async def test_locks() -> None:
    root, alice = await superuser(), await user("alice")
    locked = await done(plan_lock(acting(root), alice.id))
    assert (await undo(acting(root), locked)).status is Status.OK
    assert (await UserAuthState.get(user_id=alice.id)).locked_until is None
    await done(plan_lock(acting(root), alice.id, timedelta(hours=2)))
    until = (await UserAuthState.get(user_id=alice.id)).locked_until
    async with in_transaction():
        await UserAuthState.filter(user_id=alice.id).update(failed_count=4)
    unlocked = await done(plan_unlock(acting(root), alice.id))
    plan = await plan_undo(acting(root), unlocked.op_id)
    assert plan.irreversible == ("counted failures that were cleared stay cleared",)
    assert (await undo(acting(root), unlocked)).status is Status.OK
    state = await UserAuthState.get(user_id=alice.id)
    assert (state.locked_until, state.lock_cause, state.failed_count) == (until, "staff", 0)
    assert "undone already" in (await undo(acting(root), unlocked)).sentence


async def test_an_unlock_of_nothing_but_counters_cannot_be_undone() -> None:
    root, alice = await superuser(), await user("alice")
    async with in_transaction():
        await UserAuthState.create(user_id=alice.id, failed_count=3)
    event = await done(plan_unlock(acting(root), alice.id))
    outcome = await undo(acting(root), event)
    assert outcome.sentence.endswith("counted failures that were cleared stay cleared.")


async def test_a_lock_that_was_touched_again_is_left() -> None:
    root, alice = await superuser(), await user("alice")
    event = await done(plan_lock(acting(root), alice.id))
    plan = await plan_undo(acting(root), event.op_id)
    await done(plan_lock(acting(root), alice.id, timedelta(hours=1)))
    assert (await apply(plan)).status is Status.CONFLICT
    assert "locked until was changed again by root" in (await undo(acting(root), event)).sentence


async def test_grants() -> None:
    root, alice = await superuser(), await user("alice")
    now = await database_now(alice._meta.db)
    granted = await done(plan_grant(acting(root), alice.id, "support", expires_at=now + timedelta(days=2)))
    assert (await undo(acting(root), granted)).status is Status.OK
    taken = await last()
    assert not await UserRole.filter(user_id=alice.id).exists()
    assert (await undo(acting(root), taken)).status is Status.OK
    grant = await UserRole.get(user_id=alice.id)
    assert grant.expires_at is not None
    assert abs(grant.expires_at - (now + timedelta(days=2))) < timedelta(minutes=1)
    await done(plan_revoke(acting(root), alice.id, "support"))
    assert (await undo(acting(root), granted)).status is Status.REFUSED


async def test_nobody_gives_a_role_back_that_allows_more_than_theirs() -> None:
    root, maria, alice = await superuser(), await user("maria", "operator"), await user("alice", "auditor")
    event = await done(plan_revoke(acting(root), alice.id, "auditor"))
    outcome = await undo(acting(maria), event)
    assert RefusalCode.GRANT_WITHOUT_HOLDING in {one.code for one in outcome.refusals}


async def test_what_cannot_be_undone_says_why() -> None:
    root, alice = await superuser(), await user("alice")
    reset = await done(plan_reset(acting(root), alice.id, ResetOptions()))
    assert "the former password is gone" in (await undo(acting(root), reset)).sentence
    sessions = await done(plan_revoke_sessions(acting(root), alice.id))
    assert "ended sessions stay ended" in (await undo(acting(root), sessions)).sentence
    own = await done(plan_change_own_password(acting(root), Secret(PASSWORD), Secret("another long passphrase 7")))
    assert "the former password is gone" in (await undo(acting(root), own)).sentence
    plan = await plan_hard_delete(acting(root), alice.id)
    await apply(confirmed(plan, "alice"))
    gone = await last()
    assert "comes back from a backup only" in (await undo(acting(root), gone)).sentence


async def test_a_refusal_and_what_is_not_there() -> None:
    root, helper, alice = await superuser(), await user("helper", "support"), await user("alice")
    refused = await apply(await plan_edit(acting(helper), alice, {"full_name": "x"}))
    assert refused.status is Status.REFUSED
    outcome = await undo(acting(root), await last())
    assert outcome.sentence == "Nothing was changed. This changed nothing, so that there is nothing to undo."
    with pytest.raises(NoSuchEvent, match="no event 4711"):
        await plan_undo(acting(root), 4711)
    event = await done(plan_edit(acting(root), alice, {"full_name": "x"}))
    assert (await plan_undo(acting(root), event.id)).undo_of == event.op_id
    await apply(confirmed(await plan_hard_delete(acting(root), alice.id), "alice"))
    with pytest.raises(TargetGone, match="was deleted by root"):
        await plan_undo(acting(root), event.op_id)


async def test_forcing_a_change_is_undone_by_whom_it_may_be_forced() -> None:
    root, helper, alice = await superuser(), await user("helper", "support"), await user("alice")
    event = await done(plan_edit(acting(root), alice, {"must_change_password": True}))
    assert (await undo(acting(helper), event)).status is Status.OK
    assert (await reread(alice)).must_change_password is False
