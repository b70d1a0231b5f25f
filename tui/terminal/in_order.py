"""Keys act in the order in which they were typed.

Textual hands a key to the widget that has the focus at once, and looks what the key is bound to only when nobody on the
way up to the application took it. A letter that comes right after a key that acts is in the field before that key has
acted: of `backspace` `a` in one packet, which is how a slow line delivers them, the field loses the `a`. So a key waits
here until the one before it is through.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

from textual.app import ScreenStackError
from textual.message import Message

if TYPE_CHECKING:
    from textual.events import Key, Paste
    from textual.widget import Widget

PATIENCE: Final = 0.5
"""Seconds after which a key no longer waits: for a widget that is gone, or that stands still."""


class Follower(Message):
    """Goes the way of a key, right behind it, and a second one behind what the key made a widget say: the Enter that a
    field tells of has moved the focus by then. When that arrives at the application, the key has acted."""

    is_late = False
    """Whether it was not waited for any longer."""

    def __init__(self, then: Widget | None = None) -> None:
        super().__init__()
        self.then = then
        """Where a second one starts; None for that one."""


class Hearer(Protocol):
    """The application, as far as keys need it."""

    @property
    def focused(self) -> Widget | None: ...
    @property
    def screen(self) -> Widget: ...
    async def hear(self, event: Key | Paste) -> None: ...
    def post_message(self, message: Message) -> bool: ...


class InOrder:
    """What was typed and is not heard yet."""

    def __init__(self, app: Hearer) -> None:
        self._app = app
        self._typed: deque[Key | Paste] = deque()
        self._follower: Follower | None = None
        """Behind the key that is on its way, if one is."""
        self._patience: asyncio.TimerHandle | None = None

    async def take(self, event: Key | Paste) -> None:
        """Has the application hear `event` now, or after what was typed before it."""
        self._typed.append(event)
        if self._follower is None:
            await self._go_on()

    async def arrived(self, follower: Follower) -> None:
        """The key before `follower` has acted, or was waited for long enough."""
        if follower is not self._follower:
            return
        if self._patience is not None:
            self._patience.cancel()
        if follower.then is None or follower.is_late or not self._send(Follower(), follower.then):
            await self._go_on(waits=not follower.is_late)

    async def _go_on(self, *, waits: bool = True) -> None:
        """Hears until a key is on its way; or all, where one kept the others waiting: `ctrl+q` may be among them."""
        while self._typed:
            event = self._typed.popleft()
            target = self._target()
            self._follower = follower = Follower(target)  # already while it is heard: more may be typed meanwhile
            await self._app.hear(event)
            if waits and target is not None and self._send(follower, target):
                return
        self._follower = None

    def _send(self, follower: Follower, target: Widget) -> bool:
        """Puts it on its way, unless the widget is gone; whether it did."""
        if not target.post_message(follower):
            return False
        self._follower = follower
        self._patience = asyncio.get_running_loop().call_later(PATIENCE, self._lose_patience, follower)
        return True

    def _lose_patience(self, follower: Follower) -> None:
        follower.is_late = True
        self._app.post_message(follower)

    def _target(self) -> Widget | None:
        """Where a key goes. None while the application has no screen."""
        try:
            return self._app.focused or self._app.screen
        except ScreenStackError:
            return None
