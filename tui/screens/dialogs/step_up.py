"""The password again, before what cannot be taken back lightly. Whatever asked for it stands unchanged behind.

What is proven, for how long and how a wrong one is counted: `models.operations.sign_in.step_up`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from models.operations.plan import Secret
from models.operations.sign_in.step_up import NotProven, Proven, StepUpClass, missing_proof, step_up
from tui.screens.read_dialog import ReadDialog
from tui.screens.work import start_write
from tui.terminal.safe import safe
from tui.widgets.choice import Choice
from tui.widgets.secret_input import SecretInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from models.operations.plan import Refusal
    from tui.app import ShellbackApp

WHAT: Final = {
    StepUpClass.ROLES: "Changing roles",
    StepUpClass.BULK: "Changing more than ten users at once",
    StepUpClass.DELETE: "Deleting for good",
    StepUpClass.EXPORT: "Exporting more than a hundred rows",
    StepUpClass.MIGRATIONS: "Applying migrations",
}

FIRST: Final = "This asks for your password first."
"""Said where a plan could be carried out if the password were given again."""


class StepUpDialog(ReadDialog[bool]):
    """Answers True once the class is proven, None when it was left. Enter and ^S give the password."""

    WIDTH: ClassVar[int] = 64

    DEFAULT_CSS = """
    StepUpDialog Input { width: 100%; }
    StepUpDialog #message { margin: 1 0 0 0; }
    StepUpDialog .about { margin: 0 0 1 0; }
    """

    def __init__(self, kind: StepUpClass) -> None:
        super().__init__("Your password again")
        self._kind = kind
        self._checking = False

    def compose_body(self) -> ComposeResult:
        where = self.shell.database.label if self.shell.database is not None else self.shell.launch.label
        yield Static(
            safe(f"{WHAT[self._kind]} in {where} needs the password of {self.shell.actor.label} again.", 300),
            classes="about",
        )
        yield Static(Content("It counts for five minutes, and for this only."), classes="about")
        yield Static(Content("Password"), classes="label")
        yield SecretInput(id="password")
        yield Static(id="message")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Go on  ^S", id="confirm")

    def on_mount(self) -> None:
        self.query_one("#password", Input).focus()

    @on(Input.Submitted, "#password")
    def _entered(self) -> None:
        self.action_confirm()

    def confirmed(self) -> None:
        """Verifies what was typed, and forgets it."""
        field = self.query_one("#password", Input)
        if self._checking or not field.value:
            return
        password = Secret(field.value)
        field.clear()
        work = partial(step_up, self.shell.actor, password, self._kind)
        self._checking = start_write(self.shell, self, "check of the password", work, self._answered, self._not_checked)
        if self._checking:
            self.say("Checking ...")
            self.allow(False)

    def _answered(self, answer: Proven | NotProven) -> None:
        self._checking = False
        if isinstance(answer, Proven):
            self.dismiss(True)
        elif answer.is_over:
            self.dismiss(None)
            self.shell.warn(answer.sentence)
            self.shell.lock.close()
        else:
            self._not_checked(answer.sentence)

    def _not_checked(self, sentence: str) -> None:
        self._checking = False
        self.complain(sentence)
        self.allow(True)
        self.query_one("#password", Input).focus()


def ask_first(
    shell: ShellbackApp,
    refusals: Iterable[Refusal],
    proven: Callable[[], object],
    left: Callable[[], object] = lambda: None,
) -> bool:
    """Ask for the password where nothing else is missing, then call `proven`, or `left`; False where that would not
    help."""
    kind = missing_proof(refusals)
    if kind is None:
        return False
    shell.push_screen(StepUpDialog(kind), lambda answer: proven() if answer else left())
    return True
