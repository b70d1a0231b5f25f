"""The last question before a way on is gone: what it does, why, and in production the database's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.screens.migrations.typed_name import typed_name
from tui.terminal.safe import safe
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput


class RecoverDialog(Dialog[str]):
    """Answers the reason once it was agreed to; it may be empty unless `needs_reason`. `database` is to be typed; ""
    for nothing to type."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm")]
    DEFAULT_CSS = """
    RecoverDialog .heading { margin: 1 0 0 0; }
    """

    def __init__(
        self,
        title: str,
        sentences: Sequence[str],
        *,
        needs_reason: bool,
        twin: Callable[[str], str],
        database: str = "",
    ) -> None:
        super().__init__(title, twin=twin(""))
        self._twin_of = twin
        self._sentences = sentences
        self._needs_reason = needs_reason
        self._database = database

    def compose_body(self) -> ComposeResult:
        for sentence in self._sentences:
            yield Static(safe(sentence, 700), classes="caution")
        may = "" if self._needs_reason else ", may be empty"
        yield Static(Content(f"Why (kept in the history{may}):"), classes="heading")
        yield LineInput(id="reason", max_length=500, compact=True)
        yield from typed_name(self._database, classes="heading")
        yield Static(id="differs", classes="wrong")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice("Do it  ^S", id="confirm", disabled=bool(self._missing("", "")))

    def on_mount(self) -> None:
        self.query_one("#reason", Input).focus()

    @property
    def _given(self) -> tuple[str, str]:
        typed = self.query_one("#typed", Input).value.strip() if self._database else ""
        return self.query_one("#reason", Input).value.strip(), typed

    def _missing(self, reason: str, typed: str) -> str:
        """What is still to be typed, in a sentence."""
        if self._needs_reason and not reason:
            return "A reason is needed: what is recorded is your word."
        return "The name is not that of the database." if typed != self._database else ""

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#confirm", Button).disabled = bool(self._missing(*self._given))
        self.query_one("#differs", Static).update("")
        self.show_twin(self._twin_of(self._given[0]))

    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Confirms once everything is typed that is needed."""
        if missing := self._missing(*self._given):
            self.query_one("#differs", Static).update(Content(missing))
        else:
            self.dismiss(self._given[0])

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
