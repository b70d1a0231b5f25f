"""The search line of the users: what its text means, what that costs, how it can be completed.

The cost is the planner's, asked at every pause of some hundredths of a second; until it answers there stands what the
text alone tells. A newer text supersedes the question about an older one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.containers import VerticalGroup
from textual.message import Message

from tui.browse.cost.price import Cost, cost, price
from tui.browse.lists.orders import OrderError
from tui.browse.search.complete import Completions, Vocabulary, complete
from tui.browse.search.query import Query, QueryError, parse
from tui.browse.search.vocabulary import load_vocabulary
from tui.keys import show_key
from tui.screens.replica import reads_of
from tui.screens.users.status import slow_notice
from tui.terminal.safe import safe
from tui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.timer import Timer

    from tui.browse.cost.indexes import Advice
    from tui.browse.cost.means import Means
    from tui.browse.lists.orders import Order
    from tui.screens.base import AreaScreen

PRICE_DELAY = 0.06
"""Seconds without a key after which the planner is asked."""


class UserSearch(VerticalGroup):
    """The search box with what its text means. `means` and `order` are those of the list below."""

    @dataclass
    class Wanted(Message):
        """The text is a query; Enter was pressed (`entered`), or typing paused."""

        query: Query
        entered: bool

    @dataclass
    class Priced(Message):
        """What the database says that a query will cost."""

        query: Query
        cost: Cost

    def __init__(self, means: Callable[[], Means | None], order: Callable[[], Order]) -> None:
        super().__init__()
        self._means = means
        self._order = order
        self.vocabulary = Vocabulary()
        self._timer: Timer | None = None
        self._slow = False  # what is said under the box is that the last search took too long
        self.advice: Advice | None = None
        """The index that would spare what stands in the box its scan."""

    def compose(self) -> ComposeResult:
        yield SearchBox()

    def on_mount(self) -> None:
        self.box.completer = self._complete

    @property
    def box(self) -> SearchBox:
        """The box itself."""
        return self.query_one(SearchBox)

    def _complete(self, text: str, cursor: int) -> Completions:
        return complete(text, cursor, self.vocabulary)

    def on_search_box_entered(self) -> None:
        """The names of the roles are read whenever the box is gone to: they are few."""
        self._area.run_read(load_vocabulary, self._take_vocabulary, group="vocabulary", failed=lambda _: None)

    def _take_vocabulary(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def on_search_box_changed(self, event: SearchBox.Changed) -> None:
        """Say what the text would cost before it is searched for; what is wrong with it waits for a pause."""
        self._stop_timer()
        self._advise(None)
        try:
            query = parse(event.text)
        except QueryError:
            self.box.show_cost("")
            return
        self.box.show_error(None)
        means = self._means()
        self.box.show_cost(cost(query, means).words if means is not None else "")
        if query:
            self._timer = self.set_timer(PRICE_DELAY, partial(self._ask, query))

    def _ask(self, query: Query) -> None:
        self._timer = None
        self.ask_price(query, partial(self._take_price, query))

    def ask_price(self, query: Query, then: Callable[[Cost], object]) -> None:
        """Ask what a query costs in the order of the list; a newer question supersedes an older one."""
        order = self._order()

        def take(priced: Cost | None) -> None:
            if priced is not None:
                then(priced)

        async def work() -> Cost | None:
            try:
                return await price(query, order, reads_of(self._area.shell))
            except (QueryError, OrderError):
                return None  # said when it is searched for

        self._area.run_read(work, take, group="price", failed=lambda _: None)

    def _take_price(self, query: Query, priced: Cost) -> None:
        self.say_cost(priced.words, priced.advice)
        self.post_message(self.Priced(query, priced))

    def say_cost(self, words: str, advice: Advice | None = None) -> None:
        """Say what the search costs or took, and that an index would help, if one would."""
        self._advise(advice)
        self.box.show_cost(f"{words} · {self._key_of('list.copy_index')} index" if advice is not None else words)

    def _key_of(self, name: str) -> str:
        active = self._area.active_bindings.items()
        return next((show_key(key) for key, each in active if each.binding.id == name), "")

    def _advise(self, advice: Advice | None) -> None:
        if advice != self.advice:
            self.advice = advice
            self._area.refresh_bindings()

    def on_search_box_searched(self, event: SearchBox.Searched) -> None:
        try:
            query = parse(event.text)
        except QueryError as error:
            if event.entered or not self.box.is_unfinished(error.position):
                self.say_wrong(error)
            return
        self.box.show_error(None)
        self.post_message(self.Wanted(query, event.entered))

    def say_wrong(self, error: QueryError) -> None:
        """Say what is wrong with the text, at its place."""
        self.say_cost("")
        self.box.show_error(safe(error.message, 200), error.position)

    def say_read(self, words: str, advice: Advice | None) -> None:
        """Say what it took: rows came."""
        if self._slow:
            self._slow = False
            self.box.show_error(None)
        self.say_cost(words, advice)

    def say_slow(self, query: Query, advice: Advice | None) -> None:
        """Say what can be done about a search that took too long."""
        self._slow = True
        self._advise(advice)
        self.box.show_cost("")
        self.box.show_error(slow_notice(query, self._key_of("list.copy_index") if advice is not None else ""))

    @property
    def _area(self) -> AreaScreen:
        return cast("AreaScreen", self.screen)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
