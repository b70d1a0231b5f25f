"""`l`: the lint of everything that is pending, as one list; of all files where it is not known what is pending."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why there is nothing to look through."""
    look = screen.look
    if look is None:
        return "Nothing was read yet."
    if not look.listing.entries:
        return "There are no migration files."
    if look.listing.is_known and not look.listing.pending:
        return "Nothing is pending. Enter shows what the lint says of a file that is applied."
    return None


def begin(screen: MigrationsScreen) -> None:
    """Opens the list of hits."""
    from tui.screens.migrations.lint.screen import LintScreen

    assert screen.look is not None
    page = LintScreen(screen.look, screen.find, screen.heard)

    def left(_: None) -> None:
        if page.is_edited:
            screen.reload()

    screen.shell.push_screen(page, left)
