"""Undo a whole batch: what it was, for how many it comes back, who is left out and why, what cannot be undone.

It answers the plan that was agreed to: up to ten users by `y`, more by typing their number. `bulk.run` carries it out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static

from models.operations.bulk.plan import ASKED, BulkPlan
from models.operations.sign_in.step_up import may_go_ahead
from models.operations.text import counted, grouped
from models.operations.undo.batch import plan_undo_batch
from tui.screens.audit.undo import TICKET_LENGTH
from tui.screens.bulk.words import bulk_twin, plan_lines, sample_lines, selection_line
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.step_up import FIRST, ask_first
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.read_dialog import ReadDialog
from tui.screens.write_dialog import REASON_LENGTH
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from uuid import UUID

    from textual.app import ComposeResult

PLAN_SECONDS = 300.0
"""A plan reads what was done to everybody of the batch, up to a million."""


class UndoBatchDialog(ReadDialog[BulkPlan]):
    """Takes the number of a batch; answers the plan that was agreed to."""

    WIDTH: ClassVar[int] = 78

    DEFAULT_CSS = """
    UndoBatchDialog .line { height: 1; }
    UndoBatchDialog .line .label { width: 9; }
    UndoBatchDialog .line Input { width: 1fr; }
    UndoBatchDialog #plan, UndoBatchDialog #samples { height: auto; width: 100%; margin: 1 0 0 0; }
    UndoBatchDialog #reason-line { margin: 1 0 0 0; }
    """

    def __init__(self, batch_id: UUID) -> None:
        super().__init__("Undo a batch")
        self._batch_id = batch_id
        self.plan: BulkPlan | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(id="who")
        yield Static(id="message")
        yield Static(Content("…looking at everybody"), id="plan")
        with HorizontalGroup(id="reason-line", classes="line"):
            yield Static(Content("Reason"), classes="label")
            yield LineInput(id="reason", max_length=REASON_LENGTH)
        with HorizontalGroup(classes="line"):
            yield Static(Content("Ticket"), classes="label")
            yield LineInput(id="ticket", max_length=TICKET_LENGTH)
        yield Static(id="samples")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice("Undo  ^S", id="confirm", disabled=True)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#reason", Input).focus()

        async def work() -> BulkPlan:
            return await plan_undo_batch(self.shell.actor, self._batch_id)

        self.read(work, self._planned, deadline=PLAN_SECONDS)

    def _planned(self, plan: BulkPlan) -> None:
        self.plan = plan
        self.query_one("#who", Static).update(selection_line(plan.selection))
        self.query_one("#plan", Static).update(plan_lines(plan))
        self.query_one("#samples", Static).update(sample_lines(plan))
        if may_go_ahead(plan):
            self.say(FIRST if plan.refusals else "")
        else:
            self.complain(" ".join(refusal.reason for refusal in plan.refusals) or "Nothing would come back.")
        self.allow(may_go_ahead(plan))
        self.name_confirm(f"Undo: {grouped(plan.changing)}")
        self._typed()

    def _agreed_plan(self, plan: BulkPlan) -> BulkPlan:
        # The person may have been through the lock since: another session, the same account.
        texts = {name: self.query_one(f"#{name}", Input).value.strip() for name in ("reason", "ticket")}
        return replace(plan, actor=self.shell.actor, reason=texts["reason"], ticket=texts["ticket"])

    @on(Input.Changed)
    def _typed(self) -> None:
        if self.plan is not None:
            self.show_twin(bulk_twin(self.shell.launch.command, self._agreed_plan(self.plan)))

    def confirmed(self) -> None:
        """Asks once more, by as much as is at stake."""
        if self.plan is None:
            return
        plan = self._agreed_plan(self.plan)
        title = f"Undo: {counted(plan.changing, 'user')}"

        def agreed() -> None:
            self.dismiss(replace(plan, refusals=()))

        def answered(answer: bool | None) -> None:
            if answer and not ask_first(self.shell, plan.refusals, agreed):
                agreed()

        if plan.changing <= ASKED:
            dialog = ConfirmDialog(title, plan.effects, warnings=plan.irreversible, yes="Undo", destructive=True)
            self.app.push_screen(dialog, answered)
        else:
            self.app.push_screen(TypeToConfirm(title, plan.confirmation, plan.irreversible), answered)
