"""What the list of users costs to read: by the planner where it was asked, else as far as the text alone tells."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.browse.cost.means import Means
from tui.browse.cost.price import Cost, cost
from tui.browse.search.query import Query


@dataclass(slots=True)
class Pricing:
    """The cost of the query that is listed, and what the planner said last, which may be of one that is not yet."""

    cost: Cost = field(default_factory=lambda: Cost(""))
    query: Query = field(default_factory=Query)
    _told: tuple[Query, Cost] | None = None

    def begin(self, query: Query, means: Means | None) -> None:
        """Take the cost of a query that is listed from now on."""
        self.query = query
        if self._told is not None and self._told[0] == query:
            self.cost = self._told[1]
        else:
            self.cost = cost(query, means) if means is not None else Cost("")

    def take(self, query: Query, priced: Cost) -> None:
        """Keep what the planner says; what is being read already goes on as it was begun."""
        self._told = (query, priced)
        if query == self.query and priced.scans == self.cost.scans:
            self.cost = priced

    def scans_much(self, means: Means | None) -> bool:
        """Whether a long table is searched row by row: better in the order in which the rows lie."""
        return self.cost.scans and means is not None and not means.total.exact

    def words(self, seconds: float, *, by_id: bool) -> str:
        """Return what it cost: `contains · scans ~10.0 M rows · by id · 12 ms`."""
        spent = f"{seconds * 1000:.{0 if seconds >= 0.01 else 1}f} ms"
        return " · ".join(filter(None, (self.cost.words, "by id" if by_id else "", spent)))
