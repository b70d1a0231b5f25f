"""A field for the six digits of an authenticator. Shown as they are typed: a code is worth nothing once it was used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from textual import events

LONGEST: Final = 12
"""Characters: six digits, and the spaces that people type between them."""


class CodeInput(LineInput):
    """Takes digits, spaces and dashes, and types nothing else. The letters in `keys` go to the screen's bindings."""

    def __init__(self, *, keys: str = "", **options: Any) -> None:
        super().__init__(restrict=r"[0-9 \-]*", max_length=LONGEST, placeholder="123 456", **options)
        self._keys = keys

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the key is this field's own."""
        return character not in tuple(self._keys) and super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        # Textual calls the handler of every base class: the field's own would take the key away.
        if event.character in tuple(self._keys):
            event.prevent_default()
