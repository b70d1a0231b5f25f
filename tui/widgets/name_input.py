"""A field in front of a password: Enter goes on before the next key is handed out."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.widgets.line_input import LineInput


class NameInput(LineInput):
    """An Input whose Enter is a priority binding: a password typed behind it in one go is never seen in here."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "go_on", show=False, priority=True)]

    def action_go_on(self) -> None:
        """To the next field, at once."""
        self.screen.focus_next()
