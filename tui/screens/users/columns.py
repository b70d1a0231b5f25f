"""Which columns the list of users shows: the person's own, which are remembered, or those of the view that is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui.browse.lists.columns import chosen_columns, extras_of
from tui.terminal.remembered import remember_columns, remembered_columns
from tui.widgets.user_columns import user_columns

if TYPE_CHECKING:
    from tui.browse.lists.rows import UserRow
    from tui.widgets.keyset_columns import Column


class Columns:
    """The names of the columns shown; `now` is the database's clock as of the last read."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.own = chosen_columns(remembered_columns())
        self.shown = self.own

    def choose(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the columns to show when somebody picked these; kept for every start, unless a view has its own."""
        chosen = chosen_columns(names)
        if self.shown == self.own:
            self.own = chosen
            remember_columns(chosen)
        return chosen

    def made(self) -> Sequence[Column[UserRow]]:
        """Return the columns shown, as a table takes them."""
        return user_columns(self.shown, self._now)

    @property
    def extras(self) -> tuple[str, ...]:
        """What has to be read for them beyond what every list reads."""
        return extras_of(self.shown)
