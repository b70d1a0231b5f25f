"""The edit form through its keys: errors beside fields, review, merge, a row that is gone, a new user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widgets import Button, Input

from models import Account, User
from models.operations import Status, apply, plan_edit
from tests.models.operations.people import acting, events, remove, reread, set_columns, user
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.user.writing import Opened, alice, opened, root, until_said, words
from tests.tui.waiting import focus, screen_text, until, until_shown
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.review import ReviewDialog
from tui.screens.dialogs.secret import SecretDialog
from tui.screens.user.edit import EditScreen
from tui.screens.user.merge import MergeScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.database import Database


def put(run: Opened, field: str, text: str) -> None:
    run.dialog.query_one(f"#{field}", Input).value = text


async def in_front(run: Opened, kind: type[Screen[Any]]) -> None:
    await until(run.pilot, lambda: isinstance(run.app.screen, kind))


async def loaded(run: Opened, name: str = "alice.jones") -> None:
    await until(run.pilot, lambda: run.dialog.query_one("#username", Input).value == name)


async def test_a_touched_field_is_reviewed_and_saved(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, EditScreen(target.id), who=who) as run:
        await loaded(run)
        put(run, "email", "new@example.com")
        put(run, "reason", "asked by mail")
        await until_said(run.pilot, "--set email=new@example.com")
        await run.pilot.press("ctrl+s")
        await in_front(run, ReviewDialog)
        await until_shown(run.pilot, "e-mail: alice.jones@example.com -> new@example.com")
        await run.pilot.press("ctrl+s")  # the key that opened the review does not confirm it
        assert (await reread(target)).version == 1
        await run.pilot.press("y")
        await until(run.pilot, lambda: run.answers)
        (outcome,) = run.answers
        assert outcome is not None
        assert outcome.status is Status.OK
        await until_said(run.pilot, "Saved e-mail of alice.jones #2.")
    row = await reread(target)
    assert (row.email, row.full_name, row.version) == ("new@example.com", "", 2)
    assert (await events())[0].reason == "asked by mail"


async def test_errors_stand_beside_their_fields_with_the_cursor_in_the_first(database: Database) -> None:
    who, target = await root(), await alice()
    await user("bob")
    async with opened(database, EditScreen(target.id), who=who) as run:
        await loaded(run)
        put(run, "username", "BOB")
        put(run, "email", "nowhere")
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "Another user has this username.")
        lines = screen_text(run.pilot).splitlines()
        place = next(number for number, line in enumerate(lines) if "username  " in line)
        assert "Another user has this username." in lines[place + 1]
        assert "looks like name@example.org" in lines[place + 3]
        await until(run.pilot, lambda: run.app.focused is run.dialog.query_one("#username"))
        put(run, "username", "alice.jones")
        put(run, "email", "alice@example.com")
        put(run, "expires_at", "soon")
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "Write a date like 2027-01-31")
        assert "Another user" not in screen_text(run.pilot)
        await until(run.pilot, lambda: run.app.focused is run.dialog.query_one("#expires_at"))
    assert (await reread(target)).version == 1


async def test_an_end_date_that_was_not_touched_is_not_written(database: Database) -> None:
    from datetime import UTC, datetime

    who, target = await root(), await alice(expires_at=datetime(2099, 1, 1, 10, 30, 59, tzinfo=UTC))
    async with opened(database, EditScreen(target.id), who=who) as run:
        await loaded(run)
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "Nothing was changed yet.")
        put(run, "expires_at", "2099-01-02")
        await run.pilot.press("ctrl+s")
        await in_front(run, ReviewDialog)
        await run.pilot.press("y")
        await until(run.pilot, lambda: run.answers)
    assert (await reread(target)).expires_at == datetime(2099, 1, 2, tzinfo=UTC)


async def test_leaving_with_unsaved_changes_asks(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, EditScreen(target.id), who=who) as run:
        await loaded(run)
        put(run, "full_name", "Alice")
        await run.pilot.press("escape")
        await in_front(run, ConfirmDialog)
        await until_shown(run.pilot, "Not saved yet: full name.")
        await run.pilot.press("n")
        await in_front(run, EditScreen)
        assert run.dialog.query_one("#full_name", Input).value == "Alice"
        await run.pilot.press("escape")
        await in_front(run, ConfirmDialog)
        await run.pilot.press("y")
        await until(run.pilot, lambda: run.answers == [None])


async def _clash(run: Opened, target: Account, by: Account, **theirs: object) -> None:
    """Type, let `by` save first, and review to the end."""
    await loaded(run)
    put(run, "email", "mine@example.com")
    put(run, "full_name", "Alice Mine")
    await run.pilot.press("ctrl+s")
    await in_front(run, ReviewDialog)
    assert (await apply(await plan_edit(acting(by), await reread(target), theirs))).status is Status.OK
    await run.pilot.press("y")


async def test_a_clash_is_merged_by_choice(database: Database) -> None:
    who, target, maria = await root(), await alice(), await user("maria", "operator")
    async with opened(database, EditScreen(target.id), who=who, size=(120, 40)) as run:
        await _clash(run, target, maria, email="hers@example.com", is_verified=True)
        await in_front(run, MergeScreen)
        await until_said(run.pilot, "(•) hers@example.com", "( ) mine@example.com", "theirs (maria,", "(•) Alice Mine")
        await until(run.pilot, lambda: run.app.focused is run.app.screen.query_one("#email-theirs"))
        assert (await reread(target)).version == 2
        await run.pilot.press("tab", "space")
        await until_said(run.pilot, "(•) mine@example.com")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    row = await reread(target)
    assert (row.email, row.full_name, row.is_verified, row.version) == ("mine@example.com", "Alice Mine", True, 3)


async def test_theirs_is_kept_and_the_rest_is_saved(database: Database) -> None:
    who, target, maria = await root(), await alice(), await user("maria", "operator")
    async with opened(database, EditScreen(target.id), who=who, size=(120, 40)) as run:
        await _clash(run, target, maria, email="hers@example.com")
        await in_front(run, MergeScreen)
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    row = await reread(target)
    assert (row.email, row.full_name, row.version) == ("hers@example.com", "Alice Mine", 3)


async def test_changed_again_during_the_merge_is_a_new_merge(database: Database) -> None:
    who, target, maria = await root(), await alice(), await user("maria", "operator")
    async with opened(database, EditScreen(target.id), who=who, size=(120, 40)) as run:
        await _clash(run, target, maria, email="hers@example.com")
        await in_front(run, MergeScreen)
        first = run.app.screen
        await run.pilot.press("tab", "space")
        await apply(await plan_edit(acting(maria), await reread(target), {"email": "again@example.com"}))
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: isinstance(run.app.screen, MergeScreen) and run.app.screen is not first)
        await until_said(run.pilot, ": again@example.com")
        assert (await reread(target)).email == "again@example.com"
        await run.pilot.press("escape")
        await in_front(run, EditScreen)
        assert run.dialog.query_one("#email", Input).value == "mine@example.com"


async def test_a_row_that_is_gone_keeps_the_form_and_is_made_anew_only_by_choice(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, EditScreen(target.id), who=who) as run:
        await loaded(run)
        put(run, "full_name", "Alice Jones")
        await run.pilot.press("ctrl+s")
        await in_front(run, ReviewDialog)
        await remove(target)
        await run.pilot.press("y")
        await until_said(run.pilot, "does not exist any more")
        assert run.dialog.query_one("#full_name", Input).value == "Alice Jones"
        assert not await Account.filter(username="alice.jones").exists()
        await run.pilot.press("enter")
        await until_said(run.pilot, "New user")
        await run.pilot.press("ctrl+s")
        await in_front(run, ReviewDialog)
        await run.pilot.press("y")
        await in_front(run, SecretDialog)
        await run.pilot.press("escape")
        await until(run.pilot, lambda: run.answers)
    made = await Account.get(username="alice.jones")
    assert (made.full_name, made.email, made.version) == ("Alice Jones", "alice.jones@example.com", 1)
    assert made.id != target.id


async def test_a_new_user_without_a_password(database: Database) -> None:
    who = await root()
    async with opened(database, EditScreen(None), who=who) as run:
        await run.pilot.press(*"zoe")
        await focus(run.pilot, run.dialog.query_one("#method-disable"))
        await run.pilot.press("space")
        await until_said(run.pilot, "shellback users create zoe --disable-password")
        await run.pilot.press("ctrl+s")
        await in_front(run, ReviewDialog)
        await run.pilot.press("y")
        await until(run.pilot, lambda: run.answers)
    assert not (await User.get(username="zoe")).has_usable_password


async def test_hostile_values_are_made_visible_and_survive_a_save(database: Database) -> None:
    who, target = await root(), await alice(full_name=HOSTILE)
    async with opened(database, EditScreen(target.id), who=who) as run:
        await loaded(run)
        assert screen_text(run.pilot).replace("\n", "").isprintable()
        put(run, "email", "mine@example.com")
        await run.pilot.press("ctrl+s")
        await in_front(run, ReviewDialog)
        await set_columns(target, email=HOSTILE, version=2)  # another program did that
        await run.pilot.press("y")
        await in_front(run, MergeScreen)
        assert screen_text(run.pilot).replace("\n", "").isprintable()
        await until_shown(run.pilot, r"\x1b]52")
        await run.pilot.press("tab", "space", "ctrl+s")
        await until(run.pilot, lambda: run.answers)
    row = await reread(target)
    assert (row.email, row.full_name) == ("mine@example.com", HOSTILE)


async def test_the_button_waits_for_what_may_be_saved(database: Database) -> None:
    who, target = await root(), await alice()
    await remove(target)
    async with opened(database, EditScreen(target.id), who=who) as run:
        await until_said(run.pilot, f"There is no user #{target.id} any more.")
        assert run.dialog.query_one("#confirm", Button).disabled


async def test_hidden_characters_are_told_and_stay_as_they_are(database: Database) -> None:
    who, target = await root(), await alice(full_name="Ali\u202ece\x1b")
    async with opened(database, EditScreen(target.id), who=who) as run:
        await loaded(run)
        await until_said(run.pilot, "holds U+202E at 4, U+001B at 7")
        put(run, "email", "new@example.com")
        await run.pilot.press("ctrl+s")
        await in_front(run, ReviewDialog)
        assert "full name" not in words(run.pilot).partition("Review")[2].partition("Save")[0]
        await run.pilot.press("y")
        await until(run.pilot, lambda: run.answers)
    assert (await reread(target)).full_name == "Ali\u202ece\x1b"
