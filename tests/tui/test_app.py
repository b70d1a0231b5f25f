"""The application with empty screens: keys, areas, the frame around a screen."""

import pytest

from models.engines.errors import DatabaseUnavailable
from tests.tui.busy import Busy
from tests.tui.shell import StrictShell, person, shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.badge import DEMO, LOCAL, PROD, badge_for
from tui.keys import GROUPS, KEYS, show_key
from tui.launch import Launch, Opening, Report
from tui.screens.areas import AREAS
from tui.screens.base import AreaScreen
from tui.screens.dialogs.base import Dialog
from tui.screens.status import StatusScreen
from tui.settings.profiles import COLORS


def test_every_key_is_found_by_its_group_and_says_what_it_does() -> None:
    for key in KEYS.values():
        assert key.group in GROUPS, key.id
        assert key.action.isidentifier(), key.id
        assert key.help
        assert not any(bad in key.keys for bad in ("ctrl+i", "ctrl+h", "ctrl+m", "alt+", "ctrl+enter")), key.id


def test_how_keys_are_shown() -> None:
    assert [show_key(key) for key in ("ctrl+s", "question_mark", "f1", "enter", "e")] == ["^S", "?", "F1", "⏎", "e"]


def test_the_badge_of_a_connection() -> None:
    assert badge_for(production=True, profile="live", color="green") == PROD
    assert badge_for(demo=True) == DEMO
    assert badge_for(local=True) == LOCAL
    staging = badge_for(profile="staging", color="green")
    assert (staging.word, staging.color) == ("STAGING", "green")


@pytest.mark.parametrize("color", COLORS)
async def test_every_colour_of_a_profile_can_be_painted(color: str) -> None:
    app = shell_on(Busy, badge=badge_for(profile="staging", color=color))
    async with app.run_test(size=(80, 24)) as pilot:
        assert screen_text(pilot).startswith(" STAGING ")


async def test_header_and_footer(monkeypatch: pytest.MonkeyPatch) -> None:
    app = shell_on(Busy, badge=PROD, who=person(label="maria"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        lines = screen_text(pilot).split("\n")
        assert lines[0].startswith(" PROD  app@db1.internal · maria (support)")
        assert lines[0].endswith("Busy")
        assert lines[-1].strip() == "e edit  p reset  ^R refresh  ? help"


async def test_remapped_keys_work_and_are_shown() -> None:
    app = shell_on(Busy)
    app.set_keymap({"users.edit": "E"})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "E edit")
        await pilot.press("E")
        await until(pilot, lambda: app.busy == ["reset of alice"])
        assert isinstance(app.screen, Busy)
        app.screen.let_go.set()
        await until(pilot, lambda: not app.busy)


async def test_areas_are_refused_politely() -> None:
    app = shell_on(StatusScreen, who=person("users.view"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("4")
        await until_shown(pilot, "Audit needs the permission audit.view")
        assert isinstance(app.screen, StatusScreen)
        await pilot.press("5")
        await until(pilot, lambda: app.current_mode == "status")


async def test_leaving_an_area_leads_to_the_first_one_and_only_that_one_leaves() -> None:
    app = shell_on(StatusScreen, who=person())  # a role that includes Status alone: there is nowhere else to go
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: app.current_mode == "status")
        assert not app.to_first_area()
    app = shell_on(StatusScreen, who=person("users.edit"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: app.current_mode == "status")
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "changes")
        assert not app._exit
        assert not app.to_first_area()


def test_areas_have_digits_of_their_own_and_screens_that_exist() -> None:
    assert len({area.key for area in AREAS}) == len(AREAS)
    for area in AREAS:
        assert issubclass(area.load(), AreaScreen)


async def test_a_database_that_does_not_open_can_be_tried_again() -> None:
    tries = 0

    async def opener(report: Report) -> Opening:
        nonlocal tries
        tries += 1
        report(f"Trying for the time {tries}.")
        raise DatabaseUnavailable(f"No server answers, {tries}.")

    app = StrictShell(Launch("app@db1.internal", opener, PROD))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_shown(pilot, "No server answers, 1.")
        await pilot.press("ctrl+r")
        await until_shown(pilot, "No server answers, 2.")
        await pilot.press("1", "ctrl+l", "q")
        await until(pilot, lambda: app._exit)
    assert app.return_code == 5


async def test_keys_do_nothing_in_a_terminal_that_is_too_small() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(59, 24)) as pilot:
        await until_shown(pilot, "too small")
        await pilot.press("e")
        assert app.busy == []
        await pilot.resize_terminal(60, 15)
        await until_shown(pilot, "body")
        await pilot.press("e")
        await until(pilot, lambda: app.busy)
        assert isinstance(app.screen, Busy)
        app.screen.let_go.set()
        await until(pilot, lambda: not app.busy)


async def test_keys_typed_before_a_terminal_grew_are_not_heard_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(Dialog, "SETTLE", 0.3)
    monkeypatch.setattr("tui.screens.deaf.monotonic", lambda: now)
    app = shell_on(Busy)
    async with app.run_test(size=(59, 24)) as pilot:
        await until_shown(pilot, "too small")
        await pilot.resize_terminal(60, 15)
        await until_shown(pilot, "body")
        now += 0.29
        await pilot.press("e")
        assert app.busy == []
        now += 0.02
        await pilot.press("e")
        await until(pilot, lambda: app.busy)
        assert isinstance(app.screen, Busy)
        app.screen.let_go.set()
        await until(pilot, lambda: not app.busy)
        app.screen.let_go.set()
        await until(pilot, lambda: not app.busy)
