"""The terms of a query that are about a moment, as values. Each prints itself as it is typed, and says itself in words.

What a term selects is decided in `tui.browse.conditions.moments`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from tui.browse.search.fields import MOMENTS, MomentField
from tui.browse.search.points import Date, Place, Precision, Span


class Comparison(StrEnum):
    """How a moment is compared; the value is how it is typed."""

    AT = ""
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


_OF_PLACE: Final = {
    Comparison.AT: "",
    Comparison.LESS: "before",
    Comparison.AT_MOST: "not after",
    Comparison.MORE: "after",
    Comparison.AT_LEAST: "not before",
}
_AT: Final = {
    Precision.YEAR: "in",
    Precision.MONTH: "in",
    Precision.DAY: "on",
    Precision.MINUTE: "at",
    Precision.SECOND: "at",
}
_OF_SPAN: Final = {
    Comparison.LESS: "less than",
    Comparison.AT_MOST: "at most",
    Comparison.MORE: "more than",
    Comparison.AT_LEAST: "at least",
}


@dataclass(frozen=True, slots=True)
class MomentIs:
    """A moment is in, before or after a place of the calendar."""

    field: MomentField
    comparison: Comparison
    place: Place

    def __str__(self) -> str:
        return f"{self.field}:{self.comparison}{self.place}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        how = _OF_PLACE[self.comparison] or (_AT[self.place.precision] if isinstance(self.place, Date) else "")
        return " ".join(filter(None, (MOMENTS[self.field].phrase, how, self.place.words())))

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return f"not ({self.words()})"


@dataclass(frozen=True, slots=True)
class MomentFrom:
    """A moment is in a place of the calendar, in another one, or between the two."""

    field: MomentField
    first: Place
    last: Place

    def __str__(self) -> str:
        return f"{self.field}:{self.first}..{self.last}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        return f"{MOMENTS[self.field].phrase} from {self.first.words()} to {self.last.words()}"

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return f"not ({self.words()})"


@dataclass(frozen=True, slots=True)
class Age:
    """The time since a moment (or, where the field looks ahead, the time left until it) against a span.

    With `longest` it is from `span` to `longest`, and the comparison is AT_LEAST.
    """

    field: MomentField
    comparison: Comparison
    span: Span
    longest: Span | None = None

    def __str__(self) -> str:
        if self.longest is not None:
            return f"{self.field}:{self.span}..{self.longest}"
        return f"{self.field}:{self.comparison}{self.span}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        told = MOMENTS[self.field]
        if self.longest is not None:
            length = f"{self.span.words()} to {self.longest.words()}"
        else:
            length = f"{_OF_SPAN[self.comparison]} {self.span.words()}"
        return f"{told.phrase} in {length}" if told.ahead else f"{told.phrase} {length} ago"

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return f"not ({self.words()})"


@dataclass(frozen=True, slots=True)
class Known:
    """There is a moment in the field, or there is none. Only for fields that may be empty."""

    field: MomentField
    known: bool

    def __str__(self) -> str:
        return f"{self.field}:{'any' if self.known else 'none'}"

    def words(self) -> str:
        """Return the term as a clause of a sentence."""
        told = MOMENTS[self.field]
        return str(told.ever if self.known else told.never)

    def opposite(self) -> str:
        """Return the opposite as a clause of a sentence."""
        return Known(self.field, not self.known).words()


MomentTerm: TypeAlias = MomentIs | MomentFrom | Age | Known
