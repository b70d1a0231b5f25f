"""`x`: where models, files and database differ. Says why not, or opens the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.migrations.apply.keys import NOT_YET
from tui.screens.migrations.drift.screen import DriftScreen

if TYPE_CHECKING:
    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why nothing can be compared now, in a sentence."""
    found = screen.look
    if found is None:
        return NOT_YET
    if found.needs_consent:
        return "The models are Python: agree first that it may run here (ctrl+r asks)."
    if found.is_new:
        return "The database does not exist yet: there is nothing to compare."
    return found.trouble or None


def begin(screen: MigrationsScreen) -> None:
    """Opens the page."""
    found = screen.look
    assert found is not None
    screen.shell.push_screen(DriftScreen(found.project))
