"""A field of one line for text that may be anybody's: what would hide or act is seen, and is one cell wide."""

from __future__ import annotations

from typing import Any, Final

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.widgets import Input

from tui.sanitise import stand_ins

LONGEST: Final = 10_000
"""Characters that a field takes where nothing less was said: each key paints the whole line again."""


class LineInput(Input):
    """As Textual's, but each character that `sanitise` would escape is shown as U+FFFD; its value stays as it is.

    Of what is pasted the first line is taken, where there is room for all of it.
    """

    def __init__(self, value: str | None = None, *, max_length: int = LONGEST, **options: Any) -> None:
        super().__init__(value, max_length=max_length, **options)

    @property
    def _value(self) -> Text:
        """The value as it is painted, character for character."""
        if self.password:
            return super()._value
        return Text(stand_ins(self.value), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(self._value.plain[:position])

    def _cell_offset_to_index(self, offset: int) -> int:
        offset += int(self.scroll_offset.x)
        cells = 0
        for index, character in enumerate(self._value.plain):
            cells += cell_len(character)
            if offset < cells:
                return index
        return len(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        """What is too long is not taken, and that is said: half of a name or of a password is worse than nothing."""
        event.prevent_default()
        event.stop()
        line = (event.text.splitlines() or [""])[0]
        start, end = sorted(self.selection)
        room = (self.max_length or LONGEST) - len(self.value) + (end - start)
        if len(line) > room:
            self.app.notify(f"That is too long to be pasted here: there is room for {max(0, room)} characters.")
        else:
            self.replace(line, start, end)
