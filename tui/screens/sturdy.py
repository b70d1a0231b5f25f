"""A screen that stands whatever is clicked, and whatever comes in front of it.

Textual 8.2.8 closes the screen in front where one closes itself: with a second click on a button that had closed its
dialog, and behind the lock, that is another one, or none, which ends the program. And until a screen is laid out anew
it finds widgets under the mouse that are gone, and paints them and asks for their parents; and it takes it that there
is always one, but a click may be beside a window that has become smaller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual._compositor import Compositor
from textual.await_complete import AwaitComplete
from textual.errors import NoWidget
from textual.screen import Screen, ScreenResultType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.geometry import Region
    from textual.message import Message
    from textual.widget import Widget


class _Compositor(Compositor):
    """Finds what is there, not what was there when the screen was laid out."""

    def get_widgets_at(self, x: int, y: int) -> Iterator[tuple[Widget, Region]]:
        for widget, region in super().get_widgets_at(x, y):
            if widget is self.root or widget.is_attached:
                yield widget, region

    def get_widget_at(self, x: int, y: int) -> tuple[Widget, Region]:
        for found in self.get_widgets_at(int(x), int(y)):
            return found
        raise NoWidget(f"nothing at {x}, {y}")


class Sturdy(Screen[ScreenResultType]):
    """What every screen of ours is. Named last among the bases: Textual takes the styles of the first."""

    _is_closed = False

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name, id, classes)
        self._compositor = _Compositor()

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

    def get_widget_at(self, x: int, y: int) -> tuple[Widget, Region]:
        """What is there; this screen where nothing is."""
        try:
            return super().get_widget_at(x, y)
        except NoWidget:
            return self, self.region


async def _nothing() -> None:
    """What is left to wait for of a screen that is closed already."""
