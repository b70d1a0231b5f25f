"""The list of users with its status line: what is listed, in which order, and how it is read.

Rows are asked for first. Counts and the position bar follow, and none of them delays a row. The screen says what to
list and hears what became of it; how the texts read is in `users_status` and `user_words`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from models.engines.errors import StatementTimeout
from tui.browse.columns import chosen_columns, extras_of
from tui.browse.cost import Cost, cost
from tui.browse.counts import Matching, bounded_count, exact_count, grouped
from tui.browse.goto import Goto, GotoError, locate
from tui.browse.means import Means, load_means
from tui.browse.moments import wall_clock
from tui.browse.orders import Order, OrderBy, OrderError
from tui.browse.pages import UserSource, open_source
from tui.browse.query import Query, QueryError
from tui.browse.rows import Position, UserRow
from tui.browse.spread import load_spread
from tui.screens.users_place import Place
from tui.screens.users_status import Standing, empty_notice, loading_notice, status_line
from tui.terminal.remembered import remember_columns, remembered_columns
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
from tui.widgets.user_columns import user_columns
from tui.widgets.user_preview import UserPreview

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import ComposeResult

    from tui.browse.indexes import Advice
    from tui.browse.views import View
    from tui.screens.base import AreaScreen

COUNT_SECONDS = 600.0

ORDER_OF = {
    "id": OrderBy.ID,
    "username": OrderBy.USERNAME,
    "email": OrderBy.EMAIL,
    "created_at": OrderBy.CREATED,
    "last_login_at": OrderBy.LAST_LOGIN,
    "deleted_at": OrderBy.DELETED,
    "locked_until": OrderBy.LOCKED_UNTIL,
}
"""The orders by the column whose title shows them."""


class UserList(Vertical):
    """The table, the preview beside it, and the status line below. `show` lists a query, `read` reads it again."""

    DEFAULT_CSS = """
    UserList {
        height: 1fr;
        width: 100%;
        #list { height: 1fr; width: 100%; }
        KeysetTable { width: 1fr; }
        #status { height: 1; width: 100%; padding: 0 1; color: $text-muted; }
        #status.-wrong { color: $text-error; }
    }
    """

    @dataclass
    class Read(Message):
        """Rows came. `words` say what the search cost and how long they took; `first` is set the first time.

        `advice` is the index that would have spared a scan.
        """

        words: str
        first: bool
        advice: Advice | None = None

    @dataclass
    class Refused(Message):
        """The query cannot be run: it names something that the database does not have."""

        error: QueryError

    @dataclass
    class TooSlow(Message):
        """The database stopped a search: it took longer than a statement may. The rows are those of before."""

        query: Query
        advice: Advice | None

    def __init__(self) -> None:
        super().__init__()
        self._order: Order | None = None  # None: nobody has chosen one
        self._own_columns = chosen_columns(remembered_columns())
        self._columns = self._own_columns
        self._source: UserSource | None = None
        self._cost = Cost("")
        self._priced: tuple[Query, Cost] | None = None
        self._standing = Standing(Query())
        self._renewing = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="list"):
            yield KeysetTable(user_columns(self._columns, lambda: self.now))
            yield UserPreview()
        yield Static(id="status")

    @property
    def table(self) -> KeysetTable[UserRow]:
        """The table itself: cursor and marks are its own."""
        return cast("KeysetTable[UserRow]", self.query_one(KeysetTable))

    @property
    def query_shown(self) -> Query:
        """What is listed."""
        return self._standing.query

    @property
    def order(self) -> Order:
        """The order chosen; else by username, but by id for what scans: rows lie in the order of ids."""
        return self._order or Order(OrderBy.ID if self._scans_much() else OrderBy.USERNAME)

    @property
    def has_order(self) -> bool:
        """Whether somebody chose an order."""
        return self._order is not None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns shown: the person's own, or those of the view that is open."""
        return self._columns

    @property
    def view(self) -> str:
        """The name of the view that is shown, as it is kept; empty when something else is searched for."""
        return self._standing.view

    @property
    def source(self) -> UserSource | None:
        """The list as it was last opened."""
        return self._source

    @property
    def means(self) -> Means | None:
        """What the database offers to searching, once it is known."""
        return self._standing.means

    @property
    def now(self) -> datetime:
        """The database's clock as of the last read."""
        return self._source.now if self._source else datetime.now(UTC)

    def on_mount(self) -> None:
        self._place = Place(self.table)
        self.table.fraction = self._place.fraction

    # Reading --------------------------------------------------------------------------------------------------------

    def begin(self, label: str) -> None:
        """Read for the first time, from the database with this label."""
        self.table.say(loading_notice(label))
        self.read(keep_place=True)

    def show(self, query: Query) -> None:
        """List what matches; the cursor stays with its row if that does. Another query leaves the view."""
        same = query == self._standing.query
        if not same:
            self._list(query, "", self._own_columns)
        elif self._standing.problem:
            self._list(query, self._standing.view, self._columns)

    def show_view(self, view: View, query: Query) -> None:
        """List a view, whose query is this, in its order and with its columns where it has any."""
        self._order = view.parsed_order()
        self._list(query, view.name, view.chosen_columns() or self._own_columns)

    def _list(self, query: Query, view: str, columns: tuple[str, ...]) -> None:
        means = self._standing.means
        if self._priced is not None and self._priced[0] == query:
            self._cost = self._priced[1]
        else:
            self._cost = cost(query, means) if means is not None else Cost("")
        self._stand(query=query, matching=None, counting="", view=view, went="")
        self._show_columns(columns)
        self.table.say(Content("…searching"))
        self.table.stale = True
        self.read(keep_place=False)

    def order_by(self, order: Order) -> None:
        """List the same in another order."""
        if order != self.order:
            self._order = order
            self._stand(went="")
            self.table.stale = True
            self.read(keep_place=False)

    def choose_columns(self, names: Sequence[str]) -> None:
        """Show these columns, now and from now on; in a view with columns of its own until another search.

        What was not read for them yet is read; the cursor and the marks stay.
        """
        chosen = chosen_columns(names)
        if self._columns == self._own_columns:
            self._own_columns = chosen
            remember_columns(chosen)
        if self._show_columns(chosen):
            self.read()

    def _show_columns(self, names: tuple[str, ...]) -> bool:
        """Show these columns; whether there is something to read for them that was not read."""
        if names != self._columns:
            self._columns = names
            self.table.show_columns(user_columns(names, lambda: self.now))
        return self._source is not None and not set(extras_of(names)) <= set(self._source.extras)

    def read(self, *, keep_place: bool = True) -> None:
        """Read the list for what is searched and ordered now. The cursor and the marks stay with their rows."""
        work = self._opening()
        self._area.run_read(work, partial(self._opened, keep_place=keep_place), group="source", failed=self._failed)

    def _opening(self) -> Callable[[], Awaitable[UserSource | Exception]]:
        """How to open the list that is searched and ordered now; why not is an answer too."""
        query, order, extras = self._standing.query, self.order, extras_of(self._columns)

        async def work() -> UserSource | Exception:
            try:
                return replace(await open_source(query, order), extras=extras)
            except (QueryError, OrderError, StatementTimeout) as error:
                return error

        return work

    @property
    def is_quiet(self) -> bool:
        """Whether rows are shown, nothing is being read, and the last read did not fail."""
        there = self._source is not None and not self.table.stale
        return there and not (self.table.busy or self._renewing or self._standing.problem)

    def renew(self) -> None:
        """Read the rows around the cursor again, as the list is now."""
        self._renewing = True

        def opened(source: UserSource | Exception) -> None:
            self._renewing = False
            if isinstance(source, Exception):
                self._failed(self._area.shell.trouble(source))
            elif self.is_quiet and (source.query, source.order) == (self._standing.query, self.order):
                self._source = source
                self.table.renew(source)

        def failed(sentence: str) -> None:
            self._renewing = False
            self._failed(sentence)

        self._area.run_read(self._opening(), opened, group="live", failed=failed)

    def say_live(self, *, on: bool) -> None:
        """Say in the status line that the list reads itself again."""
        self._stand(live=on)

    def take_price(self, query: Query, priced: Cost) -> None:
        """What the planner says that a query will cost, asked before it is listed."""
        self._priced = (query, priced)
        if query == self._standing.query and priced.scans == self._cost.scans:
            self._cost = priced

    def halt(self) -> bool:
        """Stop reading rows and keep what was found. Returns whether anything was being read."""
        if not self.table.halt():
            return False
        self.table.say(Content("Stopped: nobody found so far.\nDown goes on · Esc clears the search"))
        self._stand(scanning=False, halted=True)
        return True

    def count(self) -> None:
        """Count exactly, in the background."""
        source = self._source
        if source is None:
            return
        self._stand(counting="counting… Esc stops")

        def progress(part: float) -> None:
            self.call_later(self._stand, counting=f"counting {part:.0%}, Esc stops")

        def counted(count: int) -> None:
            if source.query:
                self._stand(matching=Matching(count, more=False), counting="")
            else:
                self._stand(counting=f"exactly {grouped(count)}")

        self._area.run_read(partial(exact_count, source, progress), counted, group="count", deadline=COUNT_SECONDS)

    def tell(self, words: str) -> None:
        """Say in the status line what is being counted or marked; "" when that is over or was stopped."""
        self._stand(counting=words)

    @property
    def _area(self) -> AreaScreen:
        return cast("AreaScreen", self.screen)

    def _scans_much(self) -> bool:
        means = self._standing.means
        return self._cost.scans and means is not None and not means.total.exact

    def _opened(self, source: UserSource | Exception, *, keep_place: bool) -> None:
        if isinstance(source, Exception):
            self._not_opened(source)
            return
        self._source = source
        self._point_at_order(source.order)
        self.table.open(source, keep_place=keep_place)
        self._area.run_read(load_means, self._take_means, group="means")
        self._area.run_read(partial(load_spread, source), partial(self._place.take, source), group="spread")
        if source.query and not self._cost.scans:
            self._area.run_read(partial(bounded_count, source), self._take_count, group="count")

    def _not_opened(self, error: Exception) -> None:
        if isinstance(error, QueryError):
            self.post_message(self.Refused(error))
        elif isinstance(error, OrderError):
            self._failed(str(error))
        else:
            self._load_failed(error)

    def _point_at_order(self, order: Order) -> None:
        column = next((name for name, by in ORDER_OF.items() if by is order.by), "")
        self.table.order_sign(column, descending=order.descending)

    def _take_means(self, means: Means) -> None:
        self._stand(means=means)

    def _take_count(self, matching: Matching) -> None:
        self._stand(matching=matching, counting="")

    def _failed(self, sentence: str) -> None:
        self.table.stale = bool(self.table.window.rows)
        if not self.table.window.rows:
            self.table.say(Content.assemble(safe(sentence, 300), "\nctrl+r tries again"))
        self._stand(problem=sentence, counting="")

    # What the table tells -------------------------------------------------------------------------------------------

    def on_load_failed(self, event: LoadFailed) -> None:
        event.stop()
        self._load_failed(event.error)

    def _load_failed(self, error: Exception) -> None:
        sentence = self._area.shell.trouble(error)
        if self._standing.query and isinstance(error, StatementTimeout | TimeoutError):
            self._failed("Stopped: it took too long.")
            self.post_message(self.TooSlow(self._standing.query, self._cost.advice))
        else:
            self._failed(sentence)

    def on_window_changed(self, event: WindowChanged) -> None:
        event.stop()
        table = self.table
        if event.seconds is not None:
            spent = f" · {event.seconds * 1000:.{0 if event.seconds >= 0.01 else 1}f} ms"
            by_id = " · by id" if self._scans_much() and self._order is None else ""
            words = (self._cost.words + by_id + spent).removeprefix(" · ")
            self.post_message(self.Read(words, not self._standing.loaded_at, self._cost.advice))
            self._standing = replace(self._standing, loaded_at=wall_clock(), problem="")
            self._count_rows(event.loaded)
            if table.window.whole:
                table.say(self._empty_notice())
        self._stand(searched=event.searched, scanning=event.loading and event.searched > 0, halted=table.halted)

    def _count_rows(self, loaded: int) -> None:
        """What the rows held say about how many match: all, or at least so many. Of a list that is still the one."""
        source, known = self._source, self._standing.matching
        if source is None or self.table.window.source is not source or source.query != self._standing.query:
            return
        if self.table.window.whole:
            self._standing = replace(self._standing, matching=Matching(loaded, more=False))
        elif known is None or (known.more and known.value < loaded):
            self._standing = replace(self._standing, matching=Matching(loaded, more=True))

    def on_row_vanished(self, event: RowVanished) -> None:
        event.stop()
        self._area.shell.notify(f"#{event.key} is not in this list any more.")

    def on_marks_changed(self, event: MarksChanged) -> None:
        self._stand(marked=event.marked)

    # Where in the whole list ----------------------------------------------------------------------------------------

    def on_bar_clicked(self, event: BarClicked) -> None:
        event.stop()
        if self._place.jump(event.fraction):
            self._stand(went=f"{event.fraction:.0%}")

    def goto(self, goto: Goto, text: str, done: Callable[[], object], failed: Callable[[str], object]) -> None:
        """Go somewhere in the list, which was written as `text`; `failed` is told why there is no such place."""
        source = self._source
        if source is None:
            failed("Nothing is listed yet.")
            return

        async def work() -> Position | GotoError:
            try:
                return await locate(source, goto)
            except GotoError as error:
                return error

        def found(answer: Position | GotoError) -> None:
            if isinstance(answer, GotoError):
                failed(str(answer))
                return
            self.table.jump(answer)
            self._stand(went=text)
            done()

        self._area.run_read(work, found, group="goto", failed=failed)

    def on_title_clicked(self, event: TitleClicked) -> None:
        """Order by the column, or turn its order round."""
        event.stop()
        by = ORDER_OF.get(event.column)
        if by is None:
            self._area.shell.notify("No index serves an order by this column. o lists the orders there are.")
        else:
            self.order_by(self.order.reversed() if self.order.by is by else Order(by))

    # Saying ---------------------------------------------------------------------------------------------------------

    def instead(self) -> Query | None:
        """The search for the same words anywhere, offered when they begin nothing."""
        if self.table.window.rows or not self.table.window.whole or self.table.busy:
            return None
        return self._standing.query.as_contains()

    def _empty_notice(self) -> Content:
        instead, means = self._standing.query.as_contains(), self._standing.means
        words = cost(instead, means).words.partition(" · ")[2] if instead is not None and means is not None else ""
        return empty_notice(self._standing.query, instead, words)

    def _stand(self, **changes: object) -> None:
        """Change what the status line says."""
        self._standing = replace(self._standing, **changes)  # type: ignore[arg-type]
        out_of_view = self.table.marked_out_of_view() if self.table.marks else 0
        status = self.query_one("#status", Static)
        status.set_class(bool(self._standing.problem), "-wrong")
        status.update(status_line(replace(self._standing, out_of_view=out_of_view)))
