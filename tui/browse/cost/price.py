"""What a query will cost, said before it runs.

`price` asks: the planner for the indexes, the lists for their lengths, a sample of users for how many pass. It makes
the very choice that the search will make, so that what it says is what will be done, statistics or not. `cost` only
looks at the query: what stands there in the moment before the answer comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from tui.browse.cost.indexes import NAMES, SEARCHED, Advice, scan_advice
from tui.browse.cost.means import Means, Total, estimated_total, id_ends, sample_ids
from tui.browse.cost.planner import plans_of
from tui.browse.lists.access import Access, Stretch
from tui.browse.lists.counts import approximately
from tui.browse.lists.orders import Order
from tui.browse.lists.pages import open_source
from tui.browse.lists.statements import range_length_sql, sampled_sql
from tui.browse.search.query import (
    Contains,
    Exact,
    HasRole,
    InState,
    Match,
    Not,
    Prefix,
    Query,
    State,
    Term,
    TextField,
    TextIs,
)
from tui.browse.sql import NOTHING, rows
from tui.database.replica.reads import PRIMARY, Reads

SAMPLE: Final = 300
"""Users of whom it is asked how many pass: a few milliseconds. When none does, a page takes a search of a hundred
thousand keys or more."""

SHORT: Final = 20_000
"""Keys of a range that are searched at once, whatever is tested: one slice."""

_SCANNED = {State.EXPIRED, State.MUST_CHANGE, State.NEVER_LOGGED_IN}
"""States that no index lists. Their opposites are common, so a page of those is soon found."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How a query is answered, in words (`prefix · index`), and whether that may read the whole table.

    `rows` is about how many keys an index gives, or are searched; None when nobody knows. `advice` is the index that
    would spare a scan, where one would.
    """

    words: str
    scans: bool = False
    rows: int | None = None
    advice: Advice | None = None


async def price(query: Query, order: Order, reads: Reads = PRIMARY) -> Cost:
    """Return what a query costs in an order: some milliseconds. Raises QueryError and OrderError as `open_source` does.

    Bounded by an index is what a short list answers, what the order's own range holds, and what so many users pass
    that a page is soon found. The rest is searched key by key.
    """
    return await reads.run(partial(_price, query, order)) if query else Cost("")


async def _price(query: Query, order: Order) -> Cost:
    source = await open_source(query, order)
    access = source.access
    contains = [term for term in query.terms if _mode(term) == "contains"]
    covers = next((term for stretch in access.stretches for term in stretch.segment.covers), None)
    deciding = access.by or covers
    mode = _mode(deciding) if deciding else "filter"
    if mode == "filter" and contains:
        mode = "contains"
    if access.by is not None:
        return Cost(f"{mode} · {'trigram index' if _mode(access.by) == 'contains' else 'index'}", rows=access.length)
    keys = await _length(access) if covers else None
    if covers and (keys is not None or not access.walks):
        return Cost(f"{mode} · index", rows=keys)
    if not covers and any(term in access.long for term in contains):
        return Cost("contains · trigram index")  # so many have it that a page is soon found
    searched, passing = await _sampled(access)
    if passing and (covers or not contains):
        return Cost(f"{mode} · index")
    advice = await scan_advice(_columns(contains))
    return Cost(f"{mode} · scans {approximately(searched)} rows", scans=True, rows=searched.value, advice=advice)


async def _length(access: Access) -> int | None:
    """How many keys the ranges of the order have, as far as the planner agrees that an index bounds them; None: more
    than one slice."""
    total = 0
    for stretch in access.stretches:
        (plan,) = await plans_of(range_length_sql(stretch, SHORT + 1))
        if not stretch.segment.within or not plan.is_bounded:
            return None
        (counted,) = await rows(range_length_sql(stretch, SHORT + 1))
        total += int(counted["n"])
    return total if total <= SHORT else None


async def _sampled(access: Access) -> tuple[Total, bool]:
    """About how many keys would be searched, and whether anybody of a sample of users passes."""
    total, ends = await estimated_total(), await id_ends()
    if ends is None:
        return total, False
    ids = sample_ids(ends, SAMPLE)
    there = await _there(access.stretches[0], ids, within=False)
    within = sum([await _there(stretch, ids) for stretch in access.stretches if stretch.segment.within])
    whole = any(not stretch.segment.within for stretch in access.stretches)
    share = 1.0 if whole or not there else min(1.0, within / there)
    passing = sum([len(await rows(sampled_sql(stretch, ids))) for stretch in access.stretches])
    return (total if share == 1.0 else Total(int(total.value * share), exact=False)), passing > 0


async def _there(stretch: Stretch, ids: list[int], *, within: bool = True) -> int:
    """How many of some users a stretch has, tested for nothing."""
    segment = stretch.segment if within else replace(stretch.segment, low=None, high=None, value=None)
    return len(await rows(sampled_sql(replace(stretch, segment=segment, test=NOTHING), ids)))


def _mode(term: Term) -> str:
    """The word for how a term searches."""
    match term:
        case Prefix() | TextIs(match=Match.PREFIX):
            return "prefix"
        case Exact() | TextIs(match=Match.EXACT):
            return "exact"
        case Contains() | TextIs(match=Match.CONTAINS):
            return "contains"
        case _:
            return "filter"


def _columns(contains: Sequence[Term]) -> tuple[str, ...]:
    """The columns in which some terms look for a part of a text."""
    names = [NAMES if isinstance(term, TextIs) and term.field is TextField.NAME else SEARCHED for term in contains]
    return tuple(dict.fromkeys(column for columns in names for column in columns))


def cost(query: Query, means: Means) -> Cost:
    """Return what the query costs as far as can be said without asking. The term that narrows most decides; a query
    without terms walks an index."""
    if not query:
        return Cost("")
    modes = [_mode(term) for term in query.terms]
    for mode in ("exact", "prefix"):
        if mode in modes:
            return Cost(f"{mode} · index")
    contains = "contains" in modes
    if contains and means.trigram:
        return Cost("contains · trigram index")
    mode = "contains" if contains else "filter"
    if any(_is_listed(term) for term in query.terms):
        return Cost(f"{mode} · index")
    if contains or any(isinstance(term, InState) and term.state in _SCANNED for term in query.terms):
        return Cost(f"{mode} · scans {approximately(means.total)} rows", scans=True)
    return Cost(f"{mode} · index")


def _is_listed(term: object) -> bool:
    """Whether an index lists the few users that pass a term."""
    if isinstance(term, InState):
        return term.state in (State.INACTIVE, State.DELETED, State.LOCKED, State.SUPERUSER)
    return isinstance(term, HasRole) or term == Not(InState(State.ACTIVE))
