"""Quitting is refused while something is being written: this says what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.dialogs.base import Dialog
from tui.widgets.choice import Choice


class BusyDialog(Dialog[None]):
    """One sentence for each running write; closes by any of the ways out."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.no")]

    def __init__(self, running: Sequence[str]) -> None:
        super().__init__("Not now")
        self._labels = running

    def compose_body(self) -> ComposeResult:
        for label in self._labels:
            yield Static(Content(f"{sanitise(label, 100)} is still running."))
        yield Static(Content("Shellback leaves when that is settled; ask again then."))

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Stay", id="stay")

    def on_button_pressed(self) -> None:
        self.dismiss(None)

    def action_no(self) -> None:
        """Stays."""
        self.dismiss(None)
