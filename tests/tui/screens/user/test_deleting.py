"""D: the mildest way first, the name typed before anything is gone for good, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from models import Account, User
from models.operations import Status, apply, plan_restore, plan_soft_delete
from tests.models.operations.people import acting, events, remove, reread, superuser, user
from tests.models.operations.raw import execute
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.user.writing import Opened, alice, opened, root, until_said, words
from tests.tui.shell import person, shell_on
from tests.tui.waiting import focus, screen_text, until
from tui.screens.user.deleting import DeleteDialog
from tui.screens.user.edit import EditScreen
from tui.screens.user.lifecycle import ActivationDialog
from tui.screens.user.locking import LockDialog
from tui.screens.user.reset import ResetScreen
from tui.screens.user.screen import UserScreen
from tui.screens.write_dialog import WriteDialog
from tui.widgets.check import Options

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.database import Database


async def choose(run: Opened, key: str, twin: str) -> None:
    run.dialog.query_one("#way", Options).pick(key)
    await until_said(run.pilot, twin)


def may_confirm(run: Opened) -> bool:
    return not run.dialog.query_one("#confirm", Button).disabled


async def deleted(*roles: str) -> Account:
    target = await alice(*roles)
    boss = await superuser("boss")
    assert (await apply(await plan_soft_delete(acting(boss), target.id))).status is Status.OK
    return await reread(target)


async def test_it_deactivates_unless_something_else_is_chosen(database: Database) -> None:
    who, target = await root(), await alice(sessions=1)
    async with opened(database, DeleteDialog(target.id), who=who) as run:
        await until_said(run.pilot, f"users deactivate {target.id}")
        text = words(run.pilot)
        assert "(•)Deactivate" in text.replace(") ", ")")
        assert "Restore" not in text
        await run.pilot.press("enter")  # the cursor is on Cancel
        await until(run.pilot, lambda: run.answers == [None])
    async with opened(database, DeleteDialog(target.id), who=who) as run:
        await until(run.pilot, lambda: may_confirm(run))
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    row = await reread(target)
    assert (row.is_active, row.deleted_at) == (False, None)


async def test_arrows_lead_through_the_ways(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, DeleteDialog(target.id), who=who) as run:
        await until(run.pilot, lambda: may_confirm(run))
        ways = run.dialog.query_one("#way", Options)
        # From Cancel by way of ticket and reason to the last way, and one further.
        await run.pilot.press("up", "up", "up", "up")
        await run.pilot.press("space")
        await until_said(run.pilot, f"users delete {target.id}")
        assert ways.picked == "delete"
        await run.pilot.press("down", "space")
        await until_said(run.pilot, f"users delete {target.id} --hard")
        await run.pilot.press("ctrl+s")  # leads to what is missing
        await until(run.pilot, lambda: run.dialog.query_one("#typed").has_focus)
        assert run.answers == []
        await run.pilot.press("shift+tab", "up", "up", "up", "space")
        await until_said(run.pilot, f"users delete {target.id}")
        await run.pilot.press("up", "space")
        await until_said(run.pilot, f"users deactivate {target.id}")


async def test_of_an_inactive_one_deleting_is_the_first_choice(database: Database) -> None:
    who, target = await root(), await alice(is_active=False)
    async with opened(database, DeleteDialog(target.id), who=who) as run:
        await until_said(run.pilot, f"users delete {target.id}")
        await choose(run, "deactivate", "This account is inactive already.")
        assert not may_confirm(run)


async def test_deleted_with_the_reason_and_said(database: Database) -> None:
    who, target = await root(), await alice(sessions=1)
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "users deactivate")
        await choose(run, "delete", f"users delete {target.id}")
        await until_said(
            run.pilot, f"the account is kept as deleted.{target.id}", "wiped for good: a restored account needs a reset"
        )
        run.dialog.query_one("#reason", Input).value = "left"
        await until(run.pilot, lambda: may_confirm(run))
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
        await until_said(run.pilot, f"is deleted and kept as deleted.{target.id}; 1 session was ended.")
    assert (await reread(target)).deleted_at is not None
    (event,) = await events(action="users.delete")
    assert event.reason == "left"


async def test_for_good_wants_the_name_typed(database: Database) -> None:
    who, target = await root(), await alice("support")
    await execute(
        database,
        "CREATE TABLE orders (id integer PRIMARY KEY, buyer_id integer REFERENCES users (id) ON DELETE CASCADE);"
        f"INSERT INTO orders VALUES (1, {target.id}), (2, {target.id});",
    )
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "users deactivate")
        await choose(run, "for-good", "--hard --confirm alice.jones")
        await until_said(
            run.pilot,
            "deleted with it",
            "2 orders orders.buyer_id",
            "1 roles user_roles.user_id",
            "Type alice.jones to confirm.",
        )
        typed = run.dialog.query_one("#typed", Input)
        await focus(run.pilot, typed)
        await run.pilot.press(*"alice")
        await until(run.pilot, lambda: not may_confirm(run))
        await run.pilot.press("ctrl+s")
        await run.pilot.press(*".jones")
        await until(run.pilot, lambda: may_confirm(run))
        await run.pilot.press("enter")  # never writes
        assert run.answers == []
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
        await until_said(run.pilot, "is deleted for good, with its rows in 2 tables.")
    assert await User.filter(id=target.id).count() == 0


async def test_of_look_alikes_the_id_is_typed_and_it_says_why(database: Database) -> None:
    who, target = await root(), await alice(username="paul")
    await user("pau1")
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "users deactivate")
        await choose(
            run, "for-good", f"Type {target.id} to confirm. The name looks like another one, or cannot be typed."
        )
        typed = run.dialog.query_one("#typed", Input)
        typed.value = "paul"
        await run.pilot.pause()
        assert not may_confirm(run)
        typed.value = str(target.id)
        await until(run.pilot, lambda: may_confirm(run))


async def test_who_may_not_deactivate_is_offered_deleting_first(database: Database) -> None:
    target = await alice()
    boss = await superuser("boss")
    who = person("users.view", "users.delete", user_id=boss.id, label="boss")
    async with opened(database, DeleteDialog(target.id), who=who) as run:
        await until_said(run.pilot, f"users delete {target.id}")


async def test_another_way_chosen_takes_the_confirmation_back(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "users deactivate")
        await choose(run, "for-good", "--hard")
        run.dialog.query_one("#typed", Input).value = "alice.jones"
        await until(run.pilot, lambda: may_confirm(run))
        await choose(run, "delete", f"users delete {target.id} [")
        await until(run.pilot, lambda: "Type alice.jones" not in words(run.pilot) and may_confirm(run))
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert await User.filter(id=target.id).count() == 1


async def test_what_is_in_the_way_is_named_and_typing_does_not_help(database: Database) -> None:
    who, target = await root(), await alice()
    await execute(
        database,
        "CREATE TABLE invoices (id integer PRIMARY KEY, payer_id integer REFERENCES users (id));"
        f"INSERT INTO invoices VALUES (1, {target.id});",
    )
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "users deactivate")
        await choose(run, "for-good", "Table invoices refers to it: 1 row (invoices.payer_id).")
        await until_said(run.pilot, "in the way")
        run.dialog.query_one("#typed", Input).value = "alice.jones"
        await run.pilot.pause()
        assert not may_confirm(run)


async def test_what_came_meanwhile_is_shown_before_it_is_asked_again(database: Database) -> None:
    who, target = await root(), await alice()
    await execute(
        database,
        "CREATE TABLE orders (id integer PRIMARY KEY, buyer_id integer REFERENCES users (id) ON DELETE CASCADE)",
    )
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "users deactivate")
        await choose(run, "for-good", "--hard")
        run.dialog.query_one("#typed", Input).value = "alice.jones"
        await until(run.pilot, lambda: may_confirm(run))
        await execute(database, f"INSERT INTO orders VALUES (1, {target.id})")
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "more depends on alice.jones")
        await until_said(run.pilot, "1 orders orders.buyer_id")
        await until(run.pilot, lambda: may_confirm(run))
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert await User.filter(id=target.id).count() == 0


async def test_restored(database: Database) -> None:
    who, target = await root(), await deleted("support")
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, f"users restore {target.id}")
        await until_said(
            run.pilot,
            "A deleted account",
            "it is called alice.jones, with the address alice.jones@example.com",
            "nobody can sign in to it until the password is reset",
        )
        text = words(run.pilot)
        assert "Deactivate" not in text
        await until(run.pilot, lambda: may_confirm(run))
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    row = await reread(target)
    assert (row.username, row.deleted_at) == ("alice.jones", None)


async def test_restored_under_another_name(database: Database) -> None:
    who, target = await root(), await deleted()
    await user("Alice.Jones", email="alice.jones@example.com")
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "Another user has this username.")
        name, email = run.dialog.query_one("#username", Input), run.dialog.query_one("#email", Input)
        assert (name.value, email.value, name.has_focus) == ("alice.jones", "alice.jones@example.com", True)
        assert not may_confirm(run)
        name.value = "alice.before"
        await until_said(run.pilot, "Another user has this e-mail address.")
        email.value = ""
        await run.pilot.press("ctrl+s")  # too early: nothing is planned
        await until_said(run.pilot, f"users restore {target.id} --username alice.before --email ''")
        await until(run.pilot, lambda: may_confirm(run))
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    row = await reread(target)
    assert (row.username, row.email) == ("alice.before", None)


async def test_a_deleted_one_is_deleted_for_good_by_the_name_it_is_kept_under(database: Database) -> None:
    who, target = await root(), await deleted()
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "users restore")
        await choose(run, "for-good", f"--confirm deleted.{target.id}")
        run.dialog.query_one("#typed", Input).value = f"deleted.{target.id}"
        await until(run.pilot, lambda: may_confirm(run))
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert await User.filter(id=target.id).count() == 0


async def test_restored_by_somebody_else_meanwhile(database: Database) -> None:
    who, target = await root(), await deleted()
    boss = await Account.get(username="boss")
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until(run.pilot, lambda: may_confirm(run))
        await apply(await plan_restore(acting(boss), target.id))
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
        await until_said(run.pilot, "is not deleted any more")


async def test_gone_while_the_dialog_is_open(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, DeleteDialog(target.id), who=who) as run:
        await until(run.pilot, lambda: may_confirm(run))
        await remove(target)
        await choose(run, "delete", f"There is no user #{target.id} any more.")
        assert not may_confirm(run)


@pytest.mark.parametrize("dialog", [ResetScreen, ActivationDialog, LockDialog, EditScreen])
async def test_the_other_verbs_say_that_it_is_deleted(database: Database, dialog: Callable[[int], WriteDialog]) -> None:
    who, target = await root(), await deleted()
    async with opened(database, dialog(target.id), who=who) as run:
        await until_said(run.pilot, f"User #{target.id} was deleted by boss")
        await until_said(run.pilot, "It can be restored.")
        await run.pilot.press("ctrl+s")
        await run.pilot.pause()
        assert run.answers == []
    assert (await reread(target)).version == target.version


async def test_hostile_names_of_people_and_tables(database: Database) -> None:
    who = await root()
    target = await alice(username=HOSTILE[:40], email=HOSTILE)
    await execute(
        database,
        'CREATE TABLE "a [b]x[/b] \x1b[31m" (id integer PRIMARY KEY, u integer REFERENCES users (id));'
        f'INSERT INTO "a [b]x[/b] \x1b[31m" VALUES (1, {target.id})',
    )
    async with opened(database, DeleteDialog(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, r"a\x1b]52;c;AAAA")
        for way, said in (("delete", "users delete"), ("for-good", "[b]x[/b]")):
            await choose(run, way, said)
            assert screen_text(run.pilot).replace("\n", "").isprintable()


async def test_the_page_of_a_deleted_user_says_what_can_be_done(database: Database) -> None:
    who, target = await root(), await deleted()
    app = shell_on(lambda: UserScreen(target.id), database=database, who=who)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_said(pilot, "D restores it, or deletes it for good.")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, DeleteDialog))
        await until_said(pilot, f"users restore {target.id}")
        await until(pilot, lambda: not app.screen.query_one("#confirm", Button).disabled)
        await pilot.press("ctrl+s")
        await until_said(pilot, "alice.jones #")
        await until(pilot, lambda: isinstance(app.screen, UserScreen))
        await until(pilot, lambda: "D restores it" not in words(pilot))
        app.database = None


async def test_without_the_permission_there_is_no_d(database: Database) -> None:
    target = await alice()
    sue = await user("sue", "support")
    app = shell_on(
        lambda: UserScreen(target.id), database=database, who=person("users.view", user_id=sue.id, label="sue")
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await until_said(pilot, "alice.jones")
        await pilot.press("D")
        await pilot.pause()
        assert isinstance(app.screen, UserScreen)
        app.database = None


async def test_the_page_of_a_user_deleted_for_good_keeps_the_history(database: Database) -> None:
    who, target = await root(), await alice("support", sessions=1)
    app = shell_on(lambda: UserScreen(target.id), database=database, who=who)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_said(pilot, "alice.jones@example.com")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, DeleteDialog))
        await until_said(pilot, "users deactivate")
        app.screen.query_one("#way", Options).pick("for-good")
        await until_said(pilot, "--hard")
        app.screen.query_one("#typed", Input).value = "alice.jones"
        await until(pilot, lambda: not app.screen.query_one("#confirm", Button).disabled)
        await pilot.press("ctrl+s")
        await until_said(pilot, "This user is not there any more.")
        await until(pilot, lambda: "alice.jones@example.com" not in words(pilot))
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, UserScreen)
        await pilot.press("left_square_bracket")
        await until_said(pilot, "hard delete")
        app.database = None
