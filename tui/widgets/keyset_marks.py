"""The marked rows of a keyset table: keys, whatever rows are held. Pure, no widget."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from tui.widgets.keyset_window import Window


@dataclass(slots=True)
class Marks:
    """The keys, and the row that was marked last: a range goes from there to the cursor."""

    keys: set[Hashable] = field(default_factory=set)
    last: Hashable | None = None

    def toggle(self, key: Hashable) -> None:
        """Mark a row, or take its mark away."""
        self.keys ^= {key}
        self.last = key

    def extend(self, window: Window[Any], cursor: int) -> bool:
        """Mark all rows from the last one marked to the cursor; False unless both are among the rows held."""
        start = window.index_of(self.last)
        here = window.key_at(cursor)
        if start is None or here is None:
            return False
        low, high = sorted((start, cursor))
        self.keys.update(map(window.source.key, window.rows[low : high + 1]))
        self.last = here
        return True

    def clear(self) -> None:
        """Take all marks away."""
        self.keys.clear()
        self.last = None

    def out_of(self, window: Window[Any]) -> int:
        """Return how many marked rows are not among the rows held. Counted from those: there may be a million marks."""
        return len(self.keys) - sum(window.source.key(row) in self.keys for row in window.rows)
