"""Roles while others change and grant them: whichever comes first, nobody gets what nobody may give."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import Role, RolePermission, UserRole
from models.operations import (
    RefusalCode,
    RoleEdit,
    Status,
    apply,
    plan_delete_role,
    plan_edit_role,
    plan_grant,
    plan_revoke,
    verify_chain,
)
from models.operations.bulk import GrantRole, apply_bulk, freeze_ids, plan_bulk
from models.operations.roles.locks import ROLES_LOCK
from tests.models.operations.people import acting, events, superuser, user
from tests.models.operations.raw import WAITING, connect
from tests.models.operations.roles.made import allowed, make_role
from tests.models.operations.test_races import together

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from models.operations import Outcome
    from tui.database import Database


def codes(outcome: Outcome) -> set[RefusalCode]:
    return {refusal.code for refusal in outcome.refusals}


async def test_of_two_edits_of_one_role_one_is_a_conflict(database: Database) -> None:
    one, two = await superuser("one"), await superuser("two")
    role = await make_role("desk", "users.view")
    outcomes = await together(
        database,
        await plan_edit_role(acting(one), role.id, RoleEdit(added=frozenset({"users.edit"}))),
        await plan_edit_role(acting(two), role.id, RoleEdit(added=frozenset({"users.unlock"}))),
    )
    assert sorted(outcome.status for outcome in outcomes) == [Status.CONFLICT, Status.OK]
    assert len(await allowed(role.id)) == 2
    assert (await Role.get(id=role.id)).version == 2
    assert (await verify_chain()).is_whole


async def test_one_name_is_given_to_one_role(database: Database) -> None:
    one, two = await superuser("one"), await superuser("two")
    first, second = await make_role("first"), await make_role("second")
    outcomes = await together(
        database,
        await plan_edit_role(acting(one), first.id, RoleEdit(name="desk")),
        await plan_edit_role(acting(two), second.id, RoleEdit(name="DESK")),
    )
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, Status.REFUSED]
    (lost,) = [outcome for outcome in outcomes if outcome.status is Status.REFUSED]
    assert [error.field for error in lost.errors] == ["name"]


async def test_a_role_that_is_widened_is_granted_before_or_not_at_all(database: Database) -> None:
    root, operator, alice = await superuser(), await user("op", "operator"), await user("alice")
    role = await make_role("desk", "users.view")
    widening, grant = await together(
        database,
        await plan_edit_role(acting(root), role.id, RoleEdit(added=frozenset({"migrations.apply"}))),
        await plan_grant(acting(operator), alice.id, "desk"),
    )
    assert widening.status is Status.OK
    order = [event.action for event in await events(outcome="ok")]
    if grant.status is Status.OK:
        assert order == ["roles.grant", "roles.edit"]
    else:
        assert codes(grant) == {RefusalCode.GRANT_WITHOUT_HOLDING}
        assert not await UserRole.exists(user_id=alice.id)


async def while_a_role_is_widened(database: Database, role: Role, work: Coroutine[Any, Any, Any]) -> Any:
    """Run `work` while somebody else puts `migrations.apply` into the role, and commits it once the work waits."""
    other, watcher = await connect(database), await connect(database)
    try:
        async with other.transaction():
            await other.execute("SELECT pg_advisory_xact_lock($1)", ROLES_LOCK)
            task = asyncio.create_task(work)
            while not await watcher.fetchval(WAITING):
                assert not task.done(), task.result()
                await asyncio.sleep(0.01)
            await other.execute(
                "INSERT INTO role_permissions (role_id, codename) VALUES ($1, 'migrations.apply')", role.id
            )
        return await task
    finally:
        await other.close()
        await watcher.close()


@pytest.mark.postgres_only
async def test_a_grant_waits_for_what_the_role_becomes(database: Database) -> None:
    operator, alice = await user("op", "operator"), await user("alice")
    role = await make_role("desk", "users.view")
    plan = await plan_grant(acting(operator), alice.id, "desk")
    outcome = await while_a_role_is_widened(database, role, apply(plan))
    assert codes(outcome) == {RefusalCode.GRANT_WITHOUT_HOLDING}
    assert not await UserRole.exists(user_id=alice.id)


@pytest.mark.postgres_only
async def test_a_bulk_of_grants_waits_for_it_too(database: Database) -> None:
    operator, people = await user("op", "operator"), [await user(f"u{number}") for number in range(3)]
    role = await make_role("desk", "users.view")
    plan = await plan_bulk(acting(operator), await freeze_ids([one.id for one in people]), GrantRole("desk"))
    assert plan.is_allowed
    outcome = await while_a_role_is_widened(database, role, apply_bulk(plan))
    assert not outcome.is_ok
    assert not await UserRole.exists(role_id=role.id)


@pytest.mark.postgres_only
async def test_what_the_actor_may_do_is_read_after_the_wait(database: Database) -> None:
    """The role that is widened is that of the target: only then does the target outrank the actor."""
    operator, alice = await user("op", "operator"), await user("alice")
    desk, empty = await make_role("desk", "users.view"), await make_role("empty")
    async with in_transaction():
        await UserRole.create(user_id=alice.id, role_id=desk.id)
    plan = await plan_grant(acting(operator), alice.id, "empty")
    outcome = await while_a_role_is_widened(database, desk, apply(plan))
    assert codes(outcome) == {RefusalCode.RANK}
    assert not await UserRole.exists(role_id=empty.id)


async def test_two_editors_take_the_right_from_each_other_and_one_keeps_it(database: Database) -> None:
    mine, theirs = await make_role("mine", "roles.edit"), await make_role("theirs", "roles.edit")
    one, two = await user("one", "mine"), await user("two", "theirs")
    less = RoleEdit(removed=frozenset({"roles.edit"}))
    outcomes = await together(
        database, await plan_edit_role(acting(one), theirs.id, less), await plan_edit_role(acting(two), mine.id, less)
    )
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, Status.REFUSED]
    (lost,) = [outcome for outcome in outcomes if outcome.status is Status.REFUSED]
    assert RefusalCode.PERMISSION in codes(lost)
    assert await RolePermission.filter(codename="roles.edit").count() == 1


async def test_who_was_demoted_meanwhile_changes_no_role(database: Database) -> None:
    root = await superuser()
    await make_role("editors", "roles.edit", "users.view")
    editor, role = await user("edith", "editors"), await make_role("desk")
    plan = await plan_edit_role(acting(editor), role.id, RoleEdit(added=frozenset({"users.view"})))
    assert plan.is_allowed
    demotion, edit = await together(database, await plan_revoke(acting(root), editor.id, "editors"), plan)
    assert demotion.status is Status.OK
    if edit.status is Status.OK:
        assert [event.action for event in await events(outcome="ok")] == ["roles.edit", "roles.revoke"]
    else:
        assert RefusalCode.PERMISSION in codes(edit)
        assert await allowed(role.id) == set()
    late = await apply(await plan_edit_role(acting(editor), role.id, RoleEdit(description="late")))
    assert RefusalCode.PERMISSION in codes(late)


async def test_a_role_is_granted_or_deleted_but_not_both(database: Database) -> None:
    one, two, alice = await superuser("one"), await superuser("two"), await user("alice")
    role = await make_role("desk", "users.view")
    deletion, grant = await together(
        database, await plan_delete_role(acting(one), role.id), await plan_grant(acting(two), alice.id, "desk")
    )
    assert sorted((deletion.status, grant.status)) == [Status.OK, Status.REFUSED]
    assert await Role.exists(id=role.id) == await UserRole.exists(user_id=alice.id) == grant.is_ok
    assert codes(deletion) == ({RefusalCode.REFERRED_TO} if grant.is_ok else set())
