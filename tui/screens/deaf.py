"""What the interface does not hear: keys for a screen that nobody can see, or that was not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual import events

from tui.screens.dialogs.base import Dialog
from tui.widgets.too_small import is_too_small

if TYPE_CHECKING:
    from textual.app import App

LEAVE_KEYS: Final = frozenset({"q", "escape", "ctrl+q", "ctrl+c"})


def is_deaf_to(app: App[Any], event: events.InputEvent | events.Paste) -> bool:
    """Whether this was typed for another screen, or would act on a screen that nobody can see."""
    if is_too_small(*app.size):
        return not (isinstance(event, events.Key) and event.key in LEAVE_KEYS)
    unsettled = isinstance(app.screen, Dialog) and not app.screen.is_settled
    return unsettled and isinstance(event, events.Key | events.Paste)
