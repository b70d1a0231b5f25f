"""The last question before a revert: which files, what is lost, why. Where something is lost the name is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.keys import bindings
from tui.migrate.plans.reverting import what_stays
from tui.screens.dialogs.base import Dialog
from tui.screens.migrations.typed_name import typed_name
from tui.terminal.safe import safe
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.migrate.plans.loss import LossReport
    from tui.migrate.plans.planning import RunPlan

NAMED: Final = 6
"""Files, and losses, that are named one by one: the page behind has them all."""


class RevertDialog(Dialog[str]):
    """Answers the reason (it may be empty) once it was agreed to. `database` is to be typed; "" for nothing to type."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm")]
    DEFAULT_CSS = """
    RevertDialog .quiet { color: $text-muted; }
    RevertDialog .heading { margin: 1 0 0 0; }
    """

    def __init__(
        self, plan: RunPlan, loss: LossReport, *, target: str, database: str, twin: Callable[[str], str]
    ) -> None:
        super().__init__(plan.target[:1].upper() + plan.target[1:], twin=twin(""))
        self._plan = plan
        self._loss = loss
        self._target = target
        self._database = database
        self._twin_of = twin

    def compose_body(self) -> ComposeResult:
        yield Static(safe(f"On {self._target}. {what_stays(self._plan)}", 300))
        for text in _some([file.version for file in self._plan.files]):
            yield Static(safe(f"  {text}", 300))
        for text in _some(list(self._loss.sentences())):
            yield Static(safe(text, 400), classes="caution" if self._loss.destroys else "quiet")
        yield Static(Content("Why (kept in the history, may be empty):"), classes="heading")
        yield LineInput(id="reason", max_length=500, compact=True)
        yield from typed_name(self._database, classes="heading")
        yield Static(id="differs", classes="wrong")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice("Revert  ^S", id="confirm", disabled=bool(self._database))

    def on_mount(self) -> None:
        self.query_one("#typed" if self._database else "#cancel").focus()

    @on(Input.Changed, "#reason")
    def _reasoned(self, event: Input.Changed) -> None:
        self.show_twin(self._twin_of(event.value.strip()))

    @on(Input.Changed, "#typed")
    def _typed(self) -> None:
        self.query_one("#confirm", Button).disabled = not self._matches()
        self.query_one("#differs", Static).update("")

    def _matches(self) -> bool:
        return not self._database or self.query_one("#typed", Input).value.strip() == self._database

    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Agrees, once the name was typed."""
        if self._matches():
            self.dismiss(self.query_one("#reason", Input).value.strip())
        else:
            self.query_one("#differs", Static).update(Content("Type the name first."))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)


def _some(texts: list[str]) -> list[str]:
    if len(texts) <= NAMED:
        return texts
    return [*texts[:NAMED], f"and {len(texts) - NAMED} more: the page behind has all"]
