"""Where to write a file: one line, with what is wrong with it said before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.keys import bindings
from tui.paths import expanded
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput


class PathDialog(Dialog[Path]):
    """Answers a path at which there is no file yet, in a directory that is there."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm")]

    def __init__(self, title: str, default: Path) -> None:
        super().__init__(title)
        self._default = default

    def compose_body(self) -> ComposeResult:
        yield Static(Content("To the file"), classes="muted")
        yield LineInput(str(self._default), id="path", select_on_focus=False)
        yield Static(id="wrong", classes="wrong")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Write  ^S", id="confirm")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Answers the path, if a file can be made there."""
        path = expanded(self.query_one(Input).value.strip())
        wrong = _wrong(path)
        self.query_one("#wrong", Static).update(safe(wrong, 300))
        if not wrong:
            self.dismiss(path.absolute())

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)


def _wrong(path: Path) -> str:
    if not path.name:
        return "Write the name of a file."
    if path.exists():
        return f"{path} is there already. Choose another name."
    return "" if path.parent.is_dir() else f"There is no directory {path.parent}."
