"""A new password for oneself, typed twice: asked at sign-in when the old one was given by somebody else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.screens.start.signing import change_own_password, check_password_change
from tui.screens.work import start_write
from tui.terminal.safe import safe
from tui.widgets.choice import Choice
from tui.widgets.secret_input import SecretInput

if TYPE_CHECKING:
    from models.operations import Outcome, Plan, Secret
    from tui.person import Person


class ChangePasswordScreen(Dialog[bool]):
    """Answers True once the new password is stored."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm")]

    DEFAULT_CSS = """
    ChangePasswordScreen Input { width: 100%; margin: 0 0 1 0; }
    ChangePasswordScreen #message { min-height: 2; height: auto; }
    """

    def __init__(self, person: Person, current: Secret) -> None:
        super().__init__("Choose a new password")
        self._person = person
        self._current = current
        self._doubt: Outcome | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(
            Content(
                "The password you used was given to you. Choose one that only you know: at least 15 characters, "
                "any characters, a sentence is good."
            )
        )
        yield Static("")
        yield Static(Content("New password"), classes="muted")
        yield SecretInput(id="new")
        yield Static(Content("The same again"), classes="muted")
        yield SecretInput(id="again")
        yield Static(id="message")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Change  ^S", id="confirm")

    def on_mount(self) -> None:
        self.query_one("#new", Input).focus()

    @on(Input.Submitted, "#new")
    def _again(self) -> None:
        self.query_one("#again", Input).focus()

    @on(Input.Submitted, "#again")
    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Stores it, if both are the same and the policy takes it."""
        from models.operations import Secret

        new, again = (self.query_one(name, Input).value for name in ("#new", "#again"))
        if not new or new != again:
            self._say("The two are not the same." if new else "Type the new password.")
            return
        if self._doubt is not None:
            # Planned anew it would be refused where it happened: the password that was typed is not the one any more.
            self._say("Asking the database ...")
            work = partial(check_password_change, self._doubt)
        else:
            self._say("Changing ...")
            work = partial(change_own_password, self._person, self._current, Secret(new))
        start_write(self.shell, self, "change of the password", work, self._answered, self._say)

    def _answered(self, answer: Plan | Outcome) -> None:
        from models.operations import Plan, Status

        self._doubt = None
        if isinstance(answer, Plan):
            reasons = [*(error.sentence for error in answer.errors), *(refusal.reason for refusal in answer.refusals)]
            self._say(" ".join(reasons))
        elif answer.is_ok:
            self.dismiss(True)
        elif answer.status is Status.UNKNOWN:
            self._doubt = answer
            self._say(f"{answer.sentence} Enter asks again what became of it.")
        else:
            self._say(answer.sentence)

    def _say(self, sentence: str) -> None:
        self.query_one("#message", Static).update(safe(sentence))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(False)
