"""A dry run, live and then measured: the worst on top, each statement with what it locked, rewrote and read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.keys import bindings
from tui.migrate.dry_run.trying import dry_run
from tui.migrate.dry_run.words import lines, ms, text_of
from tui.migrate.running.events import FileStarted, StatementStarted, Waiting
from tui.migrate.wording import listed
from tui.sanitise import one_line
from tui.screens.base import AreaScreen
from tui.screens.migrations.dry_run.measured import remember
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.migrate.dry_run.trying import DryRun
    from tui.migrate.dry_run.words import Line
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.running.events import Event

TICK: Final = 0.25
"""Seconds between two looks at the clock while something runs."""
_LEAD: Final = 28
"""Cells of a statement's line that are not its SQL: number, verdict, time, the margins."""
_MARGIN: Final = 4
_NARROW: Final = 30
_UNCUT: Final = 600
"""Characters of a statement that is shown whole; `y` copies all there are."""
_STYLES: Final = {
    "title": "bold",
    "ok": "$text-success",
    "mind": "$text-warning",
    "blocks": "bold $text-error",
    "wrong": "$text-error",
    "note": "dim",
    "detail": "",
}


@dataclass
class Tried(Message):
    """The worker process told something."""

    event: Event


class DryRunScreen(Scrolls, AreaScreen):
    """One dry run of a plan that was agreed to. Answers nothing: nothing is different afterwards."""

    CSS_PATH = "dry_run.tcss"
    INTRO = (
        "The files are run and measured, and all of it is taken back: on PostgreSQL by a ROLLBACK, on SQLite it was a "
        "copy. Times and locks are those of the data that is there now."
    )
    HINTS = ("app.back", "migrations.whole", "migrations.copy_report", "move.down", "move.page_down")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("migrations.whole", "migrations.copy_report", *SCROLLING)]

    def __init__(self, plan: RunPlan, target: str) -> None:
        super().__init__()
        self._plan = plan
        self._target = target
        self._report: DryRun | None = None
        self._cancel = asyncio.Event()
        self._timer: Timer | None = None
        self._since = monotonic()
        self._doing = "getting ready"
        self._waiting = ""
        self._is_whole = False

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", self._title)

    @property
    def _title(self) -> str:
        return f"dry run of {listed([str(file.number) for file in self._plan.files], 'and')}"

    def compose_body(self) -> ComposeResult:
        yield Static(safe(f"{self._title} on {self._target}", 300), id="facts")
        with VerticalScroll(id="report", can_focus=False):
            yield Static(id="lines")
        yield Static(id="says")

    def on_mount(self) -> None:
        self._timer = self.set_interval(TICK, self._show)
        if not self.run_write(self._title, self._run, self._ended, failed=self._broke, is_long=True):
            self._broke("Nothing was begun: something else is being written.")
        self._show()

    # The run --------------------------------------------------------------------------------------------------------

    async def _run(self) -> DryRun:
        return await dry_run(self._plan, lambda event: self.post_message(Tried(event)), cancel=self._cancel)

    def on_tried(self, message: Tried) -> None:
        """Keeps in a line what is going on."""
        event = message.event
        self._waiting = ""
        match event:
            case FileStarted():
                self._doing = f"{event.version} ({event.number} of {event.total})"
            case StatementStarted():
                self._doing = f"{event.version}, statement {event.index} of {event.total}: {one_line(event.text)}"
            case Waiting():
                holders = "; ".join(holder.sentence() for holder in event.holders) or "somebody"
                self._waiting = f"waiting for {holders}"
            case _:
                return
        self._show()

    def _ended(self, report: DryRun) -> None:
        self._report = report
        remember(self.app, report)
        self._stop(self._told(report))

    def _told(self, report: DryRun) -> Content:
        """One line a statement, as wide as there is room for, or all of them whole."""
        width = _UNCUT if self._is_whole else self._room(_LEAD)
        return Content("\n").join(_content(line) for line in lines(report, width))

    def _room(self, taken: int) -> int:
        return max(self.size.width - taken, _NARROW)

    def on_resize(self) -> None:
        """Cuts the statements anew."""
        if self._report is not None:
            self.query_one("#lines", Static).update(self._told(self._report))

    def _broke(self, sentence: str) -> None:
        """It ended without a report; nothing is known but the sentence."""
        self._stop(safe(sentence, 600).stylize("bold $text-error"))

    def _stop(self, said: Content) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.query_one("#lines", Static).update(said)
        self.query_one("#says", Static).update(Content("Esc goes back."))
        self.scrolled.scroll_home(animate=False)
        self.refresh_bindings()

    # What is shown --------------------------------------------------------------------------------------------------

    @property
    def scrolled(self) -> VerticalScroll:
        return self.query_one("#report", VerticalScroll)

    @property
    def is_going(self) -> bool:
        """Whether it is not settled yet."""
        return self._timer is not None

    def _show(self) -> None:
        if not self.is_going:
            return
        doing = f"{ms((monotonic() - self._since) * 1000)}  {self._doing}"
        shown = [safe(doing, 300).truncate(self._room(_MARGIN), ellipsis=True)]
        if self._waiting:
            shown.append(safe(self._waiting, 400).stylize("$text-warning"))
        self.query_one("#lines", Static).update(Content("\n").join(shown))
        says = "Cancelling ..." if self._cancel.is_set() else "Esc cancels: everything is taken back, as at its end."
        self.query_one("#says", Static).update(Content(says))

    # Keys -----------------------------------------------------------------------------------------------------------

    def why_not(self, action: str) -> str:
        """Why a key does nothing now."""
        if action in ("copy_report", "whole") and self._report is None:
            return "It is not over yet." if self.is_going else "There is no report."
        return ""

    def action_whole(self) -> None:
        """Shows the statements whole, or one line each again."""
        if self._report is not None:
            self._is_whole = not self._is_whole
            self.query_one("#lines", Static).update(self._told(self._report))

    def action_copy_report(self) -> None:
        """Copies the report as text."""
        if self._report is not None:
            self.shell.copy(text_of(self._report), f"the {self._title}")

    def action_back(self) -> None:
        """Esc: cancels while it runs, else one step back."""
        if self.is_going:
            self._cancel.set()
            self._show()
        else:
            self.leave()


def _content(line: Line) -> Content:
    text = line.text.lstrip()
    shown = Content.assemble(" " * (len(line.text) - len(text)), safe(text, 700))
    style = _STYLES[line.tone]
    return shown.stylize(style) if style else shown
