"""The panel of filters: it writes the text of the search box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widgets import Input, OptionList

from tests.tui.browse.people import people
from tests.tui.screens.users.test_list import ready, users
from tests.tui.shell import shell_on
from tests.tui.waiting import focus, screen_text, until, until_shown
from tui.browse.search.query import parse
from tui.screens.dialogs.filters import FiltersDialog
from tui.screens.users.screen import UsersScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.database import Database


async def opened(pilot: Pilot[Any]) -> FiltersDialog:
    await pilot.press("f")
    await until(pilot, lambda: isinstance(pilot.app.screen, FiltersDialog))
    assert isinstance(pilot.app.screen, FiltersDialog)
    return pilot.app.screen


async def test_picking_with_the_keyboard_writes_the_query_and_searches(database: Database) -> None:
    await people(60)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        panel = await opened(pilot)
        await until_shown(pilot, "/ everybody")
        await pilot.press("down", "down", "space")
        await until_shown(pilot, "[x] locked")
        await until_shown(pilot, "/ is:locked")
        await until_shown(pilot, "filter · index")
        await pilot.press("down", "space", "space")
        await until_shown(pilot, "[-] expired")
        await pilot.press("right", "right", "up", "up", "up", "space")
        role = app.screen.query_one("#roles", OptionList).get_option_at_index(0).prompt
        assert "[x] " in str(role)
        await pilot.press("tab", *"<90d")
        await until_shown(pilot, "created:<90d")
        text = panel.filters.text()
        assert text.startswith("is:locked -is:expired role:")
        await pilot.press("enter")
        await until(pilot, lambda: users(app).users.query_shown == parse(text))
        assert users(app).box.text == text
        await until(pilot, lambda: app.focused is users(app).table)


async def test_an_existing_text_is_shown_and_what_it_has_no_line_for_is_kept(database: Database) -> None:
    await people(60)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        users(app).box.text = "anna -id:5 is:locked role:support created:<9d"
        await until(pilot, lambda: str(users(app).users.query_shown).startswith("anna"))
        panel = await opened(pilot)
        await until_shown(pilot, "[x] locked", "[x] support")
        assert panel.query_one("#created", Input).value == "<9d"
        await pilot.press("down", "down", "space", "space")
        await until(pilot, lambda: panel.filters.text() == "anna -id:5 role:support created:<9d")
        await pilot.press("escape")
        await until(pilot, lambda: users(app).box.text == "anna -id:5 is:locked role:support created:<9d")


async def test_clearing_begins_anew(database: Database) -> None:
    await people(20)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        users(app).box.text = "anna is:locked login:none"
        panel = await opened(pilot)
        await pilot.press("ctrl+x")
        await until_shown(pilot, "/ everybody")
        assert "[x]" not in screen_text(pilot).replace("with [x]", "")
        assert panel.query_one("#login", Input).value == ""
        await pilot.press("enter")
        await until(pilot, lambda: users(app).box.text == "")


async def test_a_date_that_is_none_is_said_and_nothing_is_searched(database: Database) -> None:
    await people(20)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        panel = await opened(pilot)
        await focus(pilot, panel.query_one("#created", Input))
        await pilot.press(*"2026-13", "enter")
        await until(pilot, lambda: panel.query_one("#cost").has_class("-wrong"))
        assert app.screen is panel
        await pilot.press("escape")
        await until(pilot, lambda: users(app).box.text == "")


async def test_the_smallest_terminal_shows_its_buttons(database: Database) -> None:
    await people(60)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(60, 15)) as pilot:
        await ready(pilot)
        await opened(pilot)
        for shown in ("[ ] password", "created", "last login", "/ everybody", "[ Search  ⏎ ]"):
            await until_shown(pilot, shown)
