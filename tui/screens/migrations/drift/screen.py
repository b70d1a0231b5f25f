"""The page of drift: every difference of models, files and database, what it means and what would mend it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.keys import bindings
from tui.migrate.drift import find_drift
from tui.migrate.running.events import Connected, Looking
from tui.migrate.source.project import ProjectError
from tui.screens.base import AreaScreen
from tui.screens.migrations.command_line import drift_twin
from tui.screens.migrations.drift.words import Line, below, columns, how_words, lines_of, verdict_words
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import CursorMoved, RowOpened
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.migrate.drift import DriftReport
    from tui.migrate.running.events import Event
    from tui.migrate.source.project import Project

DEADLINE: Final = 600.0
"""Seconds: large schemas on a slow server take their time, and Esc stops it."""


class DriftTable(KeysetTable[Line], inherit_bindings=False):
    """The differences."""

    BINDINGS: ClassVar = [
        *bindings("move.down", "move.up", "move.page_down", "move.page_up", "move.top", "move.bottom"),
        *bindings("list.open"),
        Binding("left", "left", show=False),
        Binding("right", "right", show=False),
    ]


class DriftScreen(AreaScreen):
    """Compares when it opens and at ctrl+r. Esc stops a comparison that runs, else goes back."""

    CSS_PATH = "drift.tcss"
    INTRO = (
        "The models' schema is built apart, the files' SQL run again apart, and both are held against the database, "
        "which stays as it is. SQL that would mend it is shown, never run from here."
    )
    HINTS = ("app.back", "list.open", "migrations.copy_sql", "list.refresh")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("migrations.copy_sql", "list.refresh")]

    def __init__(self, project: Project) -> None:
        super().__init__()
        self._project = project
        self._report: DriftReport | None = None
        self._stop: asyncio.Event | None = None

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", "Drift") if self._project.is_own else ("Migrations", self._project.name, "Drift")

    def compose_body(self) -> ComposeResult:
        yield Static(id="facts")
        yield DriftTable(columns())
        with VerticalScroll(id="below", can_focus=False):
            yield Static(id="words")
        yield Static(id="status")

    @property
    def table(self) -> DriftTable:
        """The list."""
        return self.query_one(DriftTable)

    @property
    def report(self) -> DriftReport | None:
        """What was found last."""
        return self._report

    @property
    def is_comparing(self) -> bool:
        """Whether the worker is at it."""
        return self._stop is not None

    # Comparing ------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.table.focus()
        self._compare()

    def action_refresh(self) -> None:
        """Compares again."""
        if not self.is_comparing:
            self._compare()

    def action_back(self) -> None:
        """Esc: stops the comparison that runs, else one step back."""
        if self._stop is not None:
            self._stop.set()
            self._say("stopping")
            return
        super().action_back()

    def _compare(self) -> None:
        self._stop = asyncio.Event()
        if self._report is None:
            self.table.say(Content("…comparing"))
        self._say("comparing · Esc stops it; nothing in the database is changed")
        self.run_read(
            partial(self._find, self._stop), self._found, group="drift", deadline=DEADLINE, failed=self._failed
        )

    async def _find(self, stop: asyncio.Event) -> DriftReport | str:
        """The report, or why there is none. What runs is ended when `stop` is set, and waited for."""
        comparing = asyncio.create_task(find_drift(self._project, on_event=self._hear))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({comparing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not comparing.done():
                comparing.cancel()
            return await comparing
        except ProjectError as error:
            return error.sentence
        except asyncio.CancelledError:
            if not stop.is_set():
                raise
            return "Stopped: nothing was compared."
        finally:
            stopping.cancel()
            comparing.cancel()

    def _hear(self, event: Event) -> None:
        if not self.is_mounted:
            return
        match event:
            case Connected(label=label, schema=schema, server=server):
                facts = " · ".join(each for each in (label, schema or "", server) if each)
                self.query_one("#facts", Static).update(safe(facts, 300))
            case Looking(what=what, number=number, total=total):
                count = f" {number} of {total}" if number else ""
                self._say(f"comparing: {what}{count} · Esc stops it; nothing in the database is changed")

    def _found(self, found: DriftReport | str) -> None:
        self._stop = None
        if isinstance(found, str):
            self._failed(found)
            return
        if found.fault is not None:
            self._failed(" ".join(part for part in (found.fault.message, found.fault.hint) if part))
            return
        self._report = found
        facts = [safe(found.label, 300), *how_words(found)]
        self.query_one("#facts", Static).update(Content("\n").join(facts))
        lines = lines_of(found)
        if not lines:
            self.table.say(Content("Models, files and database say the same."))
        self.table.open(ListSource(lines, lambda line: (line.group, line.table, line.what)))
        stamp = f"{datetime.now().astimezone():%H:%M:%S}"
        self._say(f"{verdict_words(found)} · {stamp}", wrong=bool(found.drift))
        self._show(self.table.row)
        self.refresh_bindings()

    def _failed(self, sentence: str) -> None:
        self._stop = None
        if self._report is None:
            self.table.say(Content("Nothing was compared. ctrl+r tries again."))
        self._say(sentence, wrong=True)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        status = self.query_one("#status", Static)
        status.set_class(wrong, "-wrong")
        status.update(safe(text, 400))

    # What is under the cursor ---------------------------------------------------------------------------------------

    def on_cursor_moved(self, event: CursorMoved) -> None:
        self._show(event.row)
        self.refresh_bindings()

    def _show(self, row: Line | None) -> None:
        self.query_one("#words", Static).update(below(row) if row is not None else self._twin())
        self.query_one("#below", VerticalScroll).scroll_home(animate=False)

    def _twin(self) -> Content:
        """The command line that does the same, where there is no row to tell about."""
        return safe(f"On the command line: {drift_twin(self.shell.launch.command, self._project)}", 300)

    def why_not(self, action: str) -> str:
        """`y` needs SQL."""
        if action == "copy_sql" and self.is_mounted and (self.table.row is None or not self.table.row.sql):
            return "Nothing in the database would have to change for this one."
        return ""

    def action_copy_sql(self) -> None:
        """Copies the SQL that would mend the difference under the cursor."""
        row = self.table.row
        reason = self.why_not("copy_sql")
        if reason or row is None:
            self.shell.warn(reason)
            return
        self.shell.copy(row.sql, f"the SQL for {row.table}")

    def on_row_opened(self, event: RowOpened) -> None:
        self.shell.push_screen(DifferenceScreen(event.row))


class DifferenceScreen(Scrolls, AreaScreen):
    """One difference whole, for SQL that is longer than the list leaves room for."""

    CSS_PATH = "drift.tcss"
    INTRO = "One difference, and the SQL that would mend the database. Nothing runs it from here."
    HINTS = ("app.back", "migrations.copy_sql", "move.down", "move.page_down")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("migrations.copy_sql", *SCROLLING)]

    def __init__(self, row: Line) -> None:
        super().__init__()
        self._row = row

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", "Drift", self._row.table)

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="whole"):
            yield Static(below(self._row))

    def on_mount(self) -> None:
        self.scrolled.focus()

    @property
    def scrolled(self) -> VerticalScroll:
        return self.query_one("#whole", VerticalScroll)

    def why_not(self, action: str) -> str:
        """`y` needs SQL."""
        if action == "copy_sql" and not self._row.sql:
            return "Nothing in the database would have to change for this one."
        return ""

    def action_copy_sql(self) -> None:
        """Copies the SQL."""
        if reason := self.why_not("copy_sql"):
            self.shell.warn(reason)
        else:
            self.shell.copy(self._row.sql, f"the SQL for {self._row.table}")
