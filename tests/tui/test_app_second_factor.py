"""The code of an authenticator on the sign-in screen and on the lock, through the keys, on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import Input

from models import Account, UserSession
from models.mfa_secrets import use_key_file, use_keys
from models.operations import Secret, SignedIn
from tests.models.operations.mfa.phone import KEYS, Phone, enrolled, foreign
from tests.models.operations.people import PASSWORD, superuser
from tests.tui.test_app_sign_in import on_screen
from tests.tui.waiting import focus, screen_text, until, until_shown
from tui.database import Database
from tui.person import Person, person_of
from tui.screens.start.lock import LockScreen
from tui.screens.start.sign_in import SignInScreen
from tui.screens.start.signing import enter
from tui.widgets.sign_in_form import SignInForm


@pytest.fixture(autouse=True)
def _key() -> Iterator[None]:
    use_keys(KEYS)
    yield
    use_key_file(None)


@pytest.fixture
async def phone(database: Database) -> Phone:
    return await enrolled(await superuser("root"))


async def signed_in(phone: Phone) -> Person:
    answer = await enter("root", Secret(PASSWORD), Secret(await phone.code()))
    assert isinstance(answer, SignedIn)
    return person_of(answer)


async def test_the_code_is_asked_for_after_the_password_and_lets_in(database: Database, phone: Phone) -> None:
    app = on_screen(SignInScreen, database)
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.query_one("#username", Input).value = "root"
        password = app.screen.query_one("#password", Input)
        password.value = PASSWORD
        await focus(pilot, password)
        await pilot.press("enter")
        await until_shown(pilot, "six digits")
        assert not password.display
        assert app.person is None
        await pilot.press(*(await phone.code()), "enter")
        await until(pilot, lambda: app.person is not None)
        assert await UserSession.all().count() == 1
        app.database = None


async def test_a_wrong_code_is_asked_for_again_and_esc_goes_back_to_the_password(
    database: Database, phone: Phone
) -> None:
    app = on_screen(SignInScreen, database)
    async with app.run_test(size=(80, 24)) as pilot:
        form = app.screen.query_one(SignInForm)
        app.screen.query_one("#username", Input).value = "root"
        password, code = app.screen.query_one("#password", Input), app.screen.query_one("#code", Input)
        password.value = PASSWORD
        await focus(pilot, password)
        await pilot.press("enter")
        await until(pilot, lambda: form.asks_code)
        await pilot.press(*(await phone.wrong_code()), "x", "enter")
        await until_shown(pilot, "works once")
        assert form.asks_code
        assert code.value == ""
        await until(pilot, lambda: code.has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: not form.asks_code)
        await until(pilot, lambda: password.has_focus)
        assert not code.display
        assert not app.screen.query_one("#username", Input).disabled
        assert PASSWORD not in screen_text(pilot)
        assert app.person is None
        app.database = None


async def test_an_authenticator_that_cannot_be_read_says_what_to_do(database: Database) -> None:
    await foreign(await superuser("root"), "key")
    app = on_screen(SignInScreen, database)
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.query_one("#username", Input).value = "root"
        password = app.screen.query_one("#password", Input)
        password.value = PASSWORD
        await focus(pilot, password)
        await pilot.press("enter")
        await until_shown(pilot, "Ask a colleague to reset it")
        assert "shellback rescue" in screen_text(pilot).replace("\n", " ")
        assert app.person is None
        app.database = None


async def test_the_lock_asks_for_the_code_too(database: Database, phone: Phone) -> None:
    app = on_screen(LockScreen, database, who=await signed_in(phone))
    opened: list[Person] = []

    async def note(person: Person) -> None:
        opened.append(person)

    app.lock.open = note  # type: ignore[method-assign]
    async with app.run_test(size=(80, 24)) as pilot:
        form = app.screen.query_one(SignInForm)
        app.screen.query_one("#password", Input).value = PASSWORD
        await pilot.press("enter")
        await until(pilot, lambda: form.asks_code)
        assert not opened
        await pilot.press("escape")
        await until(pilot, lambda: not form.asks_code)
        assert not opened
        app.screen.query_one("#password", Input).value = PASSWORD
        await pilot.press("enter")
        await until(pilot, lambda: form.asks_code)
        await pilot.press(*(await phone.code(1)), "enter")
        await until(pilot, lambda: bool(opened))
        account = await Account.get(username="root")
        assert await UserSession.filter(user_id=account.id, revoked_at=None).count() == 1  # the one before has ended
        app.database = None
