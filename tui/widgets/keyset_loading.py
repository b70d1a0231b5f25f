"""How a keyset table reads pages: one at a time in a worker, the newest request superseding older ones.

The worker touches no widget: it hands what it read to the table's own task, where an answer that is not to the newest
request is discarded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Generic, TypeVar

from tui.browse.pages import Page
from tui.browse.retries import reading
from tui.browse.rows import Position
from tui.widgets.keyset_messages import LoadFailed, WindowChanged
from tui.widgets.keyset_window import PAGE, Source, Window

if TYPE_CHECKING:
    from textual.worker import WorkType

    from tui.widgets.keyset_table import KeysetTable

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[RowT]):
    """What a load brought: a new window, or a page for one end of the present one. `seconds` is what the rows took."""

    seconds: float
    window: Window[RowT] | None = None
    cursor: int = 0
    keep_offset: bool = False
    vanished: Hashable | None = None
    page: Page[RowT] | None = None
    forward: bool = True


class Loader(Generic[RowT]):
    """The loads of one table. `busy` while one is out; `halted` after the user stopped one."""

    def __init__(self, table: KeysetTable[RowT]) -> None:
        self._table = table
        self._generation = 0
        self._source: Source[RowT] | None = None
        self.busy = False
        self.halted = False

    def open(self, source: Source[RowT], row: RowT | None, *, keep_place: bool) -> None:
        """Read a list around a row, where it has it."""
        old = self._source
        self._source = source

        async def load() -> Loaded[RowT]:
            started = perf_counter()
            if row is None or old is None:
                return await _first(source, started)
            found = await source.find(old.key(row))
            if found is not None:
                return await _around(source, found, started)
            if not keep_place:
                return await _first(source, started)
            return await _from(source, old.position(row), started, vanished=old.key(row))

        self._start(load)

    def to_end(self, *, forward: bool) -> None:
        """Read the list's first page, or its last."""
        source = self._source
        if source is None:
            return

        async def load() -> Loaded[RowT]:
            started = perf_counter()
            if forward:
                return await _first(source, started)
            page = await source.page(None, PAGE, forward=False)
            window = Window(source, list(page.rows), head=page.edge, searched=page.searched)
            return Loaded(perf_counter() - started, window, max(0, len(page.rows) - 1))

        self._start(load)

    def jump(self, position: Position) -> None:
        """Read the list from a position on."""
        source = self._source
        if source is not None:
            self._start(lambda: _from(source, position, perf_counter()))

    def extend(self, window: Window[RowT], *, forward: bool) -> None:
        """Read the page after or before the rows held."""
        origin = window.tail if forward else window.head

        async def load() -> Loaded[RowT]:
            started = perf_counter()
            page = await window.source.page(origin, PAGE, forward=forward)
            return Loaded(perf_counter() - started, page=page, forward=forward)

        self._start(load)

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

    def _start(self, load: Callable[[], Awaitable[Loaded[RowT]]]) -> None:
        self._generation += 1
        generation = self._generation
        self.busy, self.halted = True, False
        table = self._table

        def take(loaded: Loaded[RowT]) -> None:
            if generation == self._generation:
                self.busy = False
                table.apply(loaded)

        def fail(error: Exception) -> None:
            if generation == self._generation:
                self.busy, self.halted = False, True
                table.stale = True
                table.post_message(LoadFailed(error))

        async def run() -> None:
            try:
                loaded = await reading(load)
            except Exception as error:  # noqa: BLE001 - the table stays up whatever the database says
                table.call_later(fail, error)
            else:
                table.call_later(take, loaded)

        self._tell()
        work: WorkType[None] = run
        table.run_worker(work, group="rows", exclusive=True, exit_on_error=False)

    def _tell(self) -> None:
        table = self._table
        table.post_message(WindowChanged(len(table.window.rows), table.window.searched, self.busy))


async def _first(source: Source[RowT], started: float) -> Loaded[RowT]:
    page = await source.page(None, PAGE, forward=True)
    window = Window(source, list(page.rows), tail=page.edge, searched=page.searched)
    return Loaded(perf_counter() - started, window)


async def _around(source: Source[RowT], row: RowT, started: float) -> Loaded[RowT]:
    at = source.position(row)
    before = await source.page(at, PAGE, forward=False)
    after = await source.page(at, PAGE, forward=True)
    window = Window(source, [*before.rows, row, *after.rows], before.edge, after.edge, before.searched + after.searched)
    return Loaded(perf_counter() - started, window, len(before.rows), keep_offset=True)


async def _from(
    source: Source[RowT], position: Position, started: float, vanished: Hashable | None = None
) -> Loaded[RowT]:
    before = await source.page(position, PAGE, forward=False)
    after = await source.page(position, PAGE, forward=True)
    rows = [*before.rows, *after.rows]
    window = Window(source, rows, before.edge, after.edge, before.searched + after.searched)
    cursor = min(len(before.rows), max(0, len(rows) - 1))
    return Loaded(perf_counter() - started, window, cursor, keep_offset=vanished is not None, vanished=vanished)
