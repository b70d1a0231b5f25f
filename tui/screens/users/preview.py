"""The preview beside the list: read once the cursor rests, shown if it still stands there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tui.browse.user.detail import Detail, load_detail
from tui.widgets.user_preview import UserPreview

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.browse.lists.rows import UserRow
    from tui.screens.users.screen import UsersScreen

DELAY: Final = 0.15
"""Seconds that the cursor rests on a row before the preview is read."""


class Preview:
    """What stands beside the list of one screen."""

    def __init__(self, screen: UsersScreen) -> None:
        self._screen = screen
        self._timer: Timer | None = None

    def follow(self, row: UserRow | None) -> None:
        """The cursor is on this row now: show what the list knows, and the rest once it rests there."""
        widget = self._screen.query_one(UserPreview)
        if self._timer is not None:
            self._timer.stop()
        if widget.display:
            widget.show_row(row)
            self._timer = self._screen.set_timer(DELAY, self._read)

    def _read(self) -> None:
        row = self._screen.table.row
        if row is not None:
            # Where it fails the row itself stands there, and the list says what is the matter.
            work, then = partial(load_detail, row.id), partial(self._show, row)
            self._screen.run_read(work, then, group="preview", failed=lambda _: None, again=True)

    def _show(self, row: UserRow, detail: Detail | None) -> None:
        at = self._screen.table.row
        if at is not None and at.id == row.id:
            self._screen.query_one(UserPreview).show_detail(row, detail)
