"""How many users match: never in the way of the rows, bounded unless the exact number is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from models.operations.text import grouped
from tui.browse.cost.means import Total, id_ends
from tui.browse.lists.access import has_outgrown
from tui.browse.lists.pages import UserSource, rows_of
from tui.browse.lists.statements import count_listed_sql, count_sql, ids_sql, slice_end_sql
from tui.browse.sql import NOTHING, rows, rows_by_index

BOUND = 1000
"""A bounded count stops here and says `1 000+`."""

ID_SLICE = 200_000
"""Ids that one statement of an exact count covers, so that each is short and the count can be stopped between."""


@dataclass(frozen=True, slots=True)
class Matching:
    """How many match: exactly, or at least so many."""

    value: int
    more: bool

    def words(self) -> str:
        """Return `37` or `1 000+`."""
        return grouped(self.value) + ("+" if self.more else "")


def approximately(total: Total) -> str:
    """Return a total as it is known: `9 412` when exact, `~10.0 M` or `~31 000` when estimated."""
    if total.exact:
        return grouped(total.value)
    if total.value >= 1_000_000:
        return f"~{total.value / 1_000_000:.1f} M"
    return f"~{grouped(round(total.value, -3))}"


async def bounded_count(source: UserSource) -> Matching:
    """Return how many match, up to BOUND, by fetching one id more. Of a search that scans, one slice is counted."""
    return await source.reads.run(partial(_bounded, source))


async def _bounded(source: UserSource) -> Matching:
    found = 0
    for stretch in source.access.stretches:
        wanted = BOUND + 1 - found
        found += len(await rows_of(stretch, ids_sql(stretch, wanted)))
        if found > BOUND:
            return Matching(BOUND, more=True)
        if stretch.walks and await rows(slice_end_sql(stretch, NOTHING, forward=True)):
            return Matching(found, more=True)
    return Matching(found, more=False)


async def exact_count(source: UserSource, progress: Callable[[float], None]) -> int:
    """Return how many match: of the list that answers the query, else by walking the ids in slices.

    `progress` is told how far it is, from 0 to 1.
    """
    if source.access.listed:
        counted = await source.reads.run(partial(_listed, source))
        if counted is not None:
            progress(1.0)
            return counted
    ends = await source.reads.run(id_ends)
    if ends is None:
        return 0
    first, last = ends
    total = 0
    for start in range(first, last + 1, ID_SLICE):
        # Each slice where it is best read then: a count of minutes outlives a replica's pause.
        (found,) = await source.reads.run(partial(rows, count_sql(source.access, start, start + ID_SLICE)))
        total += int(found["n"])
        progress(min(1.0, (start + ID_SLICE - first) / (last - first + 1)))
    return total


async def _listed(source: UserSource) -> int | None:
    """How many match by the list that answers the query; None where that has grown too long."""
    (listed,) = await rows_by_index(count_listed_sql(source.access))
    return None if await has_outgrown(source.access.listed, source.access.extent) else int(listed[0]["n"])
