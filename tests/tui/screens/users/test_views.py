"""Views and columns through their keys, over a real database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.widgets import Input, OptionList
from tortoise.transactions import in_transaction

from models import AuditEvent, SavedView, UserAuthState
from tests.models.operations.people import superuser as make_superuser
from tests.models.operations.people import user as make_user
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.user.writing import LATER, root, until_said
from tests.tui.screens.users.test_list import current, make, ready, users
from tests.tui.shell import person, shell_on, superuser
from tests.tui.waiting import screen_text, until, until_shown
from tui.browse.lists.columns import DEFAULT
from tui.browse.lists.orders import Order, OrderBy
from tui.screens.dialogs.columns import ColumnsDialog
from tui.screens.users.screen import UsersScreen
from tui.screens.views.dialog import ViewsDialog
from tui.screens.views.naming import ViewNameDialog, ViewVerbDialog
from tui.terminal.remembered import remember_columns, remember_theme, remembered_columns, remembered_theme

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.database import Database


async def front(pilot: Pilot[Any], kind: type[Any]) -> Any:
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))
    return pilot.app.screen


async def views(pilot: Pilot[Any]) -> ViewsDialog:
    """The dialog, opened, with its views read."""
    await pilot.press("V")
    dialog: ViewsDialog = await front(pilot, ViewsDialog)
    await until(pilot, lambda: dialog.view is not None)
    return dialog


def names(dialog: ColumnsDialog) -> list[str]:
    """The lines of the chooser."""
    return [str(option.prompt) for option in dialog.query_one(OptionList).options]


async def put_cursor(pilot: Pilot[Any], dialog: ViewsDialog, name: str) -> None:
    def named() -> int | None:
        options = dialog.query_one(OptionList).options
        return next((i for i, option in enumerate(options) if str(option.prompt).startswith(name)), None)

    await until(pilot, lambda: pilot.app.screen is dialog and named() is not None)
    dialog.query_one(OptionList).highlighted = named()
    await until(pilot, lambda: dialog.view is not None and dialog.view.name == name)


async def test_a_built_in_view_is_opened_and_left(database: Database) -> None:
    locked, _ = await make("alice", "bob")
    async with in_transaction():
        await UserAuthState.create(user=locked, locked_until=LATER)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        dialog = await views(pilot)
        assert dialog.view is not None
        assert dialog.view.name == "Locked now"
        await until_said(pilot, "is:locked filter · index")
        await pilot.press("enter")
        await until_shown(pilot, "view: Locked now · 2 users · 1 match")
        assert users(app).box.text == "is:locked"
        assert current(app) == "alice"
        dialog = await views(pilot)
        assert dialog.view is not None
        assert dialog.view.name == "Locked now"  # the cursor begins at the view that is shown
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is users(app))
        await until_shown(pilot, "view: Locked now")
        await pilot.press("slash", *"bob", "enter")
        await until_shown(pilot, "2 users · 1 match")
        assert "view:" not in screen_text(pilot)


async def test_the_present_search_is_saved_with_its_order_and_columns(database: Database) -> None:
    who = await root()
    await make("alice", "alina", "bob")
    app = shell_on(UsersScreen, database=database, who=who)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"ali", "enter")
        await until_shown(pilot, "2 match")
        users(app).users.order_by(Order(OrderBy.CREATED, descending=True))
        users(app).users.choose_columns(("email", "version"))
        dialog = await views(pilot)
        await pilot.press("s")
        await front(pilot, ViewNameDialog)
        await pilot.press("enter")
        await until_said(pilot, "The view needs a name.")
        await pilot.press(*"Ali")
        await until_said(pilot, "views save Ali ali --order created- --columns id,username,email,version")
        await pilot.press("enter")
        await put_cursor(pilot, dialog, "Ali")
        await until_said(pilot, "The view Ali was saved.")
        await until_said(pilot, "created, newest first · 4 columns")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: pilot.app.screen is users(app))
        users(app).users.choose_columns(DEFAULT)
        users(app).users.order_by(Order())
        await pilot.press("escape")
        await until(pilot, lambda: not users(app).users.query_shown)
        dialog = await views(pilot)
        await put_cursor(pilot, dialog, "Ali")
        await pilot.press("enter")
        await until_shown(pilot, "view: Ali · ")
        await until(pilot, lambda: [row.username for row in users(app).table.window.rows] == ["alina", "alice"])
        assert users(app).users.columns == ("id", "username", "email", "version")
        assert str(users(app).users.order) == "-created"
        await until_shown(pilot, "VERSION")
        await pilot.press("escape")
        await until(pilot, lambda: not users(app).users.query_shown)
        assert users(app).users.columns == DEFAULT
        app.database = None  # it is the test's
    (event,) = await AuditEvent.filter(action="views.save")
    assert event.actor_id == who.actor.user_id
    assert event.target_type == "view"


async def test_rename_share_change_and_delete(database: Database) -> None:
    who = await root()
    async with in_transaction():
        await SavedView.create(owner_id=who.actor.user_id, name="mine", query="is:locked")
    app = shell_on(UsersScreen, database=database, who=who)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        dialog = await views(pilot)
        await put_cursor(pilot, dialog, "mine")
        await pilot.press("r")
        renaming = await front(pilot, ViewNameDialog)
        renaming.query_one(Input).value = "superusers"
        await pilot.press("ctrl+s")
        await until_said(pilot, "A built-in view has this name.")
        renaming.query_one(Input).value = "ours"
        await pilot.press("ctrl+s")
        await put_cursor(pilot, dialog, "ours")
        await pilot.press("S")
        await front(pilot, ViewVerbDialog)
        await until_said(pilot, "everybody who may see users can open it")
        await pilot.press("ctrl+s")
        await until_said(pilot, "yours, shared")
        await put_cursor(pilot, dialog, "ours")
        await until_said(pilot, "S unshare")
        await pilot.press("w")
        await front(pilot, ViewVerbDialog)
        await until_said(pilot, "query: is:locked → nothing")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: dialog.view is not None and dialog.view.query == "")
        await pilot.press("D")
        await front(pilot, ViewVerbDialog)
        await until_said(pilot, "everybody loses it")
        await pilot.press("enter")  # it starts on Cancel
        await front(pilot, ViewsDialog)
        await put_cursor(pilot, dialog, "ours")
        await pilot.press("D")
        await front(pilot, ViewVerbDialog)
        await until_said(pilot, "everybody loses it")
        await pilot.press("ctrl+s")
        await until_said(pilot, "The view ours was deleted.")
        await front(pilot, ViewsDialog)
        app.database = None  # it is the test's
    assert not await SavedView.exists()
    actions = await AuditEvent.filter(target_type="view").order_by("seq").values_list("action", flat=True)
    assert [str(action) for action in actions] == ["views.rename", "views.share", "views.change", "views.delete"]


async def test_views_of_others(database: Database) -> None:
    ann, maria = await make_user("ann", "support"), await make_user("maria", "support")
    boss = await make_superuser("boss")
    async with in_transaction():
        await SavedView.create(owner_id=ann.id, name="hers", query="ali", is_shared=True)
        await SavedView.create(owner_id=ann.id, name="private", query="ali")
    app = shell_on(UsersScreen, database=database, who=person("users.view", user_id=maria.id))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        dialog = await views(pilot)
        await put_cursor(pilot, dialog, "hers")
        await until_shown(pilot, "by ann")
        assert "private" not in screen_text(pilot)
        assert [dialog.check_action(verb, ()) for verb in ("save", "rename", "share", "delete", "change")] == [
            *(True, None, None, None, None)
        ]
        app.person = superuser(boss.id, "boss")
        assert dialog.check_action("delete", ()) is True
        app.launch = replace(app.launch, read_only=True)
        assert dialog.check_action("save", ()) is None


async def test_the_filter(database: Database) -> None:
    await make("alice")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        dialog = await views(pilot)
        await pilot.press("slash", *"ALIKE zz")
        await until(pilot, lambda: dialog.query_one(OptionList).option_count == 0)
        await until_said(pilot, "No view matches.")
        await pilot.press("backspace", "backspace", "backspace")
        await until(pilot, lambda: dialog.query_one(OptionList).option_count == 1)
        await pilot.press("enter", "enter")
        await until_shown(pilot, "view: Look-alike usernames")
        dialog = await views(pilot)
        await pilot.press("j", "k", "k", "slash", "x", "escape")
        await until(pilot, lambda: dialog.query_one(Input).value == "")
        assert pilot.app.screen is dialog
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is users(app))


async def test_hostile_and_broken_views(database: Database) -> None:
    who = await root()
    async with in_transaction():
        for name, query in (
            (HOSTILE[:100], "ali"),
            ("broken", "is:nonsense"),
            ("gone", "role:nobody"),
            ("odd", "a\u202eb"),
        ):
            await SavedView.create(owner_id=who.actor.user_id, name=name, query=query, columns=["x"], order="moon")
    app = shell_on(UsersScreen, database=database, who=who)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        dialog = await views(pilot)
        options = dialog.query_one(OptionList)
        await until(pilot, lambda: options.option_count == 11)
        options.highlighted = 7
        await until_shown(pilot, "[red]x[/red]")
        assert "\x1b" not in screen_text(pilot)
        assert "\u202e" not in screen_text(pilot)
        await put_cursor(pilot, dialog, "broken")
        await until_said(pilot, "It cannot be opened: is:nonsense is not known")
        await pilot.press("enter")
        assert pilot.app.screen is dialog
        await put_cursor(pilot, dialog, "gone")
        await until_said(pilot, "It lists nobody: there is no role nobody")
        await put_cursor(pilot, dialog, "odd")
        await pilot.press("enter")
        await until(pilot, lambda: any("cannot be shown" in note.message for note in app._notifications))
        assert users(app).box.text == ""
        dialog = await views(pilot)
        dialog.query_one(OptionList).highlighted = 7
        await pilot.press("enter")
        await until_said(pilot, "view: a")
        assert "\x1b" not in screen_text(pilot)


async def test_columns_are_chosen_and_remembered(database: Database) -> None:
    (alice, *_) = await make("alice", "bob", "carol")
    async with in_transaction():
        await UserAuthState.create(user=alice, failed_count=7, last_login_ip="10.0.0.4")
    remember_theme("shellback-light")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("j", "space", "k")
        await until(pilot, lambda: (current(app), len(users(app).table.marks)) == ("bob", 1))
        await pilot.press("C")
        dialog = await front(pilot, ColumnsDialog)
        await pilot.press("J", "J")  # state goes behind last login
        await until(pilot, lambda: names(dialog)[:4] == ["[x] roles", "[x] last login", "[x] state", "[x] e-mail"])
        await pilot.press("K", "home")
        for _ in range(5):
            await pilot.press("space")
        assert [name for name in names(dialog) if "[x]" in name] == ["[x] created"]
        await pilot.press("space")
        await until_said(pilot, "is always shown")
        for name in ("address of the last login", "failed sign-ins since the last login"):
            dialog.query_one(OptionList).highlighted = names(dialog).index(f"[ ] {name}")
            await pilot.press("space")
        await pilot.press("home", "space")
        dialog.query_one(OptionList).highlighted = 1
        await pilot.press("K", "K")
        await until(
            pilot,
            lambda: names(dialog)[:2] == ["[x] failed sign-ins since the last login", "[x] address of the last login"],
        )
        await pilot.press("enter")
        await until_shown(pilot, "10.0.0.4")
        line = next(line for line in screen_text(pilot).splitlines() if "alice" in line)
        assert line.split()[2:5] == ["alice", "7", "10.0.0.4"] or line.split()[1:4] == ["alice", "7", "10.0.0.4"]
        assert (current(app), len(users(app).table.marks)) == ("bob", 1)
        assert "STATE" not in screen_text(pilot)
        app.database = None  # it is the test's
    assert remembered_columns() == ("id", "username", "failed_count", "last_login_ip")
    assert remembered_theme() == "shellback-light"
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "10.0.0.4")
        await pilot.press("C")
        await front(pilot, ColumnsDialog)
        await pilot.press("R", "enter")
        await until_shown(pilot, "STATE")
        await pilot.press("C", "escape")
        await until(pilot, lambda: users(app).users.columns == DEFAULT)
    assert remembered_columns() == DEFAULT


def test_a_broken_memory_is_none() -> None:
    from tui.terminal.remembered import _path

    remember_columns(["id", "version"])
    for text in ("", "[]", '{"columns": 7, "theme": []}', '{"columns": [1, null]}', "\x00"):
        _path().write_text(text)
        assert (remembered_columns(), remembered_theme()) == ((), "")


async def test_the_same_search_again_leaves_the_view_as_it_is(database: Database) -> None:
    await make("alice")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await views(pilot)
        await pilot.press("enter")
        await until_shown(pilot, "view: Locked now")
        await pilot.press("slash", "end", "enter", "ctrl+r")
        await until(pilot, lambda: not users(app).table.busy)
        await until_said(pilot, "view: Locked now")


async def test_a_built_in_view_from_the_palette(database: Database) -> None:
    await make("alice")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("colon", *"view look-alike")
        await until_shown(pilot, "View Look-alike usernames")
        await pilot.press("enter")
        await until_shown(pilot, "view: Look-alike usernames")
        assert users(app).box.text == "is:look-alike"
