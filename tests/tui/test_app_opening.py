"""While a database is opened or made: what the first screen says, and what Esc does."""

from __future__ import annotations

import asyncio

import pytest

from tests.tui.shell import StrictShell
from tests.tui.waiting import screen_text, until, until_shown
from tui.badge import DEMO
from tui.launch import Launch, Opening, Report, opener_for
from tui.screens.start.screen import EXIT_UNAVAILABLE, StartScreen
from tui.settings import parse_url


@pytest.fixture(autouse=True)
def _soon_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.work.SLOW_AFTER", 0.01)


async def test_a_database_that_does_not_answer_is_waited_for_until_esc() -> None:
    async def never(_: Report) -> Opening:
        await asyncio.Event().wait()
        raise AssertionError

    app = StrictShell(Launch("app@db1", never))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Waiting for the database, Esc stops waiting")
        assert "^R" not in screen_text(pilot)
        await pilot.press("escape")
        await until_shown(pilot, "Stopped waiting for app@db1: it has not answered.")
        assert app.failed_status == EXIT_UNAVAILABLE
        assert "Waiting for the database" not in screen_text(pilot)
        await until_shown(pilot, "^R refresh")
        await pilot.press("ctrl+r")
        await until_shown(pilot, "Opening app@db1 ...")
        await pilot.press("escape")
        await until_shown(pilot, "Stopped waiting")
        await pilot.press("escape")
        await until(pilot, lambda: app.return_code == EXIT_UNAVAILABLE)


async def test_a_database_that_is_made_says_so_itself_and_esc_leaves() -> None:
    async def makes(report: Report) -> Opening:
        report("Making a throw-away database ...")
        await asyncio.Event().wait()
        raise AssertionError

    app = StrictShell(Launch("demo", makes, DEMO))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Making a throw-away database ...")
        assert isinstance(app.screen, StartScreen)
        app.screen._show_slow(True)
        await pilot.pause()
        assert "Esc stops waiting" not in screen_text(pilot)
        assert "^R" not in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: app.return_code == 0)


async def test_with_a_password_library_that_verifies_wrongly_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    async def opens(_: Report) -> Opening:
        raise AssertionError("it must not come to that")

    sentence = "Both passlib and libpass are installed, and overwrite each other. Uninstall both, then install libpass."
    monkeypatch.setattr("models.passwords.library_problem", lambda: sentence)
    app = StrictShell(Launch("app@db1", opens))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Both passlib and libpass are installed")
        assert app.failed_status == EXIT_UNAVAILABLE


async def test_a_setting_that_cannot_be_followed_is_said_in_its_own_words() -> None:
    url = parse_url("postgres://u@127.0.0.1/db?sslmode=verify-full&sslrootcert=/nowhere.pem", environment={})
    app = StrictShell(Launch(url.label, opener_for(url)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "There is no file where sslrootcert says.")
        await until_shown(pilot, "^R refresh")
        assert app.failed_status == EXIT_UNAVAILABLE
