"""The audit: who did what to whom, newest first by key range; an event opens, and the chain can be checked.

The trail is read, never written, here. How an event is worded is in `words`, one event whole in `event`,
what the check says in `dialogs/chain`.
"""

from __future__ import annotations

from time import perf_counter
from typing import ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from models.operations.audit import ChainReport, verify_chain
from tui.browse.audit import AuditRow, AuditSource, Span, load_span, position_of
from tui.browse.rows import Position
from tui.keys import bindings
from tui.screens.audit.event import AuditEventScreen
from tui.screens.audit.words import columns, now_here, number
from tui.screens.base import AreaScreen
from tui.screens.dialogs.chain import ChainDialog
from tui.widgets.keyset_messages import BarClicked, LoadFailed, RowOpened, WindowChanged
from tui.widgets.keyset_table import KeysetTable

PERMISSION: Final = "audit.view"
BATCH: Final = 500
"""Events that one step of the check reads: some 20 ms of the interface's own time, so that keys stay quick."""

CHECK_SECONDS: Final = 24 * 3600.0


class CheckProgress(Message):
    """So many events have been found good, after so many seconds."""

    def __init__(self, good: int, seconds: float) -> None:
        super().__init__()
        self.good = good
        self.seconds = seconds

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, CheckProgress)


class AuditScreen(AreaScreen):
    """The list of events."""

    CSS_PATH = "audit.tcss"
    CRUMB = "Audit"
    INTRO = (
        "Who did what to whom, newest first. The trail is append-only, and each event is chained to the one before it: "
        "V checks that nothing was changed or taken out."
    )
    HINTS = ("list.open", "audit.verify", "audit.refresh", "move.page_down", "move.bottom", "app.palette")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("audit.refresh", "audit.verify")]

    def __init__(self) -> None:
        super().__init__()
        self._span: Span | None = None
        self._loaded_at = ""
        self._read_seconds: float | None = None
        self._problem = ""
        self._checking = ""

    def compose_body(self) -> ComposeResult:
        yield KeysetTable(columns(now_here))
        yield Static(id="audit-status")

    @property
    def table(self) -> KeysetTable[AuditRow]:
        """The list."""
        return cast("KeysetTable[AuditRow]", self.query_one(KeysetTable))

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
        table.open(AuditSource())
        # Where the trail's ends are is a comfort: when it cannot be read, neither can the rows, and those say why.
        self.run_read(load_span, self._take_span, group="span", failed=lambda _: None)

    def _take_span(self, span: Span | None) -> None:
        self._span = span
        self.table.refresh()
        self._say()

    def _fraction(self, position: Position) -> float | None:
        return self._span.fraction(position.key[0]) if self._span else None

    def on_window_changed(self, event: WindowChanged) -> None:
        if event.seconds is not None:
            self._problem = ""
            self._read_seconds = event.seconds
            self._loaded_at = f"{now_here():%H:%M:%S}"
            self._show_newer()
            if event.loaded == 0:
                self.table.say(Content("Nothing has been recorded yet. Every change, refusal and sign-in will be."))
        self._say()

    def _show_newer(self) -> None:
        """The cursor stays on its event when newer ones come in above it; scroll so that they are seen."""
        table = self.table
        if table.window.head is None and 0 < table.cursor < table.body:
            table.scroll_y = 0

    def on_load_failed(self, event: LoadFailed) -> None:
        self._problem = self.shell.trouble(event.error)
        if not self.table.window.rows:
            self.table.say(Content(f"{self._problem}\nctrl+r tries again."))
        self._say()

    def on_row_opened(self, event: RowOpened) -> None:
        self.app.push_screen(AuditEventScreen(event.row.id))

    def on_bar_clicked(self, event: BarClicked) -> None:
        if self._span is not None:
            self.table.jump(position_of(self._span.at(event.fraction) + 1))

    # Checking the chain ---------------------------------------------------------------------------------------------

    def action_verify(self) -> None:
        """Checks every event from the first one on, in the background."""
        if not self.shell.may(PERMISSION):
            self.shell.warn(f"Checking the chain needs the permission {PERMISSION}.")
            return
        if self._checking:
            return
        self._checking = "Checking the chain from its first event · Esc stops"
        self._say()
        self.run_read(self._check, self._checked, group="check", deadline=CHECK_SECONDS, failed=self._not_checked)

    async def _check(self) -> ChainReport:
        started = perf_counter()

        def tell(good: int) -> None:
            self.post_message(CheckProgress(good, perf_counter() - started))

        return await verify_chain(batch=BATCH, progress=tell)

    def on_check_progress(self, event: CheckProgress) -> None:
        if not self._checking:
            return
        total = self._span.seq if self._span else 0
        words = f"Checking the chain: {number(event.good)} events are good"
        if total > event.good:
            left = event.seconds / event.good * (total - event.good)
            words += f", {100 * event.good // total} %, about {max(1, round(left))} s left"
        self._checking = f"{words} · Esc stops"
        self._say()

    def _checked(self, report: ChainReport) -> None:
        self._checking = ""
        self._say()
        self.app.push_screen(ChainDialog(report, twin=f"{self.shell.launch.command} audit verify"), self._show_bad)

    def _not_checked(self, sentence: str) -> None:
        self._checking = ""
        self._say()
        self.shell.warn(f"The chain was not checked to its end. {sentence}")

    def _show_bad(self, event_id: int | None) -> None:
        """Goes to the bad event, which the dialog offered."""
        if event_id is not None:
            # Later, since coming back from the dialog reads the list again, which would supersede the jump.
            self.call_later(self.table.jump, position_of(event_id + 1))

    # Status line and leaving ----------------------------------------------------------------------------------------

    def _say(self) -> None:
        line = self.query_one("#audit-status", Static)
        line.set_class(bool(self._problem), "wrong")
        if self._checking:
            line.update(Content(self._checking))
        elif self._problem:
            since = f" Events above are from {self._loaded_at}." if self._loaded_at else ""
            line.update(Content(f"{self._problem}{since} ctrl+r tries again."))
        else:
            line.update(Content(" · ".join(self._facts())))

    def _facts(self) -> list[str]:
        if self.table.busy and not self._loaded_at:
            return ["…loading"]
        facts = []
        if self._span is not None:
            facts.append(f"~{number(self._span.seq)} events")
        if self._read_seconds is not None:
            facts.append(f"{max(1, round(self._read_seconds * 1000))} ms")
        if self._loaded_at:
            facts.append(f"loaded {self._loaded_at}")
        return facts

    def action_back(self) -> None:
        """Esc: stops the check or the reading if there is any, else one step back."""
        if self._checking:
            self._checking = ""
            self._reads.stop()
            self.notice = ""
            self._say()
            self.shell.notify("The check was stopped before its end: it says nothing about the chain.")
            return
        if self.table.halt():
            return
        super().action_back()
