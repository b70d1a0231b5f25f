"""One verb on one user: the target card, what the verb asks, a reason and a ticket, what will happen, and the command
line twin.

The plan that is shown is the plan that is applied; only the reason and the ticket are added to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import Outcome, Plan, TargetGone
from models.operations.audit.text import reason_problem, ticket_problem
from models.operations.sign_in.step_up import may_go_ahead, stands_against
from tui.browse.moments import stamp
from tui.browse.user.detail import Detail, load_detail
from tui.keys import bindings
from tui.sanitise import shell_word
from tui.screens.dialogs.step_up import FIRST
from tui.screens.work_dialog import WorkDialog
from tui.terminal.safe import safe
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput
from tui.widgets.target_card import Card, TargetCard, card_content
from tui.widgets.user_words import pinned_words, sessions_words, state_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

REASON_LENGTH = 500
"""For forms whose write is no single plan: there the field takes no more."""


class WriteDialog(WorkDialog):
    """Says what to plan in `make_plan` and what to ask in `compose_options`. Answers the outcome."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("move.page_down", "move.page_up")]

    VERB: ClassVar[str] = "Write"
    """On the button."""

    NOTHING: ClassVar[str] = "There is nothing to do."
    """Said when the plan changes nothing."""

    DEFAULT_CSS = """
    WriteDialog #reason-line { margin: 1 0 0 0; height: 1; }
    WriteDialog #reason-line .label { width: 9; }
    WriteDialog #reason { width: 1fr; }
    WriteDialog #reason-line #ticket-label { width: 9; padding: 0 0 0 2; }
    WriteDialog #ticket { width: 14; }
    WriteDialog #reason-error { height: auto; display: none; }
    WriteDialog #reason-error.-given { display: block; }
    WriteDialog #effects { margin: 1 0 0 0; }
    """

    def __init__(self, title: str, user_id: int) -> None:
        super().__init__(title)
        self.user_id = user_id
        self.plan: Plan | None = None
        self.detail: Detail | None = None

    # What a verb says -----------------------------------------------------------------------------------------------

    async def make_plan(self, detail: Detail) -> Plan:
        """Plans the verb as the dialog stands. Raises `TargetGone`."""
        raise NotImplementedError

    def compose_options(self) -> ComposeResult:
        """What the verb asks, between the card and the reason."""
        yield from ()

    def fill(self, detail: Detail) -> None:
        """Shows what was read in the options, the first time."""

    def effects(self, plan: Plan) -> Sequence[str]:
        """What will happen, in sentences."""
        return (*plan.effects, *plan.irreversible)

    def command(self, reason: str) -> str:
        """The command line twin."""
        raise NotImplementedError

    # The dialog -----------------------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        yield TargetCard(Card(self.user_id, "", facts="…loading"))
        yield Static(id="message")
        yield from self.compose_options()
        with HorizontalGroup(id="reason-line"):
            yield Static(Content("Reason"), classes="label")
            yield LineInput(id="reason")
            yield Static(Content("Ticket"), id="ticket-label", classes="label")
            yield LineInput(id="ticket")
        yield Static(id="reason-error", classes="wrong")
        yield Static(id="effects")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice(f"{self.VERB}  ^S", id="confirm", disabled=True)  # Enter never writes

    def on_mount(self) -> None:
        self.mark_danger(False)
        self.query_one("#cancel").focus()
        self.read_again()

    def read_again(self) -> None:
        """Reads the user and plans anew; until then nothing can be written. Not before what was written is settled."""
        if self.in_doubt is not None:
            return
        self.plan = None
        self.allow(False)
        self.read(self._load, self._loaded, again=True)

    async def _load(self) -> tuple[Detail, Plan]:
        detail = await load_detail(self.user_id, changes=0, notes=self.shell.may("users.view"))
        if detail is None:
            raise TargetGone(f"There is no user #{self.user_id} any more.")
        return detail, await self.make_plan(detail)

    def _loaded(self, loaded: tuple[Detail, Plan]) -> None:
        if self.in_doubt is not None:
            return
        first = self.detail is None
        self.detail, plan = loaded
        card = Card.of(plan.target, facts(self.detail), pinned_words(self.detail))
        self.query_one(TargetCard).update(card_content(card))
        if first:
            self.fill(self.detail)
        self.show_plan(plan)

    def show_plan(self, plan: Plan) -> None:
        """Shows what the plan does or why it is refused."""
        self.plan = plan
        lines = [safe(f"· {sentence}", 400) for sentence in self.effects(plan)] if may_go_ahead(plan) else []
        self.query_one("#effects", Static).update(Content("\n").join(lines))
        reasons = stands_against(plan)
        if reasons:
            self.complain(" ".join(reasons))
        elif plan.is_empty:
            self.complain(self.NOTHING)
        elif not self._keeps_message:
            self.say(FIRST if plan.refusals else "")
        self._keeps_message = False
        self.shell.lock.heed(plan.refusals)
        self.allow(may_go_ahead(plan))
        self._show_command()

    _keeps_message = False

    @property
    def reason(self) -> str:
        """What was typed as the reason."""
        return self.query_one("#reason", Input).value.strip()

    @property
    def ticket(self) -> str:
        """What was typed as the ticket."""
        return self.query_one("#ticket", Input).value.strip()

    @on(Input.Changed, "#reason")
    @on(Input.Changed, "#ticket")
    def _reason_typed(self) -> None:
        line = self.query_one("#reason-error", Static)
        problems = [problem for problem in (reason_problem(self.reason), ticket_problem(self.ticket)) if problem]
        line.update(Content(" ".join(problems)))
        line.set_class(bool(problems), "-given")
        if self.plan is not None:
            self._show_command()

    def _show_command(self) -> None:
        ticket = f" --ticket {shell_word(self.ticket)}" if self.ticket else ""
        self.show_twin(self.command(self.reason) + ticket)

    def confirmed(self) -> None:
        """Applies the plan that is shown; a reason or a ticket that cannot be kept whole is mended first."""
        for name, problem in (("#reason", reason_problem(self.reason)), ("#ticket", ticket_problem(self.ticket))):
            if problem:
                self.query_one(name, Input).focus()
                return
        if self.plan is not None:
            plan = replace(self.plan, reason=self.reason, ticket=self.ticket)
            self.write(f"{self.VERB.lower()} of {plan.target.label}", plan)

    def action_page_down(self) -> None:
        """On to what does not fit."""
        self.query_one("#body").scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        """Back to what does not fit."""
        self.query_one("#body").scroll_page_up(animate=False)

    def answered(self, outcome: Outcome) -> None:
        """A conflict or a refusal is said, and what is true now is read."""
        super().answered(outcome)
        if not outcome.is_ok:
            self._keeps_message = True
            self.read_again()


def facts(detail: Detail) -> str:
    """Return the quiet line of the card: `Locked until 14:30 after 7 failures. last login yesterday · 2 sessions`."""
    state = detail.state
    login = f"last login {stamp(state.last_login_at if state else None, detail.now)}"
    return f"{state_sentence(detail).plain.rstrip('.')} · {login} · {sessions_words(detail)}"
