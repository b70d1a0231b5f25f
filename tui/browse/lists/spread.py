"""About where in the whole list a row stands, and which key stands at a fraction of it: for the position bar and jumps.

Every stretch of the list has a sorted sample of its keys, each with the share of the list up to it. Where the samples
come from is in `samples.py`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate
from typing import Any, Final

from tui.browse.lists.pages import UserSource, open_source
from tui.browse.lists.rows import Position
from tui.browse.lists.samples import Sample, ranked, sampled, statistics
from tui.browse.search.query import LARGEST_ID, Query

FEWEST: Final = 5
"""With fewer keys than this in a searched range the bar would jump about: it stays empty."""

_LAST_TEXT: Final = "\U0010ffff" * 3
_LAST_MOMENT: Final = datetime(9999, 12, 31, tzinfo=UTC)
_FIRST_MOMENT: Final = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch: its keys ascending, the share of the list up to and with each, and where in the list it starts."""

    keys: tuple[tuple[Any, ...], ...]
    sums: tuple[float, ...]
    start: float

    @property
    def share(self) -> float:
        """The share of the list that the stretch has."""
        return self.sums[-1]


@dataclass(frozen=True, slots=True)
class Spread:
    """The parts of a list by the number of their stretch; a stretch of which nobody was seen is missing."""

    parts: dict[int, Part]
    descending: bool

    def fraction(self, position: Position) -> float | None:
        """Return how far down the list a position stands, from 0 to 1, or None where nothing is known."""
        part = self.parts.get(position.segment)
        if part is None:
            return None
        if not position.key:
            return part.start
        if self.descending:
            beyond = bisect_right(part.keys, position.key)
            return part.start + part.share - (part.sums[beyond - 1] if beyond else 0.0)
        before = bisect_left(part.keys, position.key)
        return part.start + (part.sums[before - 1] if before else 0.0)

    def at(self, fraction: float) -> Position:
        """Return the position at a fraction of the list; 0 is before its first row, 1 behind its last."""
        numbers = sorted(self.parts)
        if fraction <= 0 or fraction >= 1:
            number = numbers[0] if fraction <= 0 else numbers[-1]
            return Position(number, _extreme(self.parts[number].keys[0], least=(fraction <= 0) is not self.descending))
        number = next((n for n in reversed(numbers) if self.parts[n].start <= fraction), numbers[0])
        part = self.parts[number]
        wanted = min(part.share, max(0.0, fraction - part.start))
        wanted = part.share - wanted if self.descending else wanted
        return Position(number, part.keys[min(bisect_left(part.sums, wanted), len(part.keys) - 1)])


async def load_spread(source: UserSource, fewest: int = FEWEST) -> Spread | None:
    """Return the spread of a list, or None when fewer than `fewest` keys are known of it.

    A short list, or a short range of one, is read whole. Else PostgreSQL's statistics answer for all users, and a
    sample of users for any search, on SQLite, and before the first ANALYZE.
    """
    return await source.reads.run(partial(_load, source, fewest))


async def _load(source: UserSource, fewest: int) -> Spread | None:
    found = await ranked(source)
    if found is None and not source.query:
        found = await statistics(source)
    if found is None:
        found = await sampled(source)
    return spread_of(found, fewest, descending=source.order.descending)


def spread_of(samples: Sequence[Sample], fewest: int, *, descending: bool) -> Spread | None:
    """Return the spread of a sample of each stretch, or None when they have fewer than `fewest` keys."""
    total = sum(weight for sample in samples for weight in sample.weights)
    if sum(len(sample.keys) for sample in samples) < fewest or total <= 0:
        return None
    parts, start = {}, 0.0
    for number, sample in enumerate(samples):
        if sample.keys:
            together = sorted(zip(sample.keys, sample.weights, strict=True), key=lambda pair: pair[0])
            sums = tuple(accumulate(weight / total for _, weight in together))
            parts[number] = Part(tuple(key for key, _ in together), sums, start)
            start += sums[-1]
    return Spread(parts, descending)


async def spread_of_all(source: UserSource) -> Spread | None:
    """Return the spread of every user in the order of a list, where a search is too rare to know its own; None when
    the search has ranges of its own."""
    everybody = await open_source(Query(), source.order, source.reads)
    ranges = [(s.segment.walked, s.segment.within) for s in everybody.access.stretches]
    if [(s.segment.walked, s.segment.within) for s in source.access.stretches] != ranges:
        return None
    return await load_spread(everybody, fewest=1)


def _extreme(like: tuple[Any, ...], *, least: bool) -> tuple[Any, ...]:
    """A key before, or behind, all keys that look like one."""
    ends: list[Any] = []
    for value in like:
        if isinstance(value, str):
            ends.append("" if least else _LAST_TEXT)
        elif isinstance(value, datetime):
            ends.append(_FIRST_MOMENT if least else _LAST_MOMENT)
        else:
            ends.append(-1 if least else LARGEST_ID)
    return tuple(ends)
