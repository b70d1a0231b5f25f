"""A short list that is already read, for a table that reads lists by key range."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tui.browse.lists.pages import Page
from tui.browse.lists.rows import Position

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class ListSource(Generic[RowT]):
    """Some rows in their order; `known_by` gives the key of one. A position is the row's number and its key: of a list
    that was read before, it is where the row stands now, or, if the row is gone, where it stood."""

    rows: tuple[RowT, ...]
    known_by: Callable[[RowT], Hashable]

    def key(self, row: RowT) -> Hashable:
        """Return what the row is known by."""
        return self.known_by(row)

    def position(self, row: RowT) -> Position:
        """Return the row's number in the list, with its key."""
        return Position(0, (self.rows.index(row), self.known_by(row)))

    async def page(self, origin: Position | None, count: int, *, forward: bool) -> Page[RowT]:
        """Return up to `count` rows after or before `origin`."""
        if forward:
            start = 0 if origin is None else self._behind(origin)
            found = self.rows[start : start + count]
            more = start + len(found) < len(self.rows)
        else:
            end = len(self.rows) if origin is None else self._at(origin)
            found = self.rows[max(0, end - count) : end]
            more = end - len(found) > 0
        return Page(found, self.position(found[-1 if forward else 0]) if more and found else None)

    async def find(self, key: Hashable) -> RowT | None:
        """Return the row with a key, or None."""
        return next((row for row in self.rows if self.known_by(row) == key), None)

    def _index(self, key: Hashable) -> int | None:
        return next((index for index, row in enumerate(self.rows) if self.known_by(row) == key), None)

    def _at(self, origin: Position) -> int:
        number, key = origin.key
        index = self._index(key)
        return min(number, len(self.rows)) if index is None else index

    def _behind(self, origin: Position) -> int:
        # Where a row is gone, the one that followed it has its number now.
        return self._at(origin) + (self._index(origin.key[1]) is not None)
