"""The Roles screen through its keys: what is shown, reviewed, written and refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Button, Input
from tortoise.transactions import in_transaction

from models import Role, RolePermission, UserRole
from models.operations import RoleEdit, apply, plan_edit_role
from tests.models.operations.people import acting, events, superuser, user
from tests.models.operations.roles.made import allowed, make_role
from tests.tui.screens.user.writing import alice, opened, root, until_said
from tests.tui.shell import person, shell_on
from tests.tui.shell import superuser as signed_in
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.review import ReviewDialog
from tui.screens.roles.delete import RoleDeleteDialog
from tui.screens.roles.edit import RoleEditDialog
from tui.screens.roles.form import PermissionBoxes
from tui.screens.roles.screen import RolesScreen
from tui.screens.user.grant import RoleDialog
from tui.screens.user.screen import UserScreen
from tui.screens.users.screen import UsersScreen
from tui.widgets.check import Check

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.tui.screens.user.writing import Opened
    from tui.database import Database

HOSTILE = "[@click=app.quit]x[/]\u202e"
SOON = datetime(2098, 1, 31, 18, tzinfo=UTC)


def box(run: Opened, codename: str) -> Check:
    return run.dialog.query_one(PermissionBoxes)._boxes[codename]


async def reviewed(run: Opened) -> None:
    await run.pilot.press("ctrl+s")
    await until(run.pilot, lambda: isinstance(run.app.screen, ReviewDialog) and run.app.screen.is_settled)


async def ready(pilot: Pilot[Any], role: str) -> None:
    await until(pilot, lambda: role in screen_text(pilot))


# The list -------------------------------------------------------------------------------------------------------------


async def test_roles_are_listed_with_holders_and_what_they_allow(database: Database) -> None:
    await user("tom", "support")
    await make_role(HOSTILE, "users.view", "vault.open", description=HOSTILE)
    support = await Role.get(name="support")
    async with in_transaction():
        await RolePermission.create(role_id=support.id, codename="audit.view")
    app = shell_on(RolesScreen, database=database)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot, "support")
        await until_shown(pilot, r"[@click=app.quit]x[/]\u202e")
        await until_shown(pilot, "vault.open")
        await until_shown(pilot, "not known to this version of Shellback", "CHANGED")
        await pilot.press("end")
        await until_shown(pilot, "Not as it was seeded: it allows audit.view besides")
        await until_shown(pilot, "held by 1 user")
        await pilot.press("D")
        await until_shown(pilot, "one of the system's own roles: it cannot be deleted")
        app.database = None


async def test_a_role_is_made_and_found_under_the_cursor_and_deleted(database: Database) -> None:
    account = await superuser()
    app = shell_on(RolesScreen, database=database, who=signed_in(account.id, "root"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot, "support")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RoleEditDialog) and app.screen.is_settled)
        await pilot.press(*"desk", "down", "down", "space", "ctrl+s")
        await until_shown(pilot, "users.view: no -> yes")
        await until(pilot, lambda: isinstance(app.screen, ReviewDialog) and app.screen.is_settled)
        await pilot.press("y")
        await until_shown(pilot, "The role desk was made, with 1 permission.")
        roles = app.screen
        assert isinstance(roles, RolesScreen)
        await until(pilot, lambda: roles.table.row is not None and roles.table.row.name == "desk")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, RoleDeleteDialog) and app.screen.is_settled)
        button = app.screen.query_one("#confirm", Button)
        await until(pilot, lambda: not button.disabled)
        await pilot.press("ctrl+s")
        await until_shown(pilot, "The role desk was deleted.")
        await until(
            pilot,
            lambda: [row.name for row in roles.table.window.rows] == sorted(["auditor", "dba", "operator", "support"]),
        )
        app.database = None
    assert [event.action for event in await events()] == ["roles.create", "roles.delete"]


async def test_the_holders_are_the_list_of_users_searched_by_the_role(database: Database) -> None:
    await user("tom", "support")
    await user("ann")
    app = shell_on(RolesScreen, database=database)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot, "support")
        await pilot.press("end", "u")
        await until(pilot, lambda: isinstance(app.screen, UsersScreen))
        await until_shown(pilot, "1 match")
        await until_shown(pilot, "role:support", "tom")
        text = screen_text(pilot)
        assert "ann" not in text
        app.database = None


async def test_a_name_that_cannot_be_typed_is_said_to_be_so(database: Database) -> None:
    await make_role(HOSTILE)
    app = shell_on(RolesScreen, database=database)
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        await ready(pilot, "support")
        await pilot.press("home", "u")
        await until_shown(pilot, "This name cannot be typed into a search")
        assert isinstance(app.screen, RolesScreen)
        app.database = None


async def test_who_may_not_edit_still_sees_all_of_it(database: Database) -> None:
    app = shell_on(RolesScreen, database=database, who=person("users.view"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot, "support")
        await until_shown(pilot, "Export the audit trail")
        await pilot.press("enter")
        await until_shown(pilot, "edit needs the permission roles.edit")
        assert isinstance(app.screen, RolesScreen)
        app.database = None


# The form -------------------------------------------------------------------------------------------------------------


async def test_an_edit_says_for_whom_it_matters_before_it_is_saved(database: Database) -> None:
    who, role = await root(), await make_role("desk", "users.view", "vault.open")
    tom = await user("tom", "desk")
    async with opened(database, RoleEditDialog(role.id), who=who) as run:
        await until_said(run.pilot, "held by 1 user")
        assert box(run, "vault.open").value
        box(run, "users.unlock").toggle()
        box(run, "users.view").toggle()
        await until_said(run.pilot, f"roles edit {role.id} --allow users.unlock --forbid users.view")
        await reviewed(run)
        await until_said(run.pilot, "1 user gains users.unlock", "1 user loses users.view", f"among them tom #{tom.id}")
        await run.pilot.press("y")
        await until(run.pilot, lambda: run.answers)
    assert await allowed(role.id) == {"users.unlock", "vault.open"}


async def test_what_you_do_not_hold_is_greyed_with_the_reason(database: Database) -> None:
    await make_role("editors", "roles.edit", "users.view")
    edith = await user("edith", "editors")
    role = await make_role("desk", "users.view")
    who = person("roles.edit", "users.view", user_id=edith.id, label="edith")
    async with opened(database, RoleEditDialog(role.id), who=who) as run:
        await until_said(run.pilot, "held by nobody")
        assert box(run, "users.delete").disabled
        assert not box(run, "users.view").disabled
        await until_said(run.pilot, "(you do not hold it)")


async def test_who_loses_the_right_to_edit_roles_sees_it_in_the_review(database: Database) -> None:
    role = await make_role("editors", "roles.edit", "users.view")
    edith = await user("edith", "editors")
    who = person("roles.edit", "users.view", user_id=edith.id, label="edith")
    async with opened(database, RoleEditDialog(role.id), who=who) as run:
        await until_said(run.pilot, "held by 1 user")
        box(run, "roles.edit").toggle()
        await reviewed(run)
        await until_said(run.pilot, "! you lose roles.edit yourself; you could not change roles again")
        await run.pilot.press("n")
        await until(run.pilot, lambda: run.app.screen is run.dialog)
    assert "roles.edit" in await allowed(role.id)


async def test_somebody_was_first_and_what_was_ticked_stays(database: Database) -> None:
    who, role, other = await root(), await make_role("desk", "users.view"), await superuser("other")
    async with opened(database, RoleEditDialog(role.id), who=who) as run:
        await until_said(run.pilot, "held by nobody")
        box(run, "users.unlock").toggle()
        await reviewed(run)
        assert (await apply(await plan_edit_role(acting(other), role.id, RoleEdit(description="Theirs")))).is_ok
        await run.pilot.press("y")
        await until_said(run.pilot, "description changed meanwhile, last by other")
        await until(run.pilot, lambda: run.dialog.query_one("#description", Input).value == "Theirs")
        assert box(run, "users.unlock").value
        await reviewed(run)
        await run.pilot.press("y")
        await until(run.pilot, lambda: run.answers)
    assert await allowed(role.id) == {"users.view", "users.unlock"}
    assert (await Role.get(id=role.id)).description == "Theirs"


async def test_a_bad_name_stands_beside_its_field_and_nothing_typed_is_lost(database: Database) -> None:
    who = await root()
    async with opened(database, RoleEditDialog(None), who=who) as run:
        run.dialog.query_one("#name", Input).value = "Support"
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "There is a role of this name already")
        await run.pilot.press("escape")
        await until(run.pilot, lambda: isinstance(run.app.screen, ConfirmDialog) and run.app.screen.is_settled)
        await run.pilot.press("n")
        await until(run.pilot, lambda: run.app.screen is run.dialog)
        run.dialog.query_one("#name", Input).value = "[b]x"
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "not U+005B (position 1)")
        run.dialog.query_one("#name", Input).value = "bx"
        await until(run.pilot, lambda: "position 1" not in screen_text(run.pilot))  # it was said of what is gone
    assert await Role.all().count() == 4


async def test_a_system_role_keeps_its_name_in_the_form(database: Database) -> None:
    who, support = await root(), await Role.get(name="support")
    async with opened(database, RoleEditDialog(support.id), who=who) as run:
        await until_said(run.pilot, "a system role, which keeps its name")
        assert run.dialog.query_one("#name", Input).disabled


async def test_a_role_that_is_held_is_not_deleted_and_says_by_how_many(database: Database) -> None:
    who, role = await root(), await make_role("desk")
    await user("tom", "desk")
    async with opened(database, RoleDeleteDialog(role.id, "desk"), who=who) as run:
        await until_said(run.pilot, "desk is held by 1 user: take it from them first.")
        assert run.dialog.query_one("#confirm", Button).disabled
        await until_said(run.pilot, f"shellback roles delete {role.id}")


@pytest.mark.sqlite_only
async def test_a_name_of_ten_thousand_characters_is_shown_and_mended(database: Database) -> None:
    who, role = await root(), await make_role("long", "users.view")
    async with in_transaction() as connection:
        await connection.execute_query("UPDATE roles SET name = ? WHERE id = ?", ["y" * 10_000, role.id])
    async with opened(database, RoleEditDialog(role.id), who=who) as run:
        await until_said(run.pilot, "held by nobody")
        box(run, "users.unlock").toggle()
        await reviewed(run)
        await run.pilot.press("y")
        await until(run.pilot, lambda: run.answers)
    assert (await Role.get(id=role.id)).name == "y" * 10_000
    async with opened(database, RoleEditDialog(role.id), who=who) as run:
        await until_said(run.pilot, "held by nobody")
        run.dialog.query_one("#name", Input).value = "short"
        await reviewed(run)
        await run.pilot.press("y")
        await until(run.pilot, lambda: run.answers)
    assert (await Role.get(id=role.id)).name == "short"


# On the user ----------------------------------------------------------------------------------------------------------


async def test_a_role_is_granted_until_a_moment_and_gets_another_end(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, RoleDialog(target.id, "support"), who=who, size=(100, 30)) as run:
        await until_said(run.pilot, f"roles grant {target.id} support")
        end = run.dialog.query_one("#until", Input)
        end.value = "soon"
        await until_said(run.pilot, "Write 30d, 12h or 2w from now")
        assert run.dialog.query_one("#confirm", Button).disabled
        end.value = "2098-01-31 18:00"
        await until_said(run.pilot, f"roles grant {target.id} support --until '2098-01-31 18:00'")
        await until_said(run.pilot, "not held -> granted until 2098-01-31 18:00 UTC")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert (await UserRole.get(user_id=target.id)).expires_at == SOON
    async with opened(database, RoleDialog(target.id, "support"), who=who, size=(100, 30)) as run:
        await until_said(run.pilot, f"roles revoke {target.id} support")
        end = run.dialog.query_one("#until", Input)
        assert end.value == "2098-01-31 18:00"
        end.value = ""
        await until_said(run.pilot, f"roles grant {target.id} support --until never")
        await until_said(run.pilot, "Change end")
        await until(run.pilot, lambda: not run.dialog.query_one("#confirm", Button).disabled)
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert (await UserRole.get(user_id=target.id)).expires_at is None


async def test_the_roles_tab_says_where_each_permission_comes_from(database: Database) -> None:
    target = await alice("support", "auditor", "dba")
    async with in_transaction():
        for name, end in (("support", SOON), ("dba", datetime(2020, 3, 2, tzinfo=UTC))):
            role = await Role.get(name=name)
            await UserRole.filter(user_id=target.id, role_id=role.id).update(expires_at=end, granted_by_label="maria")
    app = shell_on(lambda: UserScreen(target.id), database=database)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_shown(pilot, "alice.jones")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "EXPIRED 2020-03-02")
        await until_shown(pilot, "maria", "auditor, support", "support until 2098-01-31")
        text = screen_text(pilot)
        assert "migrations.apply" not in text
        app.database = None
