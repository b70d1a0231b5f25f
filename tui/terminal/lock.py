"""The lock of the interface: in a mode of its own, so that whatever is opened meanwhile waits behind it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from tui.uptime import uptime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from models.operations.plan import Refusal
    from tui.app import ShellbackApp
    from tui.person import Person

MODE: Final = "locked"
LOOK_SECONDS: Final = 1.0
MOST_UNSAID: Final = 5
"""Toasts that are kept while it is on, the newest."""

IDLE: Final = "Nothing was typed for a while."
OVER: Final = "The session has ended, as every one does after some hours."
CHANGED: Final = "Your session was ended, or what you may do has changed."

_NOT_YOU: Final = frozenset({"actor_gone", "actor_inactive"})
"""Codes of `RefusalCode`, which is not imported before the first paint."""


class Lock:
    """Locks by the key, after `minutes` without input (0: never), and when the session is over."""

    def __init__(self, app: ShellbackApp, minutes: float, make_screen: Callable[[], Screen[Any]]) -> None:
        self._app = app
        self._make_screen = make_screen
        self._minutes = minutes
        self._last_input = uptime()
        self.behind = ""
        """The mode that stood in front when it locked; empty while it is open."""
        self.why = ""
        """Why it locked, in a sentence; empty where the person did it."""
        self._unsaid: deque[tuple[str, SeverityLevel]] = deque(maxlen=MOST_UNSAID)

    @property
    def is_on(self) -> bool:
        """Whether the lock stands in front."""
        return bool(self.behind)

    def watch(self) -> None:
        """Starts looking at the clock; the interface runs."""
        self._app.set_interval(LOOK_SECONDS, self._look)

    def touched(self) -> None:
        """There was input."""
        self._last_input = uptime()

    @property
    def idle(self) -> float:
        """Seconds since there was input."""
        return uptime() - self._last_input

    def _look(self) -> None:
        now, person = uptime(), self._app.person
        if person is not None and person.is_over(now):
            self.close(OVER)
        elif 0 < self._minutes * 60 <= now - self._last_input:
            self.close(IDLE)

    def heed(self, refusals: Iterable[Refusal]) -> bool:
        """Locks where somebody was refused who may have been another one all along, or may less than at the sign-in;
        whether it did. Signing in again brings what is true now."""
        person = self._app.person
        for refusal in refusals:
            lost = refusal.permission and person is not None and person.may(refusal.permission)
            if str(refusal.code) in _NOT_YOU or lost:
                self.close(CHANGED)
                return True
        return False

    def close(self, why: str = "") -> None:
        """Locks, unless nobody is signed in. Toasts can hold names, so they go, and so does what was copied: it could
        be pasted into what asks for the password. What is being written goes on behind, also for a database that does
        not answer: how it ended is said when the lock is open again."""
        if self._app.person is None or self.is_on:
            return
        self.behind, self.why = self._app.current_mode, why
        from models.operations.audit.anchors import anchor_soon  # the first paint does not wait for it

        anchor_soon()
        self._app.clear_notifications()
        self._app.clipboard_care.forget()
        self._app.add_mode(MODE, self._make_screen)
        self._app.switch_mode(MODE)

    def keep(self, message: str, severity: SeverityLevel) -> None:
        """What would be said in a toast is said once it is open."""
        self._unsaid.append((message, severity))

    async def open(self, person: Person) -> None:
        """Puts back what stood before it."""
        mode, self.behind = self.behind, ""
        self._app.person = person
        await self._app.switch_mode(mode)
        await self._app.remove_mode(MODE)
        while self._unsaid:
            message, severity = self._unsaid.popleft()
            self._app.notify(message, severity=severity)
