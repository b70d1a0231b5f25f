"""The mouse over a keyset table: rows, the wheel, titles of columns, and the position bar, which can be dragged.

Whatever it does has a key too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.widgets.keyset_messages import BarClicked, TitleClicked

if TYPE_CHECKING:
    from textual import events

    from tui.widgets.keyset_table import KeysetTable

WHEEL_ROWS = 3


class Mouse:
    """What the mouse does to one table.

    While the bar is dragged one read is out at most: its thumb (`held`) follows the pointer, and when rows have come,
    those at the newest place are asked for, whatever was passed over meanwhile.
    """

    def __init__(self, table: KeysetTable[Any]) -> None:
        self._table = table
        self._wanted: float | None = None

    def wheel(self, rows: int) -> None:
        """Scroll the view; the cursor comes along when it would leave it."""
        table = self._table
        table.scroll_by_rows(rows)
        table.move_to(max(table.top, min(table.cursor, table.top + table.body - 1)))

    def pressed(self, event: events.MouseDown) -> None:
        """Take hold of the bar, if it is the bar."""
        if event.x == self._table.size.width - 1 and event.y > 0 and self._table.window.rows:
            self._table.capture_mouse()
            self._drag_to(event.y)

    def moved(self, event: events.MouseMove) -> None:
        """Drag the bar along, if it is held."""
        if self._table.held is not None:
            self._drag_to(event.y)

    def released(self) -> None:
        """Let go of the bar; what was wanted last is still read."""
        if self._table.held is not None:
            self._table.held = None
            self._table.release_mouse()
            self._table.refresh()

    def rows_came(self) -> None:
        """Ask for the rows at the place where the bar is by now."""
        if self._wanted is not None and not self._table.busy:
            self._ask(self._wanted)

    def clicked(self, event: events.Click) -> None:
        """Put the cursor on a row, open it with the second click, or tell whose title was clicked."""
        table = self._table
        if event.y == 0:
            column = table.column_at(event.x)
            if column is not None:
                table.post_message(TitleClicked(column))
        elif event.x < table.size.width - 1 and table.top + event.y - 1 < len(table.window.rows):
            table.move_to(table.top + event.y - 1)
            if event.chain == 2:
                table.action_open()

    def _drag_to(self, y: int) -> None:
        fraction = min(1.0, max(0.0, (y - 1) / max(1, self._table.body - 1)))
        if fraction == self._table.held:
            return
        self._table.held = fraction
        self._table.refresh()
        window = self._table.window
        if window.whole:
            self._table.show_from(int(fraction * len(window.rows)))
        elif self._table.busy:
            self._wanted = fraction
        else:
            self._ask(fraction)

    def _ask(self, fraction: float) -> None:
        self._wanted = None
        self._table.post_message(BarClicked(fraction))
