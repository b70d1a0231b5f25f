"""How a query is answered: by walking the index of its order, or from a short list of ids that another index gives.

Either way the cost of a page is bounded whatever the planner thinks, which has no statistics on a SQLite file and wrong
ones after a bulk load:

- *Walking* takes the next keys of the order's own index, as many as `pace.py` allows, and tests them. A test that few
  rows pass is answered slice by slice; a page then has few rows and says how far it has searched.
- *Listing* starts from the ids that an index gives for one term (locked, a role, a prefix under another order), and
  sorts them. It is taken only when the list has at most LIST_LIMIT ids, which is probed once a query. A longer list
  means that at least one key in some thousand passes, and then walking finds a page soon.

A list of thousands is sorted anew for every page. Where a page is likely to be found among fewer keys than it has, they
are walked first: a `Trial`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tui.browse.conditions.users import Condition
from tui.browse.cost.means import id_ends
from tui.browse.cost.planner import plans_of
from tui.browse.lists.orders import Segment
from tui.browse.lists.pace import FIRST, FIRST_BY_ID, Extent, Pace, Trial
from tui.browse.search.query import (
    Contains,
    Has,
    HasRole,
    InState,
    Match,
    Not,
    Query,
    State,
    Term,
    TextField,
    TextIs,
)
from tui.browse.sql import NOTHING, Sql, all_of, joined, rows_by_index

LIST_LIMIT = 20_000
"""Ids that are sorted anew for every page at most: some 20 ms."""

FEW = 5_000
"""Ids of a list with which it is not worth while to look for a shorter one inside texts."""

LONG = 2_000
"""Ids of a list from which on it is asked whether walking is cheaper."""

PROBE_SECONDS = 0.4
"""A list that takes longer to count is none."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A segment of the order with everything that a row of it must pass beyond the segment's range, and the list of
    ids to start from (SELECT id ...) when there is one."""

    segment: Segment
    test: Sql
    listed: Sql = NOTHING
    pace: Pace = field(default_factory=Pace, compare=False)
    trial: Trial = field(default_factory=Trial, compare=False)
    extent: Extent = field(default_factory=Extent, compare=False)

    @property
    def walks(self) -> bool:
        """Whether a page of this stretch may need several slices. One value has one row: keys are unique."""
        return bool(self.test) and not self.listed and self.segment.value is None

    def tried(self, keys: int) -> Stretch:
        """Return the same as a walk of so many keys."""
        return replace(self, listed=NOTHING, pace=Pace(keys))

    def now(self) -> Stretch:
        """Return the same as it is to be read now: without the list, where that has grown too long."""
        return replace(self, listed=NOTHING) if self.listed and self.extent.outgrown else self

    @property
    def by_id(self) -> bool:
        """Whether the walk is in the order of ids, where the end of a slice is known without looking."""
        return self.segment.walked == ("u.id",) and not self.segment.within


@dataclass(frozen=True, slots=True)
class Access:
    """The stretches to go through, in order. `listed` is the list that all of them start from when there is one, of
    `length` ids, and `by` the term that it answers; `long` are the terms that indexes list too many for."""

    stretches: tuple[Stretch, ...]
    listed: Sql = NOTHING
    test: Sql = NOTHING  # all terms, whatever a segment's range fulfils
    by: Term | None = None
    length: int = 0
    long: tuple[Term, ...] = ()
    extent: Extent = field(default_factory=Extent, compare=False)

    @property
    def walks(self) -> bool:
        """Whether any page may need several slices."""
        return any(stretch.now().walks for stretch in self.stretches)


async def choose(query: Query, terms: Sequence[Condition], segments: Sequence[Segment]) -> Access:
    """Return how to answer. Probes the lists that exist, at most LIST_LIMIT entries of an index each."""
    by_effort = sorted(zip(query.terms, terms, strict=True), key=lambda pair: _effort(pair[0]))
    stretches = [
        Stretch(
            segment,
            all_of(
                [
                    segment.rest,
                    *(condition.test for term, condition in by_effort if term not in segment.covers),
                ]
            ),
            pace=Pace(FIRST_BY_ID if segment.walked == ("u.id",) else FIRST),
        )
        for segment in segments
    ]
    covered = {term for segment in segments for term in segment.covers}
    test = all_of([condition.test for _, condition in by_effort])
    shortest: tuple[int, Sql, Term] | None = None
    long: list[Term] = []
    if not covered.issuperset(query.terms):
        # What is looked for inside a text comes last: its index has to collect all before it gives the first.
        for term, condition in sorted(by_effort, key=lambda pair: _is_inside(pair[0])):
            if shortest is not None and shortest[0] <= FEW and _is_inside(term):
                break
            # A term that a segment's range fulfils is a shorter walk already, and one that needs no sorting.
            if condition.listed_by and term not in covered:
                length = await list_length(condition.listed_by)
                if length is not None and length > LIST_LIMIT:
                    long.append(term)
                elif length is not None and (shortest is None or length < shortest[0]):
                    shortest = length, _list(condition.listed_by), term
    if shortest is not None:
        count, listed, by = shortest
        share, extent = await _share(count), Extent()
        listing = (replace(each, listed=listed, trial=Trial(share, count // 2), extent=extent) for each in stretches)
        return Access(tuple(listing), listed, test, by, count, extent=extent)
    for number, stretch in enumerate(stretches):
        nulls = stretch.segment.rest_listed_by
        length = await list_length((nulls,)) if nulls else None
        if length is not None and length <= LIST_LIMIT:
            stretches[number] = replace(stretch, listed=_list((nulls,)))
    return Access(tuple(stretches), test=test, long=tuple(long))


async def has_outgrown(listed: Sql, extent: Extent) -> bool:
    """Whether a list of ids has come to its limit since it was chosen. Read it after what was read from the list."""
    if not extent.outgrown:
        (found,) = await rows_by_index("SELECT count(*) AS n FROM (" + listed + ") l")
        extent.outgrown = int(found[0]["n"]) > LIST_LIMIT
    return extent.outgrown


async def _share(length: int) -> float:
    """Which share of all users a list of some length has, at least; 0 when it is short, and nobody needs to know."""
    ends = await id_ends() if length >= LONG else None
    return length / (ends[1] - ends[0] + 1) if ends is not None else 0.0


def _effort(term: Term) -> int:
    """How much it takes to test a term. The databases test in the order in which terms stand, more or less, so those
    that take least are named first: what they rule out is not tested for the others."""
    match term.term if isinstance(term, Not) else term:
        case InState(State.LOOK_ALIKE):
            return 4
        case Has() | HasRole():
            return 3
        case TextIs(field=TextField.NAME):
            return 2
        case Contains() | TextIs(match=Match.CONTAINS):
            return 1
        case _:
            return 0


def _is_inside(term: Term) -> bool:
    return isinstance(term, Contains) or (isinstance(term, TextIs) and term.match is Match.CONTAINS)


async def list_length(selects: Sequence[Sql]) -> int | None:
    """Return how many ids SELECTs list, some number over LIST_LIMIT when they are too many, or None when no index gives
    them after all."""
    if not all(plan.is_bounded for plan in await plans_of(*selects)):
        return None
    try:
        # A trigram index collects all that it has of a common part of a text before it gives the first.
        async with asyncio.timeout(PROBE_SECONDS):
            counts = (
                "SELECT count(*) AS n FROM (" + select + Sql(" LIMIT ?) l", (LIST_LIMIT + 1,)) for select in selects
            )
            found = await rows_by_index(*counts)
    except TimeoutError:
        return LIST_LIMIT + 1
    return sum(int(counted[0]["n"]) for counted in found)


def _list(selects: Sequence[Sql]) -> Sql:
    """One SELECT of the ids of all. Each is cut off by itself, so that no plan is made for reading more."""
    if len(selects) == 1:
        return selects[0] + Sql(" LIMIT ?", (LIST_LIMIT + 1,))
    cut = ("SELECT l.id FROM (" + select + Sql(" LIMIT ?) l", (LIST_LIMIT + 1,)) for select in selects)
    return joined(cut, " UNION ")
