"""`h`: what was run on this database. Says why not, or opens the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.migrate.past.chronicle import chronicle
from tui.screens.migrations.apply.keys import NOT_YET
from tui.screens.migrations.history.screen import HistoryScreen

if TYPE_CHECKING:
    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why there is no history, in a sentence."""
    found = screen.look
    if found is None:
        return NOT_YET
    return None if found.listing.is_known else "The database was not asked: ctrl+r asks it."


def begin(screen: MigrationsScreen) -> None:
    """Opens the list of what the last look found."""
    found = screen.look
    assert found is not None
    lines = chronicle(found.records, found.listing.rows or (), found.project.app)
    screen.shell.push_screen(HistoryScreen(found.project, lines, found.history.fault, screen.target))
