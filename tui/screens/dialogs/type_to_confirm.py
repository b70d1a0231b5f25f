"""For what destroys: the person types the name (for a look-alike, the id) before the button works."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput
from tui.widgets.target_card import Card, TargetCard


class TypeToConfirm(Dialog[bool]):
    """Answers True once `expected` was typed and `ctrl+s` or the mouse confirmed; None or False otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm")]

    def __init__(
        self,
        title: str,
        expected: str,
        sentences: Sequence[str] = (),
        *,
        card: Card | None = None,
        yes: str = "Do it",
        twin: str = "",
    ) -> None:
        super().__init__(title, twin=twin)
        self._expected = expected
        self._sentences = sentences
        self._card = card
        self._yes = yes

    def compose_body(self) -> ComposeResult:
        if self._card is not None:
            yield TargetCard(self._card)
        for sentence in self._sentences:
            yield Static(safe(sentence), classes="caution")
        yield Static(Content.assemble("Type ", (safe(self._expected).plain, "bold"), " to confirm."))
        yield LineInput(id="typed", max_length=256)
        yield Static(id="differs", classes="wrong")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice(f"{self._yes}  ^S", id="confirm", disabled=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#confirm", Button).disabled = not self._matches()
        self.query_one("#differs", Static).update("")

    def _matches(self) -> bool:
        return self.query_one(Input).value.strip() == self._expected

    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Confirms if what was typed is what was asked for."""
        if self._matches():
            self.dismiss(True)
        elif self.query_one(Input).value:
            self.query_one("#differs", Static).update(Content("That is not it."))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(False)
