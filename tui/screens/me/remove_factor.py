"""Remove one of one's own authenticators: what that means, and the password."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import Secret, plan_remove_own_factor
from tui.screens.twins import twin
from tui.screens.work_dialog import WorkDialog
from tui.terminal.safe import safe
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.secret_input import SecretInput

if TYPE_CHECKING:
    from models.operations import Outcome, Plan


class RemoveFactorDialog(WorkDialog):
    """Answers the outcome; None when it was left."""

    DEFAULT_CSS = """
    RemoveFactorDialog Input { width: 100%; margin: 0 0 1 0; }
    RemoveFactorDialog #which { height: auto; }
    RemoveFactorDialog #effects { margin: 0 0 1 0; }
    """

    def __init__(self, factor_id: int) -> None:
        super().__init__("Remove an authenticator")
        self._factor_id = factor_id

    def compose_body(self) -> ComposeResult:
        yield Static(Content("…loading"), id="which")
        yield Static(id="effects")
        yield Static(Content("Your password"), classes="label")
        yield SecretInput(id="password")
        yield Static(id="message")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice("Remove  ^S", id="confirm", disabled=True)

    def on_mount(self) -> None:
        self.query_one("#password", Input).focus()
        self.show_twin(twin(self.shell.launch.command, "mfa", "remove", self._factor_id))
        self.read(partial(plan_remove_own_factor, self.shell.actor, self._factor_id, Secret("")), self._loaded)

    def _loaded(self, plan: Plan) -> None:
        if plan.refusals:
            self.complain(" ".join(refusal.reason for refusal in plan.refusals))
            return
        [change] = plan.changes
        self.query_one("#which", Static).update(safe(f"{change.before} will be removed from your sign-in.", 200))
        sentences = [safe(f"· {sentence}", 400) for sentence in (*plan.effects, *plan.irreversible)]
        self.query_one("#effects", Static).update(Content("\n").join(sentences))
        self.allow(True)

    @on(Input.Submitted, "#password")
    def _entered(self) -> None:
        self.action_confirm()

    def confirmed(self) -> None:
        """Plans with the password, and forgets it."""
        field = self.query_one("#password", Input)
        if not field.value:
            self.complain("Type your password.")
            field.focus()
            return
        current = Secret(field.value)
        field.clear()
        self.say("Checking ...")
        self.allow(False)
        self.read(partial(plan_remove_own_factor, self.shell.actor, self._factor_id, current), self._planned)

    def _planned(self, plan: Plan) -> None:
        if plan.refusals:
            self.complain(" ".join(refusal.reason for refusal in plan.refusals))
        else:
            self.write("removal of an authenticator", plan)

    def answered(self, outcome: Outcome) -> None:
        """A wrong password may be typed again."""
        super().answered(outcome)
        if not outcome.is_ok:
            self.allow(True)
            self.query_one("#password", Input).focus()
