"""Undo one recorded change: what it was, what is put back, what is left and why, what cannot be undone, a reason.

The plan that is shown is the plan that is applied; the reason and the ticket typed are added to it. A whole batch is
undone by `undo_batch`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import plan_undo
from models.operations.context import USER
from models.operations.sign_in.step_up import may_go_ahead
from models.operations.text import field_label
from models.operations.undo import NoSuchEvent
from tui.browse.audit.events import load_event_cut
from tui.screens.audit.words import now_here, short_time, value, verb
from tui.screens.dialogs.step_up import FIRST
from tui.screens.twins import twin
from tui.screens.work_dialog import WorkDialog
from tui.screens.write_dialog import REASON_LENGTH
from tui.terminal.safe import safe
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput
from tui.widgets.target_card import Card, TargetCard, card_content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from models.operations import Outcome, Plan
    from tui.browse.audit.events import AuditDetail

TICKET_LENGTH = 100


class UndoDialog(WorkDialog):
    """Takes the id of an event of the audit; answers the outcome."""

    DEFAULT_CSS = """
    UndoDialog #was { height: auto; width: 100%; color: $text-muted; }
    UndoDialog #undo-plan { height: auto; width: 100%; margin: 1 0 0 0; }
    UndoDialog .line { height: 1; }
    UndoDialog .line .label { width: 9; }
    UndoDialog .line Input { width: 1fr; }
    UndoDialog #reason-line { margin: 1 0 0 0; }
    """
    WIDTH: ClassVar[int] = 78

    def __init__(self, event_id: int) -> None:
        super().__init__("Undo a change")
        self._event_id = event_id
        self.plan: Plan | None = None

    def compose_body(self) -> ComposeResult:
        yield TargetCard(Card(None, "…loading"))
        yield Static(id="message")
        yield Static(id="was")
        yield Static(id="undo-plan")
        with HorizontalGroup(id="reason-line", classes="line"):
            yield Static(Content("Reason"), classes="label")
            yield LineInput(id="reason", max_length=REASON_LENGTH)
        with HorizontalGroup(classes="line"):
            yield Static(Content("Ticket"), classes="label")
            yield LineInput(id="ticket", max_length=TICKET_LENGTH)

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice("Undo  ^S", id="confirm", disabled=True)  # Enter never writes

    def on_mount(self) -> None:
        self.mark_danger(False)
        self.query_one("#cancel").focus()
        self._read_again()

    # Reading --------------------------------------------------------------------------------------------------------

    def _read_again(self) -> None:
        """Plans anew; until then nothing can be written. Not before what was written is settled."""
        if self.in_doubt is not None:
            return
        self.plan = None
        self.allow(False)
        self.read(self._load, self._loaded)

    async def _load(self) -> tuple[AuditDetail, Plan]:
        event = await load_event_cut(self._event_id)
        if event is None:
            raise NoSuchEvent(f"The audit has no event {self._event_id}.")
        return event, await plan_undo(self.shell.actor, self._event_id)

    def _loaded(self, loaded: tuple[AuditDetail, Plan]) -> None:
        event, plan = loaded
        if self.in_doubt is not None:
            return
        row = event.row
        what = Content.assemble(safe(verb(row.action), 60), " by ", safe(row.actor_label, 100))
        why = safe(" · ".join(part for part in (row.ticket, row.reason) if part), 200)
        self.query_one("#was", Static).update(
            Content.assemble(what, f", {short_time(row.at, now_here())}", *((": ", why) if why else ()))
        )
        self.query_one(TargetCard).update(card_content(Card.of(plan.target)))
        self._show(plan)

    def _show(self, plan: Plan) -> None:
        self.plan = plan
        may = may_go_ahead(plan)
        self.query_one("#undo-plan", Static).update(Content("\n").join(plan_lines(plan)))
        reasons = [*(error.sentence for error in plan.errors), *(refusal.reason for refusal in plan.refusals)]
        if reasons and not may:
            self.complain(" ".join(reasons))
        elif not self._keeps_message:
            self.say(FIRST if plan.refusals else "")
        self._keeps_message = False
        self.allow(may)
        self._show_twin()

    _keeps_message = False

    @on(Input.Changed, "#reason")
    @on(Input.Changed, "#ticket")
    def _typed(self) -> None:
        if self.plan is not None:
            self._show_twin()

    def _show_twin(self) -> None:
        words: list[object] = ["audit", "undo", self._event_id]
        ticket = self._text("#ticket")
        if ticket:
            words += ["--ticket", ticket]
        self.show_twin(twin(self.shell.launch.command, *words, reason=self._text("#reason")))

    def _text(self, name: str) -> str:
        return self.query_one(name, Input).value.strip()

    # Writing --------------------------------------------------------------------------------------------------------

    def confirmed(self) -> None:
        """Applies the plan that is shown, unless that user has a change of which nobody knows yet."""
        if self.plan is None:
            return
        target = self.plan.target
        unsettled = self.shell.unsettled.get(target.id or 0) if target.kind == USER else None
        if unsettled is not None:
            self.complain(
                f"{target} has a change that is not settled: {unsettled.sentence} Open the user to ask again."
            )
            return
        plan = replace(self.plan, reason=self._text("#reason"), ticket=self._text("#ticket"))
        self.write(f"undo on {target.label}", plan)

    def answered(self, outcome: Outcome) -> None:
        """A conflict or a refusal is said, and what is true now is read."""
        super().answered(outcome)
        if not outcome.is_ok:
            self._keeps_message = True
            self._read_again()


def plan_lines(plan: Plan) -> Iterator[Content]:
    """Yield what is put back, what is left as it is, what follows and what cannot be undone, a line each."""
    for change in plan.changes:
        label = Content.styled(safe(f"{field_label(change.field)}: ", 60).plain, "bold")
        yield Content.assemble(label, value(change.before).stylize("dim"), " -> ", value(change.after))
    for one in plan.skipped:
        yield Content.assemble("  left: ", safe(field_label(one.field), 60), " ", safe(one.sentence, 300))
    for sentence in plan.effects:
        yield Content.assemble("· ", safe(sentence, 300))
    for sentence in plan.irreversible:
        yield Content.assemble("! ", safe(sentence, 300))
