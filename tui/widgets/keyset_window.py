"""The rows that a keyset table holds: a contiguous stretch of a list that may be millions long. Pure, no widget.

There is no row number in the whole list. The window knows its rows, and at either end where the list goes on: a
position, or None at the list's real end.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from tui.browse.lists.pages import Page
from tui.browse.lists.rows import Position

PAGE = 200
"""Rows that are asked for at once."""

KEEP = 1200
"""Rows that are held at most; what is farthest from the cursor is let go."""

RowT = TypeVar("RowT")


class Source(Protocol[RowT]):
    """A list in some order that is read by key range. All calls may raise what the database raises."""

    def key(self, row: RowT) -> Hashable:
        """Return what the row is known by, whatever the order."""

    def position(self, row: RowT) -> Position:
        """Return where the row stands in this order."""

    async def page(self, origin: Position | None, count: int, *, forward: bool) -> Page[RowT]:
        """Return up to `count` rows after or before `origin` (None: from the list's start or end), in list order."""

    async def find(self, key: Hashable) -> RowT | None:
        """Return the row with a key, or None when the list does not have it."""


@dataclass(slots=True)
class Window(Generic[RowT]):
    """The rows held, and where the list goes on before (`head`) and after (`tail`) them."""

    source: Source[RowT]
    rows: list[RowT] = field(default_factory=list)
    head: Position | None = None
    tail: Position | None = None
    searched: int = 0

    def key_at(self, index: int) -> Hashable | None:
        """Return the key of a row of the window, None outside it."""
        return self.source.key(self.rows[index]) if 0 <= index < len(self.rows) else None

    def index_of(self, key: Hashable | None) -> int | None:
        """Return where a key is in the window, None when it is not (or there is no key)."""
        return next((i for i, row in enumerate(self.rows) if self.source.key(row) == key), None)

    @property
    def whole(self) -> bool:
        """Whether the window holds the entire list."""
        return self.head is None and self.tail is None

    def extend(self, page: Page[RowT], *, forward: bool, cursor: int) -> int:
        """Add a page at one end and let go what is too far from the cursor at the other.

        A row that is held already is not taken again: it moved meanwhile, or stands at bytes that are no text, which
        the database orders otherwise than what was read of them. A page of nothing else is the end.

        Returns by how much the index of every row that stays has grown (negative when rows before it were let go).
        """
        self.searched += page.searched
        held = set(map(self.source.key, self.rows))
        fresh = [row for row in page.rows if self.source.key(row) not in held]
        edge = page.edge if fresh or not page.rows else None
        if forward:
            self.rows += fresh
            self.tail = edge
            surplus = min(len(self.rows) - KEEP, max(0, cursor - PAGE))
            if surplus <= 0:
                return 0
            del self.rows[:surplus]
            self.head = self.source.position(self.rows[0])
            return -surplus
        self.rows[:0] = fresh
        self.head = edge
        added = len(fresh)
        last = max(KEEP, cursor + added + PAGE)
        if len(self.rows) > last:
            del self.rows[last:]
            self.tail = self.source.position(self.rows[-1])
        return added


def joined(source: Source[RowT], before: Page[RowT], row: RowT | None, after: Page[RowT]) -> tuple[Window[RowT], int]:
    """Return the window of a row between two pages, or of two pages that meet, and where the row is or would be.

    No row is in it twice: see `Window.extend`.
    """
    held = set() if row is None else {source.key(row)}
    above = [one for one in before.rows if source.key(one) not in held]
    held.update(map(source.key, above))
    below = [one for one in after.rows if source.key(one) not in held]
    rows = [*above, *([] if row is None else [row]), *below]
    return Window(source, rows, before.edge, after.edge, before.searched + after.searched), len(above)


class _NoRows(Generic[RowT]):
    """The source of a window before its first list: it has nothing, so nothing is ever asked of its rows."""

    def key(self, row: RowT) -> Hashable:
        return row

    def position(self, row: RowT) -> Position:
        raise LookupError(row)

    async def page(self, origin: Position | None, count: int, *, forward: bool) -> Page[RowT]:  # noqa: ARG002
        return Page((), None)

    async def find(self, key: Hashable) -> RowT | None:  # noqa: ARG002
        return None


def no_rows() -> Window[RowT]:
    """Return the window of a table that has no list yet."""
    return Window(_NoRows())
