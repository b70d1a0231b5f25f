"""The lock of the interface: in a mode of its own, so that whatever is opened meanwhile waits behind it."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from tui.app import ShellbackApp
    from tui.person import Person

MODE: Final = "locked"
LOOK_SECONDS: Final = 1.0


class Lock:
    """Locks by the key, after `minutes` without input (0: never), and when the session is over."""

    def __init__(self, app: ShellbackApp, minutes: float, make_screen: Callable[[], Screen[Any]]) -> None:
        self._app = app
        self._make_screen = make_screen
        self._minutes = minutes
        self._last_input = monotonic()
        self.behind = ""
        """The mode that stood in front when it locked; empty while it is open."""

    @property
    def is_on(self) -> bool:
        """Whether the lock stands in front."""
        return bool(self.behind)

    def watch(self) -> None:
        """Starts looking at the clock; the interface runs."""
        self._app.set_interval(LOOK_SECONDS, self._look)

    def touched(self) -> None:
        """There was input."""
        self._last_input = monotonic()

    def _look(self) -> None:
        idle = 0 < self._minutes * 60 <= monotonic() - self._last_input
        person = self._app.person
        if idle or (person is not None and person.is_over(datetime.now(UTC))):
            self.close()

    def close(self) -> None:
        """Locks, unless nobody is signed in or something is being written. Toasts can hold names, so they go."""
        if self._app.person is None or self.is_on or self._app.busy:
            return
        self.behind = self._app.current_mode
        self._app.clear_notifications()
        self._app.add_mode(MODE, self._make_screen)
        self._app.switch_mode(MODE)

    async def open(self, person: Person) -> None:
        """Puts back what stood before it."""
        mode, self.behind = self.behind, ""
        self._app.person = person
        await self._app.switch_mode(mode)
        await self._app.remove_mode(MODE)
