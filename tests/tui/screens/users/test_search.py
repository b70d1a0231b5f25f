"""The search line of the users: completion, the cost before it runs, the offer of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tortoise.transactions import in_transaction

from models import Role
from tests.tui.browse.people import people
from tests.tui.screens.users.test_list import ready, users
from tests.tui.shell import shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.browse.cost.indexes import Advice
from tui.browse.search.query import parse
from tui.screens.users.screen import UsersScreen
from tui.widgets.completion_list import CompletionList

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.database import Database


def shown(pilot: Pilot[Any]) -> bool:
    """Whether candidates are offered."""
    return bool(pilot.app.screen.query_one(CompletionList).display)


async def test_tab_completes_fields_and_values_and_takes_the_next(database: Database) -> None:
    await people(20)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"ro")
        await until_shown(pilot, "role:")
        await pilot.press("tab")
        await until(pilot, lambda: users(app).box.text == "role:")
        await until(pilot, lambda: users(app).line.vocabulary.roles)
        await pilot.press(*"su")
        await until_shown(pilot, "support")
        await pilot.press("tab")
        await until(pilot, lambda: users(app).box.text == "role:support")
        await pilot.press("space", *"is:", "tab")
        first = users(app).box.text
        await pilot.press("tab")
        second = users(app).box.text
        assert first != second
        assert parse(first)
        assert parse(second)
        await pilot.press("shift+tab")
        await until(pilot, lambda: users(app).box.text == first)
        await pilot.press("enter")
        await until(pilot, lambda: not shown(pilot))
        await until(pilot, lambda: users(app).users.query_shown == parse(first))
        await until(pilot, lambda: app.focused is users(app).table)


async def test_enter_down_and_escape_are_never_the_lists(database: Database) -> None:
    await people(20)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for key in ("down", "escape"):
            await pilot.press("slash", *"is:")
            await until(pilot, lambda: shown(pilot))
            await pilot.press(key)
            await until(pilot, lambda: app.focused is users(app).table)
            assert users(app).box.text == "is:"
            assert not shown(pilot)
        await pilot.press("slash", *"anna", "enter")
        await until(pilot, lambda: str(users(app).users.query_shown) == "anna")


async def test_tab_leads_on_where_nothing_completes(database: Database) -> None:
    await people(20)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"anna", "tab")
        await until(pilot, lambda: users(app).box.text == "anna")
        await until(pilot, lambda: app.focused is users(app).table)


async def test_the_rows_stay_where_they_are_while_candidates_are_shown(database: Database) -> None:
    await people(50)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        region = users(app).table.region
        await pilot.press("slash", *"is:")
        await until(pilot, lambda: shown(pilot))
        assert users(app).table.region == region
        assert "│ " in screen_text(pilot).splitlines()[2]


async def test_what_is_not_finished_is_no_mistake_yet(database: Database) -> None:
    await people(20)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"is:lock")
        await until(pilot, lambda: shown(pilot))
        await users(app).box.workers.wait_for_complete()
        users(app).box._paused()
        await pilot.pause()
        assert "^" not in screen_text(pilot)
        await pilot.press("enter")
        await until_shown(pilot, "is:lock is not known")


async def test_hostile_names_of_roles_are_text(database: Database) -> None:
    async with in_transaction():
        await Role.create(name="zz[red]\u202ex[/red]")
    await people(5)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"role:")
        await until(pilot, lambda: users(app).line.vocabulary.roles)
        await pilot.press(*"zz")
        await until_shown(pilot, "[red]\\u202ex[/red]")


async def test_the_planners_cost_stands_there_before_it_runs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(30)
    monkeypatch.setattr("tui.widgets.search_box.DEBOUNCE", 3600)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "30 users · loaded")
        await pilot.press("slash", *"role:support")
        await until(pilot, lambda: users(app).users._pricing._told is not None)
        await until_shown(pilot, "filter · index")
        assert not users(app).users.query_shown
        await pilot.press(*" *zzzz*")
        await until_shown(pilot, "contains")


async def test_the_index_that_would_spare_a_scan_is_copied(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    advice = Advice("users", ("username_key",), "There is no index.", "CREATE INDEX CONCURRENTLY x;", trigram=True)

    async def there(_: object) -> Advice:
        return advice

    monkeypatch.setattr("tui.browse.cost.price.scan_advice", there)
    await people(30)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"*zzzz*")
        await until_shown(pilot, "F4 index")
        await pilot.press("f4")
        await until(pilot, lambda: app.clipboard == advice.sql)
        await until_shown(pilot, "Nobody matches")
        await pilot.press("escape", "f4")
        await until_shown(pilot, "F4 index")
        await pilot.press("escape")
        await until_shown(pilot, "30 users · loaded")
        assert "F4" not in screen_text(pilot)
