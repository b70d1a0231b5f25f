"""What a keyset table shows: a window of rows, the cursor in it, the marks, and a bar that says where they are.

It reads nothing and knows no key: that is in `keyset_table`. How a line looks is in `keyset_paint`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.constants import TEXTUAL_ANIMATIONS
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import var
from textual.scroll_view import ScrollView

from tui.widgets.keyset_bar import thumb
from tui.widgets.keyset_columns import Column, Tone
from tui.widgets.keyset_marks import Marks
from tui.widgets.keyset_paint import Look, Painter
from tui.widgets.keyset_window import Window, no_rows

if TYPE_CHECKING:
    from textual.strip import Strip

    from tui.browse.lists.rows import Position

RowT = TypeVar("RowT")


class KeysetView(ScrollView, Generic[RowT]):
    """The rows of a window, of which `cursor` is the index of one. A line of titles stands above them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "keyset--header",
        "keyset--cursor",
        "keyset--marked",
        "keyset--changed",
        "keyset--stale",
        "keyset--bar",
        *(f"keyset--{tone}" for tone in Tone),
    }
    DEFAULT_CSS = """
    KeysetView {
        height: 1fr;
        overflow: hidden hidden;
        scrollbar-size: 0 0;
        .keyset--header { text-style: bold; color: $foreground; background: $panel; }
        .keyset--cursor { text-style: reverse; }
        .keyset--marked { text-style: bold; }
        .keyset--changed { text-style: bold; }
        .keyset--stale { text-style: dim; }
        .keyset--bar { color: $foreground-muted; }
        .keyset--quiet { text-style: dim; }
        .keyset--caution { color: $text-warning; }
        .keyset--danger { color: $text-error; }
    }
    """

    stale: var[bool] = var(False)
    """The rows are older than what was asked for; they are shown dimmed."""

    def __init__(self, columns: Sequence[Column[RowT]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.window: Window[RowT] = no_rows()
        self.cursor = 0
        self.changed: frozenset[Hashable] = frozenset()
        self.staged: frozenset[Hashable] = frozenset()
        """The keys of the rows that an edit is staged for."""
        self.fraction: Callable[[Position], float | None] | None = None
        self.held: float | None = None
        """Where the bar's thumb is held while it is dragged, from 0 to 1."""
        self._marked = Marks()
        self._notice = Content("")
        self._painter = Painter(self, columns)

    def say(self, notice: Content) -> None:
        """Show some lines where rows would be; they are seen only when there are none."""
        self._notice = notice
        if not self.window.rows:
            self.refresh()

    @property
    def row(self) -> RowT | None:
        """The row under the cursor."""
        return self.window.rows[self.cursor] if 0 <= self.cursor < len(self.window.rows) else None

    @property
    def marks(self) -> set[Hashable]:
        """The keys of the marked rows."""
        return self._marked.keys

    def marked_out_of_view(self) -> int:
        """Return how many marked rows are not among the rows held."""
        return self._marked.out_of(self.window)

    def show_columns(self, columns: Sequence[Column[RowT]]) -> None:
        """Show other columns of the same rows; the cursor, the marks and the order stay."""
        self._painter.take(columns)
        self.refresh()

    def repaint(self) -> None:
        """Make every cell again: what they show besides the row is different now."""
        self._painter.forget()
        self.refresh()

    def order_sign(self, column: str, *, descending: bool) -> None:
        """Point at the column that the list is ordered by."""
        self._painter.ordered = (column, descending)
        self.refresh(Region(0, 0, self.size.width, 1))

    def column_at(self, x: int) -> str | None:
        """Return the id of the column whose title stands at a cell of the first line."""
        return self._painter.column_at(x)

    # Where things are

    @property
    def body(self) -> int:
        """Lines for rows: all but the header."""
        return max(1, self.scrollable_content_region.height - 1)

    @property
    def top(self) -> int:
        """Index in the window of the first row shown."""
        return self.scroll_offset.y

    def fit_scroll(self, top: int) -> None:
        """Make the scroll range that of the rows held, with the cursor in view and `top` first where that allows it."""
        rows = len(self.window.rows)
        # Set without a layout: the widget's own size stays the same however many rows it holds.
        self.set_reactive(KeysetView.virtual_size, Size(self.size.width, rows + 1))
        top = min(max(top, self.cursor - self.body + 1), self.cursor)
        top = max(0, min(top, rows - self.body))
        self.set_reactive(KeysetView.scroll_y, float(top))
        self.set_reactive(KeysetView.scroll_target_y, float(top))

    def scroll_by_rows(self, rows: int) -> None:
        """Scroll the view, whatever the cursor does."""
        self.scroll_y = self.top + rows

    def place_cursor(self, index: int) -> None:
        """Put the cursor on a row of the window, scroll as little as needed, repaint only what changed."""
        old, self.cursor = self.cursor, index
        top = self.top
        self.scroll_y = min(max(top, index - self.body + 1), index)
        if self.top == top:
            self.refresh(self.line_of(old), self.line_of(index))

    def line_of(self, index: int) -> Region:
        """Where a row of the window is, if it is in view."""
        return Region(0, index - self.top + 1, self.size.width, 1)

    # Painting

    @property
    def row_width(self) -> int:
        """Cells of a line without the bar."""
        return max(1, self.size.width - 1)

    def notify_style_update(self) -> None:
        self._painter.restyle()
        super().notify_style_update()

    def watch_stale(self) -> None:
        self._painter.restyle()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        if y == 0:
            return self._painter.with_bar(self._painter.header(), 1, 0, None)
        index = self.top + y - 1
        if index < len(self.window.rows):
            row = self.window.rows[index]
            key = self.window.source.key(row)
            look = Look(
                index == self.cursor, key in self.marks, self._shows_change(key), self.stale, key in self.staged
            )
            strip = self._painter.row(row, key, look)
        else:
            strip = self._painter.text(self._beyond(y, index))
        if self.held is None:
            at = thumb(self.window, self.top, self.body, self.fraction)
        else:  # on the line under the pointer
            at = (self.held * (self.body - 1) / self.body,) * 2
        return self._painter.with_bar(strip, self.body, y - 1, at)

    def _shows_change(self, key: Hashable) -> bool:
        """Whether a row stands out because it changed: not where nothing is to move or flash."""
        return key in self.changed and TEXTUAL_ANIMATIONS != "none"

    def _beyond(self, y: int, index: int) -> Content:
        """The text of a line without a row: the notice when there are no rows, else that more is to come."""
        if not self.window.rows:
            lines = self._notice.split("\n")
            return lines[y - 2] if 0 <= y - 2 < len(lines) else Content("")
        if index == len(self.window.rows) and self.window.tail is not None:
            return Content(self.more)
        return Content("")

    @property
    def more(self) -> str:
        """What stands below the last row when the list goes on."""
        return "…"
