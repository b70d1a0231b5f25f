"""What the keys do in the shared dialogs: nothing is confirmed by habit, nothing secret stays."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Input

from models.operations import Change, Secret
from tests.tui.shell import ScreenShell, shell_on
from tests.tui.waiting import focus, screen_text, until, until_shown
from tui.screens.dialogs.base import Dialog
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.review import ReviewDialog
from tui.screens.dialogs.secret import SHOWN_SECONDS, SecretDialog
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.status import StatusScreen
from tui.widgets.choice import Choice
from tui.widgets.target_card import Card

PASSWORD = "abcde-fghij-klmno-pqrst"
CARD = Card(4712, "alice.jones", "alice@example.com")


class Asked:
    """The shell with one dialog open, and what it answered."""

    def __init__(self, app: ScreenShell) -> None:
        self.app = app
        self.answers: list[Any] = []

    async def ask(self, dialog: Dialog[Any]) -> None:
        self.answers.clear()
        await self.app.push_screen(dialog, self.answers.append)


@pytest.fixture
def asked() -> Asked:
    return Asked(shell_on(StatusScreen))


def dangerous() -> ConfirmDialog:
    return ConfirmDialog("Deactivate", ["2 sessions end"], card=CARD, destructive=True)


def harmless() -> ConfirmDialog:
    return ConfirmDialog("Unlock", ["failures count from zero"], card=CARD)


def review() -> ReviewDialog:
    return ReviewDialog("Save", [Change("email", "a@old.example", "a@new.example")], card=CARD)


@pytest.mark.parametrize(
    ("make", "key", "answer"),
    [
        (dangerous, "y", True),
        (dangerous, "n", False),
        (dangerous, "escape", None),
        (dangerous, "enter", False),  # the focus is on Cancel
        (harmless, "enter", True),
        (harmless, "n", False),
        (review, "y", True),
        (review, "enter", False),
        (review, "escape", None),
    ],
)
async def test_keys_of_a_question(asked: Asked, make: Callable[[], Dialog[Any]], key: str, answer: bool | None) -> None:
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(make())
        await pilot.press(key)
        await until(pilot, lambda: asked.answers)
        assert asked.answers == [answer]


async def test_enter_on_the_dangerous_button_does_nothing(asked: Asked) -> None:
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(dangerous())
        await pilot.press("tab")
        await until(pilot, lambda: asked.app.focused is not None and asked.app.focused.id == "confirm")
        await pilot.press("enter")
        assert asked.answers == []
        await pilot.click("#confirm")
        await until(pilot, lambda: asked.answers)
        assert asked.answers == [True]


async def test_the_key_that_opens_a_review_does_not_save(asked: Asked) -> None:
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(review())
        await pilot.press("ctrl+s")
        assert asked.answers == []


async def test_keys_typed_ahead_are_ignored(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(Dialog, "SETTLE", 0.3)
    monkeypatch.setattr("tui.screens.dialogs.base.monotonic", lambda: now)
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(harmless())
        now += 0.29
        await pilot.press("y", "enter", "n")
        assert asked.answers == []
        now += 0.02
        await pilot.press("y")
        await until(pilot, lambda: asked.answers)
        assert asked.answers == [True]


async def test_what_only_moves_ticks_or_is_typed_into_a_field_may_come_at_once(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Dialog, "SETTLE", 1e6)
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(harmless())
        cancel, confirm = pilot.app.screen.query(Choice)
        await until(pilot, lambda: confirm.has_focus)
        await pilot.press("up", "space", "escape", "enter", "y")
        await until(pilot, lambda: cancel.has_focus)
        assert asked.answers == []
    asked = Asked(shell_on(StatusScreen))
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(TypeToConfirm("Delete", "4712", card=CARD))
        await pilot.press(*"9912", "ctrl+u", *"47123", "backspace", "enter", "ctrl+s")
        await until(pilot, lambda: pilot.app.screen.query_one(Input).value == "4712")
        assert asked.answers == []


async def test_the_name_must_be_typed(asked: Asked) -> None:
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(TypeToConfirm("Delete", "4712", card=CARD))
        await pilot.press(*"471", "ctrl+s", "enter")
        assert asked.answers == []
        await until_shown(pilot, "That is not it.")
        await pilot.press("2", "enter")
        assert asked.answers == []
        await pilot.press("ctrl+s")
        await until(pilot, lambda: asked.answers)
        assert asked.answers == [True]


async def test_a_button_that_cannot_be_pressed_is_one_line_without_colours_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    asked = Asked(shell_on(StatusScreen))
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(TypeToConfirm("Delete", "4712", card=CARD))
        await until_shown(pilot, "[ Cancel ]    [ Do it  ^S ]")


async def test_arrows_lead_from_button_to_button(asked: Asked) -> None:
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(harmless())
        cancel, confirm = pilot.app.screen.query(Choice)
        await until(pilot, lambda: confirm.has_focus)
        await pilot.press("up")
        await until(pilot, lambda: cancel.has_focus)
        await pilot.press("down")
        await until(pilot, lambda: confirm.has_focus)


async def test_a_dialog_names_the_target_and_the_environment(asked: Asked) -> None:
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(ConfirmDialog("Lock [b]x[/b]", card=Card(7, "a\x1b[2Jb", "[@click=app.quit]x[/]")))
        await until_shown(pilot, "LOCAL", r"a\x1b[2Jb", "#7", "[@click=app.quit]x[/]", "Lock [b]x[/b]")


async def test_the_command_line_is_shown_and_copied(asked: Asked) -> None:
    twin = "shellback users unlock 4712"
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        await asked.ask(ConfirmDialog("Unlock", card=CARD, twin=twin))
        await until_shown(pilot, twin)
        await pilot.press("ctrl+y")
        await until_shown(pilot, "OSC 52")
        await until(pilot, lambda: asked.app.clipboard == twin)
        assert asked.answers == []


async def test_a_secret_is_masked_revealed_copied_and_destroyed(asked: Asked) -> None:
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        dialog = SecretDialog(Secret(PASSWORD), card=CARD)
        await asked.ask(dialog)
        assert PASSWORD not in screen_text(pilot)
        await pilot.press("r")
        await until_shown(pilot, PASSWORD)
        await pilot.press("r", "c")
        assert PASSWORD not in screen_text(pilot)
        await until(pilot, lambda: asked.app.clipboard == PASSWORD)
        await until_shown(pilot, "cleared in 30 s")
        asked.app.clipboard_care.forget()
        assert asked.app.clipboard == ""
        await pilot.press("escape")
        await until(pilot, lambda: asked.answers == [None])
        assert dialog._secret is None


async def test_a_secret_hides_for_good_after_a_minute(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("tui.screens.dialogs.secret.monotonic", lambda: now)
    async with asked.app.run_test(size=(80, 24), notifications=True) as pilot:
        dialog = SecretDialog(Secret(PASSWORD), card=CARD)
        await asked.ask(dialog)
        await pilot.press("r")
        now += SHOWN_SECONDS
        await until_shown(pilot, "hidden for good")
        await pilot.press("r", "c")
        assert PASSWORD not in screen_text(pilot)
        await until(pilot, lambda: asked.app.clipboard == "")


async def test_a_password_is_never_copied(asked: Asked) -> None:
    from tui.screens.start.sign_in import SignInScreen

    app = shell_on(SignInScreen)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        field = app.screen.query_one("#password", Input)
        field.value = PASSWORD
        await focus(pilot, field)
        await pilot.press("ctrl+a", "ctrl+c", "ctrl+x")
        assert app.clipboard == ""
        await until(pilot, lambda: field.value == PASSWORD)
        assert PASSWORD not in screen_text(pilot)
        assert PASSWORD not in repr(field)
