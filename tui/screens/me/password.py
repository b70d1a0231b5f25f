"""Change one's own password: the current one, a new one twice. What is wrong stands beside its field."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import RefusalCode, Secret, plan_change_own_password
from tui.screens.twins import twin
from tui.screens.work_dialog import WorkDialog
from tui.terminal.safe import safe
from tui.widgets.choice import Choice
from tui.widgets.secret_input import SecretInput

if TYPE_CHECKING:
    from models.operations import Outcome, Plan

FIELDS: Final = (("current", "The password you have"), ("new", "The new one"), ("again", "The same again"))


class OwnPasswordDialog(WorkDialog):
    """Answers the outcome; None when it was left."""

    DEFAULT_CSS = """
    OwnPasswordDialog Input { width: 100%; }
    OwnPasswordDialog .about { margin: 0 0 1 0; }
    OwnPasswordDialog .error { height: auto; width: 100%; min-height: 1; color: $text-error; }
    """

    def __init__(self) -> None:
        super().__init__("Change your password")

    def compose_body(self) -> ComposeResult:
        yield Static(
            Content(
                "At least 15 characters, any of them; a sentence is good. Your other sessions end, this one goes on."
            ),
            classes="about",
        )
        for name, label in FIELDS:
            yield Static(Content(label), classes="label")
            yield SecretInput(id=name)
            yield Static(id=f"{name}-error", classes="error")
        yield Static(id="message")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Change  ^S", id="confirm")

    def on_mount(self) -> None:
        self.query_one("#current", Input).focus()
        self.show_twin(twin(self.shell.launch.command, "passwd"))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if event.input.id == "again":
            self.action_confirm()
        else:
            self.focus_next(Input)

    def confirmed(self) -> None:
        """Plans with what stands here; the fields keep it until it is stored."""
        current, new, again = (self.query_one(f"#{name}", Input).value for name, _ in FIELDS)
        self._wrong({})
        if not current:
            self._wrong({"current": "Type the password you have."})
        elif not new:
            self._wrong({"new": "Type the new password."})
        elif new != again:
            self._wrong({"again": "The two are not the same."})
        else:
            self.say("Checking ...")
            self.allow(False)
            actor = self.shell.actor
            work = partial(
                plan_change_own_password, actor, Secret(current), Secret(new), keep_session=actor.session_id or 0
            )
            self.read(work, self._planned)

    def _planned(self, plan: Plan) -> None:
        if plan.errors:
            self.say("")
            self._wrong({"new": " ".join(error.sentence for error in plan.errors)})
            self.allow(True)
        elif plan.refusals:
            self.complain(" ".join(refusal.reason for refusal in plan.refusals))
            self.shell.lock.heed(plan.refusals)
        else:
            self.write("change of the password", plan)

    def complain(self, sentence: str) -> None:
        """Says what is the matter, and lets it be tried again."""
        super().complain(sentence)
        self.allow(True)

    def answered(self, outcome: Outcome) -> None:
        """A wrong password is typed again; the new one is kept."""
        if not any(refusal.code is RefusalCode.WRONG_PASSWORD for refusal in outcome.refusals):
            super().answered(outcome)
            return
        self.say("")
        self.query_one("#current", Input).clear()
        self._wrong({"current": outcome.sentence})
        self.allow(True)

    def _wrong(self, errors: dict[str, str]) -> None:
        """Puts each sentence below its field, and the focus on the first."""
        for name, _ in FIELDS:
            self.query_one(f"#{name}-error", Static).update(safe(errors.get(name, ""), 300))
        for name in errors:
            self.query_one(f"#{name}", Input).focus()
            break
