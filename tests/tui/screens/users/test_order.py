"""The order of the list: its dialog, the titles of the columns, and what an index has to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import OptionList
from tortoise.transactions import in_transaction

from tests.tui.browse.people import people
from tests.tui.screens.users.test_list import current, make, ready, users
from tests.tui.shell import shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.browse.lists.orders import Order, OrderBy
from tui.screens.dialogs.order import OrderDialog
from tui.screens.users.screen import UsersScreen
from tui.widgets.keyset_table import KeysetTable

if TYPE_CHECKING:
    from tui.database import Database


async def test_every_order_is_listed_and_chosen_both_ways(database: Database) -> None:
    await people(40)
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until_shown(pilot, "USERNAME▲")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, OrderDialog))
        options = app.screen.query_one(OptionList)
        assert options.option_count == 2 * len(OrderBy)
        lines = screen_text(pilot)
        assert all(Order(by, down).words() in lines for by in OrderBy for down in (False, True))
        place = list(OrderBy).index(OrderBy.LAST_LOGIN) * 2 + 1
        await pilot.press(*"j" * (place + 1), "k")
        await until(pilot, lambda: options.highlighted == place)
        await pilot.press("enter")
        await until_shown(pilot, "LAST LOGIN▼")
        await until_shown(pilot, "by last login, latest first")
        source = users(app).users.source
        assert source is not None
        assert source.order == Order(OrderBy.LAST_LOGIN, descending=True)


async def test_an_order_without_its_index_is_grey_and_says_why(database: Database, dialect: str) -> None:
    await people(10)
    async with in_transaction() as connection:
        indexes = {
            "sqlite": "SELECT name FROM pragma_index_list('users') l"
            " WHERE EXISTS (SELECT 1 FROM pragma_index_info(l.name) i WHERE i.name = 'created_at')",
            "postgres": "SELECT indexname AS name FROM pg_indexes WHERE tablename = 'users'"
            " AND indexdef LIKE '%(created_at%'",
        }
        _, found = await connection.execute_query(indexes[dialect])
        for row in found:
            await connection.execute_script(f'DROP INDEX "{row["name"]}"')
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("o")
        await until_shown(pilot, "created, newest first · no index")
        await until_shown(pilot, "There is no index on users (created_at, id)")
        await pilot.press("escape")
        users(app).users.order_by(Order(OrderBy.CREATED))
        await until_shown(pilot, "There is no index on users")
        assert users(app).table.stale


async def test_a_title_orders_and_turns_the_order_round(database: Database) -> None:
    await make("anna", "bert", "carl", "dora")
    app = shell_on(UsersScreen, database=database)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("j")
        await pilot.click(KeysetTable, offset=(16, 0))
        await until_shown(pilot, "USERNAME▼")
        await until(pilot, lambda: users(app).table.window.rows[0].username == "dora")
        assert current(app) == "bert"
        await pilot.click(KeysetTable, offset=(8, 0))
        await until_shown(pilot, "▲ID")
        await until(pilot, lambda: users(app).table.window.rows[0].username == "anna")
        assert current(app) == "bert"
        roles = screen_text(pilot).splitlines()[2].index("ROLES")
        await pilot.click(KeysetTable, offset=(roles, 0))
        await until_shown(pilot, "No index serves an order by this column")
