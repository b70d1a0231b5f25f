"""What a list of users shows of the changeset: a sign before who is staged, and new rows after a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.screens.users.screen import UsersScreen


def follow(screen: UsersScreen) -> None:
    """Keep the list in step with what is staged, from now on; also while another screen stands in front."""
    staged = screen.shell.staged
    seen = staged.commits

    def show(_: None = None) -> None:
        nonlocal seen
        screen.table.staged = staged.ids
        screen.table.refresh()
        if seen != staged.commits:
            seen = staged.commits
            screen.users.read()

    staged.changed.subscribe(screen, show)
    show()
