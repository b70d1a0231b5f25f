"""Undo of what was done to a role, to the end of a grant, and to a note."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import Role, RolePermission, UserNote, UserRole
from models.clock import database_now
from models.operations import RefusalCode, Status, apply, plan_grant, plan_undo
from models.operations.notes import plan_add_note, plan_delete_note, plan_pin
from models.operations.presence import TargetGone
from models.operations.roles.delete import plan_delete_role
from models.operations.roles.edit import RoleEdit, plan_create_role, plan_edit_role
from models.operations.roles.grant_end import plan_change_grant
from tests.models.operations.people import acting, superuser, user
from tests.models.operations.undo.doing import done, last, undo

pytestmark = pytest.mark.usefixtures("database")


async def allows(role_id: int) -> set[str]:
    return {str(one.codename) for one in await RolePermission.filter(role_id=role_id)}


async def test_a_role_is_put_back_permission_by_permission() -> None:
    root = acting(await superuser())
    made = await done(plan_create_role(root, "desk", "The desk", ["users.view", "users.unlock"]))
    role = int(made.target_id or 0)
    edit = RoleEdit("front desk", None, frozenset({"users.export", "audit.view"}), frozenset({"users.unlock"}))
    event = await done(plan_edit_role(root, role, edit))
    await done(plan_edit_role(root, role, RoleEdit(removed=frozenset({"audit.view"}))))
    plan = await plan_undo(root, event.op_id)
    assert [one.field for one in plan.skipped] == ["permission:audit.view"]
    assert (await undo(root, event)).status is Status.OK
    assert (await Role.get(id=role)).name == "desk"
    assert await allows(role) == {"users.view", "users.unlock"}
    assert "undone already" in (await undo(root, event)).sentence
    assert "was changed since it was made" in (await undo(root, made)).sentence


async def test_a_role_that_was_made_goes_and_one_that_was_deleted_comes() -> None:
    root = acting(await superuser())
    made = await done(plan_create_role(root, "desk", "The desk", ["users.view"]))
    assert (await undo(root, made)).status is Status.OK
    gone = await last()
    assert not await Role.filter(name="desk").exists()
    assert (await undo(root, gone)).status is Status.OK
    role = await Role.get(name="desk")
    assert (role.description, await allows(role.id)) == ("The desk", {"users.view"})
    deleted = await done(plan_delete_role(root, role.id))
    plan = await plan_undo(root, deleted.op_id)
    assert plan.irreversible == ("a role made anew is another one: it has to be granted anew",)


async def test_a_role_that_somebody_holds_stays() -> None:
    root, alice = acting(await superuser()), await user("alice")
    made = await done(plan_create_role(root, "desk", "", ["users.view"]))
    await done(plan_grant(root, alice.id, "desk"))
    outcome = await undo(root, made)
    assert [one.code for one in outcome.refusals] == [RefusalCode.REFERRED_TO]


async def test_changed_between_plan_and_apply() -> None:
    root = acting(await superuser())
    made = await done(plan_create_role(root, "desk", "", ["users.view"]))
    role = int(made.target_id or 0)
    event = await done(plan_edit_role(root, role, RoleEdit(description="New")))
    plan = await plan_undo(root, event.op_id)
    await done(plan_edit_role(root, role, RoleEdit(description="Newest")))
    assert (await apply(plan)).status is Status.CONFLICT


async def test_the_end_of_a_grant_comes_back() -> None:
    root, alice = acting(await superuser()), await user("alice")
    now = (await database_now(alice._meta.db)).replace(second=0, microsecond=0)
    granted = await done(plan_grant(root, alice.id, "support", expires_at=now + timedelta(days=1)))
    event = await done(plan_change_grant(root, alice.id, "support", now + timedelta(days=9)))
    assert "was changed again by root" in (await undo(root, granted)).sentence
    assert (await undo(root, event)).status is Status.OK
    assert (await UserRole.get(user_id=alice.id)).expires_at == now + timedelta(days=1)
    assert (await undo(root, granted)).status is Status.OK
    assert not await UserRole.exists()


async def test_a_grant_of_a_role_that_was_renamed_is_left() -> None:
    root, alice = acting(await superuser()), await user("alice")
    made = await done(plan_create_role(root, "desk", "", ["users.view"]))
    granted = await done(plan_grant(root, alice.id, "desk"))
    await done(plan_edit_role(root, int(made.target_id or 0), RoleEdit("front desk")))
    assert "there is no role desk any more" in (await undo(root, granted)).sentence


async def test_notes() -> None:
    root, alice = acting(await superuser()), await user("alice")
    added = await done(plan_add_note(root, alice.id, "Called twice."))
    note = (await UserNote.get(user_id=alice.id)).id
    pinned = await done(plan_pin(root, alice.id, note))
    assert (await undo(root, pinned)).status is Status.OK
    assert not (await UserNote.get(id=note)).pinned
    assert (await undo(root, await last())).status is Status.OK
    assert (await UserNote.get(id=note)).pinned
    assert (await undo(root, added)).status is Status.OK
    assert not await UserNote.exists()
    assert "kept nowhere else" in (await undo(root, await last())).sentence
    other = await done(plan_add_note(root, alice.id, "Again."))
    await done(plan_delete_note(root, alice.id, int(other.meta["note"])))
    with pytest.raises(TargetGone, match="no note"):
        await plan_undo(root, other.op_id)
