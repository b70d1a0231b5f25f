"""Roles are made, changed and deleted: what is written, what it would do to whom, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tortoise.transactions import in_transaction

from models import Account, Role, RolePermission, UserRole
from models.operations import (
    Outcome,
    Plan,
    RefusalCode,
    RoleEdit,
    Status,
    TargetGone,
    apply,
    plan_create_role,
    plan_delete_role,
    plan_edit_role,
    plan_grant,
    plan_revoke,
    verify_chain,
)
from models.permissions import SYSTEM_ROLES, Codename
from tests.models.operations.people import acting, events, superuser, user
from tests.models.operations.roles.made import allowed, make_role

pytestmark = pytest.mark.usefixtures("database")


def codes(of: Plan | Outcome) -> set[RefusalCode]:
    return {refusal.code for refusal in of.refusals}


async def editor(*more: str, username: str = "edith") -> Account:
    """Somebody who may edit roles and holds a little more."""
    name = f"editor-{username}"
    await make_role(name, "roles.edit", "roles.grant", "users.view", *more)
    return await user(username, name)


# Making ---------------------------------------------------------------------------------------------------------------


async def test_a_role_is_made_with_its_permissions_and_recorded() -> None:
    root = await superuser()
    plan = await plan_create_role(acting(root), "  front   desk ", "Greets", ["users.view", "users.unlock"])
    assert plan.is_allowed
    outcome = await apply(plan)
    assert outcome.status is Status.OK
    role = await Role.get(name="front desk")
    assert (role.description, role.is_system, role.version) == ("Greets", False, 1)
    assert await allowed(role.id) == {"users.view", "users.unlock"}
    (event,) = await events()
    assert (event.action, event.target_type, event.target_id, event.target_label) == (
        "roles.create",
        "role",
        role.id,
        "front desk",
    )
    assert event.changes == {
        "name": [None, "front desk"],
        "description": [None, "Greets"],
        "permission:users.unlock": [False, True],
        "permission:users.view": [False, True],
    }
    assert (await verify_chain()).is_whole


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("", "needs a name"),
        ("   ", "needs a name"),
        ("x" * 51, "at most 50"),
        ("x" * 10_000, "10000"),
        ("a\u202eb", "U+202E"),
        ("[red]", "U+005B"),
        ("a\x00b", "U+0000"),
        ("4711", "needs a letter"),
        ("SUPPORT", "already"),
        ("\uff53\uff55\uff50\uff50\uff4f\uff52\uff54", "already"),
    ],
)
async def test_a_bad_name_is_not_taken(name: str, word: str) -> None:
    root = await superuser()
    plan = await plan_create_role(acting(root), name)
    assert [error.field for error in plan.errors] == ["name"]
    assert word in plan.errors[0].sentence
    assert (await apply(plan)).status is Status.REFUSED
    assert await Role.all().count() == len(SYSTEM_ROLES)


async def test_a_permission_that_does_not_exist_is_not_taken() -> None:
    plan = await plan_create_role(acting(await superuser()), "desk", codenames=["vault.open"])
    assert [error.field for error in plan.errors] == ["permissions"]


async def test_who_may_not_edit_roles_makes_none() -> None:
    for name in SYSTEM_ROLES:
        actor = await user(f"a-{name}", name)
        plan = await plan_create_role(acting(actor), "mine")
        assert RefusalCode.PERMISSION in codes(plan)
        assert (await apply(plan)).status is Status.REFUSED
    assert not await Role.exists(name="mine")


async def test_a_role_is_made_only_of_what_its_maker_holds() -> None:
    actor = acting(await editor("users.unlock"))
    fine = await plan_create_role(actor, "fine", codenames=["users.unlock"])
    assert (await apply(fine)).is_ok
    more = await plan_create_role(actor, "more", codenames=["users.unlock", "users.delete"])
    assert codes(more) == {RefusalCode.GRANT_WITHOUT_HOLDING}
    assert "users.delete" in more.refusals[0].reason
    assert (await apply(more)).status is Status.REFUSED


# Editing --------------------------------------------------------------------------------------------------------------


async def test_only_what_differs_is_written() -> None:
    root = await superuser()
    role = await make_role("desk", "users.view", "users.unlock")
    kept = await RolePermission.get(role_id=role.id, codename="users.view")
    edit = RoleEdit("front desk", "Greets", frozenset({"users.export"}), frozenset({"users.unlock", "users.create"}))
    plan = await plan_edit_role(acting(root), role.id, edit)
    assert [change.field for change in plan.changes] == [
        "name",
        "description",
        "permission:users.export",
        "permission:users.unlock",
    ]
    outcome = await apply(plan)
    assert (outcome.status, outcome.version) == (Status.OK, 2)
    assert await allowed(role.id) == {"users.view", "users.export"}
    assert (await RolePermission.get(role_id=role.id, codename="users.view")).id == kept.id
    (event,) = await events()
    assert (event.action, event.version_before, event.version_after) == ("roles.edit", 1, 2)
    assert event.changes is not None
    assert event.changes["permission:users.unlock"] == [True, False]


async def test_nothing_to_change_is_said() -> None:
    role = await make_role("desk", "users.view")
    edit = RoleEdit(name="desk", added=frozenset({"users.view"}), removed=frozenset({"users.edit"}))
    plan = await plan_edit_role(acting(await superuser()), role.id, edit)
    assert plan.is_empty
    assert (await apply(plan)).status is Status.UNCHANGED
    assert (await Role.get(id=role.id)).version == 1


async def test_what_was_changed_since_it_was_seen_is_a_conflict() -> None:
    root, other = await superuser(), await superuser("other")
    role = await make_role("desk", "users.view")
    plan = await plan_edit_role(acting(root), role.id, RoleEdit(added=frozenset({"users.edit"})))
    assert (await apply(await plan_edit_role(acting(other), role.id, RoleEdit(description="Else")))).is_ok
    outcome = await apply(plan)
    assert outcome.status is Status.CONFLICT
    assert "description changed meanwhile, last by other" in outcome.sentence
    assert await allowed(role.id) == {"users.view"}
    late = await plan_edit_role(acting(root), role.id, RoleEdit(added=frozenset({"users.edit"})), seen=1)
    assert (await apply(late)).status is Status.CONFLICT


async def test_you_put_in_and_take_out_only_what_you_hold() -> None:
    actor = acting(await editor("users.unlock"))
    role = await make_role("desk", "users.view", "users.delete")
    for edit in (RoleEdit(added=frozenset({"users.edit"})), RoleEdit(removed=frozenset({"users.delete"}))):
        plan = await plan_edit_role(actor, role.id, edit)
        assert RefusalCode.GRANT_WITHOUT_HOLDING in codes(plan)
        assert (await apply(plan)).status is Status.REFUSED
    narrow = await plan_edit_role(actor, role.id, RoleEdit(removed=frozenset({"users.view"})))
    assert (await apply(narrow)).is_ok
    assert await allowed(role.id) == {"users.delete"}


async def test_a_role_that_one_could_not_grant_is_not_widened() -> None:
    actor = acting(await editor("users.unlock"))
    role = await make_role("desk", "users.delete")
    plan = await plan_edit_role(actor, role.id, RoleEdit(added=frozenset({"users.unlock"})))
    assert codes(plan) == {RefusalCode.GRANT_WITHOUT_HOLDING}
    assert "cannot widen" in plan.refusals[0].reason
    assert (await apply(plan)).status is Status.REFUSED


@pytest.mark.parametrize("how", ["superuser", "another role"])
async def test_a_role_of_somebody_who_outranks_you_is_left_alone(how: str) -> None:
    actor = acting(await editor())
    role = await make_role("desk", "users.view")
    boss = await user("boss", "desk", *(["operator"] if how == "another role" else []), is_superuser=how == "superuser")
    plan = await plan_edit_role(actor, role.id, RoleEdit(description="Other"))
    assert codes(plan) == {RefusalCode.RANK}
    assert "boss holds it and may do more than you" in plan.refusals[0].reason
    assert (await apply(plan)).status is Status.REFUSED
    async with in_transaction():
        past = datetime.now(UTC) - timedelta(days=1)
        await UserRole.filter(user_id=boss.id, role_id=role.id).update(expires_at=past)
    assert (await apply(await plan_edit_role(actor, role.id, RoleEdit(description="Other")))).is_ok


async def test_a_system_role_keeps_its_name_and_stays_but_can_be_changed() -> None:
    root = acting(await superuser())
    support = await Role.get(name="support")
    rename = await plan_edit_role(root, support.id, RoleEdit(name="helpers"))
    assert codes(rename) == {RefusalCode.STATE}
    assert (await apply(rename)).status is Status.REFUSED
    delete = await plan_delete_role(root, support.id)
    assert codes(delete) == {RefusalCode.STATE}
    assert (await apply(delete)).status is Status.REFUSED
    widen = await plan_edit_role(root, support.id, RoleEdit(added=frozenset({"audit.view"})))
    assert (await apply(widen)).is_ok
    assert "audit.view" in await allowed(support.id)


async def test_who_loses_the_right_to_edit_roles_by_it_is_warned() -> None:
    account = await editor()
    role = await Role.get(name="editor-edith")
    plan = await plan_edit_role(acting(account), role.id, RoleEdit(removed=frozenset({"roles.edit"})))
    assert plan.is_allowed
    assert plan.irreversible == ("you lose roles.edit yourself; you could not change roles again",)
    second = await make_role("second", "roles.edit")
    async with in_transaction():
        await UserRole.create(user_id=account.id, role_id=second.id)
    again = await plan_edit_role(acting(account), role.id, RoleEdit(removed=frozenset({"roles.edit"})))
    assert again.irreversible == ()


async def test_unknown_codenames_are_kept_until_a_superuser_takes_them_out() -> None:
    root, actor = acting(await superuser()), acting(await editor("users.unlock"))
    role = await make_role("desk", "users.view", "vault.open")
    assert (await apply(await plan_edit_role(root, role.id, RoleEdit(added=frozenset({"users.edit"}))))).is_ok
    assert await allowed(role.id) == {"users.view", "users.edit", "vault.open"}
    mine = await plan_edit_role(actor, role.id, RoleEdit(removed=frozenset({"vault.open"})))
    assert RefusalCode.GRANT_WITHOUT_HOLDING in codes(mine)
    assert (await apply(await plan_edit_role(root, role.id, RoleEdit(removed=frozenset({"vault.open"}))))).is_ok
    assert await allowed(role.id) == {"users.view", "users.edit"}


@pytest.mark.parametrize("name", ["[bold]x[/bold]", "a\u202eb", "", "Support", " spaced  out "])
async def test_a_name_from_a_hand_edit_can_be_worked_on(name: str) -> None:
    root = acting(await superuser())
    role = await make_role(name, "users.view")
    alice = await user("alice")
    assert (await apply(await plan_edit_role(root, role.id, RoleEdit(added=frozenset({"users.edit"}))))).is_ok
    assert (await apply(await plan_grant(root, alice.id, name))).is_ok
    assert (await apply(await plan_revoke(root, alice.id, name))).is_ok
    assert (await apply(await plan_edit_role(root, role.id, RoleEdit(name="mended")))).is_ok
    assert (await apply(await plan_delete_role(root, role.id))).is_ok
    assert (await verify_chain()).is_whole


@pytest.mark.sqlite_only
async def test_a_name_of_ten_thousand_characters_can_be_worked_on() -> None:
    """PostgreSQL keeps to the width of the column."""
    root = acting(await superuser())
    role = await make_role("long", "users.view")
    async with in_transaction() as connection:
        await connection.execute_query("UPDATE roles SET name = ? WHERE id = ?", ["y" * 10_000, role.id])
    alice = await user("alice")
    assert (await apply(await plan_grant(root, alice.id, "y" * 10_000))).is_ok
    assert (await apply(await plan_revoke(root, alice.id, "y" * 10_000))).is_ok
    outcome = await apply(await plan_edit_role(root, role.id, RoleEdit(name="short")))
    assert outcome.is_ok
    assert len(outcome.sentence) < 200
    assert (await Role.get(id=role.id)).name == "short"


# What it would do -----------------------------------------------------------------------------------------------------


async def test_the_plan_says_for_whom_it_makes_a_difference() -> None:
    root = acting(await superuser())
    role = await make_role("desk", "users.view", "users.unlock")
    await user("one", "desk")
    await user("two", "desk", "operator")
    await user("three", "desk", is_superuser=True)
    plan = await plan_edit_role(
        root, role.id, RoleEdit(added=frozenset({"audit.view"}), removed=frozenset({"users.unlock", "users.view"}))
    )
    one = await Account.get(username="one")
    assert plan.effects == (
        "3 users hold this role",
        "1 user gains audit.view",
        "1 user loses users.unlock and users.view",
        f"among them one #{one.id}",
    )


async def test_what_makes_no_difference_is_said() -> None:
    root = acting(await superuser())
    role = await make_role("desk", "users.view")
    await user("two", "desk", "operator")
    plan = await plan_edit_role(root, role.id, RoleEdit(removed=frozenset({"users.view"})))
    assert plan.effects == (
        "1 user holds this role",
        "users.view: no difference to anybody, by other roles or as superuser",
    )
    empty = await make_role("empty", "users.view")
    nobody = await plan_edit_role(root, empty.id, RoleEdit(removed=frozenset({"users.view"})))
    assert nobody.effects == ("nobody holds this role now",)


async def test_many_holders_are_counted_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.operations.roles.impact.COUNTED", 2)
    root = acting(await superuser())
    role = await make_role("desk", "users.view")
    for number in range(4):
        await user(f"u{number}", "desk")
    plan = await plan_edit_role(root, role.id, RoleEdit(removed=frozenset({"users.view"})))
    assert plan.effects[:2] == ("2+ users hold this role", "2+ users lose users.view")
    delete = await plan_delete_role(root, role.id)
    assert "held by 2+ users" in delete.refusals[0].reason


# Deleting -------------------------------------------------------------------------------------------------------------


async def test_a_role_that_is_held_is_not_deleted() -> None:
    root = acting(await superuser())
    role = await make_role("desk", "users.view")
    alice = await user("alice", "desk")
    plan = await plan_delete_role(root, role.id)
    assert codes(plan) == {RefusalCode.REFERRED_TO}
    assert "desk is held by 1 user" in plan.refusals[0].reason
    assert (await apply(plan)).status is Status.REFUSED
    async with in_transaction():
        past = datetime.now(UTC) - timedelta(days=1)
        await UserRole.filter(user_id=alice.id).update(expires_at=past)
    again = await plan_delete_role(root, role.id)
    assert again.effects == ("1 expired grant of it will be deleted with it",)
    outcome = await apply(again)
    assert outcome.status is Status.OK
    assert not await Role.exists(id=role.id)
    assert not await UserRole.exists(role_id=role.id)
    event = (await events(action="roles.delete", outcome="ok"))[0]
    assert event.meta == {"expired_grants": 1}
    assert event.changes == {"name": ["desk", None], "permission:users.view": [True, False]}


async def test_a_role_that_is_gone_says_who_deleted_it() -> None:
    root = acting(await superuser())
    role = await make_role("desk")
    plan = await plan_edit_role(root, role.id, RoleEdit(description="x"))
    assert (await apply(await plan_delete_role(root, role.id))).is_ok
    outcome = await apply(plan)
    assert outcome.status is Status.GONE
    assert "was deleted by root" in outcome.sentence
    with pytest.raises(TargetGone, match="deleted by root"):
        await plan_edit_role(root, role.id, RoleEdit(description="x"))
    with pytest.raises(TargetGone, match="There is no role #9999"):
        await plan_delete_role(root, 9999)


async def test_only_who_holds_all_of_a_role_deletes_it() -> None:
    actor = acting(await editor())
    role = await make_role("desk", "users.view", "users.delete")
    plan = await plan_delete_role(actor, role.id)
    assert codes(plan) == {RefusalCode.GRANT_WITHOUT_HOLDING}
    mine = await make_role("mine", "users.view")
    assert (await apply(await plan_delete_role(actor, mine.id))).is_ok


async def test_every_codename_can_be_put_into_a_role_by_a_superuser() -> None:
    root = acting(await superuser())
    role = await make_role("all")
    everything = frozenset(map(str, Codename))
    assert (await apply(await plan_edit_role(root, role.id, RoleEdit(added=everything)))).is_ok
    assert await allowed(role.id) == everything
