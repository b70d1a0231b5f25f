"""The buttons of a dialog: one line, in brackets, reversed where the focus is."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button


class Choice(Button):
    """`[ Cancel ]`. Enter presses it, as everywhere."""

    DEFAULT_CSS = """
    Choice, Choice:hover, Choice.-textual-compact, Choice:ansi {
        width: auto;
        min-width: 0;
        height: 1;
        border: none;
        padding: 0;
        background: transparent;
        color: $foreground;
        text-style: none;
        &:focus { text-style: reverse; background: transparent; color: $foreground; background-tint: initial; }
        &:disabled { text-style: dim; }
    }
    Choice.-danger { color: $text-error; }
    """

    def __init__(self, label: str, *, id: str, danger: bool = False, disabled: bool = False) -> None:  # noqa: A002
        super().__init__(Content(f"[ {label} ]"), id=id, disabled=disabled, compact=True)
        self.set_class(danger, "-danger")

    def say(self, label: str) -> None:
        """Another label."""
        self.label = Content(f"[ {label} ]")


class DangerousChoice(Choice, inherit_bindings=False):
    """What cannot be taken back: Enter does not press it, only its own key or the mouse does."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, label: str, *, id: str, disabled: bool = False) -> None:  # noqa: A002
        super().__init__(label, id=id, danger=True, disabled=disabled)
