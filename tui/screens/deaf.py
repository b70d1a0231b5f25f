"""What the interface does not hear: keys for a screen that nobody can see, or that was not there yet."""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.widgets import Button, Input

from tui.screens.dialogs.base import Dialog
from tui.widgets.secret_input import SecretInput
from tui.widgets.too_small import is_too_small

if TYPE_CHECKING:
    from textual.app import App

LEAVE_KEYS: Final = frozenset({"q", "escape", "ctrl+q", "ctrl+c"})

MOVING_KEYS: Final = frozenset({"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab"})


class Hearing:
    """What the application hears of the keyboard and the mouse."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._was_too_small = False
        self._seen = -inf
        """When the terminal became large enough to see what a key acts on."""

    def resized(self, width: int, height: int) -> None:
        """To be told of every size of the terminal."""
        if self._was_too_small and not is_too_small(width, height):
            self._seen = monotonic()
        self._was_too_small = is_too_small(width, height)

    def is_deaf_to(self, event: events.InputEvent | events.Paste) -> bool:
        """Whether this was typed for another screen, or would act on a screen that nobody can see, or that nobody could
        see when it was typed: a size overtakes the keys before it."""
        if self._was_too_small or monotonic() - self._seen < Dialog.SETTLE:
            return not (isinstance(event, events.Key) and event.key in LEAVE_KEYS)
        screen = self._app.screen
        if not isinstance(screen, Dialog) or screen.is_settled:
            return False
        return isinstance(event, events.Paste) or (isinstance(event, events.Key) and not _is_harmless(self._app, event))


def _is_harmless(app: App[Any], event: events.Key) -> bool:
    """Whether a key may come before its dialog could be read: it moves, ticks, or edits the text of a field, of which
    all keys count or none: half of what was typed would be something else.

    What confirms or leaves must wait, and whatever a letter does where it is no letter. A password has none of what
    was typed for something else: a wrong one counts.
    """
    if event.key in MOVING_KEYS:
        return True
    focused = app.focused
    if isinstance(focused, Input):
        edits = event.is_printable or (event.key in focused._bindings.key_to_bindings and event.key != "enter")
        return edits and not isinstance(focused, SecretInput)
    return event.key == "space" and focused is not None and not isinstance(focused, Button)
