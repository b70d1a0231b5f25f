"""A list of options that takes every key at every moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import widgets

if TYPE_CHECKING:
    from textual._widget_navigation import Direction


class OptionList(widgets.OptionList):
    """Textual's (8.2.8) has no lines while it has no room: in the palette, whose list hears keys before it is seen, and
    in a small window. There a page up or down ends the program."""

    def _move_page(self, direction: Direction) -> None:
        if (self.highlighted or 0) in self._index_to_line:
            super()._move_page(direction)
