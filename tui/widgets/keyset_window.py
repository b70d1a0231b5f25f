"""The rows that a keyset table holds: a contiguous stretch of a list that may be millions long. Pure, no widget.

There is no row number in the whole list. The window knows its rows, and at either end where the list goes on: a
position, or None at the list's real end.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from tui.browse.pages import Page
from tui.browse.rows import Position

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

        Returns by how much the index of every row that stays has grown (negative when rows before it were let go).
        """
        self.searched += page.searched
        if forward:
            self.rows += page.rows
            self.tail = page.edge
            surplus = min(len(self.rows) - KEEP, max(0, cursor - PAGE))
            if surplus <= 0:
                return 0
            del self.rows[:surplus]
            self.head = self.source.position(self.rows[0])
            return -surplus
        self.rows[:0] = page.rows
        self.head = page.edge
        added = len(page.rows)
        last = max(KEEP, cursor + added + PAGE)
        if len(self.rows) > last:
            del self.rows[last:]
            self.tail = self.source.position(self.rows[-1])
        return added


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
