"""What a query will cost, said before it runs. Pure: from the query and the database's means, without asking it."""

from __future__ import annotations

from dataclasses import dataclass

from tui.browse.counts import approximately
from tui.browse.means import Means
from tui.browse.query import Contains, Exact, HasRole, InState, Not, Prefix, Query, State

_SCANNED = {State.EXPIRED, State.SUPERUSER, State.MUST_CHANGE, State.NEVER_LOGGED_IN}
"""States that no index lists. Their opposites are common, so a page of those is soon found."""

INDEX_FOR_CONTAINS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm;\n"
    "CREATE INDEX CONCURRENTLY users_contains ON users USING gin (username_key gin_trgm_ops, email_key gin_trgm_ops);"
)
"""What makes "contains" fast on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How a query is answered, in words (`prefix · index`), and whether that may read the whole table."""

    words: str
    scans: bool = False


def cost(query: Query, means: Means) -> Cost:
    """Return what the query costs. The term that narrows most decides; a query without terms walks an index."""
    if not query:
        return Cost("")
    terms = query.terms
    if any(isinstance(term, Exact) for term in terms):
        return Cost("exact · index")
    if any(isinstance(term, Prefix) for term in terms):
        return Cost("prefix · index")
    contains = any(isinstance(term, Contains) for term in terms)
    if contains and means.trigram:
        return Cost("contains · trigram index")
    mode = "contains" if contains else "filter"
    if any(_is_listed(term) for term in terms):
        return Cost(f"{mode} · index")
    if contains or any(isinstance(term, InState) and term.state in _SCANNED for term in terms):
        return Cost(f"{mode} · scans {approximately(means.total)} rows", scans=True)
    return Cost(f"{mode} · index")


def _is_listed(term: object) -> bool:
    """Whether an index lists the few users that pass a term."""
    if isinstance(term, InState):
        return term.state in (State.INACTIVE, State.DELETED, State.LOCKED)
    return isinstance(term, HasRole) or term == Not(InState(State.ACTIVE))
