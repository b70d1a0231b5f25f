"""What a comparison with a whole number selects, as the range of the numbers themselves."""

from __future__ import annotations

from tui.browse.search.moment_terms import Comparison


def ends(comparison: Comparison, value: int, largest: int) -> tuple[int, int] | None:
    """Return the first and the last of the numbers 0 to `largest` that compare so with `value`; None if none does."""
    first, last = {
        Comparison.AT: (value, value),
        Comparison.LESS: (0, value - 1),
        Comparison.AT_MOST: (0, value),
        Comparison.MORE: (value + 1, largest),
        Comparison.AT_LEAST: (value, largest),
    }[comparison]
    return (first, last) if first <= last else None
