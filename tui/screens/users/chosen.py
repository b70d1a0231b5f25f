"""What the list of users shows: the search, its order, the columns and the view; and the status line that says so.

How it is read is in `listing`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from textual.containers import Vertical
from textual.content import Content

from tui.browse.cost.means import Means
from tui.browse.cost.price import Cost
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.lists.pages import UserSource
from tui.browse.lists.rows import UserRow
from tui.browse.search.query import Query
from tui.screens.users.columns import Columns
from tui.screens.users.opening import titled_order
from tui.screens.users.pricing import Pricing
from tui.screens.users.status import Standing, UserStatus
from tui.widgets.keyset_messages import TitleClicked
from tui.widgets.keyset_table import KeysetTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.browse.lists.views import View
    from tui.screens.base import AreaScreen


class Chosen(Vertical):
    """A list of which somebody chooses what it shows. Whoever reads it composes the table and the status line."""

    def __init__(self) -> None:
        super().__init__()
        self._order: Order | None = None  # None: nobody has chosen one
        self._columns = Columns(lambda: self.now)
        self._source: UserSource | None = None
        self._pricing = Pricing()
        self.standing = Standing(Query())

    @property
    def table(self) -> KeysetTable[UserRow]:
        """The table itself: cursor and marks are its own."""
        return cast("KeysetTable[UserRow]", self.query_one(KeysetTable))

    @property
    def query_shown(self) -> Query:
        """What is listed."""
        return self.standing.query

    @property
    def order(self) -> Order:
        """The order chosen; else by username, but by id for what scans: rows lie in the order of ids."""
        return self._order or Order(OrderBy.ID if self._pricing.scans_much(self.means) else OrderBy.USERNAME)

    @property
    def has_order(self) -> bool:
        """Whether somebody chose an order."""
        return self._order is not None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns shown: the person's own, or those of the view that is open."""
        return self._columns.shown

    @property
    def view(self) -> str:
        """The name of the view that is shown, as it is kept; empty when something else is searched for."""
        return self.standing.view

    @property
    def source(self) -> UserSource | None:
        """The list as it was last opened."""
        return self._source

    @property
    def means(self) -> Means | None:
        """What the database offers to searching, once it is known."""
        return self.standing.means

    @property
    def now(self) -> datetime:
        """The database's clock as of the last read."""
        return self._source.now if self._source else datetime.now(UTC)

    @property
    def _area(self) -> AreaScreen:
        return cast("AreaScreen", self.screen)

    def read(self, *, keep_place: bool = True) -> None:
        """Read the list for what is searched and ordered now."""
        raise NotImplementedError

    # Choosing -------------------------------------------------------------------------------------------------------

    def show(self, query: Query) -> None:
        """List what matches; the cursor stays with its row if that does. Another query leaves the view."""
        same = query == self.standing.query
        if not same:
            self._list(query, "", self._columns.own)
        elif self.standing.problem:
            self._list(query, self.standing.view, self._columns.shown)

    def show_view(self, view: View, query: Query) -> None:
        """List a view, whose query is this, in its order and with its columns where it has any."""
        self._order = view.parsed_order()
        self._list(query, view.name, view.chosen_columns() or self._columns.own)

    def _list(self, query: Query, view: str, columns: tuple[str, ...]) -> None:
        self._pricing.begin(query, self.means)
        self.stand(query=query, matching=None, counting="", view=view, went="")
        self._show_columns(columns)
        self.table.say(Content("…searching"))
        self.table.stale = True
        self.read(keep_place=False)

    def order_by(self, order: Order) -> None:
        """List the same in another order."""
        if order != self.order:
            self._order = order
            self.stand(went="")
            self.table.stale = True
            self.read(keep_place=False)

    def choose_columns(self, names: Sequence[str]) -> None:
        """Show these columns, now and from now on; in a view with columns of its own until another search.

        What was not read for them yet is read; the cursor and the marks stay.
        """
        if self._show_columns(self._columns.choose(names)):
            self.read()

    def _show_columns(self, names: tuple[str, ...]) -> bool:
        """Show these columns; whether there is something to read for them that was not read."""
        if names != self._columns.shown:
            self._columns.shown = names
            self.table.show_columns(self._columns.made())
        return self._source is not None and not set(self._columns.extras) <= set(self._source.extras)

    def on_title_clicked(self, event: TitleClicked) -> None:
        """Order by the column, or turn its order round."""
        event.stop()
        order = titled_order(event.column, self.order)
        if order is None:
            self._area.shell.notify("No index serves an order by this column. o lists the orders there are.")
        else:
            self.order_by(order)

    # Saying ---------------------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> tuple[Query, Order, tuple[str, ...]]:
        """What is searched and in which order, and what the columns need beyond the rest."""
        return self.standing.query, self.order, self._columns.extras

    def take_price(self, query: Query, priced: Cost) -> None:
        """What the planner says that a query will cost, asked before it is listed."""
        self._pricing.take(query, priced)

    def tell(self, words: str) -> None:
        """Say in the status line what is being counted or marked; "" when that is over or was stopped."""
        self.stand(counting=words)

    def stand(self, **changes: object) -> None:
        """Change what the status line says."""
        out_of_view = self.table.marked_out_of_view() if self.table.marks else 0
        # The columns of the other orders may be out of sight, and their arrow with them.
        order = "" if self.order.by in (OrderBy.USERNAME, OrderBy.ID) else self.order.words()
        self.standing = replace(self.standing, **changes, out_of_view=out_of_view, order=order)  # type: ignore[arg-type]
        self.query_one(UserStatus).show(self.standing)
