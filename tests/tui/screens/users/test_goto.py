"""Jumps in the list: from the palette, from a line, with the bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from models import User
from tests.tui.browse.people import analyse, people
from tests.tui.screens.users.test_list import current, make, ready, users
from tests.tui.shell import shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.dialogs.goto import GotoDialog
from tui.screens.users.screen import UsersScreen
from tui.widgets.keyset_table import KeysetTable

if TYPE_CHECKING:
    from tui.database import Database


async def test_goto_in_the_palette(database: Database) -> None:
    made = await make(*(f"user{number:03}" for number in range(300)))
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("colon", *"goto user123")
        await until_shown(pilot, "Go to user123")
        await pilot.press("enter")
        await until(pilot, lambda: current(app) == "user123")
        await until_shown(pilot, "went to user123")
        await pilot.press("colon", *f"goto #{made[7].id}")
        await until_shown(pilot, f"Go to #{made[7].id}")
        await pilot.press("enter")
        await until(pilot, lambda: current(app) == "user007")


async def test_percent_asks_where_and_goes_there(database: Database) -> None:
    await people(500)
    await analyse()
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        names = [user.username for user in await User.all().order_by("username_key")]
        await pilot.press("percent_sign")
        await until(pilot, lambda: isinstance(app.screen, GotoDialog))
        await pilot.press(*"50%", "enter")
        await until_shown(pilot, "went to 50%")
        await until(pilot, lambda: 200 <= names.index(current(app)) <= 300)
        assert app.screen is users(app)


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Where to?"), ("150%", "from 0% to 100%"), ("#x", "After # stands an id"), ("#99999", "#99999 is not in")],
)
async def test_what_leads_nowhere_is_said_in_the_line(database: Database, text: str, said: str) -> None:
    await make("anna", "bert")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("percent_sign")
        await until(pilot, lambda: isinstance(app.screen, GotoDialog))
        app.screen.query_one(Input).value = text
        await pilot.press("enter")
        await until_shown(pilot, said)
        assert isinstance(app.screen, GotoDialog)
        await pilot.press("escape")
        await until(pilot, lambda: current(app) == "anna")


async def test_a_wrong_place_in_the_palette_opens_the_line(database: Database) -> None:
    await make("anna", "bert")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("colon", *"goto 300%")
        await until_shown(pilot, "from 0% to 100%")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, GotoDialog))
        assert app.screen.query_one(Input).value == "300%"


async def test_the_bar_is_dragged_to_a_part_of_the_list(database: Database) -> None:
    await people(900)
    await analyse()
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "█" in screen_text(pilot))
        names = [user.username for user in await User.all().order_by("username_key")]
        x, body = users(app).table.size.width - 1, users(app).table.body
        await pilot.mouse_down(KeysetTable, offset=(x, 2))
        for y in (4, 6, 8, body // 2 + 1):
            await pilot.hover(KeysetTable, offset=(x, y))
        await pilot.mouse_up(KeysetTable, offset=(x, body // 2 + 1))
        await until(pilot, lambda: not users(app).table.busy and 330 <= names.index(current(app)) <= 570)
        await until_shown(pilot, "went to 5")
