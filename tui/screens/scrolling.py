"""Text that is scrolled with the keys of a list, on whatever screen or dialog it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.widget import Widget

SCROLLING = ("move.down", "move.up", "move.page_down", "move.page_up", "move.top", "move.bottom")
"""The ids of the keys, for the `bindings(...)` of the screen."""


class Scrolls:
    """The actions behind these keys. Mixed into a screen, which names in `scrolled` what they move."""

    @property
    def scrolled(self) -> Widget:
        """The widget that scrolls now."""
        raise NotImplementedError

    def action_down(self) -> None:
        """One line down."""
        self.scrolled.scroll_down(animate=False)

    def action_up(self) -> None:
        """One line up."""
        self.scrolled.scroll_up(animate=False)

    def action_page_down(self) -> None:
        """One page down."""
        self.scrolled.scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        """One page up."""
        self.scrolled.scroll_page_up(animate=False)

    def action_top(self) -> None:
        """To the first line."""
        self.scrolled.scroll_home(animate=False)

    def action_bottom(self) -> None:
        """To the last line."""
        self.scrolled.scroll_end(animate=False)
