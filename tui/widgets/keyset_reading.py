"""What a keyset table reads of a list: its first page, its last, the rows around a row or from a place. No widget."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Generic, TypeVar

from tui.browse.lists.pages import Page
from tui.browse.lists.rows import Position
from tui.widgets.keyset_renewal import renew
from tui.widgets.keyset_window import PAGE, Source, Window, joined

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[RowT]):
    """What a load brought: a new window, or a page for one end of the present one. `seconds` is what the rows took.

    A window was read around the row `asked`; with `keep_offset` that row, or its place, stays on its line. `changed`
    are the rows that are not as they were, when the rows around the cursor were read again.
    """

    seconds: float
    window: Window[RowT] | None = None
    cursor: int = 0
    keep_offset: bool = False
    asked: Hashable | None = None
    changed: frozenset[Hashable] | None = None
    vanished: Hashable | None = None
    page: Page[RowT] | None = None
    forward: bool = True


async def opened(source: Source[RowT], row: RowT | None, old: Source[RowT] | None, *, keep_place: bool) -> Loaded[RowT]:
    """Read a list around a row of the list `old`, where it has it; else from its place or, not kept, from the start."""
    started = perf_counter()
    if row is None or old is None:
        return await _first(source, started)
    asked = old.key(row)
    found = await source.find(asked)
    if found is not None:
        return replace(await _around(source, found, started), asked=asked)
    if not keep_place:
        return await _first(source, started)
    there = await _from(source, old.position(row), started)
    return replace(there, asked=asked, vanished=asked, keep_offset=True)


async def at_end(source: Source[RowT], *, forward: bool) -> Loaded[RowT]:
    """Read the list's first page, or its last."""
    started = perf_counter()
    if forward:
        return await _first(source, started)
    page = await source.page(None, PAGE, forward=False)
    window = Window(source, list(page.rows), head=page.edge, searched=page.searched)
    return Loaded(perf_counter() - started, window, max(0, len(page.rows) - 1))


async def from_place(source: Source[RowT], position: Position) -> Loaded[RowT]:
    """Read the list from a position on."""
    return await _from(source, position, perf_counter())


async def beyond(window: Window[RowT], *, forward: bool) -> Loaded[RowT]:
    """Read the page after or before the rows held."""
    started = perf_counter()
    page = await window.source.page(window.tail if forward else window.head, PAGE, forward=forward)
    return Loaded(perf_counter() - started, page=page, forward=forward)


async def again(source: Source[RowT], window: Window[RowT], row: RowT | None, *, least: int) -> Loaded[RowT]:
    """Read what is around a row of the window again, at least `least` rows to either side if there are as many."""
    started = perf_counter()
    found = await renew(source, window, row, max(PAGE // 2, least))
    return Loaded(
        perf_counter() - started,
        found.window,
        found.cursor,
        keep_offset=True,
        asked=found.asked,
        changed=found.changed,
        vanished=found.asked if found.gone else None,
    )


async def _first(source: Source[RowT], started: float) -> Loaded[RowT]:
    page = await source.page(None, PAGE, forward=True)
    window = Window(source, list(page.rows), tail=page.edge, searched=page.searched)
    return Loaded(perf_counter() - started, window)


async def _around(source: Source[RowT], row: RowT, started: float) -> Loaded[RowT]:
    at = source.position(row)
    before = await source.page(at, PAGE, forward=False)
    after = await source.page(at, PAGE, forward=True)
    window, cursor = joined(source, before, row, after)
    return Loaded(perf_counter() - started, window, cursor, keep_offset=True)


async def _from(source: Source[RowT], position: Position, started: float) -> Loaded[RowT]:
    before = await source.page(position, PAGE, forward=False)
    after = await source.page(position, PAGE, forward=True)
    window, cursor = joined(source, before, None, after)
    return Loaded(perf_counter() - started, window, min(cursor, max(0, len(window.rows) - 1)))
