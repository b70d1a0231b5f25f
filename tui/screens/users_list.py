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

from tui.browse.columns import chosen_columns, extras_of
from tui.browse.cost import Cost, cost
from tui.browse.counts import Matching, bounded_count, exact_count, grouped
from tui.browse.means import Means, load_means
from tui.browse.moments import wall_clock
from tui.browse.orders import Order, OrderBy
from tui.browse.pages import UserSource, open_source
from tui.browse.query import Query, QueryError
from tui.browse.rows import Position, UserRow
from tui.browse.spread import Spread, load_spread
from tui.screens.users_status import Standing, empty_notice, loading_notice, status_line
from tui.terminal.remembered import remember_columns, remembered_columns
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import (
    BarClicked,
    LoadFailed,
    MarksChanged,
    RowVanished,
    WindowChanged,
)
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.user_columns import user_columns
from tui.widgets.user_preview import UserPreview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tui.browse.views import View
    from tui.screens.base import AreaScreen

COUNT_SECONDS = 600.0


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
        """Rows came. `words` say what the search cost and how long they took; `first` is set the first time."""

        words: str
        first: bool

    @dataclass
    class Refused(Message):
        """The query cannot be run: it names something that the database does not have."""

        error: QueryError

    def __init__(self) -> None:
        super().__init__()
        self._order: Order | None = None  # None: nobody has chosen one
        self._own_columns = chosen_columns(remembered_columns())
        self._columns = self._own_columns
        self._source: UserSource | None = None
        self._cost = Cost("")
        self._standing = Standing(Query())
        self._spread: tuple[UserSource, Spread | None] | None = None

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
        self.table.fraction = self._fraction

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
        self._cost = cost(query, means) if means is not None else Cost("")
        self._stand(query=query, matching=None, counting="", view=view)
        self._place(columns)
        self.table.say(Content("…searching"))
        self.table.stale = True
        self.read(keep_place=False)

    def order_by(self, order: Order) -> None:
        """List the same in another order."""
        if order != self.order:
            self._order = order
            self.table.stale = True
            self.read(keep_place=False)

    def choose_columns(self, names: Sequence[str]) -> None:
        """Show these columns, now and from now on. What was not read for them yet is read; the cursor stays."""
        self._own_columns = chosen_columns(names)
        remember_columns(self._own_columns)
        if self._place(self._own_columns):
            self.read()

    def _place(self, names: tuple[str, ...]) -> bool:
        """Show these columns; whether there is something to read for them that was not read."""
        if names != self._columns:
            self._columns = names
            self.table.show_columns(user_columns(names, lambda: self.now))
        return self._source is not None and not set(extras_of(names)) <= set(self._source.extras)

    def read(self, *, keep_place: bool = True) -> None:
        """Read the list for what is searched and ordered now. The cursor and the marks stay with their rows."""
        query, order, extras = self._standing.query, self.order, extras_of(self._columns)

        async def work() -> UserSource | QueryError:
            try:
                return replace(await open_source(query, order), extras=extras)
            except QueryError as error:
                return error

        self._area.run_read(work, partial(self._opened, keep_place=keep_place), group="source", failed=self._failed)

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

    def forget_count(self) -> None:
        """Counting was stopped."""
        self._stand(counting="")

    @property
    def _area(self) -> AreaScreen:
        return cast("AreaScreen", self.screen)

    def _scans_much(self) -> bool:
        means = self._standing.means
        return self._cost.scans and means is not None and not means.total.exact

    def _opened(self, source: UserSource | QueryError, *, keep_place: bool) -> None:
        if isinstance(source, QueryError):
            self.post_message(self.Refused(source))
            return
        self._source = source
        self.table.open(source, keep_place=keep_place)
        self._area.run_read(load_means, self._take_means, group="means")
        self._area.run_read(partial(load_spread, source), partial(self._take_spread, source), group="spread")
        if source.query and not self._cost.scans:
            self._area.run_read(partial(bounded_count, source), self._take_count, group="count")

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
        self._failed(self._area.shell.trouble(event.error))

    def on_window_changed(self, event: WindowChanged) -> None:
        event.stop()
        table = self.table
        if event.seconds is not None:
            spent = f" · {event.seconds * 1000:.{0 if event.seconds >= 0.01 else 1}f} ms"
            by_id = " · by id" if self._scans_much() and self._order is None else ""
            words = (self._cost.words + by_id + spent).removeprefix(" · ")
            self.post_message(self.Read(words, first=not self._standing.loaded_at))
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

    def _take_spread(self, source: UserSource, spread: Spread | None) -> None:
        self._spread = (source, spread)
        self.table.refresh()

    def _shown_spread(self) -> Spread | None:
        """The spread of the rows shown: those of an older list can still stand there when a newer one's comes."""
        return self._spread[1] if self._spread is not None and self._spread[0] is self.table.window.source else None

    def _fraction(self, position: Position) -> float | None:
        spread = self._shown_spread()
        return spread.fraction(position) if spread is not None else None

    def on_bar_clicked(self, event: BarClicked) -> None:
        event.stop()
        spread = self._shown_spread()
        if spread is not None:
            self.table.jump(spread.at(event.fraction))

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
