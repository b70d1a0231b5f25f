"""Deactivate, delete, delete for good; of a deleted user: restore, delete for good. One dialog, the mildest way first.

Deleting for good lists what depends on the user and wants the name typed. Restoring asks for a name and an address when
somebody has the former ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.widgets import Button, Input, Static

from models.operations import plan_deactivate, plan_hard_delete, plan_restore, plan_soft_delete
from models.operations.deletion.hard import confirmed, expected
from models.operations.sign_in.step_up import may_go_ahead
from models.permissions import Codename
from tui.keys import bindings
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.screens.user.deleting_words import (
    DEACTIVATE,
    DELETE,
    FOR_GOOD,
    RESTORE,
    WAYS,
    command,
    dependants_content,
    first_choice,
    offered,
)
from tui.screens.write_dialog import WriteDialog
from tui.terminal.safe import safe
from tui.widgets.check import Option, Options
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from textual.timer import Timer
    from textual.widget import Widget

    from models.operations import Plan
    from tui.browse.user.detail import Detail

NAMES: Final = {"username": "Username", "email": "E-mail"}
PAUSE: Final = 0.2
"""Seconds after the last key in a name before it is asked whether it is free."""


class DeleteDialog(Scrolls, WriteDialog):
    """Plans again whenever another way is chosen, so that what is shown is what will be done."""

    VERB: ClassVar[str] = "Delete"
    NOTHING: ClassVar[str] = "This account is inactive already."
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCROLLING)]

    DEFAULT_CSS = """
    DeleteDialog #typed-line, DeleteDialog #names { margin: 1 0 0 0; height: auto; }
    DeleteDialog #typed-line Input, DeleteDialog #names Input { width: 1fr; }
    DeleteDialog .label { width: 9; }
    DeleteDialog #typed-label { width: 100%; }
    """

    def __init__(self, user_id: int) -> None:
        super().__init__("Delete an account", user_id)
        self._way = ""
        self._expected = ""
        self._pause: Timer | None = None

    def compose_options(self) -> ComposeResult:
        yield Options({key: way.label for key, way in WAYS.items()}, DEACTIVATE, id="way")
        with VerticalGroup(id="names", classes="-hidden"):
            for name, label in NAMES.items():
                with HorizontalGroup():
                    yield Static(Content(label), classes="label")
                    yield LineInput(id=name, max_length=254)

    def compose_body(self) -> ComposeResult:
        """What has to be typed comes last: behind what it does."""
        yield from super().compose_body()
        with VerticalGroup(id="typed-line", classes="-hidden"):
            yield Static(id="typed-label")
            yield LineInput(id="typed", max_length=256)

    @property
    def scrolled(self) -> Widget:
        """All that is between the title and the buttons."""
        return self.query_one("#body")

    def action_down(self) -> None:
        """Scrolls where there is more than fits; else goes to the next choice."""
        if self.scrolled.max_scroll_y:
            super().action_down()
        else:
            self.focus_next()

    def action_up(self) -> None:
        if self.scrolled.max_scroll_y:
            super().action_up()
        else:
            self.focus_previous()

    # Planning -------------------------------------------------------------------------------------------------------

    async def make_plan(self, detail: Detail) -> Plan:
        actor, user_id = self.shell.actor, self.user_id
        if not self._way:
            mild = detail.is_active and self.shell.may(Codename.USERS_DEACTIVATE)
            self._way = first_choice(is_deleted=detail.deleted_at is not None, deactivates=mild)
        if self._way == RESTORE:
            return await plan_restore(actor, user_id, **self._chosen)
        planner = {DEACTIVATE: plan_deactivate, DELETE: plan_soft_delete, FOR_GOOD: plan_hard_delete}[self._way]
        return await planner(actor, user_id)

    @property
    def _chosen(self) -> dict[str, str]:
        """The name and the address, where they are asked for."""
        if self.query_one("#names").has_class("-hidden"):
            return {}
        return {name: self.query_one(f"#{name}", Input).value.strip() for name in NAMES}

    def fill(self, detail: Detail) -> None:
        """Offers what there is for this user."""
        is_deleted = detail.deleted_at is not None
        ways = offered(is_deleted=is_deleted)
        for option in self.query_one("#way", Options).query(Option):
            option.set_class(option.name not in ways, "-hidden")
        if is_deleted:
            self.query_one("#title-text", Static).update(Content("A deleted account"))
        self.query_one("#way", Options).pick(self._way)

    def on_options_changed(self, event: Options.Changed) -> None:
        """Another way, another plan. The first one is planned already."""
        if event.key != self._way:
            self._way = event.key
            self.say("")
            self.read_again()

    # Showing --------------------------------------------------------------------------------------------------------

    def show_plan(self, plan: Plan) -> None:
        """Names the way on the button, and asks what this way asks."""
        way = WAYS[self._way]
        self.name_confirm(way.verb)
        self.mark_danger(way.danger)
        self.query_one("#typed-line").set_class(self._way != FOR_GOOD, "-hidden")
        if self._way == FOR_GOOD:
            self._expected = expected(plan)
            why = "" if self._expected == plan.target.label else " The name looks like another one, or cannot be typed."
            label = Content.assemble("Type ", (safe(self._expected, 60).plain, "bold"), " to confirm.", why)
            self.query_one("#typed-label", Static).update(label)
        self._ask_for_names(plan)
        super().show_plan(plan)
        if plan.dependants:
            self.query_one("#effects", Static).update(dependants_content(plan))
        self._typed()

    def _ask_for_names(self, plan: Plan) -> None:
        names = self.query_one("#names")
        if self._way != RESTORE:
            names.add_class("-hidden")
        elif names.has_class("-hidden") and plan.errors:
            after = {change.field: change.after for change in plan.changes}
            for name in NAMES:
                with self.prevent(Input.Changed):
                    self.query_one(f"#{name}", Input).value = str(after.get(name) or "")
            names.remove_class("-hidden")
            self.query_one(f"#{plan.errors[0].field}", Input).focus()

    def command(self, reason: str) -> str:
        return command(
            self.shell.launch.command, self._way, self.user_id, reason, confirm=self._expected, names=self._chosen
        )

    # Typing ---------------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#typed")
    def _typed(self) -> None:
        """The button works once the name stands there."""
        if self.plan is None or self._way != FOR_GOOD or self.in_doubt is not None:
            return
        self.allow(may_go_ahead(self.plan) and self.query_one("#typed", Input).value.strip() == self._expected)

    @on(Input.Changed, "#username")
    @on(Input.Changed, "#email")
    def _name_typed(self) -> None:
        """What was planned is not what stands here: nothing is written until it is planned again."""
        if self.in_doubt is not None:
            return
        self.plan = None
        self.allow(False)
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self.read_again)

    def action_confirm(self) -> None:
        """Leads to the name that has to be typed, where that is all that is missing."""
        allowed = self.plan is not None and may_go_ahead(self.plan) and self.in_doubt is None
        if allowed and self._way == FOR_GOOD and self.query_one("#confirm", Button).disabled:
            self.query_one("#typed", Input).focus()
        else:
            super().action_confirm()

    def confirmed(self) -> None:
        """Applies the plan that is shown, with the name that was typed."""
        if self.plan is not None and self._way == FOR_GOOD:
            self.plan = confirmed(self.plan, self.query_one("#typed", Input).value)
        super().confirmed()
