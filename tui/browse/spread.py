"""About where in the whole list a row stands: a sorted sample of the order's column, for the position bar."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tui.browse.means import id_ends
from tui.browse.orders import OrderBy
from tui.browse.pages import UserSource
from tui.browse.query import Exact, Prefix
from tui.browse.rows import Position
from tui.browse.sql import Sql, dialect, joined, rows
from tui.browse.texts import key_range, word_key

SAMPLE = 200
FEWEST = 5
"""With fewer keys than this in a searched range the bar would jump about: it stays empty."""

_COLUMNS = {
    OrderBy.USERNAME: ("users", "username_key"),
    OrderBy.ID: ("users", "id"),
    OrderBy.CREATED: ("users", "created_at"),
    OrderBy.LAST_LOGIN: ("user_auth_state", "last_login_at"),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """Keys at about equal distances in the first stretch of a list (after one for ids that match), ascending."""

    keys: tuple[Any, ...]
    segment: int
    width: int  # how many values a position of the segment has
    descending: bool

    def fraction(self, position: Position) -> float | None:
        """Return how far down the list a position stands, from 0 to 1, or None where nothing is known."""
        if position.segment != self.segment or not position.key:
            return None
        part = bisect_left(self.keys, position.key[0]) / len(self.keys)
        return 1 - part if self.descending else part

    def at(self, fraction: float) -> Position:
        """Return the position at a fraction of the list."""
        part = min(1.0, max(0.0, 1 - fraction if self.descending else fraction))
        key = self.keys[min(int(part * len(self.keys)), len(self.keys) - 1)]
        return Position(self.segment, (key, 0)[: self.width])


async def load_spread(source: UserSource) -> Spread | None:
    """Return the spread of a list, or None when too little is known of it.

    PostgreSQL: the planner's histogram. SQLite, or before the first ANALYZE: the rows at equal distances of id.
    """
    table, column = _COLUMNS[source.order.by]
    found = (n for n, stretch in enumerate(source.access.stretches) if stretch.segment.keys[0] == column)
    segment = next(found, None)
    if segment is None:
        return None
    keys = await _histogram(table, column) if dialect() == "postgres" else []
    keys = keys or await _sampled(table, column)
    walked = source.access.stretches[segment].segment
    if isinstance(walked.covers, Prefix | Exact) and column == "username_key":
        low, high = key_range(word_key(walked.covers.text))
        keys = [key for key in keys if key >= low and (high is None or key < high)]
    if len(keys) < FEWEST:
        return None
    return Spread(tuple(keys), segment, len(walked.keys), source.order.descending)


async def _histogram(table: str, column: str) -> list[Any]:
    found = await rows(
        Sql(
            "SELECT unnest(histogram_bounds::text::text[]) AS bound FROM pg_stats"
            " WHERE schemaname = current_schema() AND tablename = ? AND attname = ?",
            (table, column),
        )
    )
    bounds: list[Any] = [row["bound"] for row in found]
    if column == "id":
        bounds = [int(bound) for bound in bounds]
    elif column != "username_key":
        bounds = [datetime.fromisoformat(bound) for bound in bounds]
    return sorted(bounds)


async def _sampled(table: str, column: str) -> list[Any]:
    ends = await id_ends()
    if ends is None:
        return []
    first, last = ends
    wanted = sorted({first + (last - first) * number // SAMPLE for number in range(SAMPLE + 1)})
    places = joined([Sql("?", (user_id,)) for user_id in wanted], ", ")
    key = "id" if table == "users" else "user_id"
    found = await rows(f"SELECT {column} AS bound FROM {table} WHERE {key} IN (" + places + ")")
    return sorted(row["bound"] for row in found if row["bound"] is not None)
