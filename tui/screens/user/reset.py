"""Reset a password: whose it is stands on the form; a password or a link is made, and shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import plan_reset
from models.operations.alike import look_alikes_of
from models.operations.sign_in.step_up import may_go_ahead
from models.operations.text import listed
from models.operations.transactions import connection
from tui.screens.dialogs.secret import SecretWords
from tui.screens.twins import reset_twin
from tui.screens.user.reset_form import ResetForm
from tui.screens.write_dialog import WriteDialog
from tui.terminal.safe import safe
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from models.operations import Outcome, Plan, ResetOptions
    from models.operations.nearest import Named
    from tui.browse.user.detail import Detail

LINK_WORDS = SecretWords("the link", "Whoever opens it chooses the password: give it to nobody else.")
TOKEN_WORDS = SecretWords(
    "the token",
    "It is redeemed on the reset page of the application, with a new password. "
    "With reset_url in the profile, a whole link is shown here instead.",
)


class ResetScreen(WriteDialog):
    """Plans again at every toggle, so that what is shown is what will be done."""

    VERB: ClassVar[str] = "Reset"

    DEFAULT_CSS = """
    ResetScreen #alike { height: auto; margin: 0 0 1 0; }
    ResetScreen #typed-line { height: auto; margin: 1 0 0 0; }
    ResetScreen #typed-line Input { width: 14; }
    ResetScreen #typed-label { width: 100%; }
    """

    def __init__(self, user_id: int) -> None:
        super().__init__("Reset password", user_id)
        self._alike: tuple[Named, ...] | None = None

    def compose_options(self) -> ComposeResult:
        yield Static(id="alike", classes="-hidden")
        yield ResetForm(self.shell.may, link_template=self.shell.launch.reset_url)

    def compose_body(self) -> ComposeResult:
        """The id of a look-alike is asked for last: behind what will be done."""
        yield from super().compose_body()
        with VerticalGroup(id="typed-line", classes="-hidden"):
            yield Static(id="typed-label")
            with HorizontalGroup():
                yield LineInput(id="typed", max_length=12)

    # Planning -------------------------------------------------------------------------------------------------------

    async def make_plan(self, detail: Detail) -> Plan:
        if self._alike is None:
            self._alike = await look_alikes_of(connection(), detail.account)
        return await plan_reset(self.shell.actor, detail.account.id, self._options)

    @property
    def _options(self) -> ResetOptions:
        return self.query_one(ResetForm).options

    def fill(self, detail: Detail) -> None:
        """Says what there is, and who is called nearly the same."""
        self.query_one(ResetForm).fill(detail)
        if self._alike:
            names = listed([f"{safe(one.username, 40).plain} #{one.id}" for one in self._alike[:3]])
            warning = self.query_one("#alike", Static)
            warning.update(Content.styled(f"⚠ Looks like {names}. Make sure that it is this one.", "$text-warning"))
            warning.remove_class("-hidden")
            self.query_one("#typed-label", Static).update(Content(f"Type the id, {self.user_id}, to confirm."))
            self.query_one("#typed-line").remove_class("-hidden")

    @on(ResetForm.Changed)
    def _asked_otherwise(self) -> None:
        """Another choice, another plan; none for a span that is not one."""
        form = self.query_one(ResetForm)
        try:
            form.options  # noqa: B018 - whether it can be read
        except ValueError as error:
            self.plan = None
            self.allow(False)
            form.say_span(str(error))
            return
        form.say_span("")
        self.read_again()

    # Showing --------------------------------------------------------------------------------------------------------

    def show_plan(self, plan: Plan) -> None:
        """The form says it beside the span where that is what is wrong."""
        wrong = [error.sentence for error in plan.errors if error.field == "expires_in"]
        self.query_one(ResetForm).say_span(" ".join(wrong))
        super().show_plan(plan)
        self._typed()

    def effects(self, plan: Plan) -> Sequence[str]:
        """On one line, since the toggles say most of it."""
        return (" · ".join(plan.effects),)

    def command(self, reason: str) -> str:
        return reset_twin(self.shell.launch.command, self.user_id, self._options, reason)

    # Confirming -----------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#typed")
    def _typed(self) -> None:
        """The button works once the id of a look-alike stands there."""
        if self._alike and self.plan is not None and self.in_doubt is None:
            self.allow(may_go_ahead(self.plan) and self._is_named)

    @property
    def _is_named(self) -> bool:
        return self.query_one("#typed", Input).value.strip() == str(self.user_id)

    def action_confirm(self) -> None:
        """Leads to the id that has to be typed, where that is all that is missing."""
        ready = self.plan is not None and may_go_ahead(self.plan) and self.in_doubt is None
        if ready and self._alike and not self._is_named:
            self.query_one("#typed", Input).focus()
        else:
            super().action_confirm()

    def secret_words(self, outcome: Outcome) -> SecretWords:
        """A link is another thing than a password."""
        if "one_time_link" not in {change.field for change in outcome.changes}:
            return super().secret_words(outcome)
        return LINK_WORDS if self.shell.launch.reset_url else TOKEN_WORDS
