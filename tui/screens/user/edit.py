"""Edit a user or make a new one: a form, a review of `field: old -> new`, and what to do if somebody was first.

How an edit is staged instead of saved is in `edit_staging`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Button, Input, Static

from models import Account
from models.operations import Outcome, PasswordMethod, Plan, Status, field_label, plan_create, plan_edit
from models.operations.sign_in.step_up import missing_proof
from models.permissions import Codename
from tui.keys import bindings
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.review import ReviewDialog
from tui.screens.twins import create_twin, edit_twin, stage_twin
from tui.screens.user import edit_staging as edit_staging
from tui.screens.user.edit_base import load_account
from tui.screens.user.edit_form import EditForm
from tui.screens.user.merge import MergeScreen
from tui.screens.user.merging import as_seen
from tui.screens.work_dialog import WorkDialog
from tui.screens.write_dialog import REASON_LENGTH
from tui.widgets.check import Options
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.target_card import Card, TargetCard, card_content

if TYPE_CHECKING:
    from collections.abc import Mapping

METHODS = {
    PasswordMethod.GENERATE: "generate a password",
    PasswordMethod.WORDS: "generate six words",
    PasswordMethod.DISABLE: "no password sign-in",
}


class EditScreen(WorkDialog):
    """`user_id` None makes a new user. Answers the outcome of what was written, None for what was staged.

    With `staging` the form was opened to stage: then ^S does that, too.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("form.save", "form.stage")]

    DEFAULT_CSS = """
    EditScreen #method { margin: 1 0 0 0; }
    EditScreen #reason-line { margin: 1 0 0 0; height: 1; }
    EditScreen #reason-line .label { width: 15; }
    EditScreen #reason { width: 1fr; }
    EditScreen #create { display: none; }
    EditScreen.-gone #create { display: block; }
    EditScreen.-staging #reason-line { display: none; }
    EditScreen #method { display: none; }
    EditScreen.-new #method { display: block; }
    EditScreen.-new #stage, EditScreen.-gone #stage { display: none; }
    """

    def __init__(self, user_id: int | None, *, staging: bool = False) -> None:
        super().__init__("New user" if user_id is None else "Stage an edit" if staging else "Edit user")
        self.user_id = user_id
        self.staging = staging
        self.set_class(staging, "-staging")
        self.base: Account | None = None

    def compose_body(self) -> ComposeResult:
        yield TargetCard(Card(self.user_id, "", facts="a new user" if self.user_id is None else "…loading"))
        yield Static(id="message")
        yield EditForm(disabled_flags=self._not_mine())
        yield Options({str(method): label for method, label in METHODS.items()}, "generate", id="method")
        with HorizontalGroup(id="reason-line"):
            yield Static(Content("Reason"), classes="label")
            yield LineInput(id="reason", max_length=REASON_LENGTH)

    def _not_mine(self) -> set[str]:
        person = self.shell.person
        flags = set() if person is not None and person.is_superuser else {"is_superuser"}
        return flags if self.shell.may(Codename.USERS_FORCE_CHANGE) else flags | {"must_change_password"}

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Create as new", id="create")
        if self.staging:
            yield Choice("Stage  ^S", id="confirm", disabled=True)
        else:
            yield Choice("Stage  ^T", id="stage", disabled=True)
            yield Choice("Review  ^S", id="confirm", disabled=True)

    def on_mount(self) -> None:
        self.query_one("#username", Input).focus()
        if self.user_id is None:
            self._start_new()
        else:
            self.form.disabled = True
            self.read(partial(load_account, self.user_id), self._loaded)

    @property
    def form(self) -> EditForm:
        """The fields."""
        return self.query_one(EditForm)

    @property
    def reason(self) -> str:
        """What was typed as the reason."""
        return self.query_one("#reason", Input).value.strip()

    def _loaded(self, account: Account) -> None:
        self.base = account
        self.query_one(TargetCard).update(card_content(Card(account.id, account.username, account.email or "")))
        self.form.disabled = False
        self.form.load(account)
        edit_staging.take_up(self, account)
        self.query_one("#username", Input).focus()
        self.allow(True)

    @property
    def touched_names(self) -> str:
        """The fields that differ from the row, as the form calls them."""
        return ", ".join(field_label(name) for name in self.form.touched)

    def allow(self, allowed: bool) -> None:
        """Enables or disables what writes and what stages."""
        super().allow(allowed)
        for button in self.query("#stage").results(Button):
            button.disabled = not allowed

    @on(Button.Pressed, "#create")
    def _start_new(self) -> None:
        """From here on the form makes a new user; of a user who is gone it keeps what was there."""
        self.base, self.user_id, self.staging = None, None, False
        self.remove_class("-gone", "-staging")
        self.name_confirm("Review")
        self.add_class("-new")
        self.form.disabled = False
        self.form.start_new()
        self.query_one("#title-text", Static).update(Content("New user"))
        self.query_one(TargetCard).update(card_content(Card(None, "A new user")))
        self.say("")
        self.allow(True)
        self._show_command()

    # The command line -----------------------------------------------------------------------------------------------

    @on(EditForm.Changed)
    @on(Options.Changed)
    @on(Input.Changed, "#reason")
    def _show_command(self) -> None:
        self.show_twin(self._command())

    def _command(self) -> str:
        command, typed = self.shell.launch.command, self.form.typed()
        if self.user_id is None:
            return create_twin(command, typed, self._method, self.reason)
        if self.staging:
            return stage_twin(command, self.user_id, typed) if typed else ""
        return edit_twin(command, self.user_id, typed, self.reason) if typed else ""

    @property
    def _method(self) -> PasswordMethod:
        return PasswordMethod(self.query_one("#method", Options).picked)

    # Saving ---------------------------------------------------------------------------------------------------------

    def action_save(self) -> None:
        """The same as the button."""
        self.action_confirm()

    @on(Button.Pressed, "#stage")
    def action_stage(self) -> None:
        """Puts the edit into the changeset instead."""
        if self.in_doubt is None and not self.query_one("#confirm", Button).disabled:
            edit_staging.stage(self)

    def confirmed(self) -> None:
        """Plans what was touched, and shows it for review; stages it where the form was opened for that."""
        if self.staging and self.base is not None:
            edit_staging.stage(self)
            return
        values, errors = self.form.values()
        if errors:
            self.form.show_errors(errors)
            return
        self.say("")
        if self.base is None:
            self.read(partial(plan_create, self.shell.actor, values, self._method), self._planned, group="plan")
        else:
            self.read(partial(plan_edit, self.shell.actor, self.base, values), self._planned, group="plan")

    def _planned(self, plan: Plan) -> None:
        if self._is_stopped(plan):
            return
        if plan.is_empty:
            self.say("Nothing was changed yet.")
            return
        changes = tuple(change for change in plan.changes if change.field != "hashed_password")
        labels = {change.field: field_label(change.field) for change in changes}
        title, yes = ("Review", "Save") if self.base is not None else ("Review the new user", "Create")
        review = ReviewDialog(
            title,
            changes,
            card=Card.of(plan.target),
            sentences=plan.effects,
            warnings=plan.irreversible,
            labels=labels,
            yes=yes,
            twin=self._command(),
        )
        self.app.push_screen(review, partial(self._reviewed, plan))

    def _reviewed(self, plan: Plan, agreed: bool | None) -> None:
        if agreed:
            self.write(f"saving of {plan.target.label}", replace(plan, reason=self.reason))

    def _is_stopped(self, plan: Plan) -> bool:
        """Says what stands against a plan. A password that is missing does not: it is asked for before writing."""
        return self.is_refused(replace(plan, refusals=()) if missing_proof(plan.refusals) else plan)

    def is_refused(self, answer: Plan | Outcome) -> bool:
        """Says what stands against it; False when nothing does."""
        elsewhere = self.form.show_errors(answer.errors)
        reasons = [error.sentence for error in elsewhere] + [refusal.reason for refusal in answer.refusals]
        if reasons:
            self.complain(" ".join(reasons))
        return bool(answer.errors or answer.refusals)

    def answered(self, outcome: Outcome) -> None:
        """Closes with what is done; a clash goes to the merge, a row that is gone keeps the form."""
        self.allow(True)
        if outcome.conflicts:
            self.complain(outcome.sentence)
            self.app.push_screen(MergeScreen(outcome), partial(self._merged, outcome))
        elif outcome.status is Status.GONE:
            self.gone(outcome.sentence)
        elif not self.is_refused(outcome):
            if outcome.is_ok and self.user_id is not None:
                self.shell.staged.saved(self.user_id)
            super().answered(outcome)

    def gone(self, sentence: str) -> None:
        """Keeps the form of a user who is not there any more, and offers to create one of it."""
        self.complain(f"{sentence} What you typed is kept.")
        self.add_class("-gone")
        self.allow(False)
        self.query_one("#create", Button).focus()

    # Merging --------------------------------------------------------------------------------------------------------

    def _merged(self, outcome: Outcome, yours: frozenset[str] | None) -> None:
        if yours is not None and self.base is not None:
            self.read(partial(load_account, self.base.id), partial(self._rebased, outcome, yours), group="merge")

    def _rebased(self, outcome: Outcome, yours: frozenset[str], fresh: Account) -> None:
        """Writes the choice on the row as the person saw it in the merge: changed again since, it is a new conflict."""
        assert self.base is not None
        clashing = {conflict.field for conflict in outcome.conflicts}
        values: Mapping[str, object] = {
            name: value for name, value in self.form.values()[0].items() if name in yours or name not in clashing
        }
        self.base = as_seen(self.base, fresh, outcome)
        self.form.load(self.base, but=values)
        if not values:
            self.say(f"Theirs is kept: nothing was written to {outcome.target}.")
            return
        self.read(partial(plan_edit, self.shell.actor, self.base, values), self._write_choice, group="plan")

    def _write_choice(self, plan: Plan) -> None:
        if not self._is_stopped(plan):
            self.write(f"saving of {plan.target.label}", replace(plan, reason=self.reason))

    # Leaving --------------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Asks before what was typed is lost."""
        if not edit_staging.is_unsaved(self):
            self.dismiss(None)
            return
        not_saved = f"Not saved yet: {self.touched_names}."
        question = ConfirmDialog("Leave without saving?", (not_saved,), yes="Leave", destructive=True)
        self.app.push_screen(question, self._leave_asked)

    def _leave_asked(self, agreed: bool | None) -> None:
        if agreed:
            self.dismiss(None)
