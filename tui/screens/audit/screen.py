"""The audit: who did what to whom, newest first by key range; an event opens, and the chain can be checked.

How an event is worded is in `words`, one event whole in `event`, the search line in `search`, the check in `checking`
and what it says in `dialogs/chain`.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui.browse.audit.events import AuditRow, AuditSource, Span, load_span, open_audit, position_of
from tui.browse.audit.query import AuditQuery
from tui.browse.lists.rows import Position
from tui.browse.search.suggest import QueryError
from tui.database.replica.reads import Reads
from tui.keys import bindings
from tui.screens.audit.acting import Acts
from tui.screens.audit.checking import Checking, CheckProgress
from tui.screens.audit.event import AuditEventScreen
from tui.screens.audit.search import AuditSearch
from tui.screens.audit.words import columns, found_line, now_here, number
from tui.screens.replica import reads_of, whence_words
from tui.terminal.safe import safe, safe_block
from tui.widgets.keyset_messages import BarClicked, LoadFailed, RowOpened, WindowChanged
from tui.widgets.keyset_table import KeysetTable

PERMISSION: Final = "audit.view"


class AuditScreen(Acts):
    """The list of events."""

    CSS_PATH = "audit.tcss"
    CRUMB = "Audit"
    INTRO = (
        "Who did what to whom, newest first. The trail is append-only, and each event is chained to the one before it: "
        "V checks that nothing was changed or taken out. The search understands actor:, action:, target:, outcome:, "
        "batch:, op:, ticket:, via:, kind:, seq: and at:, and a name alone."
    )
    HINTS = (
        *("search.complete", "search.submit", "search.list", "search.leave"),  # while the search box has the focus
        *("list.open", "audit.filters", "audit.target", "audit.batch", "audit.undo", "audit.verify"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("audit.filters", priority=True),  # what is typed behind it is for the box already
        *bindings("audit.refresh", "audit.verify", "audit.batch", "audit.target", "audit.undo", "audit.export"),
        *bindings("audit.copy_id", "audit.copy_event"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._span: Span | None = None
        self._loaded_at = ""
        self._whence = ""
        self._read_seconds: float | None = None
        self._problem = ""
        self._checking = Checking(self, self._say, self._show_bad)
        self._query = AuditQuery()
        self._searched = 0
        self._loading = False

    def compose_body(self) -> ComposeResult:
        yield AuditSearch()
        yield KeysetTable(columns(now_here))
        yield Static(id="audit-status")

    @property
    def table(self) -> KeysetTable[AuditRow]:
        """The list."""
        return cast("KeysetTable[AuditRow]", self.query_one(KeysetTable))

    @property
    def line(self) -> AuditSearch:
        """The search line."""
        return self.query_one(AuditSearch)

    @property
    def row(self) -> AuditRow | None:
        """The event under the cursor."""
        return self.table.row

    @property
    def query_shown(self) -> AuditQuery:
        """What is listed."""
        return self._query

    # Reading --------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.table.fraction = self._fraction
        self.table.focus()

    def on_screen_resume(self) -> None:
        self._read()

    def action_refresh(self) -> None:
        """Reads the trail again."""
        self._read()

    def _read(self) -> None:
        if not self.shell.may(PERMISSION):
            self.table.say(
                Content(f"Reading the audit needs the permission {PERMISSION}, which your roles do not include.")
            )
            return
        table = self.table
        if not table.window.rows:
            table.say(Content("…loading"))
        else:
            table.stale = bool(self._problem)
        if self._query:
            self.run_read(
                partial(_open, self._query, reads_of(self.shell)),
                self._take_source,
                group="open",
                failed=self._not_opened,
                again=True,
            )
        else:
            table.open(AuditSource(reads=reads_of(self.shell)))
        # Where the trail's ends are is a comfort: when it cannot be read, neither can the rows, and those say why.
        self.run_read(
            partial(load_span, reads_of(self.shell)), self._take_span, group="span", failed=lambda _: None, again=True
        )

    def _take_source(self, opened: AuditSource | QueryError) -> None:
        if isinstance(opened, QueryError):
            self.line.say_wrong(opened)
            return
        if opened.query == self._query:
            self.table.open(opened)

    def _not_opened(self, sentence: str) -> None:
        self._problem = sentence
        self._say()

    def _take_span(self, span: Span | None) -> None:
        self._span = span
        self.table.refresh()
        self._say()

    def _fraction(self, position: Position) -> float | None:
        """Where an event stands in the whole trail: of a search nobody knows how long it is."""
        return self._span.fraction(position.key[0]) if self._span and not self._query else None

    def on_window_changed(self, event: WindowChanged) -> None:
        if event.seconds is not None:
            self._problem = ""
            self._read_seconds = event.seconds
            self._loaded_at = f"{now_here():%H:%M:%S}"
            source = self.table.window.source
            self._whence = whence_words(self.shell, source.reads) if isinstance(source, AuditSource) else ""
            self._show_newer()
            if event.loaded == 0 and not event.loading:
                self.table.say(Content(_NONE_FIT if self._query else _NOTHING_YET))
        self._searched, self._loading = event.searched, event.loading
        self._say()
        self.refresh_bindings()

    def _show_newer(self) -> None:
        """The cursor stays on its event when newer ones come in above it; scroll so that they are seen."""
        table = self.table
        if table.window.head is None and 0 < table.cursor < table.body:
            table.scroll_y = 0

    def on_load_failed(self, event: LoadFailed) -> None:
        self._problem = self.shell.trouble(event.error)
        if not self.table.window.rows:
            self.table.say(safe_block(f"{self._problem}\nctrl+r tries again."))
        self._say()

    def on_row_opened(self, event: RowOpened) -> None:
        self.app.push_screen(AuditEventScreen(event.row.id))

    def on_bar_clicked(self, event: BarClicked) -> None:
        if self._span is not None and not self._query:
            self.table.jump(position_of(self._span.at(event.fraction) + 1))

    # Searching ------------------------------------------------------------------------------------------------------

    def action_filters(self) -> None:
        """Goes to the search box."""
        self.line.box.enter()

    def on_search_box_left(self) -> None:
        self.table.focus()

    def on_audit_search_wanted(self, event: AuditSearch.Wanted) -> None:
        if event.entered:
            self.table.focus()
        self.search(event.query)

    def search(self, query: AuditQuery) -> None:
        """Lists what a query selects, from its newest event; nothing happens for the one that is listed."""
        if query != self._query:
            self._query = query
            self._problem, self._searched = "", 0
            self.table.scroll_home(animate=False)
            self._read()

    def show_query(self, query: AuditQuery) -> None:
        """Lists a query, and puts its text into the box."""
        self.line.box.text = str(query)
        self.table.focus()
        self.search(query)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "filters":
            return not self.line.box.has_focus_within
        return super().check_action(action, parameters)

    # Checking the chain ---------------------------------------------------------------------------------------------

    def action_verify(self) -> None:
        """Checks every event from the first one on, in the background."""
        if not self.shell.may(PERMISSION):
            self.shell.warn(f"Checking the chain needs the permission {PERMISSION}.")
            return
        self._checking.begin()

    def on_check_progress(self, event: CheckProgress) -> None:
        self._checking.progress(event, self._span.seq if self._span else 0)

    def _show_bad(self, event_id: int) -> None:
        """Goes to the bad event, which the dialog offered."""
        if self._query:  # it may not be among what is listed
            self.line.box.text = ""
            self._query = AuditQuery()
            self.table.open(AuditSource(reads=reads_of(self.shell)))
        # Later, since coming back from the dialog reads the list again, which would supersede the jump.
        self.call_later(self.table.jump, position_of(event_id + 1))

    # Status line and leaving ----------------------------------------------------------------------------------------

    def _say(self) -> None:
        line = self.query_one("#audit-status", Static)
        line.set_class(bool(self._problem), "wrong")
        if self._checking.words:
            line.update(Content(self._checking.words))
        elif self._problem:
            since = f" Events above are from {self._loaded_at}." if self._loaded_at else ""
            line.update(safe(f"{self._problem}{since} ctrl+r tries again."))
        else:
            line.update(safe(" · ".join(self._facts())))

    def _facts(self) -> list[str]:
        if self.table.busy and not self._loaded_at:
            return ["…loading"]
        facts = []
        if self._query:
            facts.append(found_line(self.table.window, self._query, self._searched, self._span, loading=self._loading))
        elif self._span is not None:
            facts.append(f"~{number(self._span.seq)} events")
        if self._read_seconds is not None:
            facts.append(f"{max(1, round(self._read_seconds * 1000))} ms")
        if self._loaded_at:
            facts.append(f"loaded {self._loaded_at}")
        if self._whence:
            facts.append(self._whence)
        return facts

    def action_back(self) -> None:
        """Esc: stops the check or the reading if there is any, then clears the search, else one step back."""
        if self._checking.words:
            self._reads.stop()
            self.notice = ""
            self._checking.stopped()
            return
        if self.table.halt():
            return
        if self._query or self.line.box.text:
            self.line.box.text = ""
            self.line.box.show_error(None)
            self.search(AuditQuery())
            return
        super().action_back()


async def _open(query: AuditQuery, reads: Reads) -> AuditSource | QueryError:
    """What the trail does not have is found out when it is asked: an answer too, at its place in the text."""
    try:
        return await open_audit(query, reads)
    except QueryError as error:
        return error


_NOTHING_YET: Final = "Nothing has been recorded yet. Every change, refusal and sign-in will be."
_NONE_FIT: Final = "No event fits. Esc clears the search."
