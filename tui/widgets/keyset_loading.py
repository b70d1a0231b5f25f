"""How a keyset table reads pages: one at a time in a worker, the newest request superseding older ones.

The worker touches no widget: it hands what it read to the table's own task, where an answer that is not to the newest
request is discarded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from tui.browse.retries import reading
from tui.terminal.connection import SLOW_AFTER
from tui.widgets.keyset_messages import LoadFailed, LoadSlow, WindowChanged
from tui.widgets.keyset_reading import Loaded, again, at_end, beyond, from_place, opened
from tui.widgets.keyset_window import Source, Window

if TYPE_CHECKING:
    from textual.worker import WorkType

    from tui.browse.lists.rows import Position
    from tui.widgets.keyset_table import KeysetTable

RowT = TypeVar("RowT")


class Loader(Generic[RowT]):
    """The loads of one table. `busy` while one is out; `halted` after the user stopped one."""

    def __init__(self, table: KeysetTable[RowT]) -> None:
        self._table = table
        self._generation = 0
        self._source: Source[RowT] | None = None
        self._keeps_place = True
        self._in_vain: Callable[[], Awaitable[Loaded[RowT]]] | None = None
        self.busy = False
        self.halted = False

    def open(self, source: Source[RowT], row: RowT | None, *, keep_place: bool) -> None:
        """Read a list around a row, where it has it."""
        # The row is one of the window's list; another one may have been opened since and not have come yet.
        old, self._source, self._keeps_place = self._table.window.source, source, keep_place
        self._start(partial(opened, source, row, old, keep_place=keep_place))

    def renew(self, source: Source[RowT], window: Window[RowT], row: RowT | None, *, least: int) -> None:
        """Read again what is around a row of the window. It gives way to every other load; `halt` does not know it."""
        if self.busy:
            return
        generation, table = self._generation, self._table

        def take(loaded: Loaded[RowT]) -> None:
            if generation == self._generation and loaded.window is not None:
                here = window.key_at(table.cursor)
                # The cursor moved on, out of what was read: the next one begins where it is then.
                if here == loaded.asked or loaded.window.index_of(here) is not None:
                    self._source = source
                    self._apply(loaded)

        def fail(error: Exception) -> None:
            if generation == self._generation:
                table.stale = True
                table.post_message(LoadFailed(error))

        self._run(partial(again, source, window, row, least=least), take, fail, group="renewal")

    def to_end(self, *, forward: bool) -> None:
        """Read the list's first page, or its last."""
        if self._source is not None:
            self._start(partial(at_end, self._source, forward=forward))

    def jump(self, position: Position) -> None:
        """Read the list from a position on."""
        if self._source is not None:
            self._start(partial(from_place, self._source, position))

    def fill(self) -> None:
        """Read on where the rows held end too near to those shown."""
        if self.busy or self.halted:
            return
        table, window = self._table, self._table.window
        margin = 2 * table.body
        if window.tail is not None and table.top + table.body + margin >= len(window.rows):
            self._start(partial(beyond, window, forward=True))
        elif window.head is not None and table.top - margin <= 0:
            self._start(partial(beyond, window, forward=False))

    def halt(self) -> bool:
        """Stop the load that is out."""
        if not self.busy:
            return False
        self._generation += 1
        self.busy, self.halted = False, True
        self._table.workers.cancel_group(self._table, "rows")
        self._tell()
        return True

    def resume(self) -> None:
        """Read on after a halt."""
        self.halted = False

    def again(self) -> None:
        """Read what could not be read the last time; nothing where something else is read since."""
        if self._in_vain is not None and not self.busy:
            self._start(self._in_vain)

    def _start(self, load: Callable[[], Awaitable[Loaded[RowT]]]) -> None:
        self._generation += 1
        generation = self._generation
        self.busy, self.halted, self._in_vain = True, False, None
        table = self._table

        def take(loaded: Loaded[RowT]) -> None:
            if generation == self._generation:
                self.busy = False
                self._apply(loaded)

        def fail(error: Exception) -> None:
            if generation == self._generation:
                self.busy, self.halted = False, True
                table.stale = True
                self._in_vain = load
                table.post_message(LoadFailed(error))

        self._tell()
        self._run(load, take, fail, group="rows")

    def _run(
        self,
        load: Callable[[], Awaitable[Loaded[RowT]]],
        take: Callable[[Loaded[RowT]], None],
        fail: Callable[[Exception], None],
        *,
        group: str,
    ) -> None:
        table = self._table

        async def run() -> None:
            slow = table.set_timer(SLOW_AFTER, lambda: table.post_message(LoadSlow(slow=True)))
            try:
                loaded = await reading(load)
            except Exception as error:  # noqa: BLE001 - the table stays up whatever the database says
                table.call_later(fail, error)
            else:
                table.call_later(take, loaded)
            finally:
                slow.stop()
                table.post_message(LoadSlow(slow=False))

        work: WorkType[None] = run
        table.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def _apply(self, loaded: Loaded[RowT]) -> None:
        """Hand the rows of a load to the table."""
        table = self._table
        here, window = table.window.key_at(table.cursor), loaded.window
        if window is not None and loaded.asked not in (None, here):  # the cursor moved on while this was read
            moved = window.index_of(here)
            if moved is not None:
                loaded = replace(loaded, cursor=moved, vanished=None)
            elif self._keeps_place:
                self.open(window.source, table.row, keep_place=True)
                return
        table.apply(loaded)
        self.fill()

    def _tell(self) -> None:
        table = self._table
        table.post_message(WindowChanged(len(table.window.rows), table.window.searched, self.busy))
