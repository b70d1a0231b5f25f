"""What the application does around its screens: areas, help, palette, toasts, troubles, quitting, opening."""

import asyncio
from typing import ClassVar

import pytest
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from models.engines.errors import DatabaseUnavailable
from models.operations import Secret
from tests.tui.shell import StrictShell, person, shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.badge import DEMO, LOCAL, PROD, badge_for
from tui.keys import GROUPS, KEYS, bindings, show_key
from tui.launch import Launch, Opening, Report
from tui.screens.areas import AREAS
from tui.screens.base import AreaScreen
from tui.screens.dialogs.busy import BusyDialog
from tui.screens.dialogs.error_details import ErrorDetails
from tui.screens.dialogs.help import HelpDialog
from tui.screens.me.first_code import FirstCodeDialog
from tui.screens.status import StatusScreen
from tui.settings.profiles import COLORS
from tui.terminal.connection import SLOW_AFTER

HOSTILE = "a\x1b]52;c;aGk=\x07\u202e[@click=app.quit]b[/] [/nope]"


class Busy(AreaScreen):
    """Reads and writes that end when the test says so."""

    CRUMB = "Busy"
    HINTS = ("users.edit", "users.reset", "list.refresh")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("users.edit", "users.reset", "list.refresh")]

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.let_go = asyncio.Event()

    def compose_body(self) -> ComposeResult:
        yield Static("body")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "reset" else super().check_action(action, parameters)

    def action_edit(self) -> None:
        self.run_write("reset of alice", self._wait, self.results.append)

    def action_refresh(self) -> None:
        number = len(self.results)

        async def work() -> int:
            await self.let_go.wait()
            return number

        self.run_read(work, self.results.append)

    async def _wait(self) -> str:
        await self.let_go.wait()
        return "written"


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


async def test_quitting_waits_for_a_write() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, Busy)
        await pilot.press("e")
        await until(pilot, lambda: app.busy)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, BusyDialog))
        assert "reset of alice is still running" in screen_text(pilot)
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


async def test_an_error_is_one_sentence_kept_for_status() -> None:
    app = shell_on(StatusScreen)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, StatusScreen)

        async def fail() -> None:
            raise DatabaseUnavailable("db1 is not reachable.", code="08006") from OSError("password=hunter2")

        screen.run_read(fail, lambda _: None)
        await until_shown(pilot, "db1 is not reachable.")
        await pilot.press("f5", "enter")
        await until(pilot, lambda: isinstance(app.screen, ErrorDetails))
        shown = screen_text(pilot)
        assert "DatabaseUnavailable" in shown
        assert "08006" in shown
        assert "hunter2" not in shown


async def test_an_error_of_ours_leaves_an_incident_and_the_interface_up() -> None:
    from tui.app import ShellbackApp

    app = shell_on(Busy)
    sentence = ShellbackApp.trouble(app, ValueError("secret of alice"))
    assert "ValueError" in sentence
    assert "alice" not in sentence
    incident = app.troubles[-1].incident
    assert incident in sentence


async def test_toasts_are_plain_text() -> None:
    app = shell_on(StatusScreen)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        app.notify(HOSTILE + "\nsecond line", title=HOSTILE)
        app.screen.notify(HOSTILE)
        await until_shown(pilot, "second line")
        assert "[@click=app.quit]b[/]" in screen_text(pilot)
        assert "\x1b" not in screen_text(pilot)


async def test_what_slips_through_is_blanked_before_the_wire() -> None:
    app = shell_on(StatusScreen)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.screen.query_one("#errors-title", Static).update("raw \x1b]52;c;aGk=\x07\x9b2J\u202eend")
        await until_shown(pilot, "raw ")
        strips = app.screen._compositor.render_strips()
        text = "".join(segment.text for strip in strips for segment in strip)
        assert not [character for character in text if character < " " or "\x7f" <= character <= "\x9f"]
        assert "\u202e" not in text


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


async def test_help_lists_the_keys_of_the_screen() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        shown = screen_text(pilot)
        assert "edit the account" in shown
        assert "reset the password (not now)" in shown
        assert "lock the screen" in shown
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Busy))


@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_the_palette_knows_the_screen(key: str) -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press(key)
        await until_shown(pilot, "Edit the account")
        assert "Screenshot" not in screen_text(pilot)
        await pilot.press(*"edit the account")
        await pilot.press("enter")
        await until(pilot, lambda: app.busy)
        assert isinstance(app.screen, Busy)
        app.screen.let_go.set()
        await until(pilot, lambda: not app.busy)


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


async def test_the_palette_does_not_hide_the_environment_of_a_small_terminal() -> None:
    app = shell_on(Busy, badge=PROD)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon")
        await until_shown(pilot, "Edit the account")
        await pilot.resize_terminal(40, 10)
        await until_shown(pilot, "too small")
        assert "PROD" in screen_text(pilot)
        await pilot.click(offset=(3, 3))
        await pilot.resize_terminal(80, 24)
        await until_shown(pilot, "body")


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
