"""Users: search, order, look through and pick; what is done to one is in other screens.

The list itself is `listing.UserList`; here is the search line above it, and what each key does with the two. What a
search means is in `tui.browse`.
"""

from __future__ import annotations

import asyncio
import json
from functools import partialmethod
from typing import TYPE_CHECKING, ClassVar, cast

from tui.browse.lists.rows import UserRow, row_document
from tui.browse.search.query import Query, parse
from tui.keys import bindings
from tui.screens.base import AreaScreen
from tui.screens.palette import Command
from tui.screens.user import verbs as user_verbs
from tui.screens.user.rank import above
from tui.screens.users import asking as users_asking
from tui.screens.users import staged as users_staged
from tui.screens.users import transfer as users_transfer
from tui.screens.users import views as users_views
from tui.screens.users.listing import UserList
from tui.screens.users.live import Live
from tui.screens.users.marks import Marking
from tui.screens.users.preview import Preview
from tui.screens.users.search import UserSearch
from tui.widgets.keyset_messages import CursorMoved, MarksChanged, NothingOpened, RangeWanted, RowOpened
from tui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult

    from tui.screens.users.messages import ListRead, ListRefused, ListTooSlow
    from tui.widgets.keyset_table import KeysetTable


class UsersScreen(AreaScreen):
    """The list of users."""

    CSS_PATH = "users.tcss"
    CRUMB = "Users"
    INTRO = (
        'A word finds usernames and e-mails that begin with it, "word" exactly that one, *word* any that contain it. '
        "is:locked, role:support, has:mfa, created:<7d, login:>90d, email:ali narrow the list, all of them together; "
        "a - before a term turns it round. Tab completes; what a search costs stands beside it before it runs. "
        ":goto 50%, :goto #4711 and :goto ali lead to a place in the list. ± before a user: an edit is staged."
    )
    HINTS = (
        *("search.complete", "search.submit", "search.list", "search.leave"),  # while the search box has the focus
        *("list.open", "list.search", "users.reset", "users.why", "users.lock", "list.mark"),
    )
    MARKED_HINTS = ("list.bulk", "list.mark", "list.mark_range", "list.mark_all", "list.unmark", "users.export")
    BINDINGS: ClassVar = [
        *bindings("list.search", priority=True),  # what is typed behind it is for the box already
        *bindings(
            "list.views", "list.columns", "list.order", "list.count", "list.copy_id", "list.copy_row", "list.refresh"
        ),
        *bindings("list.stop", *user_verbs.KEYS, "users.new", "users.changes"),
        *bindings("list.mark_all", "list.bulk", "list.copy_index", "list.live", "list.goto", "list.filters"),
        *bindings("users.export", "users.import"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._kind = (True, False, False)
        """Whether nobody is under the cursor, whether a superuser is, and whether it is oneself."""
        self._preview = Preview(self)
        self._live = Live(self)

    def compose_body(self) -> ComposeResult:
        yield UserSearch(lambda: self.users.means, lambda: self.users.order)
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
    def line(self) -> UserSearch:
        """The search line."""
        return self.query_one(UserSearch)

    @property
    def box(self) -> SearchBox:
        """The box of the search line."""
        return self.query_one(SearchBox)

    def on_mount(self) -> None:
        self._marking = Marking(self, self.users, self.users.read)
        self.table.focus()
        self.users.begin(self.shell.launch.label)
        users_staged.follow(self)

    def commands(self) -> Iterable[Command]:
        """The built-in views."""
        return users_views.commands(self)

    def hints(self) -> Sequence[str]:
        """Once somebody is marked, what can be done with all of them."""
        marked = bool(self.table.marks) and not self.box.has_focus_within
        return self.MARKED_HINTS if marked else self.HINTS

    def on_marks_changed(self, event: MarksChanged) -> None:
        self._marking.marked(event.marked)
        self.refresh_bindings()

    def typed(self, text: str) -> Command | None:
        """`goto 50%` in the palette."""
        return users_asking.goto_command(self, text)

    def action_filters(self) -> None:
        """Pick from a panel what the box then says."""
        users_asking.ask_for_filters(self)

    def action_goto(self) -> None:
        """Ask where to."""
        users_asking.ask_where(self)

    # Searching ------------------------------------------------------------------------------------------------------

    def on_user_search_wanted(self, event: UserSearch.Wanted) -> None:
        instead = self.users.instead()
        if event.entered and event.query == self.users.query_shown and instead is not None:
            self.box.text = str(instead)
            return
        if event.entered:
            self.table.focus()
        self.search(event.query)

    def on_user_search_priced(self, event: UserSearch.Priced) -> None:
        self.users.take_price(event.query, event.cost)

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

    def on_list_read(self, event: ListRead) -> None:
        """Say what it took. The parser's library is loaded behind the first rows, off the interface's own task."""
        self.line.say_read(event.words, event.advice)
        if event.first:
            self.run_worker(_load_grammar(), group="warm", exit_on_error=False)

    def on_list_refused(self, event: ListRefused) -> None:
        if not self.box.is_unfinished(event.error.position):
            self.line.say_wrong(event.error)

    def on_list_too_slow(self, event: ListTooSlow) -> None:
        self.line.say_slow(event.query, event.advice)

    # The cursor -------------------------------------------------------------------------------------------------------

    def on_cursor_moved(self, event: CursorMoved) -> None:
        person, row = self.shell.person, event.row
        mine = row is not None and person is not None and row.id == person.actor.user_id
        kind = (row is None, row is not None and row.is_superuser, mine)
        if kind != self._kind:  # the verbs need somebody, and nobody above; else every row is the same to them
            self._kind = kind
            self.refresh_bindings()
        self._preview.follow(event.row)

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self.on_cursor_moved(CursorMoved(self.table.row)))

    # Keys -----------------------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        self.box.enter()

    def action_stop(self) -> None:
        """Esc: stops what is read; else clears the search."""
        if self.users.halt():
            return
        if self._reads.stop():
            self.notice = ""
            self.users.tell("")
        elif self.box.text:
            self.box.text = ""

    def action_order(self) -> None:
        """Choose the order."""
        users_asking.ask_for_order(self)

    def action_views(self) -> None:
        """Open a view, or keep the present search as one."""
        users_views.ask_for_view(self)

    def action_columns(self) -> None:
        """Choose the columns."""
        users_views.ask_for_columns(self)

    def action_refresh(self) -> None:
        """Read the list again; the cursor and the marks stay."""
        self.users.read()

    def action_mark_all(self) -> None:
        """Mark all that match, wherever they are."""
        self._marking.mark_all()

    def on_range_wanted(self, event: RangeWanted) -> None:
        self._marking.mark_range(cast("int", event.start), cast("int", event.end))

    def action_bulk(self) -> None:
        """Do something with all marked users."""
        self._marking.bulk()

    def action_live(self) -> None:
        """Read again by itself, or stop it."""
        self._live.toggle()

    def action_count(self) -> None:
        """Count exactly, in the background."""
        self.users.count()

    def action_copy_index(self) -> None:
        """The statement for psql, and what it is for."""
        if self.line.advice is not None:
            self.shell.copy(self.line.advice.sql, "the CREATE INDEX statement, for psql,")

    def action_copy_id(self) -> None:
        if self.table.row is not None:
            self.shell.copy(str(self.table.row.id), f"id {self.table.row.id}")

    def action_copy_row(self) -> None:
        if self.table.row is not None:
            self.shell.copy(json.dumps(row_document(self.table.row)), f"row {self.table.row.id} as JSON")

    def on_row_opened(self, event: RowOpened) -> None:
        from tui.screens.user.screen import UserScreen

        self.app.push_screen(UserScreen(event.row.id, event.row.username), lambda _: self.users.read())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "search":
            return not self.box.has_focus_within
        if action == "copy_index":
            return self.line.advice is not None
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str:
        """The verbs need somebody; to say why a name does not sign in, the name will do."""
        if action not in user_verbs.PERMISSIONS or action == "new" or not self.query(UserList):
            return ""  # the last: the footer asks while the screen is still put together
        if action == "why" and self.box.text.strip():
            return ""
        row = self.table.row
        if row is None:
            return "There is nobody under the cursor."
        return above(self.shell, action, row.id, row.username, is_superuser=row.is_superuser)

    def _verb(self, verb: str) -> None:
        row = self.table.row
        if verb == "new" or row is not None:
            user_id = row.id if row is not None and verb != "new" else None
            user_verbs.start(self.shell, verb, user_id, self.users.read)

    def action_why(self) -> None:
        """Of the user under the cursor; of the name that was searched for where nobody has it."""
        who = self.table.row.id if self.table.row is not None else self.box.text.strip()
        if who:
            user_verbs.explain(self.shell, who, self.users.read)

    def action_changes(self) -> None:
        """To what is staged."""
        self.shell.action_area("changes")

    def action_export(self) -> None:
        """Write users to a file."""
        users_transfer.export(self)

    def action_import(self) -> None:
        """Read users from a file."""
        users_transfer.import_(self)

    action_edit = partialmethod(_verb, "edit")
    action_stage = partialmethod(_verb, "stage")
    action_new = partialmethod(_verb, "new")
    action_reset = partialmethod(_verb, "reset")
    action_lock = partialmethod(_verb, "lock")
    action_active = partialmethod(_verb, "active")
    action_revoke_sessions = partialmethod(_verb, "revoke_sessions")
    action_delete = partialmethod(_verb, "delete")


async def _load_grammar() -> None:
    await asyncio.to_thread(parse, "x")
