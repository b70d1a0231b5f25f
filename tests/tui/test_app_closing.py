"""A screen closes itself, once, whatever was clicked twice and whatever stands in front of it."""

from typing import Any

import pytest
from textual import events
from textual._compositor import Compositor
from textual.command import CommandList
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList, Static, TextArea

from tests.tui.busy import Busy
from tests.tui.shell import ScreenShell, shell_on
from tests.tui.waiting import until, until_shown
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.help import HelpDialog
from tui.screens.palette import Palette
from tui.screens.start.lock import LockScreen
from tui.widgets.choice import Choice
from tui.widgets.target_card import Card


async def _ask(app: ScreenShell, answers: list[Any]) -> ConfirmDialog:
    dialog = ConfirmDialog("Unlock", ["failures count from zero"], card=Card(4712, "alice.jones", "alice@example.com"))
    await app.push_screen(dialog, answers.append)
    return dialog


def _in_front(app: ScreenShell) -> type[object]:
    return type(app.screen)


async def _end_behind(pilot: Pilot[Any], front: type[Screen[Any]], dialog: ConfirmDialog, answers: list[Any]) -> None:
    """The dialog ends while another screen comes in front, which stays there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, front))
    dialog.dismiss(True)
    await until(pilot, lambda: not dialog.is_attached)
    assert answers == [True]
    assert isinstance(pilot.app.screen, front)


async def test_a_dialog_that_ends_behind_the_lock_leaves_the_lock_in_front() -> None:
    app = shell_on(Busy)
    answers: list[Any] = []
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        dialog = await _ask(app, answers)
        who = app.person
        assert who is not None
        app.lock.close()
        await _end_behind(pilot, LockScreen, dialog, answers)
        await app.lock.open(who)
        await until_shown(pilot, "body")
        assert _in_front(app) is Busy


async def test_a_dialog_that_ends_behind_another_one_leaves_that() -> None:
    app = shell_on(Busy)
    answers: list[Any] = []
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        dialog = await _ask(app, answers)
        app.action_help()
        await _end_behind(pilot, HelpDialog, dialog, answers)
        await pilot.press("escape")
        await until_shown(pilot, "body")
        assert _in_front(app) is Busy


async def test_two_clicks_on_a_button_close_one_dialog() -> None:
    app = shell_on(Busy)
    answers: list[Any] = []
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        dialog = await _ask(app, answers)
        cancel = dialog.query(Choice).first()
        cancel.press()
        cancel.press()
        await until(pilot, lambda: not dialog.is_attached)
        await pilot.pause()
        assert answers == [False]
        assert _in_front(app) is Busy


async def test_a_command_that_is_chosen_twice_runs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = shell_on(Busy)
    edited: list[str] = []
    monkeypatch.setattr(Busy, "action_edit", lambda _: edited.append("edited"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("colon")
        await until_shown(pilot, "Edit the account")
        palette = app.screen
        assert isinstance(palette, Palette)
        commands = palette.query_one(CommandList)
        option = commands.get_option_at_index(0)
        for _ in range(2):
            palette.post_message(OptionList.OptionSelected(commands, option, 0))
        await until(pilot, lambda: not palette.is_attached)
        await until(pilot, lambda: edited)
        await pilot.pause()
        assert edited == ["edited"]
        assert _in_front(app) is Busy


@pytest.mark.parametrize("kind", [Static, TextArea])
@pytest.mark.parametrize("gone_at", [0, 1, 2])
async def test_a_drag_over_what_has_just_gone(kind: type[Widget], gone_at: int) -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        inner = kind()
        outer = VerticalScroll(inner)
        await app.screen.mount(outer, before=0)
        await pilot.pause()
        x, y = outer.region.offset
        app.screen._compositor.visible_widgets  # noqa: B018 - as it is painted now
        for at, event in enumerate((events.MouseDown, events.MouseMove, events.MouseUp)):
            if at == gone_at:
                await (inner if kind is TextArea else outer).remove()
            # Textual's own finds what is gone until the screen is laid out anew.
            assert next(iter(Compositor.get_widgets_at(app.screen._compositor, x, y)))[0].is_attached == (at < gone_at)
            app.screen._forward_event(_mouse(event, x + at, y))
        assert _in_front(app) is Busy


async def test_a_click_beside_a_window_that_has_become_smaller() -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press("colon")
        await until_shown(pilot, "Edit the account")
        palette = app.screen
        await pilot.resize_terminal(80, 24)
        palette.post_message(_mouse(events.Click, 119, 39))
        await until(pilot, lambda: not palette.is_attached)
        assert _in_front(app) is Busy


def _mouse(kind: type[events.MouseEvent], x: int, y: int) -> events.MouseEvent:
    return kind(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y)


@pytest.mark.parametrize("key", ["pageup", "pagedown"])
async def test_a_page_up_before_what_the_palette_found_is_seen(key: str) -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("colon")
        await until_shown(pilot, "Edit the account")
        commands = app.screen.query_one(CommandList)
        commands.display = False
        await until(pilot, lambda: not commands.scrollable_content_region)
        commands.set_options(list(commands.options))
        commands.highlighted = 0
        await pilot.press(key)
        await pilot.press("escape")
        await until_shown(pilot, "body")
        assert _in_front(app) is Busy


@pytest.mark.parametrize("key", ["ctrl+q", "ctrl+l"])
async def test_the_palette_leaves_and_locks_as_everything_does(key: str) -> None:
    app = shell_on(Busy)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("colon")
        await until_shown(pilot, "Edit the account")
        await pilot.press(key)
        await until(pilot, lambda: app._exit if key == "ctrl+q" else isinstance(app.screen, LockScreen))
