"""A screen that stands whatever is clicked, and whatever comes in front of it.

Textual 8.2.8 closes the screen in front where one closes itself: with a second click on a button that had closed its
dialog, and behind the lock, that is another one, or none, which ends the program. And it looks for the parent of what
was clicked, which may be gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType

if TYPE_CHECKING:
    from textual.geometry import Offset
    from textual.message import Message
    from textual.widget import Widget


class Sturdy(Screen[ScreenResultType]):
    """What every screen of ours is. Named last among the bases: Textual takes the styles of the first."""

    _is_closed = False

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Closes this screen, once, also while another one stands in front: then nobody sees it happen."""
        if self._is_closed:
            return AwaitComplete(_nothing())
        self._is_closed = True
        app = self.app
        if app.screen is self:
            return super().dismiss(result)
        for stack in app._screen_stacks.values():
            if self in stack:
                stack.remove(self)
        if self._result_callbacks:
            self._result_callbacks[-1](result)
            self._pop_result_callback()
        return AwaitComplete(app._replace_screen(self)).call_next(app)

    async def _dispatch_message(self, message: Message) -> None:
        """Leaves out what was pressed and chosen in it before it was seen to be closed: it has its answer."""
        if self._is_closed and (isinstance(message, events.InputEvent) or message.control is not None):
            return
        await super()._dispatch_message(message)

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """As Textual's, for widgets that are still there."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        if widget is None or widget is self or widget.parent is not None:
            return widget, offset
        return None, None


async def _nothing() -> None:
    """What is left to wait for of a screen that is closed already."""
