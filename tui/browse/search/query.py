"""What a search box says, as a value: terms joined by AND.

The terms are in `terms.py`, the grammar is in `grammar.py`. A `Query` can be printed back, put into words and compared;
what it selects is decided in `tui.browse.conditions`. The whole language is in docs/query.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui.browse.search.fields import MomentField as MomentField
from tui.browse.search.fields import State as State
from tui.browse.search.fields import TextField as TextField
from tui.browse.search.fields import Thing as Thing
from tui.browse.search.moment_terms import Age as Age
from tui.browse.search.moment_terms import Comparison as Comparison
from tui.browse.search.moment_terms import Known as Known
from tui.browse.search.moment_terms import MomentFrom as MomentFrom
from tui.browse.search.moment_terms import MomentIs as MomentIs
from tui.browse.search.moment_terms import MomentTerm as MomentTerm
from tui.browse.search.suggest import QueryError as QueryError
from tui.browse.search.terms import MINIMUM_CONTAINS as MINIMUM_CONTAINS
from tui.browse.search.terms import Atom as Atom
from tui.browse.search.terms import Contains as Contains
from tui.browse.search.terms import Exact as Exact
from tui.browse.search.terms import Has as Has
from tui.browse.search.terms import HasRole as HasRole
from tui.browse.search.terms import IdIn as IdIn
from tui.browse.search.terms import InState as InState
from tui.browse.search.terms import Not as Not
from tui.browse.search.terms import Prefix as Prefix
from tui.browse.search.terms import Term as Term
from tui.browse.search.terms import TextIs as TextIs
from tui.browse.search.terms import TextTerm as TextTerm
from tui.browse.search.typed import LARGEST_ID as LARGEST_ID
from tui.browse.search.typed import Match as Match

LONGEST: Final = 2000
"""Characters that a query may have."""

MOST_TERMS: Final = 50
"""Terms that a query may have. SQLite takes expressions up to a depth of 1000 and 32 766 parameters."""


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all hold. No terms: every user. `str()` prints a text that parses to the same query."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return " ".join(str(term) for term in self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def words(self) -> str:
        """Return the whole predicate in words, for a dialog: `username or e-mail starts with "ali", active`."""
        return ", ".join(term.words() for term in self.terms) if self.terms else "every user"

    def as_contains(self) -> Query | None:
        """Return the same query with its prefixes searched for anywhere, or None when nothing would change."""
        terms = tuple(_anywhere(term) for term in self.terms)
        return Query(terms) if terms != self.terms else None


def _anywhere(term: Term) -> Term:
    match term:
        case Prefix(text) if len(text) >= MINIMUM_CONTAINS:
            return Contains(text)
        case TextIs(field, Match.PREFIX, text) if len(text) >= MINIMUM_CONTAINS:
            return TextIs(field, Match.CONTAINS, text)
        case _:
            return term


def parse(text: str) -> Query:
    """Return the query that `text` says. Raises QueryError with the position of the first thing that is wrong."""
    if not text.strip():
        return Query()
    # Loaded with the first query: the library and its tables take 60 ms, which a start need not pay. Where nothing may
    # stop for so long, a thread parses something first.
    from tui.browse.search.grammar import parse_terms

    return Query(parse_terms(text))
