"""`R`: what runs that were cut off left behind. Says why not, or opens the page with the ways on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.permissions import Codename
from tui.screens.migrations.apply.keys import NOT_YET
from tui.screens.migrations.recover.screen import RecoveryScreen
from tui.screens.migrations.words import database_name

if TYPE_CHECKING:
    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why there is nothing to recover, in a sentence."""
    found = screen.look
    if not screen.shell.may(Codename.MIGRATIONS_APPLY):
        return f"Recovering needs the permission {Codename.MIGRATIONS_APPLY}, which your roles do not include."
    if found is None:
        return NOT_YET
    if not found.unfinished:
        return "Nothing was cut off: there is nothing to recover."
    if screen.shell.launch.read_only or not found.writable:
        return "The database is open read-only: nothing is recovered."
    return None


def begin(screen: MigrationsScreen) -> None:
    """Opens the page; the list is read again when it is left."""
    found = screen.look
    assert found is not None
    page = RecoveryScreen(found, screen.target, database_name(found), screen.once_allowed)
    screen.shell.push_screen(page, lambda _: screen.reload())
