"""How a bulk ended, user by user, as a list that is read a page at a time: failures first.

The outcome knows ids and verdicts only; the names of a page are one query.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from models.operations.bulk import RowResult, Verdict, labels
from tui.browse.lists.pages import Page
from tui.browse.lists.rows import Position

if TYPE_CHECKING:
    from models.operations.bulk import BulkOutcome

_ORDER = (
    RowResult.ERROR,
    RowResult.CONFLICT,
    RowResult.DENIED,
    RowResult.PENDING,
    RowResult.UNCHANGED,
    RowResult.OK,
)


class ResultRow(NamedTuple):
    """How one user ended. `username` is None for a user who is not there any more."""

    place: int
    id: int
    username: str | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class ResultSource:
    """The users of a bulk in the order of their results. Make it with `by_result`."""

    outcome: BulkOutcome
    places: array[int]

    def key(self, row: ResultRow) -> Hashable:
        """Return what a row is known by: the user's id."""
        return row.id

    def position(self, row: ResultRow) -> Position:
        """Return where a row stands."""
        return Position(0, (row.place,))

    async def page(self, origin: Position | None, count: int, *, forward: bool) -> Page[ResultRow]:
        """Return up to `count` rows after or before `origin`."""
        last = len(self.places)
        if forward:
            start = 0 if origin is None else origin.key[0] + 1
            end = min(last, start + count)
            edge = end - 1 if end < last else None
        else:
            end = last if origin is None else origin.key[0]
            start = max(0, end - count)
            edge = start if start > 0 else None
        found = await self._rows(range(start, end))
        return Page(found, None if edge is None else Position(0, (edge,)))

    async def find(self, key: Hashable) -> ResultRow | None:
        """Return the row of a user, or None."""
        ids = self.outcome.plan.selection.ids
        place = next((n for n, index in enumerate(self.places) if ids[index] == key), None)
        return None if place is None else (await self._rows(range(place, place + 1)))[0]

    async def _rows(self, places: range) -> tuple[ResultRow, ...]:
        outcome = self.outcome
        found = [
            (place, outcome.plan.selection.ids[self.places[place]], outcome.results[self.places[place]])
            for place in places
        ]
        names = await labels([user_id for _, user_id, _ in found]) if found else {}
        return tuple(
            ResultRow(place, user_id, names.get(user_id), Verdict(verdict)) for place, user_id, verdict in found
        )


def by_result(outcome: BulkOutcome) -> ResultSource:
    """Return the results, failures first, each kind in the order of ids. For a million users this takes a second of a
    thread: call it in one."""
    places: array[int] = array("q")
    for result in _ORDER:
        wanted = {int(verdict) for verdict in Verdict if verdict.result is result}
        if any(outcome.results.count(verdict) for verdict in wanted):
            places.extend(place for place, verdict in enumerate(outcome.results) if verdict in wanted)
    return ResultSource(outcome, places)
