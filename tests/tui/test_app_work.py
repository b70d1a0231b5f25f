"""Reads and writes of a screen, and quitting while they run."""

import pytest

from models.operations import Secret
from tests.tui.busy import Busy
from tests.tui.shell import shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.dialogs.busy import BusyDialog
from tui.screens.me.first_code import FirstCodeDialog
from tui.screens.status import StatusScreen
from tui.terminal.connection import SLOW_AFTER


async def test_quitting_waits_for_a_write() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, Busy)
        await pilot.press("e")
        await until(pilot, lambda: app.busy)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, BusyDialog))
        await until_shown(pilot, "reset of alice is still running")
        await pilot.press("escape", "e")
        await until_shown(pilot, "Not yet: reset of alice")
        screen.let_go.set()
        await until(pilot, lambda: screen.results == ["written"])
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app._exit)
    assert app.return_code == 0


async def test_what_refuses_to_quit_goes_when_the_write_is_settled() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, Busy)
        screen.action_edit()
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, BusyDialog))
        screen.let_go.set()
        await until(pilot, lambda: app.screen is screen)
        assert screen.results == ["written"]
        assert not app._exit


async def test_it_locks_over_a_write_that_the_database_does_not_answer() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, Busy)
        screen.action_edit()
        await pilot.press("ctrl+l")
        await until_shown(pilot, "Locked.")
        await pilot.press("ctrl+q")
        await until_shown(pilot, "Something is still running")
        assert "alice" not in screen_text(pilot)
        app.warn("A word about alice.")
        assert not app._notifications
        screen.let_go.set()
        await until(pilot, lambda: screen.results == ["written"])
        await until(pilot, lambda: not isinstance(app.screen, BusyDialog))
        assert app.person is not None
        await app.lock.open(app.person)
        await until_shown(pilot, "A word about alice.")


async def test_asked_twice_it_leaves_after_the_write() -> None:
    app = shell_on(Busy)
    leaving: list[int] = []
    app.on_leaving = leaving.append
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, Busy)
        screen.action_edit()
        await pilot.press("ctrl+q")
        dialog = BusyDialog
        await until(pilot, lambda: isinstance(app.screen, dialog) and app.screen.is_settled)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: leaving)
        assert not app._exit
        screen.let_go.set()
        await until(pilot, lambda: app._exit)
    assert app.return_code == 0


async def test_two_keys_in_one_moment_write_once() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, Busy)
        screen.action_edit()
        screen.action_edit()
        screen.let_go.set()
        await app.workers.wait_for_complete()
        await until(pilot, lambda: screen.results)
        assert screen.results == ["written"]
        assert app.busy == []


async def test_a_quick_read_does_not_take_the_key_that_leaves() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, Busy)
        await pilot.press("f5", "q")
        await until(pilot, lambda: not screen.is_attached)


async def test_a_write_goes_on_when_its_screen_is_left() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, Busy)
        await pilot.press("e")
        await until(pilot, lambda: app.busy)
        await pilot.press("escape")
        await until(pilot, lambda: not screen.is_attached)
        assert app.busy == ["reset of alice"]
        screen.let_go.set()
        await until_shown(pilot, "Done: reset of alice")
        assert screen.results == []


async def test_a_newer_read_supersedes_an_older_one() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, Busy)
        await pilot.press("f5", "f5", "f5")
        screen.let_go.set()
        await until(pilot, lambda: screen.results)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert screen.results == [0]


async def test_a_slow_read_says_so_and_esc_stops_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.work.SLOW_AFTER", SLOW_AFTER / 100)
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, Busy)
        await pilot.press("f5")
        await until_shown(pilot, "Esc stops waiting")
        await pilot.press("escape")
        await until(pilot, lambda: "Esc stops waiting" not in screen_text(pilot))
        assert isinstance(app.screen, Busy)
        assert screen.results == []


@pytest.mark.parametrize("leaves_first", [True, False])
async def test_what_is_opened_at_the_moment_of_leaving_is_no_crash(leaves_first: bool) -> None:
    """It is mounted without its widgets, which its first look at itself misses."""
    app = shell_on(StatusScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        steps = [app.exit, lambda: app.push_screen(FirstCodeDialog(Secret("otpauth://totp/x?secret=ABCDEFGHIJKLMNOP")))]
        for step in steps if leaves_first else reversed(steps):
            step()
    assert app.return_code == 0
