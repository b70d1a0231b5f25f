"""One kept error, opened from Status: when, what is true, its type and state, and where the incident file is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.troubles import Trouble
from tui.widgets.choice import Choice


class ErrorDetails(Dialog[None]):
    """Facts only; the driver's own words are never kept, they can quote a row."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__("Error")
        self._trouble = trouble

    def compose_body(self) -> ComposeResult:
        yield Static(safe(self._trouble.sentence))
        yield Static("")
        rows = (
            ("when", f"{self._trouble.at.astimezone():%Y-%m-%d %H:%M:%S %Z}"),
            ("type", self._trouble.kind),
            ("state", self._trouble.sqlstate),
            ("incident", self._trouble.incident),
        )
        for label, value in rows:
            if value:
                yield Static(Content.assemble((f"{label:<10}", "dim"), safe(value)))

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Close", id="close")

    def on_button_pressed(self) -> None:
        self.dismiss(None)
