"""Yes or no about one thing, with what it does in sentences. It asks; whoever opened it acts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Button, Static

from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.target_card import Card, TargetCard


class ConfirmDialog(Dialog[bool]):
    """Answers True, False, or None when it was left by Esc.

    `y` confirms; `n` and Esc do not. A destructive one starts on Cancel and Enter never confirms it. `warnings` stand
    out: what cannot be undone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.yes", "dialog.no")]

    def __init__(
        self,
        title: str,
        sentences: Sequence[str] = (),
        *,
        card: Card | None = None,
        warnings: Sequence[str] = (),
        yes: str = "Do it",
        no: str = "Cancel",
        destructive: bool = False,
        twin: str = "",
    ) -> None:
        super().__init__(title, twin=twin)
        self._sentences = sentences
        self._card = card
        self._warnings = warnings
        self._yes = yes
        self._no = no
        self._destructive = destructive

    def compose_body(self) -> ComposeResult:
        if self._card is not None:
            yield TargetCard(self._card)
        for sentence in self._sentences:
            yield Static(safe(sentence), classes="sentence")
        for warning in self._warnings:
            yield Static(safe(f"! {warning}"), classes="caution")

    def compose_buttons(self) -> ComposeResult:
        yield Choice(f"{self._no}  n", id="cancel")
        if self._destructive:
            yield DangerousChoice(f"{self._yes}  y", id="confirm")
        else:
            yield Choice(f"{self._yes}  y", id="confirm")

    def on_mount(self) -> None:
        self.query_one("#cancel" if self._destructive else "#confirm", Button).focus()

    @on(Button.Pressed, "#confirm")
    def action_yes(self) -> None:
        """Does it."""
        self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def action_no(self) -> None:
        """Leaves without doing it."""
        self.dismiss(False)
