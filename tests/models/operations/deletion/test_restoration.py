"""Restore: what was freed comes back, unless somebody has it by now; the password never does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from models import Account, User, UserRole
from models.operations import (
    RefusalCode,
    Secret,
    SignedIn,
    SignInRefused,
    Status,
    TargetGone,
    apply,
    plan_deactivate,
    plan_edit,
    plan_reset,
    plan_restore,
    plan_soft_delete,
    sign_in,
    verify_chain,
)
from tests.models.operations.people import PASSWORD, acting, events, remove, reread, set_columns, superuser, user
from tests.models.operations.test_races import together

if TYPE_CHECKING:
    from models.operations import Actor, Plan
    from tui.database import Database

pytestmark = pytest.mark.usefixtures("database")


async def deleted(root: Actor, username: str, *roles: str, **fields: object) -> Account:
    """A user who was there once, as the row is now."""
    account = await user(username, *roles, **fields)
    outcome = await apply(await plan_soft_delete(root, account.id))
    assert outcome.status is Status.OK, outcome
    return await reread(account)


async def test_everything_comes_back_but_the_password() -> None:
    root = acting(await superuser())
    alice = await deleted(root, "Alice", "support", email="Alice@example.org", is_verified=True)
    plan = await plan_restore(root, alice.id)
    assert any("no password" in effect for effect in plan.effects)
    assert any("support again" in effect for effect in plan.effects)
    outcome = await apply(plan)
    assert outcome.status is Status.OK, outcome
    row = await User.get(id=alice.id)
    assert (row.username, row.username_key) == ("Alice", "alice")
    assert (row.email, row.email_key) == ("Alice@example.org", "alice@example.org")
    assert row.deleted_at is None
    assert (row.is_active, row.is_verified, row.has_usable_password) == (True, True, False)
    assert row.version == 3
    assert await UserRole.filter(user_id=alice.id).count() == 1
    assert isinstance(await sign_in("alice", Secret(PASSWORD)), SignInRefused)
    history = await events(target_id=alice.id, outcome="ok", target_type="user")
    assert [(event.action, event.version_after) for event in history] == [("users.delete", 2), ("users.restore", 3)]
    assert history[-1].changes["username"] == [f"deleted.{alice.id}", "Alice"]
    assert (await verify_chain()).is_whole


async def test_after_a_reset_the_restored_user_is_back_with_the_roles() -> None:
    root = acting(await superuser())
    alice = await deleted(root, "alice", "support")
    await apply(await plan_restore(root, alice.id))
    reset = await apply(await plan_reset(root, alice.id))
    assert reset.secret is not None
    entered = await sign_in("alice", reset.secret)
    assert isinstance(entered, SignedIn)
    assert entered.permissions.sources[0].role == "support"


async def test_who_was_inactive_stays_so() -> None:
    root = acting(await superuser())
    alice = await user("alice")
    await apply(await plan_deactivate(root, alice.id))
    await apply(await plan_soft_delete(root, alice.id))
    plan = await plan_restore(root, alice.id)
    assert any("stays inactive" in effect for effect in plan.effects)
    await apply(plan)
    assert not (await reread(alice)).is_active


async def test_the_name_is_taken_meanwhile() -> None:
    root = acting(await superuser())
    alice = await deleted(root, "alice", email="alice@example.org")
    await user("ALICE", email="other@example.org")
    plan = await plan_restore(root, alice.id)
    assert [error.field for error in plan.errors] == ["username"]
    assert (await apply(plan)).status is Status.REFUSED
    chosen = await plan_restore(root, alice.id, username="alice.2")
    assert chosen.is_allowed
    assert (await apply(chosen)).status is Status.OK
    row = await reread(alice)
    assert (row.username, row.email) == ("alice.2", "alice@example.org")


async def test_a_look_alike_came_meanwhile() -> None:
    root = acting(await superuser())
    alice = await deleted(root, "paul")
    await user("pau1")
    plan = await plan_restore(root, alice.id)
    assert ["looks like pau1" in error.sentence for error in plan.errors] == [True]


@pytest.mark.parametrize(("choice", "becomes"), [("", None), ("new@example.org", "new@example.org")])
async def test_the_address_is_taken_meanwhile(choice: str, becomes: str | None) -> None:
    root = acting(await superuser())
    alice = await deleted(root, "alice", email="alice@example.org", is_verified=True)
    await user("bob", email="ALICE@example.org")
    plan = await plan_restore(root, alice.id)
    assert [error.field for error in plan.errors] == ["email"]
    assert (await apply(await plan_restore(root, alice.id, email=choice))).status is Status.OK
    row = await reread(alice)
    assert (row.username, row.email) == ("alice", becomes)
    assert row.is_verified is (becomes is None)


async def test_taken_between_the_plan_and_the_write() -> None:
    root = acting(await superuser())
    alice = await deleted(root, "alice", email="alice@example.org")
    plan = await plan_restore(root, alice.id)
    bob = await user("Alice")
    outcome = await apply(plan)
    assert (outcome.status, [error.field for error in outcome.errors]) == (Status.REFUSED, ["username"])
    await set_columns(bob, username="a1ice", username_key="a1ice")
    outcome = await apply(plan)
    assert "looks like a1ice" in outcome.errors[0].sentence
    assert (await reread(alice)).deleted_at is not None


async def test_a_bad_choice_is_said_beside_its_field() -> None:
    root = acting(await superuser())
    alice = await deleted(root, "alice")
    plan = await plan_restore(root, alice.id, username="a b", email="nowhere")
    assert [error.field for error in plan.errors] == ["username", "email"]


async def test_a_row_that_another_program_deleted_keeps_its_name() -> None:
    root = acting(await superuser())
    alice = await user("alice", email="alice@example.org")
    await set_columns(alice, deleted_at=datetime.now(UTC))
    plan = await plan_restore(root, alice.id)
    assert [change.field for change in plan.changes] == ["deleted_at"]
    assert (await apply(plan)).status is Status.OK
    row = await reread(alice)
    assert (row.username, row.email, row.deleted_at) == ("alice", "alice@example.org", None)


async def test_an_older_deletion_is_not_taken_for_this_one() -> None:
    root = acting(await superuser())
    alice = await deleted(root, "alice", email="alice@example.org")
    await apply(await plan_restore(root, alice.id))
    await set_columns(alice, deleted_at=datetime.now(UTC), email=None, email_key=None, username="al", username_key="al")
    await apply(await plan_restore(root, alice.id))
    row = await reread(alice)
    assert (row.username, row.email) == ("al", None)


async def test_deleted_and_restored_over_and_over() -> None:
    root = acting(await superuser())
    alice = await user("alice", email="alice@example.org")
    for _ in range(3):
        assert (await apply(await plan_soft_delete(root, alice.id))).status is Status.OK
        assert (await apply(await plan_restore(root, alice.id))).status is Status.OK
    row = await reread(alice)
    assert (row.username, row.email, row.version) == ("alice", "alice@example.org", 7)


async def test_who_is_not_deleted_is_not_restored() -> None:
    root = acting(await superuser())
    alice = await user("alice")
    plan = await plan_restore(root, alice.id)
    assert plan.is_empty
    assert (await apply(plan)).status is Status.UNCHANGED
    bob = await deleted(root, "bob")
    late = await plan_restore(root, bob.id)
    await apply(await plan_restore(root, bob.id))
    assert (await apply(late)).status is Status.UNCHANGED
    with pytest.raises(TargetGone):
        await plan_restore(root, 4711)


async def test_gone_for_good_between_the_plan_and_the_write() -> None:
    root = acting(await superuser())
    alice = await deleted(root, "alice")
    plan = await plan_restore(root, alice.id)
    await remove(alice)
    assert (await apply(plan)).status is Status.GONE


async def test_the_guards() -> None:
    root = acting(await superuser())
    operator, support = await user("oscar", "operator"), await user("sue", "support")
    auditor = await deleted(root, "arthur", "auditor")
    second = await deleted(root, "second", is_superuser=True)

    async def codes(actor: Account, target: Account) -> set[RefusalCode]:
        outcome = await apply(await plan_restore(acting(actor), target.id))
        assert outcome.status is Status.REFUSED
        return {refusal.code for refusal in outcome.refusals}

    assert RefusalCode.PERMISSION in await codes(support, auditor)
    assert RefusalCode.RANK in await codes(operator, auditor)
    assert RefusalCode.SUPERUSER_ONLY in await codes(operator, second)
    again = await plan_restore(root, second.id)
    assert any("superuser again" in effect for effect in again.effects)
    assert (await apply(again)).status is Status.OK


async def test_choosing_another_name_is_an_edit() -> None:
    from tortoise.transactions import in_transaction

    from models import Role, RolePermission

    root = acting(await superuser())
    async with in_transaction():
        role = await Role.create(name="undertaker")
        await RolePermission.create(role=role, codename="users.delete")
    undertaker = await user("ursula", "undertaker")
    alice = await deleted(root, "alice")
    assert not (await plan_restore(acting(undertaker), alice.id, username="other")).is_allowed
    assert (await apply(await plan_restore(acting(undertaker), alice.id))).status is Status.OK


async def test_two_restore_at_once(database: Database) -> None:
    root = acting(await superuser())
    alice = await deleted(root, "alice")
    plans: list[Plan] = [await plan_restore(root, alice.id), await plan_restore(root, alice.id)]
    outcomes = await together(database, *plans)
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, Status.UNCHANGED]
    assert (await reread(alice)).version == 3


async def test_edited_after_the_deletion_was_planned_away() -> None:
    root = acting(await superuser())
    alice = await deleted(root, "alice")
    plan = await plan_restore(root, alice.id)
    await set_columns(alice, version=9)
    assert (await apply(plan)).status is Status.CONFLICT


async def test_a_restored_user_is_edited_again() -> None:
    root = acting(await superuser())
    alice = await deleted(root, "alice")
    await apply(await plan_restore(root, alice.id))
    edit = await plan_edit(root, await reread(alice), {"full_name": "Alice"})
    assert (await apply(edit)).status is Status.OK


async def test_what_a_bulk_deleted_is_restored_one_by_one() -> None:
    from models.operations.bulk import BulkStatus, SoftDelete, apply_bulk, freeze_ids, plan_bulk

    root = acting(await superuser())
    people = [await user(name, email=f"{name}@example.org") for name in ("anna", "berta")]
    await user(f"deleted.{people[0].id}")
    plan = await plan_bulk(root, await freeze_ids([one.id for one in people]), SoftDelete())
    assert (await apply_bulk(plan)).status is BulkStatus.DONE
    for one in people:
        assert (await reread(one)).deleted_at is not None
        assert (await apply(await plan_restore(root, one.id))).status is Status.OK
        row = await reread(one)
        assert (row.username, row.email, row.version) == (one.username, one.email, 3)
    assert (await verify_chain()).is_whole
