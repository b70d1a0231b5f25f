"""Delete a role that nobody holds: what goes with it, a reason, and a key to confirm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import Plan, plan_delete_role
from models.operations.sign_in.step_up import may_go_ahead, stands_against
from models.operations.text import counted
from tui.screens.dialogs.step_up import FIRST
from tui.screens.twins import twin
from tui.screens.work_dialog import WorkDialog
from tui.screens.write_dialog import REASON_LENGTH
from tui.terminal.safe import safe
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput
from tui.widgets.target_card import Card, TargetCard

if TYPE_CHECKING:
    from models.operations import Outcome


class RoleDeleteDialog(WorkDialog):
    """The plan that is shown is the plan that is applied; only the reason typed is added to it."""

    WIDTH: ClassVar[int] = 72

    DEFAULT_CSS = """
    RoleDeleteDialog #reason-line { margin: 1 0 0 0; height: 1; }
    RoleDeleteDialog #reason-line .label { width: 9; }
    RoleDeleteDialog #reason { width: 1fr; }
    """

    def __init__(self, role_id: int, name: str) -> None:
        super().__init__("Delete a role")
        self.role_id = role_id
        self._name_seen = name
        self.plan: Plan | None = None

    def compose_body(self) -> ComposeResult:
        yield TargetCard(Card(self.role_id, self._name_seen or "(no name)"))
        yield Static(id="message")
        yield Static(id="effects")
        with HorizontalGroup(id="reason-line"):
            yield Static(Content("Reason"), classes="label")
            yield LineInput(id="reason", max_length=REASON_LENGTH)

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice("Delete  ^S", id="confirm", disabled=True)

    def on_mount(self) -> None:
        super().on_mount()
        self.mark_danger(True)
        self.query_one("#cancel").focus()
        self._plan_again()

    def _plan_again(self) -> None:
        self.plan = None
        self.allow(False)
        self.read(self._make_plan, self._planned)

    async def _make_plan(self) -> Plan:
        return await plan_delete_role(self.shell.actor, self.role_id)

    def _planned(self, plan: Plan) -> None:
        self.plan = plan
        reasons = stands_against(plan)
        if reasons:
            self.complain(" ".join(reasons))
        else:
            self.say(FIRST if plan.refusals else "")
        codenames = sum(1 for change in plan.changes if change.field.startswith("permission:"))
        sentences = (
            f"it allows {counted(codenames, 'thing')} now" if codenames else "it allows nothing",
            *plan.effects,
            *plan.irreversible,
        )
        lines = [safe(f"· {sentence}", 400) for sentence in sentences]
        self.query_one("#effects", Static).update(Content("\n").join(lines))
        self.allow(may_go_ahead(plan))
        self._show_command()

    @property
    def reason(self) -> str:
        """What was typed as the reason."""
        return self.query_one("#reason", Input).value.strip()

    @on(Input.Changed, "#reason")
    def _show_command(self) -> None:
        self.show_twin(twin(self.shell.launch.command, "roles", "delete", self.role_id, reason=self.reason))

    def confirmed(self) -> None:
        """Applies the plan that is shown."""
        if self.plan is not None:
            self.write(f"deleting of the role {self.plan.target.label}", replace(self.plan, reason=self.reason))

    def answered(self, outcome: Outcome) -> None:
        """A conflict or a refusal is said, and what is true now is read."""
        super().answered(outcome)
        if not outcome.is_ok:
            self.plan = None
            self.allow(False)
