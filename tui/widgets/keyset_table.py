"""A table over a list of any length, read by key range: a bounded window of rows around the cursor.

No row has a number, so nothing here depends on how long the list is. The cursor and the marks are keys: they stay with
their row when the list is read again, ordered or filtered differently. The screen owns what a row means: it gives the
source and the columns, and listens to the messages of `keyset_messages`. What the window holds is in `keyset_window`,
how a line looks in `keyset_paint`, how pages are read in `keyset_loading`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import var
from textual.scroll_view import ScrollView

from tui.keys import bindings
from tui.widgets.keyset_columns import Column, Tone
from tui.widgets.keyset_loading import Loaded, Loader
from tui.widgets.keyset_messages import (
    BarClicked,
    CursorMoved,
    MarksChanged,
    NothingOpened,
    RowOpened,
    RowVanished,
    WindowChanged,
)
from tui.widgets.keyset_paint import Painter
from tui.widgets.keyset_window import Source, Window, no_rows

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip

    from tui.browse.rows import Position

RowT = TypeVar("RowT")

WHEEL_ROWS = 3


class KeysetTable(ScrollView, Generic[RowT], can_focus=True):
    """The table. Give it a list with `open`; until then it shows its notice and reads nothing."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "keyset--header",
        "keyset--cursor",
        "keyset--marked",
        "keyset--stale",
        "keyset--bar",
        *(f"keyset--{tone}" for tone in Tone),
    }
    DEFAULT_CSS = """
    KeysetTable {
        height: 1fr;
        overflow: hidden hidden;
        scrollbar-size: 0 0;
        .keyset--header { text-style: bold; color: $foreground; background: $panel; }
        .keyset--cursor { text-style: reverse; }
        .keyset--marked { text-style: bold; }
        .keyset--stale { text-style: dim; }
        .keyset--bar { color: $foreground-muted; }
        .keyset--quiet { text-style: dim; }
        .keyset--caution { color: $text-warning; }
        .keyset--danger { color: $text-error; }
    }
    """
    BINDINGS: ClassVar = [
        *bindings("move.down", "move.up", "move.page_down", "move.page_up", "move.top", "move.bottom"),
        *bindings("move.left", "move.right", "list.open", "list.mark", "list.mark_range", "list.unmark"),
    ]

    stale: var[bool] = var(False)
    """The rows are older than what was asked for; they are shown dimmed."""

    def __init__(self, columns: Sequence[Column[RowT]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.window: Window[RowT] = no_rows()
        self.cursor = 0
        self.marks: set[Hashable] = set()
        self.fraction: Callable[[Position], float | None] | None = None
        self._notice = Content("")
        self._painter = Painter(self, columns)
        self._loader: Loader[RowT] = Loader(self)
        self._last_mark: Hashable | None = None
        self._announced: Hashable | None = None

    # What the screen asks for

    def open(self, source: Source[RowT], *, keep_place: bool = True) -> None:
        """Show another list, or the same one read again. The cursor stays with its row where the new list has it.

        With `keep_place` a row that is gone is reported and the cursor stays where the row was: the order must be the
        same. Without, the list begins at its start unless it has the row.
        """
        self._loader.open(source, self.row, keep_place=keep_place)

    def jump(self, position: Position) -> None:
        """Show the list from a position on."""
        self._loader.jump(position)

    def halt(self) -> bool:
        """Stop reading and keep what has been found. Returns whether anything was being read."""
        return self._loader.halt()

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
    def busy(self) -> bool:
        """Whether rows are being read."""
        return self._loader.busy

    @property
    def halted(self) -> bool:
        """Whether reading stopped before the list's end, by `halt` or by an error."""
        return self._loader.halted

    def marked_out_of_view(self) -> int:
        """Return how many marked rows are not among the rows held."""
        return len(self.marks.difference(map(self.window.source.key, self.window.rows)))

    # What the loader brings

    def apply(self, loaded: Loaded[RowT]) -> None:
        """Take the rows of a load and read on where more are needed."""
        if loaded.window is not None:
            offset = self.cursor - self.top if loaded.keep_offset else 0
            self.window, self.cursor = loaded.window, loaded.cursor
            self._painter.forget()
            self._fit_scroll(loaded.cursor - offset)
        elif loaded.page is not None:
            from_end = not self.window.rows
            shift = self.window.extend(loaded.page, forward=loaded.forward, cursor=self.cursor)
            self.cursor = max(0, len(self.window.rows) - 1 if from_end and not loaded.forward else self.cursor + shift)
            self._fit_scroll(self.top + shift)
        self.stale = False
        self.refresh()
        if loaded.vanished is not None:
            self.post_message(RowVanished(loaded.vanished))
        self._announce()
        self.post_message(WindowChanged(len(self.window.rows), self.window.searched, False, loaded.seconds))
        self.fill()

    def fill(self) -> None:
        """Read on where the rows held end too near to those shown."""
        if self._loader.busy or self._loader.halted:
            return
        margin = 2 * self.body
        if self.window.tail is not None and self.top + self.body + margin >= len(self.window.rows):
            self._loader.extend(self.window, forward=True)
        elif self.window.head is not None and self.top - margin <= 0:
            self._loader.extend(self.window, forward=False)

    # Where things are

    @property
    def body(self) -> int:
        """Lines for rows: all but the header."""
        return max(1, self.scrollable_content_region.height - 1)

    @property
    def top(self) -> int:
        """Index in the window of the first row shown."""
        return self.scroll_offset.y

    def _fit_scroll(self, top: int) -> None:
        """Make the scroll range that of the rows held, with the cursor in view and `top` first where that allows it."""
        rows = len(self.window.rows)
        # Set without a layout: the widget's own size stays the same however many rows it holds.
        self.set_reactive(KeysetTable.virtual_size, Size(self.size.width, rows + 1))
        top = min(max(top, self.cursor - self.body + 1), self.cursor)
        top = max(0, min(top, rows - self.body))
        self.set_reactive(KeysetTable.scroll_y, float(top))
        self.set_reactive(KeysetTable.scroll_target_y, float(top))

    def move_to(self, index: int) -> None:
        """Put the cursor on a row of the window, scroll as little as needed, repaint only what changed."""
        index = max(0, min(index, len(self.window.rows) - 1))
        if index != self.cursor and self.window.rows:
            old, self.cursor = self.cursor, index
            top = self.top
            self.scroll_y = min(max(top, index - self.body + 1), index)
            if self.top == top:
                self.refresh(self._line(old), self._line(index))
            self._announce()
        self.fill()

    def _line(self, index: int) -> Region:
        return Region(0, index - self.top + 1, self.size.width, 1)

    def _announce(self) -> None:
        key = self.window.key_at(self.cursor)
        if key != self._announced:
            self._announced = key
            self.post_message(CursorMoved(self.row))

    # Keys

    def action_down(self) -> None:
        if self.cursor >= len(self.window.rows) - 1:
            self._loader.resume()
        self.move_to(self.cursor + 1)

    def action_up(self) -> None:
        if self.cursor == 0:
            self._loader.resume()
        self.move_to(self.cursor - 1)

    def action_page_down(self) -> None:
        self._scroll_by(self.body - 1)
        self.move_to(self.cursor + self.body - 1)

    def action_page_up(self) -> None:
        self._scroll_by(1 - self.body)
        self.move_to(self.cursor - self.body + 1)

    def action_top(self) -> None:
        if self.window.head is None and not self.busy:
            self.move_to(0)
        else:
            self._loader.to_end(forward=True)

    def action_bottom(self) -> None:
        if self.window.tail is None and not self.busy:
            self.move_to(len(self.window.rows) - 1)
        else:
            self._loader.to_end(forward=False)

    def action_left(self) -> None:
        if self._painter.lay_out(self._row_width, -1):
            self.refresh()

    def action_right(self) -> None:
        if self._painter.lay_out(self._row_width, 1):
            self.refresh()

    def action_open(self) -> None:
        self.post_message(NothingOpened() if self.row is None else RowOpened(self.row))

    def action_mark(self) -> None:
        key = self.window.key_at(self.cursor)
        if key is not None:
            self.marks ^= {key}
            self._last_mark = key
            self.refresh(self._line(self.cursor))
            self.post_message(MarksChanged(len(self.marks)))
            self.move_to(self.cursor + 1)

    def action_mark_range(self) -> None:
        """Mark all rows from the last one marked to the cursor; both must be among the rows held."""
        start = self.window.index_of(self._last_mark)
        if start is None or self.row is None:
            self.notify("Mark the first row of the range with space; then v marks up to the cursor.", markup=False)
            return
        low, high = sorted((start, self.cursor))
        self.marks.update(map(self.window.source.key, self.window.rows[low : high + 1]))
        self._last_mark = self.window.key_at(self.cursor)
        self.refresh()
        self.post_message(MarksChanged(len(self.marks)))

    def action_unmark(self) -> None:
        self.marks.clear()
        self._last_mark = None
        self.refresh()
        self.post_message(MarksChanged(0))

    # Mouse

    def _scroll_by(self, rows: int) -> None:
        self.scroll_y = self.top + rows

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._wheel(WHEEL_ROWS)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._wheel(-WHEEL_ROWS)

    def _wheel(self, rows: int) -> None:
        """Scroll the view; the cursor comes along when it would leave it."""
        self._scroll_by(rows)
        self.move_to(max(self.top, min(self.cursor, self.top + self.body - 1)))

    async def _on_click(self, event: events.Click) -> None:
        if event.y == 0:
            return
        if event.x == self.size.width - 1:
            self.post_message(BarClicked((event.y - 0.5) / self.body))
        elif self.top + event.y - 1 < len(self.window.rows):
            self.move_to(self.top + event.y - 1)
            if event.chain == 2:
                self.action_open()

    # Painting

    @property
    def _row_width(self) -> int:
        return max(1, self.size.width - 1)

    def on_resize(self) -> None:
        self._painter.lay_out(self._row_width)
        self._fit_scroll(self.top)
        self.refresh()
        self.fill()

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
            at, marked = index == self.cursor, key in self.marks
            strip = self._painter.row(row, key, cursor=at, marked=marked, stale=self.stale)
        else:
            strip = self._painter.text(self._beyond(y, index))
        return self._painter.with_bar(strip, self.body, y - 1, self._thumb())

    def _beyond(self, y: int, index: int) -> Content:
        """The text of a line without a row: the notice when there are no rows, else that more is to come."""
        if not self.window.rows:
            lines = self._notice.split("\n")
            return lines[y - 2] if 0 <= y - 2 < len(lines) else Content("")
        if index == len(self.window.rows) and self.window.tail is not None:
            return Content("…stopped here, down goes on" if self.halted else "…loading")
        return Content("")

    def _thumb(self) -> tuple[float, float] | None:
        """The part of the list in view: exact when all of it is held, else as the screen's `fraction` estimates it."""
        rows = self.window.rows
        if not rows or (self.window.whole and len(rows) <= self.body):
            return None
        if self.window.whole:
            return self.top / len(rows), (self.top + self.body) / len(rows)
        if self.window.head is None and self.top == 0:
            return 0.0, 0.0
        if self.window.tail is None and self.top + self.body >= len(rows):
            return 1.0, 1.0
        at = self.fraction(self.window.source.position(rows[min(self.top, len(rows) - 1)])) if self.fraction else None
        return None if at is None else (at, at)
