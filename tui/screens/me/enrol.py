"""Add an authenticator to one's own sign-in: a name and the password first, then the secret and its first code."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from models.mfa_secrets import MfaKeyError, mfa_keys
from models.operations import Secret, plan_enrol
from models.operations.mfa.own import LABEL_LENGTH
from tui.screens.me.first_code import FirstCodeDialog
from tui.screens.twins import twin
from tui.screens.work_dialog import WorkDialog
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.secret_input import SecretInput

if TYPE_CHECKING:
    from models.operations import Outcome, Plan


class EnrolDialog(WorkDialog):
    """Answers the outcome of the first right code; None when it was left before: what was shown then is void."""

    DEFAULT_CSS = """
    EnrolDialog Input { width: 100%; }
    EnrolDialog .about { margin: 0 0 1 0; }
    EnrolDialog #password { margin: 0 0 1 0; }
    """

    def __init__(self) -> None:
        super().__init__("Add an authenticator")

    def compose_body(self) -> ComposeResult:
        yield Static(
            Content(
                "An app on your telephone shows six digits that change every 30 seconds. Sign-in asks for them after "
                "the password, once the first ones were right."
            ),
            classes="about",
        )
        yield Static(Content("Its name, for the list"), classes="label")
        yield LineInput(id="label", max_length=LABEL_LENGTH, placeholder="such as telephone")
        yield Static(Content("Your password"), classes="label")
        yield SecretInput(id="password")
        yield Static(id="message")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Go on  ^S", id="confirm")

    def on_mount(self) -> None:
        self.query_one("#label", Input).focus()
        self.show_twin(twin(self.shell.launch.command, "mfa", "add"))
        try:
            mfa_keys()
        except MfaKeyError as error:
            self.complain(error.sentence)  # before a password is typed in vain

    @on(Input.Changed, "#label")
    def _named(self) -> None:
        name = self.query_one("#label", Input).value.strip()
        self.show_twin(twin(self.shell.launch.command, "mfa", "add", *([name] if name else [])))

    @on(Input.Submitted, "#label")
    def _next(self) -> None:
        self.query_one("#password", Input).focus()

    @on(Input.Submitted, "#password")
    def _entered(self) -> None:
        self.action_confirm()

    def confirmed(self) -> None:
        """Plans with what was typed, and forgets the password."""
        password = self.query_one("#password", Input)
        label = self.query_one("#label", Input).value
        if not label.strip() or not password.value:
            missing = password if label.strip() else self.query_one("#label", Input)
            self.complain("Type your password." if label.strip() else "Give it a name.")
            missing.focus()
            return
        current = Secret(password.value)
        password.clear()
        self.say("Checking ...")
        self.allow(False)
        self.read(partial(plan_enrol, self.shell.actor, label, current), self._planned)

    def _planned(self, plan: Plan) -> None:
        reasons = [*(error.sentence for error in plan.errors), *(refusal.reason for refusal in plan.refusals)]
        if reasons:
            self.complain(" ".join(reasons))
            self.query_one("#label" if plan.errors else "#password", Input).focus()
        else:
            self.write("adding an authenticator", plan)

    def complain(self, sentence: str) -> None:
        """Says what is the matter, and lets it be tried again."""
        super().complain(sentence)
        self.allow(True)

    def answered(self, outcome: Outcome) -> None:
        """Shows the secret that was made; anything else stays and says why."""
        if outcome.secret is None:
            self.complain(outcome.sentence)
            self.query_one("#password", Input).focus()
            return
        self.app.push_screen(FirstCodeDialog(outcome.secret), self._coded)

    def _coded(self, outcome: Outcome | None) -> None:
        if outcome is None:
            self.shell.warn("The authenticator was not added: no code of it was given.")
        self.dismiss(outcome)
