"""How a query is answered: by walking the index of its order, or from a short list of ids that another index gives.

Either way the cost of a page is bounded whatever the planner thinks, which has no statistics on a SQLite file and wrong
ones after a bulk load:

- *Walking* takes the next SLICE keys of the order's own index and tests them. A test that few rows pass is answered
  slice by slice; a page then has few rows and says how far it has searched.
- *Listing* starts from the ids that an index gives for one term (locked, a role, a prefix under another order), and
  sorts them. It is taken only when the list has at most LIST_LIMIT ids, which is probed once a query. A longer list
  means that at least one key in some thousand passes, and then walking finds a page soon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.browse.conditions import Condition
from tui.browse.orders import Segment
from tui.browse.query import Query
from tui.browse.sql import NOTHING, Sql, all_of, joined, rows

SLICE = 20_000
"""Keys that one statement walks at most when a test may fail: 50 to 300 ms, as the rows lie all over the table."""

SLICE_BY_ID = 100_000
"""The same in the order of ids, in which the rows lie side by side: some 70 ms."""

LIST_LIMIT = 20_000
"""Ids that are sorted anew for every page at most: some 20 ms."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A segment of the order with everything that a row of it must pass beyond the segment's range."""

    segment: Segment
    test: Sql


@dataclass(frozen=True, slots=True)
class Access:
    """The stretches to go through, in order, and the list of ids to start from (SELECT id ...) when there is one."""

    stretches: tuple[Stretch, ...]
    listed: Sql = NOTHING
    test: Sql = NOTHING  # all terms, whatever a segment's range fulfils

    def walks(self, stretch: Stretch) -> bool:
        """Whether a page of this stretch may need several slices."""
        return bool(stretch.test) and not self.listed


async def choose(query: Query, terms: Sequence[Condition], segments: Sequence[Segment]) -> Access:
    """Return how to answer. Probes the lists that exist, at most LIST_LIMIT entries of an index each."""
    stretches = tuple(
        Stretch(
            segment,
            all_of(
                [
                    *(c.test for term, c in zip(query.terms, terms, strict=True) if term != segment.covers),
                    segment.rest,
                ]
            ),
        )
        for segment in segments
    )
    covered = {segment.covers for segment in segments}
    test = all_of([condition.test for condition in terms])
    if covered.issuperset(query.terms):
        return Access(stretches, test=test)
    shortest: tuple[int, Sql] | None = None
    for term, condition in zip(query.terms, terms, strict=True):
        # A term that a segment's range fulfils is a shorter walk already, and one that needs no sorting.
        if condition.listed_by and term not in covered:
            length = await _length(condition.listed_by)
            if length <= LIST_LIMIT and (shortest is None or length < shortest[0]):
                shortest = length, joined(condition.listed_by, " UNION ")
    return Access(stretches, shortest[1] if shortest else NOTHING, test)


async def _length(selects: Sequence[Sql]) -> int:
    total = 0
    for select in selects:
        found = await rows("SELECT count(*) AS n FROM (" + select + Sql(" LIMIT ?) l", (LIST_LIMIT + 1,)))
        total += int(found[0]["n"])
        if total > LIST_LIMIT:
            break
    return total


def slice_of(segment: Segment) -> int:
    """Return how many keys one statement walks at most."""
    return SLICE_BY_ID if segment.walked == ("u.id",) else SLICE
