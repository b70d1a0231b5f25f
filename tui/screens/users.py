"""Users: search, order, look through and pick; what is done to one is in other screens.

The list itself is `users_list.UserList`; here is the search line above it, and what each key does with the two. What a
search means is in `tui.browse`.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial, partialmethod
from typing import TYPE_CHECKING, ClassVar

from tui.browse.cost import INDEX_FOR_CONTAINS, cost
from tui.browse.detail import Detail, load_detail
from tui.browse.query import Query, QueryError, parse
from tui.browse.rows import UserRow, row_document
from tui.keys import bindings
from tui.screens import user_verbs, users_views
from tui.screens.base import AreaScreen
from tui.screens.dialogs.order import OrderDialog
from tui.screens.palette import Command
from tui.screens.users_list import UserList
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import CursorMoved, NothingOpened, RowOpened
from tui.widgets.search_box import SearchBox
from tui.widgets.user_preview import UserPreview

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.timer import Timer

    from tui.browse.orders import Order
    from tui.widgets.keyset_table import KeysetTable

PREVIEW_DELAY = 0.15
"""Seconds that the cursor rests on a row before the preview is read."""


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
        *bindings(
            "list.views", "list.columns", "list.order", "list.count", "list.copy_id", "list.copy_row", "list.refresh"
        ),
        *bindings("list.stop", *user_verbs.KEYS, "users.new"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._nobody = True
        self._preview_timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield SearchBox()
        yield UserList()

    @property
    def users(self) -> UserList:
        """What is listed, and how it is read."""
        return self.query_one(UserList)

    @property
    def table(self) -> KeysetTable[UserRow]:
        """The rows, the cursor and the marks."""
        return self.users.table

    @property
    def box(self) -> SearchBox:
        """The search line."""
        return self.query_one(SearchBox)

    def on_mount(self) -> None:
        self.table.focus()
        self.users.begin(self.shell.launch.label)

    def commands(self) -> Iterable[Command]:
        """On PostgreSQL without trigram indexes: the statement that makes "contains" fast, to copy."""
        database, means = self.shell.database, self.users.means
        if database is not None and database.dialect == "postgres" and means is not None and not means.trigram:
            copy = partial(self.shell.copy, INDEX_FOR_CONTAINS, "the statement that creates the index")
            yield Command("Copy the index for *contains*", "CREATE INDEX CONCURRENTLY, to run with psql", copy)

    # Searching ------------------------------------------------------------------------------------------------------

    def on_search_box_changed(self, event: SearchBox.Changed) -> None:
        """Say what the text would cost before it is searched for; what is wrong with it waits for a pause."""
        try:
            query = parse(event.text)
        except QueryError:
            self.box.show_cost("")
            return
        self.box.show_error(None)
        if self.users.means is not None:
            self.box.show_cost(cost(query, self.users.means).words)

    def on_search_box_searched(self, event: SearchBox.Searched) -> None:
        try:
            query = parse(event.text)
        except QueryError as error:
            self._show_error(error)
            return
        instead = self.users.instead()
        if event.entered and query == self.users.query_shown and instead is not None:
            self.box.text = str(instead)
            return
        if event.entered:
            self.table.focus()
        self.search(query)

    def on_search_box_left(self) -> None:
        self.table.focus()

    def on_nothing_opened(self, _: NothingOpened) -> None:
        instead = self.users.instead()
        if instead is not None:
            self.box.text = str(instead)

    def search(self, query: Query) -> None:
        """List what matches; the cursor stays with its row if that does."""
        self.box.show_error(None)
        self.users.show(query)

    def on_user_list_read(self, event: UserList.Read) -> None:
        """Say what it took. The parser's library is loaded behind the first rows, off the interface's own task."""
        self.box.show_cost(event.words)
        if event.first:
            self.run_worker(_load_grammar(), group="warm", exit_on_error=False)

    def on_user_list_refused(self, event: UserList.Refused) -> None:
        self._show_error(event.error)

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

    # Keys -----------------------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        self.box.enter()

    def action_stop(self) -> None:
        """Esc: stops what is read; else clears the search."""
        if self.users.halt():
            return
        if self._reads.stop():
            self.notice = ""
            self.users.forget_count()
        elif self.box.text:
            self.box.text = ""

    def action_order(self) -> None:
        def chosen(order: Order | None) -> None:
            if order is not None:
                self.users.order_by(order)

        self.app.push_screen(OrderDialog(self.users.order), chosen)

    def action_views(self) -> None:
        """Open a view, or keep the present search as one."""
        users_views.ask_for_view(self)

    def action_columns(self) -> None:
        """Choose the columns."""
        users_views.ask_for_columns(self)

    def action_refresh(self) -> None:
        """Read the list again; the cursor and the marks stay."""
        self.users.read()

    def action_count(self) -> None:
        """Count exactly, in the background."""
        self.users.count()

    def action_copy_id(self) -> None:
        if self.table.row is not None:
            self.shell.copy(str(self.table.row.id), f"id {self.table.row.id}")

    def action_copy_row(self) -> None:
        if self.table.row is not None:
            self.shell.copy(json.dumps(row_document(self.table.row)), f"row {self.table.row.id} as JSON")

    def on_row_opened(self, event: RowOpened) -> None:
        from tui.screens.user import UserScreen

        self.app.push_screen(UserScreen(event.row.id, event.row.username), lambda _: self.users.read())

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
            user_verbs.start(self.shell, verb, user_id, self.users.read)

    action_edit = partialmethod(_verb, "edit")
    action_new = partialmethod(_verb, "new")
    action_reset = partialmethod(_verb, "reset")
    action_lock = partialmethod(_verb, "lock")
    action_active = partialmethod(_verb, "active")
    action_revoke_sessions = partialmethod(_verb, "revoke_sessions")
    action_delete = partialmethod(_verb, "delete")


async def _load_grammar() -> None:
    await asyncio.to_thread(parse, "x")
