"""Users: search, order, look through and pick; what is done to one is in other screens.

Rows are asked for first. Counts, the position bar and the preview follow, and none of them delays a row. How the texts
read is in `users_status` and `user_words`; what a search means is in `tui.browse`.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial, partialmethod
from typing import TYPE_CHECKING, ClassVar, cast

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.browse.cost import INDEX_FOR_CONTAINS, Cost, cost
from tui.browse.counts import Matching, bounded_count, exact_count, grouped
from tui.browse.detail import Detail, load_detail
from tui.browse.means import Means, load_means
from tui.browse.moments import wall_clock
from tui.browse.orders import Order, OrderBy
from tui.browse.pages import UserSource, open_source
from tui.browse.query import Query, QueryError, parse
from tui.browse.rows import Position, UserRow, row_document
from tui.browse.spread import Spread, load_spread
from tui.keys import bindings
from tui.screens import user_verbs
from tui.screens.base import AreaScreen
from tui.screens.dialogs.order import OrderDialog
from tui.screens.palette import Command
from tui.screens.users_status import Standing, empty_notice, loading_notice, status_line
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import (
    BarClicked,
    CursorMoved,
    LoadFailed,
    MarksChanged,
    NothingOpened,
    RowOpened,
    RowVanished,
    WindowChanged,
)
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.search_box import SearchBox
from tui.widgets.user_preview import UserPreview
from tui.widgets.user_words import user_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.timer import Timer

PREVIEW_DELAY = 0.15
"""Seconds that the cursor rests on a row before the preview is read."""

COUNT_SECONDS = 600.0


class UsersScreen(AreaScreen):
    """The list of users."""

    CSS_PATH = "users.tcss"
    CRUMB = "Users"
    INTRO = (
        'A word finds usernames and e-mails that begin with it, "word" exactly that one, *word* any that contain it. '
        "is:locked, is:inactive, role:support narrow the list; a - before is: or role: turns it round."
    )
    HINTS = (
        *("search.submit", "search.list", "search.leave"),  # while the search box has the focus
        *("list.open", "list.search", "users.reset", "users.lock", "list.mark", "users.edit"),
    )
    BINDINGS: ClassVar = [
        *bindings("list.search", priority=True),  # what is typed behind it is for the box already
        *bindings("list.order", "list.count", "list.copy_id", "list.copy_row", "list.refresh"),
        *bindings("list.stop", *user_verbs.KEYS, "users.new"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._order: Order | None = None  # None: nobody has chosen one
        self._source: UserSource | None = None
        self._cost = Cost("")
        self._standing = Standing(Query())
        self._spread: tuple[UserSource, Spread | None] | None = None
        self._nobody = True
        self._preview_timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield SearchBox()
        with Horizontal(id="list"):
            yield KeysetTable(user_columns(lambda: self._source.now if self._source else datetime.now(UTC)))
            yield UserPreview()
        yield Static(id="status")

    @property
    def table(self) -> KeysetTable[UserRow]:
        """The list."""
        return cast("KeysetTable[UserRow]", self.query_one(KeysetTable))

    @property
    def box(self) -> SearchBox:
        """The search line."""
        return self.query_one(SearchBox)

    def on_mount(self) -> None:
        self.table.fraction = self._fraction
        self.table.focus()
        self.table.say(loading_notice(self.shell.launch.label))
        self._read(keep_place=True)

    def commands(self) -> Iterable[Command]:
        """On PostgreSQL without trigram indexes: the statement that makes "contains" fast, to copy."""
        database, means = self.shell.database, self._standing.means
        if database is not None and database.dialect == "postgres" and means is not None and not means.trigram:
            copy = partial(self.shell.copy, INDEX_FOR_CONTAINS, "the statement that creates the index")
            yield Command("Copy the index for *contains*", "CREATE INDEX CONCURRENTLY, to run with psql", copy)

    # Reading --------------------------------------------------------------------------------------------------------

    def _read(self, *, keep_place: bool) -> None:
        """Read the list for what is searched and ordered now."""
        query, order = self._standing.query, self._effective_order()

        async def work() -> UserSource | QueryError:
            try:
                return await open_source(query, order)
            except QueryError as error:
                return error

        self.run_read(work, partial(self._opened, keep_place=keep_place), group="source", failed=self._failed)

    def _effective_order(self) -> Order:
        """The order chosen; else by username, but by id for what scans: rows lie in the order of ids."""
        return self._order or Order(OrderBy.ID if self._scans_much() else OrderBy.USERNAME)

    def _scans_much(self) -> bool:
        means = self._standing.means
        return self._cost.scans and means is not None and not means.total.exact

    def _opened(self, source: UserSource | QueryError, *, keep_place: bool) -> None:
        if isinstance(source, QueryError):
            self._show_error(source)
            return
        self._source = source
        self.table.open(source, keep_place=keep_place)
        self.run_read(load_means, self._take_means, group="means")
        self.run_read(partial(load_spread, source), partial(self._take_spread, source), group="spread")
        if source.query and not self._cost.scans:
            self.run_read(partial(bounded_count, source), self._take_count, group="count")

    def _take_means(self, means: Means) -> None:
        self._stand(means=means)

    def _take_spread(self, source: UserSource, spread: Spread | None) -> None:
        self._spread = (source, spread)
        self.table.refresh()

    def _shown_spread(self) -> Spread | None:
        """The spread of the rows shown: those of an older list can still stand there when a newer one's comes."""
        return self._spread[1] if self._spread is not None and self._spread[0] is self.table.window.source else None

    def _fraction(self, position: Position) -> float | None:
        spread = self._shown_spread()
        return spread.fraction(position) if spread is not None else None

    def _take_count(self, matching: Matching) -> None:
        self._stand(matching=matching, counting="")

    def _failed(self, sentence: str) -> None:
        self.table.stale = bool(self.table.window.rows)
        if not self.table.window.rows:
            self.table.say(Content.assemble(safe(sentence, 300), "\nctrl+r tries again"))
        self._stand(problem=sentence, counting="")

    def on_load_failed(self, event: LoadFailed) -> None:
        self._failed(self.shell.trouble(event.error))

    def on_window_changed(self, event: WindowChanged) -> None:
        table = self.table
        if event.seconds is not None:
            if not self._standing.loaded_at:
                # The parser's library is loaded behind the first rows, and not on the interface's own task.
                self.run_worker(_load_grammar(), group="warm", exit_on_error=False)
            spent = f" · {event.seconds * 1000:.{0 if event.seconds >= 0.01 else 1}f} ms"
            by_id = " · by id" if self._scans_much() and self._order is None else ""
            self.box.show_cost((self._cost.words + by_id + spent).removeprefix(" · "))
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
        self.shell.notify(f"#{event.key} is not in this list any more.")

    # Searching ------------------------------------------------------------------------------------------------------

    def on_search_box_changed(self, event: SearchBox.Changed) -> None:
        """Say what the text would cost before it is searched for; what is wrong with it waits for a pause."""
        try:
            query = parse(event.text)
        except QueryError:
            self.box.show_cost("")
            return
        self.box.show_error(None)
        if self._standing.means is not None:
            self.box.show_cost(cost(query, self._standing.means).words)

    def on_search_box_searched(self, event: SearchBox.Searched) -> None:
        try:
            query = parse(event.text)
        except QueryError as error:
            self._show_error(error)
            return
        instead = self._instead()
        if event.entered and query == self._standing.query and instead is not None:
            self.box.text = str(instead)
            return
        if event.entered:
            self.table.focus()
        self.search(query)

    def on_search_box_left(self) -> None:
        self.table.focus()

    def on_nothing_opened(self, _: NothingOpened) -> None:
        instead = self._instead()
        if instead is not None:
            self.box.text = str(instead)

    def search(self, query: Query) -> None:
        """List what matches; the cursor stays with its row if that does."""
        self.box.show_error(None)
        if query == self._standing.query and not self._standing.problem:
            return
        means = self._standing.means
        self._cost = cost(query, means) if means is not None else Cost("")
        self._stand(query=query, matching=None, counting="")
        self.table.say(Content("…searching"))
        self.table.stale = True
        self._read(keep_place=False)

    def _instead(self) -> Query | None:
        """The search for the same words anywhere, offered when they begin nothing."""
        if self.table.window.rows or not self.table.window.whole or self.table.busy:
            return None
        return self._standing.query.as_contains()

    def _empty_notice(self) -> Content:
        instead, means = self._standing.query.as_contains(), self._standing.means
        words = cost(instead, means).words.partition(" · ")[2] if instead is not None and means is not None else ""
        return empty_notice(self._standing.query, instead, words)

    def _show_error(self, error: QueryError) -> None:
        self.box.show_cost("")
        self.box.show_error(safe(error.message, 200), error.position)

    # The cursor and the preview -------------------------------------------------------------------------------------

    def on_cursor_moved(self, event: CursorMoved) -> None:
        if (event.row is None) is not self._nobody:  # the verbs need somebody; which row it is, is all the same to them
            self._nobody = event.row is None
            self.refresh_bindings()
        preview = self.query_one(UserPreview)
        if self._preview_timer is not None:
            self._preview_timer.stop()
        if preview.display:
            preview.show_row(event.row)
            self._preview_timer = self.set_timer(PREVIEW_DELAY, self._read_preview)

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self.on_cursor_moved(CursorMoved(self.table.row)))

    def _read_preview(self) -> None:
        row = self.table.row
        if row is not None:
            self.run_read(partial(load_detail, row.id), partial(self._show_preview, row), group="preview")

    def _show_preview(self, row: UserRow, detail: Detail | None) -> None:
        if self.table.row is not None and self.table.row.id == row.id:
            self.query_one(UserPreview).show_detail(row, detail)

    def on_marks_changed(self, event: MarksChanged) -> None:
        self._stand(marked=event.marked)

    def on_bar_clicked(self, event: BarClicked) -> None:
        spread = self._shown_spread()
        if spread is not None:
            self.table.jump(spread.at(event.fraction))

    def _stand(self, **changes: object) -> None:
        """Change what the status line says."""
        self._standing = replace(self._standing, **changes)  # type: ignore[arg-type]
        out_of_view = self.table.marked_out_of_view() if self.table.marks else 0
        status = self.query_one("#status", Static)
        status.set_class(bool(self._standing.problem), "-wrong")
        status.update(status_line(replace(self._standing, out_of_view=out_of_view)))

    # Keys -----------------------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        self.box.enter()

    def action_stop(self) -> None:
        """Esc: stops what is read; else clears the search."""
        if self.table.halt():
            self.table.say(Content("Stopped: nobody found so far.\nDown goes on · Esc clears the search"))
            self._stand(scanning=False, halted=True)
        elif self._reads.stop():
            self.notice = ""
            self._stand(counting="")
        elif self.box.text:
            self.box.text = ""

    def action_order(self) -> None:
        def chosen(order: Order | None) -> None:
            if order is not None and order != self._effective_order():
                self._order = order
                self.table.stale = True
                self._read(keep_place=False)

        self.app.push_screen(OrderDialog(self._effective_order()), chosen)

    def action_refresh(self) -> None:
        """Read the list again; the cursor and the marks stay."""
        self._read(keep_place=True)

    def action_count(self) -> None:
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

        self.run_read(partial(exact_count, source, progress), counted, group="count", deadline=COUNT_SECONDS)

    def action_copy_id(self) -> None:
        if self.table.row is not None:
            self.shell.copy(str(self.table.row.id), f"id {self.table.row.id}")

    def action_copy_row(self) -> None:
        if self.table.row is not None:
            self.shell.copy(json.dumps(row_document(self.table.row)), f"row {self.table.row.id} as JSON")

    def on_row_opened(self, event: RowOpened) -> None:
        from tui.screens.user import UserScreen

        self.app.push_screen(UserScreen(event.row.id, event.row.username), lambda _: self._read(keep_place=True))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "search":
            return not self.box.has_focus_within
        if action in user_verbs.PERMISSIONS:
            there = action == "new" or self.table.row is not None
            return True if there and user_verbs.may(self.shell, action) else None
        return super().check_action(action, parameters)

    def _verb(self, verb: str) -> None:
        row = self.table.row
        if verb == "new" or row is not None:
            user_id = row.id if row is not None and verb != "new" else None
            user_verbs.start(self.shell, verb, user_id, lambda: self._read(keep_place=True))

    action_edit = partialmethod(_verb, "edit")
    action_new = partialmethod(_verb, "new")
    action_reset = partialmethod(_verb, "reset")
    action_lock = partialmethod(_verb, "lock")
    action_active = partialmethod(_verb, "active")
    action_revoke_sessions = partialmethod(_verb, "revoke_sessions")


async def _load_grammar() -> None:
    await asyncio.to_thread(parse, "x")
