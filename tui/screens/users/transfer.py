"""From the list of users to a file and back: what the two screens are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from tui.screens.users.screen import UsersScreen


def export(screen: UsersScreen) -> None:
    """Ask what to export: the marked users if there are some, else those who are listed."""
    from tui.screens.transfer.exporting import ExportDialog

    users = screen.users
    marked = sorted(cast("set[int]", set(users.table.marks)))
    screen.app.push_screen(ExportDialog(users.query_shown, users.order, marked))


def import_(screen: UsersScreen) -> None:
    """Ask for a file; the list is read again when that is over."""
    from tui.screens.transfer.importing import ImportScreen

    screen.app.push_screen(ImportScreen(), lambda _: screen.users.read())
