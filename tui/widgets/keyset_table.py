"""A table over a list of any length, read by key range: a bounded window of rows around the cursor.

No row has a number, so nothing here depends on how long the list is. The cursor and the marks are keys: they stay with
their row when the list is read again, ordered or filtered differently. The screen owns what a row means: it gives the
source and the columns, and listens to the messages of `keyset_messages`. What the window holds is in `keyset_window`,
how it looks in `keyset_view`, how pages are read in `keyset_loading`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from tui.keys import bindings
from tui.widgets.keyset_columns import Column
from tui.widgets.keyset_loading import Loader
from tui.widgets.keyset_messages import (
    CursorMoved,
    MarksChanged,
    NothingOpened,
    RangeWanted,
    RowOpened,
    RowVanished,
    WindowChanged,
)
from tui.widgets.keyset_mouse import WHEEL_ROWS, Mouse
from tui.widgets.keyset_view import KeysetView

if TYPE_CHECKING:
    from textual import events

    from tui.browse.lists.rows import Position
    from tui.widgets.keyset_reading import Loaded
    from tui.widgets.keyset_window import Source

RowT = TypeVar("RowT")

MARKING: Final = ("mark", "mark_range", "unmark")
"""The actions of a list whose rows can be marked."""


class KeysetTable(KeysetView[RowT], can_focus=True):
    """The table. Give it a list with `open`; until then it shows its notice and reads nothing.

    With `marks` rows can be marked; without, those keys are not there.
    """

    BINDINGS: ClassVar = [
        *bindings("move.down", "move.up", "move.page_down", "move.page_up", "move.top", "move.bottom"),
        *bindings("move.left", "move.right", "list.open", "list.mark", "list.mark_range", "list.unmark"),
    ]

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        *,
        marks: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(columns, id=id)
        self._takes_marks = marks
        self._loader: Loader[RowT] = Loader(self)
        self._mouse = Mouse(self)
        self._announced: Hashable | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._takes_marks if action in MARKING else super().check_action(action, parameters)

    # What the screen asks for

    def open(self, source: Source[RowT], *, keep_place: bool = True) -> None:
        """Show another list, or the same one read again. The cursor stays with its row where the new list has it.

        With `keep_place` a row that is gone is reported and the cursor stays where the row was: the order must be the
        same. Without, the list begins at its start unless it has the row.
        """
        self._loader.open(source, self.row, keep_place=keep_place)

    def renew(self, source: Source[RowT]) -> None:
        """Read the rows around the cursor again, of the same list as it is now, at about the cost of one page.

        Nothing waits for it: it does not begin while rows are read, and is dropped when others are asked for meanwhile.
        What changed is shown bold until the next one.
        """
        self._loader.renew(source, self.window, self.row, least=3 * self.body + 2)

    def jump(self, position: Position) -> None:
        """Show the list from a position on."""
        self._loader.jump(position)

    def halt(self) -> bool:
        """Stop reading and keep what has been found. Returns whether anything was being read."""
        return self._loader.halt()

    def read_again(self) -> None:
        """Read what could not be read the last time."""
        self._loader.again()

    @property
    def busy(self) -> bool:
        """Whether rows are being read."""
        return self._loader.busy

    @property
    def more(self) -> str:
        return "…stopped here, down goes on" if self.halted else "…loading"

    @property
    def halted(self) -> bool:
        """Whether reading stopped before the list's end, by `halt` or by an error."""
        return self._loader.halted

    # What the loader brings

    def apply(self, loaded: Loaded[RowT]) -> None:
        """Take the rows of a load."""
        if loaded.window is not None:
            offset = self.cursor - self.top if loaded.keep_offset else 0
            # At its start a list that is read again shows what came there.
            at_start = loaded.changed is not None and self.window.head is None and self.top == 0
            self.window, self.cursor, self.changed = loaded.window, loaded.cursor, loaded.changed or frozenset()
            self._painter.forget()
            self.fit_scroll(0 if at_start else loaded.cursor - offset)
        elif loaded.page is not None:
            from_end = not self.window.rows
            shift = self.window.extend(loaded.page, forward=loaded.forward, cursor=self.cursor)
            self.cursor = max(0, len(self.window.rows) - 1 if from_end and not loaded.forward else self.cursor + shift)
            self.fit_scroll(self.top + shift)
        self.stale = False
        self.refresh()
        if loaded.vanished is not None:
            self.post_message(RowVanished(loaded.vanished))
        self._announce()
        self.post_message(WindowChanged(len(self.window.rows), self.window.searched, False, loaded.seconds))
        self._mouse.rows_came()

    # Where things are

    def move_to(self, index: int) -> None:
        """Put the cursor on a row of the window, scroll as little as needed, repaint only what changed."""
        index = max(0, min(index, len(self.window.rows) - 1))
        if index != self.cursor and self.window.rows:
            self.place_cursor(index)
            self._announce()
        self._loader.fill()

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
        self.scroll_by_rows(self.body - 1)
        self.move_to(self.cursor + self.body - 1)

    def action_page_up(self) -> None:
        self.scroll_by_rows(1 - self.body)
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
        if self._painter.lay_out(self.row_width, -1):
            self.refresh()

    def action_right(self) -> None:
        if self._painter.lay_out(self.row_width, 1):
            self.refresh()

    def action_open(self) -> None:
        self.post_message(NothingOpened() if self.row is None else RowOpened(self.row))

    def action_mark(self) -> None:
        key = self.window.key_at(self.cursor)
        if key is not None:
            self._marked.toggle(key)
            self.refresh(self.line_of(self.cursor))
            self.post_message(MarksChanged(len(self.marks)))
            self.move_to(self.cursor + 1)

    def action_mark_range(self) -> None:
        """Mark all rows from the last one marked to the cursor. Where that one is not held, the screen finds them."""
        if not self._marked.extend(self.window, self.cursor):
            here = self.window.key_at(self.cursor)
            if self._marked.last is not None and here is not None:
                self.post_message(RangeWanted(self._marked.last, here))
                return
            self.notify("Mark the first row of the range with space; then v marks up to the cursor.", markup=False)
            return
        self.refresh()
        self.post_message(MarksChanged(len(self.marks)))

    def mark(self, keys: Iterable[Hashable]) -> None:
        """Mark these rows too, whether they are held or not."""
        self._marked.keys.update(keys)
        self.refresh()
        self.post_message(MarksChanged(len(self.marks)))

    def action_unmark(self) -> None:
        self._marked.clear()
        self.refresh()
        self.post_message(MarksChanged(0))

    # Mouse

    def show_from(self, index: int) -> None:
        """Put the cursor on a row of the window, and that row first where there are rows enough below it."""
        self.move_to(index)
        self.scroll_y = index

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._mouse.wheel(WHEEL_ROWS)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._mouse.wheel(-WHEEL_ROWS)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._mouse.pressed(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._mouse.moved(event)

    def on_mouse_up(self, _: events.MouseUp) -> None:
        self._mouse.released()

    async def _on_click(self, event: events.Click) -> None:
        self._mouse.clicked(event)

    def on_resize(self) -> None:
        self._painter.lay_out(self.row_width)
        self.fit_scroll(self.top)
        self.refresh()
        self._loader.fill()
