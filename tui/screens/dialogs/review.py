"""What would be written, field by field, before it is: `e-mail: a@old.example -> a@new.example`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Static

from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.choice import Choice
from tui.widgets.target_card import Card, TargetCard

if TYPE_CHECKING:
    from models.operations.plan import Change


class ReviewDialog(Dialog[bool]):
    """Answers True when the changes are to be written. It starts on Cancel.

    `y` writes and `ctrl+s` does not: that key opened the review, and pressed twice it must not save unread.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.yes", "dialog.no")]

    def __init__(
        self,
        title: str,
        changes: Sequence[Change],
        *,
        card: Card | None = None,
        sentences: Sequence[str] = (),
        warnings: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
        yes: str = "Save",
        twin: str = "",
    ) -> None:
        super().__init__(title, twin=twin)
        self._changes = changes
        self._card = card
        self._sentences = sentences
        self._warnings = warnings
        self._labels = labels or {}
        self._yes = yes

    def compose_body(self) -> ComposeResult:
        if self._card is not None:
            yield TargetCard(self._card)
        for change in self._changes:
            yield Static(change_content(change, self._labels), classes="change")
        for sentence in self._sentences:
            yield Static(safe(sentence), classes="sentence")
        for warning in self._warnings:
            yield Static(safe(f"! {warning}"), classes="caution")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel  n", id="cancel")
        yield Choice(f"{self._yes}  y", id="confirm")

    def on_mount(self) -> None:
        self.query_one("#cancel", Button).focus()

    @on(Button.Pressed, "#confirm")
    def action_yes(self) -> None:
        """Writes."""
        self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def action_no(self) -> None:
        """Back to the form."""
        self.dismiss(False)


def change_content(change: Change, labels: Mapping[str, str]) -> Content:
    """`e-mail: a@old.example -> a@new.example`, empty values as `(empty)`."""
    label = labels.get(change.field, change.field)
    return Content.assemble(
        (f"{sanitise(label, 40)}: ", "bold"), (_shown(change.before), "dim"), " -> ", (_shown(change.after), "")
    )


def _shown(value: object) -> str:
    if value is None or value == "":
        return "(empty)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return sanitise(value, 200)
