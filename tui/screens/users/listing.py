"""The list of users with its status line: what is listed, in which order, and how it is read.

Rows are asked for first. Counts and the position bar follow, and none of them delays a row. The screen says what to
list and hears what became of it; how the texts read is in `status` and `user_words`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.containers import Horizontal, Vertical
from textual.content import Content

from models.engines.errors import StatementTimeout
from tui.browse.cost.means import Means, load_means
from tui.browse.cost.price import Cost, cost
from tui.browse.lists.goto import Goto, GotoError
from tui.browse.lists.orders import Order, OrderBy, OrderError
from tui.browse.lists.pages import UserSource
from tui.browse.lists.rows import Position, UserRow
from tui.browse.lists.spread import load_spread
from tui.browse.moments import wall_clock
from tui.browse.search.query import Query, QueryError
from tui.screens.replica import reads_of, whence_words
from tui.screens.users.columns import Columns
from tui.screens.users.counts import Counts
from tui.screens.users.messages import ListRead, ListRefused, ListTooSlow
from tui.screens.users.opening import column_of, open_list, titled_order
from tui.screens.users.place import Place, place_of
from tui.screens.users.pricing import Pricing
from tui.screens.users.status import Standing, UserStatus, empty_notice, loading_notice
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import (
    BarClicked,
    LoadFailed,
    MarksChanged,
    RowVanished,
    TitleClicked,
    WindowChanged,
)
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.user_preview import UserPreview

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from tui.browse.lists.views import View
    from tui.screens.base import AreaScreen


class UserList(Vertical):
    """The table, the preview beside it, and the status line below. `show` lists a query, `read` reads it again."""

    DEFAULT_CSS = """
    UserList {
        height: 1fr;
        width: 100%;
        #list { height: 1fr; width: 100%; }
        KeysetTable { width: 1fr; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._order: Order | None = None  # None: nobody has chosen one
        self._columns = Columns(lambda: self.now)
        self._source: UserSource | None = None
        self._due: UserSource | None = None  # a list of which only the rows were asked for so far
        self._pricing = Pricing()
        self.standing = Standing(Query())
        self._counts = Counts(self)
        self._tried_again = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="list"):
            yield KeysetTable(self._columns.made(), marks=True)
            yield UserPreview()
        yield UserStatus(id="status")

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

    def on_mount(self) -> None:
        self._place = Place(self.table)
        self.table.fraction = self._place.fraction
        self._area.shell.connection.back.subscribe(self, self._back)

    # Reading --------------------------------------------------------------------------------------------------------

    def begin(self, label: str) -> None:
        """Read for the first time, from the database with this label."""
        self.table.say(loading_notice(label))
        self.read(keep_place=True)

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

    def read(self, *, keep_place: bool = True) -> None:
        """Read the list for what is searched and ordered now. The cursor and the marks stay with their rows."""
        work = partial(open_list, *self.wanted, reads_of(self._area.shell))
        self._area.run_read(work, partial(self._opened, keep_place=keep_place), group="source", failed=self.fail)

    @property
    def wanted(self) -> tuple[Query, Order, tuple[str, ...]]:
        """What is searched and in which order, and what the columns need beyond the rest."""
        return self.standing.query, self.order, self._columns.extras

    @property
    def is_quiet(self) -> bool:
        """Whether rows are shown, nothing is being read, and the last read did not fail."""
        return self._source is not None and not (self.table.stale or self.table.busy or self.standing.problem)

    def renew(self, source: UserSource) -> None:
        """Read the rows around the cursor again: the same list, opened again."""
        if self.is_quiet and (source.query, source.order, source.extras) == self.wanted:
            self._source = source
            self.table.renew(source)

    def take_price(self, query: Query, priced: Cost) -> None:
        """What the planner says that a query will cost, asked before it is listed."""
        self._pricing.take(query, priced)

    def halt(self) -> bool:
        """Stop reading rows and keep what was found. Returns whether anything was being read."""
        if not self.table.halt():
            return False
        self.table.say(Content("Stopped: nobody found so far.\nDown goes on · Esc clears the search"))
        self.stand(scanning=False, halted=True)
        return True

    def count(self) -> None:
        """Count exactly, in the background."""
        if self._source is not None:
            self._counts.exactly(self._area, self._source)

    def tell(self, words: str) -> None:
        """Say in the status line what is being counted or marked; "" when that is over or was stopped."""
        self.stand(counting=words)

    @property
    def _area(self) -> AreaScreen:
        return cast("AreaScreen", self.screen)

    def _opened(self, source: UserSource | Exception, *, keep_place: bool) -> None:
        if isinstance(source, Exception):
            self._not_opened(source)
            return
        self._source = source
        self.table.order_sign(column_of(source.order), descending=source.order.descending)
        self.table.open(source, keep_place=keep_place)
        self._due = source

    def _follow(self) -> None:
        """Ask for what stands around the rows, once they are there: SQLite answers one question at a time."""
        source = self._due
        if source is None or self.table.window.source is not source:
            return
        self._due = None
        self._area.run_read(partial(load_means, source.reads), self._take_means, group="means", again=True)
        if source.query and not self._pricing.cost.scans:
            self._counts.roughly(self._area, source)
        self._area.run_read(partial(load_spread, source), partial(self._place.take, source), group="spread", again=True)

    def _not_opened(self, error: Exception) -> None:
        if isinstance(error, QueryError):
            self.post_message(ListRefused(error))
        elif isinstance(error, OrderError):
            self.fail(str(error))
        else:
            self._load_failed(error)

    def _take_means(self, means: Means) -> None:
        self.stand(means=means)

    def fail(self, sentence: str) -> None:
        """Say that the list could not be read; the rows shown are older."""
        self.table.stale = bool(self.table.window.rows)
        if not self.table.window.rows:
            self.table.say(Content.assemble(safe(sentence, 300), "\nctrl+r tries again"))
        self.stand(problem=sentence, counting="")

    def _back(self, was_lost: bool) -> None:
        """The database answers again. What is only slow would be slow again: once is enough."""
        if self.standing.problem and (was_lost or not self._tried_again):
            self._tried_again = True
            self.read()

    # What the table tells -------------------------------------------------------------------------------------------

    def on_load_failed(self, event: LoadFailed) -> None:
        event.stop()
        self._load_failed(event.error)

    def _load_failed(self, error: Exception) -> None:
        sentence = self._area.shell.trouble(error)
        too_slow = isinstance(error, StatementTimeout | TimeoutError) and not self._area.shell.connection.concerns(
            error
        )
        if self.standing.query and too_slow:
            self.fail("Stopped: it took too long.")
            self.post_message(ListTooSlow(self.standing.query, self._pricing.cost.advice))
        else:
            self.fail(sentence)

    def on_window_changed(self, event: WindowChanged) -> None:
        event.stop()
        table = self.table
        if event.seconds is not None:
            by_id = self._order is None and self._pricing.scans_much(self.means)
            words = self._pricing.words(event.seconds, by_id=by_id)
            self.post_message(ListRead(words, not self.standing.loaded_at, self._pricing.cost.advice))
            self._tried_again = False
            self.stand(loaded_at=wall_clock(), problem="", whence=self._whence())
            self._counts.from_rows(event.loaded)
            if table.window.whole:
                table.say(self._empty_notice())
            self._follow()
        self.stand(searched=event.searched, scanning=event.loading and event.searched > 0, halted=table.halted)

    def _whence(self) -> str:
        return whence_words(self._area.shell, self._source.reads) if self._source is not None else ""

    def on_row_vanished(self, event: RowVanished) -> None:
        event.stop()
        self._area.shell.notify(f"#{event.key} is not in this list any more.")

    def on_marks_changed(self, event: MarksChanged) -> None:
        self.stand(marked=event.marked)

    # Where in the whole list ----------------------------------------------------------------------------------------

    def on_bar_clicked(self, event: BarClicked) -> None:
        event.stop()
        if self._place.jump(event.fraction):
            self.stand(went=f"{event.fraction:.0%}")

    def goto(self, goto: Goto, text: str, done: Callable[[], object], failed: Callable[[str], object]) -> None:
        """Go somewhere in the list, which was written as `text`; `failed` is told why there is no such place."""
        source = self._source
        if source is None:
            failed("Nothing is listed yet.")
            return

        def found(answer: Position | GotoError) -> None:
            if isinstance(answer, GotoError):
                failed(str(answer))
                return
            self.table.jump(answer)
            self.stand(went=text)
            done()

        self._area.run_read(partial(place_of, source, goto), found, group="goto", failed=failed)

    def on_title_clicked(self, event: TitleClicked) -> None:
        """Order by the column, or turn its order round."""
        event.stop()
        order = titled_order(event.column, self.order)
        if order is None:
            self._area.shell.notify("No index serves an order by this column. o lists the orders there are.")
        else:
            self.order_by(order)

    # Saying ---------------------------------------------------------------------------------------------------------

    def instead(self) -> Query | None:
        """The search for the same words anywhere, offered when they begin nothing."""
        if self.table.window.rows or not self.table.window.whole or self.table.busy:
            return None
        return self.standing.query.as_contains()

    def _empty_notice(self) -> Content:
        instead, means = self.standing.query.as_contains(), self.standing.means
        words = cost(instead, means).words.partition(" · ")[2] if instead is not None and means is not None else ""
        return empty_notice(self.standing.query, instead, words)

    def stand(self, **changes: object) -> None:
        """Change what the status line says."""
        out_of_view = self.table.marked_out_of_view() if self.table.marks else 0
        # The columns of the other orders may be out of sight, and their arrow with them.
        order = "" if self.order.by in (OrderBy.USERNAME, OrderBy.ID) else self.order.words()
        self.standing = replace(self.standing, **changes, out_of_view=out_of_view, order=order)  # type: ignore[arg-type]
        self.query_one(UserStatus).show(self.standing)
