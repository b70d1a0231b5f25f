"""The first start: an empty database, a web service's, somebody else's; from consent to the first superuser."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from models import Account
from tests.models.operations.people import superuser as make_superuser
from tests.tui.migrate.own import COUNT
from tests.tui.shell import StrictShell
from tests.tui.waiting import screen_text, until, until_shown
from tui.badge import LOCAL
from tui.database import Kind, identify, open_database
from tui.launch import Launch, Opening, Report, opener_for
from tui.person import Person
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.migrations.apply.screen import ApplyScreen
from tui.screens.start.first_start import FirstStartScreen
from tui.screens.start.first_superuser import FirstSuperuserScreen
from tui.screens.start.sign_in import SignInScreen
from tui.settings import parse_url

PASSWORD = "a long walk by the sea"


class Entered(StrictShell):
    """Notes who is let in instead of opening the first area."""

    def enter(self, person: Person) -> None:
        self.person = person


def shell_over(url: str) -> Entered:
    parsed = parse_url(url)
    return Entered(Launch(parsed.label, opener_for(parsed), LOCAL))


async def until_asked(pilot: Pilot[Any], kind: type[Screen[Any]]) -> None:
    """A screen is the current one a moment before its fields are there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and bool(pilot.app.screen.query("#username")))


async def test_an_empty_database_is_migrated_on_consent(empty_url: str) -> None:
    app = shell_over(empty_url)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, 'CREATE TABLE IF NOT EXISTS "users"')
        assert f"is empty. {COUNT} migrations of Shellback's own make the schema" in " ".join(
            screen_text(pilot).split()
        )
        assert app.database is not None
        assert (await identify(app.database)).kind is Kind.EMPTY
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("enter")  # on Cancel
        await until(pilot, lambda: isinstance(app.screen, FirstStartScreen))
        assert (await identify(app.database)).kind is Kind.EMPTY
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ApplyScreen))
        await until(pilot, lambda: app.busy)
        await until(pilot, lambda: not app.busy, seconds=60)
        await pilot.press("escape")
        await until_asked(pilot, FirstSuperuserScreen)
        assert (await identify(app.database)).is_current
        for name, value in (("#username", "root"), ("#new", "short"), ("#again", "short")):
            app.screen.query_one(name, Input).value = value
        await pilot.press("ctrl+s")
        await until_shown(pilot, "15")
        app.screen.query_one("#again", Input).value = PASSWORD
        await pilot.press("ctrl+s")
        await until_shown(pilot, "not the same")
        app.screen.query_one("#new", Input).value = PASSWORD
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.person is not None)
        assert app.who == "root (superuser)"
        assert await Account.filter(is_superuser=True).count() == 1


async def test_a_current_database_without_a_superuser_asks_for_one(database_url: str) -> None:
    app = shell_over(database_url)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_asked(pilot, FirstSuperuserScreen)


async def test_a_second_key_does_not_take_the_place_of_the_sign_in(database_url: str) -> None:
    app = shell_over(database_url)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_asked(pilot, FirstSuperuserScreen)
        screen = app.screen
        assert isinstance(screen, FirstSuperuserScreen)
        for name, value in (("#username", "root"), ("#new", PASSWORD), ("#again", PASSWORD)):
            screen.query_one(name, Input).value = value

        def pressed_all_the_time() -> Person | None:
            screen.action_save()
            return app.person

        await until(pilot, pressed_all_the_time, seconds=30)
        assert app.who == "root (superuser)"


async def test_a_superuser_made_elsewhere_meanwhile_signs_in(database_url: str) -> None:
    app = shell_over(database_url)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_asked(pilot, FirstSuperuserScreen)
        await make_superuser("somebody")
        for name, value in (("#username", "root"), ("#new", PASSWORD), ("#again", PASSWORD)):
            app.screen.query_one(name, Input).value = value
        await pilot.press("ctrl+s")
        await until_asked(pilot, SignInScreen)
        assert await Account.filter(is_superuser=True).count() == 1


async def test_another_application_is_left_alone(empty_url: str) -> None:
    async with await open_database(parse_url(empty_url)) as opened:
        from tortoise.transactions import in_transaction

        async with in_transaction() as connection:
            await connection.execute_script("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
        del opened
    app = shell_over(empty_url)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "another application")
        assert app.database is None
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
    assert app.return_code == 5


async def test_a_token_that_is_over_asks_for_the_password(database_url: str) -> None:
    from models.operations import Secret, apply, plan_create_first_superuser, system_actor

    async with await open_database(parse_url(database_url)):
        await apply(await plan_create_first_superuser(system_actor(), {"username": "root"}, Secret(PASSWORD)))

    async def opener(_: Report) -> Opening:
        return Opening(await open_database(parse_url(database_url)), "not a token")

    app = Entered(Launch("db", opener, LOCAL))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_asked(pilot, SignInScreen)


@pytest.mark.sqlite_only
async def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite3"
    path.write_text("Dear Sir or Madam, " * 100)
    path.chmod(0o600)
    app = shell_over(f"sqlite://{path}")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "is not an SQLite database")
