"""From the first paint to the first area: opening, signing in, first start, the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.screen import Screen


def make_lock_screen() -> Screen[Any]:
    """The screen that hides everything, imported when it is first needed."""
    from tui.screens.start.lock import LockScreen

    return LockScreen()
