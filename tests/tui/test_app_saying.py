"""What the application says: errors, toasts, help and the palette; and what never reaches the terminal."""

import pytest
from textual.widgets import Static

from models.engines.errors import DatabaseUnavailable
from tests.tui.busy import Busy
from tests.tui.shell import shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.badge import PROD
from tui.screens.dialogs.error_details import ErrorDetails
from tui.screens.dialogs.help import HelpDialog
from tui.screens.status import StatusScreen

HOSTILE = "a\x1b]52;c;aGk=\x07\u202e[@click=app.quit]b[/] [/nope]"


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
        await until_shown(pilot, "DatabaseUnavailable", "08006")
        shown = screen_text(pilot)
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
        await until_shown(pilot, "[@click=app.quit]b[/]")
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


async def test_help_lists_the_keys_of_the_screen() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        await until_shown(pilot, "edit the account", "reset the password (not now)", "lock the screen")
        await until_shown(pilot, "esc q ")  # in the order of the registry: the footer shows the first of them
        assert len({text.region.x for text in app.screen.query(".text")}) == 1  # also what goes on in a second line
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


async def test_the_palette_does_not_hide_the_environment_of_a_small_terminal() -> None:
    app = shell_on(Busy, badge=PROD)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon")
        await until_shown(pilot, "Edit the account")
        await pilot.resize_terminal(40, 10)
        await until_shown(pilot, "too small")
        await until_shown(pilot, "PROD")
        await pilot.click(offset=(3, 3))
        await pilot.resize_terminal(80, 24)
        await until_shown(pilot, "body")
