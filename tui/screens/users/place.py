"""Where in the whole list of users the rows shown stand, and how to get to another place: the bar's part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.browse.lists.goto import Goto, GotoError, locate

if TYPE_CHECKING:
    from tui.browse.lists.pages import UserSource
    from tui.browse.lists.rows import Position, UserRow
    from tui.browse.lists.spread import Spread
    from tui.widgets.keyset_table import KeysetTable


class Place:
    """The spread of the list that a table shows: rows of an older list can still stand there when a newer one's comes.

    The same list read again, a moment later, has the spread that it had.
    """

    def __init__(self, table: KeysetTable[UserRow]) -> None:
        self._table = table
        self._known: tuple[UserSource, Spread | None] | None = None

    def take(self, source: UserSource, spread: Spread | None) -> None:
        """Keep the spread of a list."""
        self._known = (source, spread)
        self._table.refresh()

    def fraction(self, position: Position) -> float | None:
        """Return how far down the list a position stands, from 0 to 1."""
        spread = self._shown()
        return spread.fraction(position) if spread is not None else None

    def jump(self, fraction: float) -> bool:
        """Show the list from about this fraction on; False where nobody knows what is there."""
        spread = self._shown()
        if spread is not None:
            self._table.jump(spread.at(fraction))
        return spread is not None

    def _shown(self) -> Spread | None:
        shown = self._table.window.source
        if self._known is None:
            return None
        source, spread = self._known
        same = (getattr(shown, "query", None), getattr(shown, "order", None)) == (source.query, source.order)
        return spread if same else None


async def place_of(source: UserSource, goto: Goto) -> Position | GotoError:
    """Return the place that a jump leads to, or why there is none."""
    try:
        return await locate(source, goto)
    except GotoError as error:
        return error
