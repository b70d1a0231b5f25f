"""A field for a password: masked, never copied, never cut, never suggested."""

from __future__ import annotations

from typing import Any, Final

from textual.widgets import Input

from tui.widgets.line_input import LineInput

LONGEST: Final = 256
"""Characters: what the password policy takes at most."""


class SecretInput(LineInput):
    """An Input without a way out for its text. Empty it with `clear()` as soon as the value was used."""

    def __init__(self, **options: Any) -> None:
        super().__init__(password=True, max_length=LONGEST, select_on_focus=False, **options)

    def on_unmount(self) -> None:
        """Forgets the text with the dialog it stood in, however that was left: the widget may outlive it in memory."""
        self.set_reactive(Input.value, "")

    def action_copy(self) -> None:
        """Does not copy."""
        self.app.bell()

    def action_cut(self) -> None:
        """Does not cut: Textual would copy."""
        self.app.bell()

    @property
    def selected_text(self) -> str:
        """Nothing, whatever is selected: the screen's own copy key asks for it."""
        return ""

    def __repr__(self) -> str:
        return f"SecretInput(id={self.id!r})"
