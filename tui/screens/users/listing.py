"""The list of users with its status line: how it is read. What is listed is in `chosen`.

Rows are asked for first. Counts and the position bar follow, and none of them delays a row. The screen says what to
list and hears what became of it; how the texts read is in `status`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content

from models.engines.errors import StatementTimeout
from tui.browse.cost.means import Means, load_means
from tui.browse.cost.price import cost
from tui.browse.lists.goto import Goto, GotoError
from tui.browse.lists.orders import OrderError
from tui.browse.lists.pages import UserSource
from tui.browse.lists.rows import Position
from tui.browse.lists.spread import load_spread
from tui.browse.moments import wall_clock
from tui.browse.search.query import Query, QueryError
from tui.screens.replica import reads_of, whence_words
from tui.screens.users.chosen import Chosen
from tui.screens.users.counts import Counts
from tui.screens.users.messages import ListRead, ListRefused, ListTooSlow
from tui.screens.users.opening import column_of, open_list
from tui.screens.users.place import Place, place_of
from tui.screens.users.status import UserStatus, empty_notice, loading_notice
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import (
    BarClicked,
    LoadFailed,
    MarksChanged,
    RowVanished,
    WindowChanged,
)
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.user_preview import UserPreview

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult


class UserList(Chosen):
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
        self._due: UserSource | None = None  # a list of which only the rows were asked for so far
        self._counts = Counts(self)
        self._tried_again = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="list"):
            yield KeysetTable(self._columns.made(), marks=True)
            yield UserPreview()
        yield UserStatus(id="status")

    def on_mount(self) -> None:
        self._place = Place(self.table)
        self.table.fraction = self._place.fraction
        self._area.shell.connection.back.subscribe(self, self._back)

    # Reading --------------------------------------------------------------------------------------------------------

    def begin(self, label: str) -> None:
        """Read for the first time, from the database with this label."""
        self.table.say(loading_notice(label))
        self.read(keep_place=True)

    def read(self, *, keep_place: bool = True) -> None:
        """Read the list for what is searched and ordered now. The cursor and the marks stay with their rows."""
        work = partial(open_list, *self.wanted, reads_of(self._area.shell))
        self._area.run_read(work, partial(self._opened, keep_place=keep_place), group="source", failed=self.fail)

    @property
    def is_quiet(self) -> bool:
        """Whether rows are shown, nothing is being read, and the last read did not fail."""
        return self._source is not None and not (self.table.stale or self.table.busy or self.standing.problem)

    def renew(self, source: UserSource) -> None:
        """Read the rows around the cursor again: the same list, opened again."""
        if self.is_quiet and (source.query, source.order, source.extras) == self.wanted:
            self._source = source
            self.table.renew(source)

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
