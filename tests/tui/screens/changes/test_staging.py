"""An edit on its way into the changeset: staged from the form and from the list, or refused there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Button, Input

from models.operations import apply, plan_edit
from tests.models.operations.people import acting, remove, reread, user
from tests.tui.screens.changes.staged import edit, keep, kept, loaded, put, running
from tests.tui.screens.user.writing import alice, root
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.changes.commit import CommitDialog
from tui.screens.changes.screen import ChangesScreen
from tui.screens.dialogs.base import Dialog
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.user.edit import EditScreen
from tui.screens.user.merge import MergeScreen
from tui.screens.user.screen import UserScreen
from tui.screens.users.screen import UsersScreen

if TYPE_CHECKING:
    from tui.database import Database


async def test_s_stages_from_the_list_and_the_rows_stay_as_they_are(database: Database) -> None:
    who, target = await root(), await alice()
    async with running(database, who, UsersScreen) as run:
        await until_shown(run.pilot, "alice.jones")
        await run.press("s")
        form = await loaded(run)
        await until_shown(run.pilot, "Stage an edit")
        put(form, "full_name", "Alice Jones")
        await run.press("ctrl+s")
        await run.in_front(UsersScreen)
        await run.says(f"Staged full name of alice.jones #{target.id}: 1 user in the changeset")
        assert "1 staged" in screen_text(run.pilot).splitlines()[0]
        await run.press("c")
        await run.in_front(ChangesScreen)
        await until_shown(run.pilot, "1 user · 1 field · checked")
        await run.press("1")
        await run.press("2")
        await run.in_front(ChangesScreen)
    assert (await reread(target)).version == 1
    assert kept(database, who) == {"alice.jones": {"full_name": "Alice Jones"}}


async def test_ctrl_t_stages_from_the_form_that_saves(database: Database) -> None:
    who, target = await root(), await alice()
    async with running(database, who, lambda: UserScreen(target.id, "alice.jones")) as run:
        await until_shown(run.pilot, "alice.jones@example.com")
        await run.press("e")
        form = await loaded(run)
        await until_shown(run.pilot, "[ Stage  ^T ]")
        await run.press("ctrl+t")
        await run.says("Nothing was changed yet.")
        put(form, "email", "new@example.com")
        await run.press("ctrl+t")
        await run.in_front(UserScreen)
        await run.says("Staged e-mail of alice.jones")
    assert (await reread(target)).version == 1
    assert kept(database, who) == {"alice.jones": {"email": "new@example.com"}}


async def test_the_form_starts_from_what_is_staged_and_says_so(database: Database) -> None:
    who, target = await root(), await alice()
    keep(database, who, edit(target, full_name="Staged Name"))
    async with running(database, who) as run:
        await until_shown(run.pilot, "ready")
        await run.press("e")
        form = await loaded(run)
        assert form.query_one("#full_name", Input).value == "Staged Name"
        await run.says("and not committed: full name.")
        await run.press("escape")  # nothing is lost by leaving, so nothing is asked
        await run.in_front(ChangesScreen)
        await run.press("e")
        form = await loaded(run)
        put(form, "full_name", "")
        put(form, "email", "new@example.com")
        await run.press("escape")
        await run.in_front(ConfirmDialog)
        await run.press("n")
        await run.in_front(EditScreen)
        await run.press("ctrl+s")
        await run.in_front(ChangesScreen)
        await until_shown(run.pilot, "new@example.com")
        assert kept(database, who) == {"alice.jones": {"email": "new@example.com"}}
        await run.press("e")
        form = await loaded(run)
        put(form, "email", "alice.jones@example.com")
        await run.press("ctrl+s")
        await run.says("is not staged.")
        await until_shown(run.pilot, "Nothing is staged.")
    assert kept(database, who) == {}


async def test_saving_at_once_takes_the_staged_edit_with_it(database: Database) -> None:
    who, target = await root(), await alice()
    keep(database, who, edit(target, full_name="Staged"))
    async with running(database, who, lambda: UserScreen(target.id, "alice.jones")) as run:
        await run.app.staged.read()
        await until_shown(run.pilot, "alice.jones@example.com")
        await run.press("e")
        await loaded(run)
        await run.press("ctrl+s")
        await run.in_front(Dialog)
        await until_shown(run.pilot, "-> Staged")
        await run.press("y")
        await run.in_front(UserScreen)
        await until(run.pilot, lambda: not run.app.staged.edits)
    assert (await reread(target)).full_name == "Staged"
    assert kept(database, who) == {}


async def test_bad_values_and_forbidden_ones_are_not_staged(database: Database) -> None:
    who, target = await root(), await alice()
    async with running(database, who, lambda: UserScreen(target.id, "alice.jones")) as run:
        await until_shown(run.pilot, "alice.jones@example.com")
        await run.press("s")
        form = await loaded(run)
        put(form, "email", "nowhere")
        await run.press("ctrl+s")
        await run.says("looks like name@example.org")
        await until(run.pilot, lambda: run.app.focused is form.query_one("#email"))
        put(form, "email", "")
        await run.press("ctrl+s")
        await run.in_front(UserScreen)
    assert kept(database, who) == {"alice.jones": {"email": None}}


async def test_a_name_that_is_still_taken_is_staged_with_a_caution(database: Database) -> None:
    """The other half of a swap may follow."""
    who, target, bob = await root(), await alice(), await user("bob")
    async with running(database, who, lambda: UserScreen(target.id, "alice.jones"), size=(120, 40)) as run:
        await until_shown(run.pilot, "alice.jones@example.com")
        await run.press("s")
        put(await loaded(run), "username", "bob")
        await run.press("ctrl+s")
        await run.in_front(UserScreen)
        await run.says("Not ready to be committed: username: Another user has this username.")
    keep(database, who, edit(bob, username="alice.jones"))
    async with running(database, who) as run:
        await until_shown(run.pilot, "checked")
        assert "NOT READY" not in screen_text(run.pilot)
        await run.press("ctrl+s")
        await run.in_front(CommitDialog)
        await until_shown(run.pilot, "2 users, 2 fields")
        await run.press("y")
        await run.says("Saved 2 fields of 2 users in one transaction.")
    assert [(await reread(one)).username for one in (target, bob)] == ["bob", "alice.jones"]


async def test_a_row_that_changed_while_the_form_was_open_is_merged_before_it_is_staged(database: Database) -> None:
    who, target, maria = await root(), await alice(), await user("maria", "operator")
    async with running(database, who, lambda: UserScreen(target.id, "alice.jones"), size=(120, 40)) as run:
        await until_shown(run.pilot, "alice.jones@example.com")
        await run.press("s")
        form = await loaded(run)
        put(form, "full_name", "Mine")
        put(form, "email", "mine@example.com")
        await apply(await plan_edit(acting(maria), target, {"full_name": "Hers"}))
        await run.press("ctrl+t")
        await run.in_front(MergeScreen)
        await run.press("escape")
        await run.in_front(EditScreen)
        assert kept(database, who) == {}
        await run.press("ctrl+s")
        await run.in_front(MergeScreen)
        await run.press("ctrl+s")  # theirs
        await run.in_front(UserScreen)
        await run.says("Staged e-mail of alice.jones")
    assert kept(database, who) == {"alice.jones": {"email": "mine@example.com"}}


async def test_a_user_who_is_gone_and_a_new_one_are_not_staged(database: Database) -> None:
    who, target = await root(), await alice()
    async with running(database, who, lambda: UserScreen(target.id, "alice.jones")) as run:
        await until_shown(run.pilot, "alice.jones@example.com")
        await run.press("s")
        put(await loaded(run), "full_name", "Mine")
        await remove(target)
        await run.press("ctrl+s")
        await run.says("What you typed is kept.")
        assert "Stage " not in screen_text(run.pilot).partition("Cancel")[2].replace("Stage  ^S", "")
        run.app.screen.query_one("#create", Button).press()
        await until_shown(run.pilot, "New user")
        await until_shown(run.pilot, "[ Review  ^S ]")
        await run.press("ctrl+t")
        await run.says("A new user is not staged")
    assert kept(database, who) == {}


async def test_a_read_only_database_refuses_with_the_reason(database: Database) -> None:
    who, target = await root(), await alice()
    database.read_only = True
    keep(database, who, edit(target, full_name="A"))
    async with running(database, who, UsersScreen) as run:
        await until_shown(run.pilot, "alice.jones")
        await run.press("s")
        await run.says("open read-only, so nothing can be staged")
        assert isinstance(run.app.screen, UsersScreen)
    async with running(database, who) as run:
        await until_shown(run.pilot, "ready")
        await run.press("ctrl+s")
        await run.says("open read-only, so nothing can be committed")
