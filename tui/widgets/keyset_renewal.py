"""Reading again the rows around the cursor of a keyset table, and what of them is new. No widget."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tui.browse.lists.rows import Position
from tui.widgets.keyset_window import Source, Window, joined

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Renewal(Generic[RowT]):
    """The window as it is now, where the cursor's row (`asked`) or its place is, and the rows that are not as before.

    `gone` says that the cursor's row is not in the list any more.
    """

    window: Window[RowT]
    cursor: int
    asked: Hashable | None
    gone: bool
    changed: frozenset[Hashable]


async def renew(source: Source[RowT], old: Window[RowT], row: RowT | None, count: int) -> Renewal[RowT]:
    """Read up to `count` rows to either side of a row of the window. Raises what the database raises.

    Where a search finds few rows in what one page may cost, the rows held stay, each as it is now: found once, they
    are not to be searched for again.
    """
    if row is None:
        page = await source.page(None, count, forward=True)
        fresh = Window(source, list(page.rows), tail=page.edge, searched=page.searched)
        return Renewal(fresh, 0, None, False, _changed(old, fresh))
    asked = old.source.key(row)
    found = await source.find(asked)
    at: Position = old.source.position(row) if found is None else source.position(found)
    before = await source.page(at, count, forward=False)
    after = await source.page(at, count, forward=True)
    fresh, cursor = joined(source, before, found, after)
    fresh.searched = old.searched
    if any(page.edge is not None and len(page.rows) < count for page in (before, after)):
        fresh = _kept(old, fresh, gone=asked if found is None else None)
        at_key = fresh.index_of(asked)
        cursor = at_key if at_key is not None else old.index_of(asked) or 0
    return Renewal(fresh, min(cursor, max(0, len(fresh.rows) - 1)), asked, found is None, _changed(old, fresh))


def _kept(old: Window[RowT], fresh: Window[RowT], gone: Hashable | None) -> Window[RowT]:
    """The rows of the old window with what is known anew of those that stand where they stood."""
    key, position = fresh.source.key, fresh.source.position
    known = {(key(row), position(row)): row for row in fresh.rows}
    rows = [known.get((key(row), position(row)), row) for row in old.rows if gone is None or key(row) != gone]
    return Window(fresh.source, rows, old.head, old.tail, old.searched)


def _changed(old: Window[RowT], fresh: Window[RowT]) -> frozenset[Hashable]:
    """The keys of rows that differ, and of rows that came between those known or at an end that was the list's own."""
    before = {old.source.key(row): row for row in old.rows}
    keys = [fresh.source.key(row) for row in fresh.rows]
    known = [index for index, key in enumerate(keys) if key in before]
    first = 0 if old.head is None or not known else known[0]
    last = len(keys) - 1 if old.tail is None or not known else known[-1]
    return frozenset(
        key
        for index, (key, row) in enumerate(zip(keys, fresh.rows, strict=True))
        if (key in before and before[key] != row) or (key not in before and first <= index <= last)
    )
