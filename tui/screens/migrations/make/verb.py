"""`m`: a migration of what changed in the models. Says why not, or opens the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.permissions import Codename
from tui.migrate.make.whole import refusals
from tui.screens.migrations.apply.keys import NOT_YET
from tui.screens.migrations.make.screen import MakeScreen

if TYPE_CHECKING:
    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why nothing can be made now, in a sentence."""
    if not screen.shell.may(Codename.MIGRATIONS_MAKE):
        return f"Making needs the permission {Codename.MIGRATIONS_MAKE}, which your roles do not include."
    found = screen.look
    if found is None:
        return NOT_YET
    if found.needs_consent:
        return "A migration is made from the models, which are Python: agree first that it may run here (ctrl+r asks)."
    read_only = screen.shell.launch.read_only or not found.writable
    reasons = refusals(found.project, found.listing if found.listing.is_known else None, read_only=read_only)
    return reasons[0] if reasons else None


def begin(screen: MigrationsScreen) -> None:
    """Opens the page; the list is read again when it is left."""
    found = screen.look
    assert found is not None
    versions = tuple(row.version for row in found.listing.rows or () if row.app == found.project.app)
    page = MakeScreen(found.project, versions, screen.shell.launch.command)
    screen.shell.push_screen(page, lambda _: screen.reload())
