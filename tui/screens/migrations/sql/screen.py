"""The page of one migration: both directions whole, statement by statement, with what the lint found at each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from tui.keys import bindings
from tui.screens.base import AreaScreen
from tui.screens.migrations.dry_run.measured import measured_words
from tui.screens.migrations.sql.pane import SqlPane
from tui.screens.migrations.sql.sides import Told, sides
from tui.screens.migrations.words import entry_facts
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from tui.migrate.lint import Report
    from tui.migrate.listing import Look
    from tui.migrate.source.files import MigrationFile
    from tui.migrate.states import Entry
    from tui.screens.migrations.sql.sides import Sides

WHOLE: Final = 4000
"""Lines of one direction that the page shows."""
LINT_SECONDS: Final = 60.0
"""A worker process may have to import the project to measure its tables."""


class SqlScreen(Scrolls, AreaScreen):
    """A migration whole: both directions side by side from 120 columns, else one and a key that shows the other.

    With a look the file is linted in its place among what is pending, and the tables' sizes are read. `at` is the
    number of a statement to begin at.
    """

    CSS_PATH = "../migrations.tcss"
    INTRO = (
        "The SQL of one migration. The numbers are the lines of the file. Above a statement stand the tables that it "
        "touches, below it what the lint found. Nothing is executed to show it."
    )
    HINTS = (
        "app.back",
        "migrations.direction",
        "migrations.next_hit",
        "migrations.copy_rewrite",
        "migrations.copy_sql",
        "move.page_down",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("migrations.direction", "migrations.copy_sql"),
        *bindings("migrations.next_hit", "migrations.previous_hit", "migrations.copy_rewrite"),
        *bindings(*SCROLLING),
    ]

    def __init__(
        self,
        entry: Entry,
        both: Sides,
        *,
        dialect: str | None = None,
        look: Look | None = None,
        is_down: bool = False,
        at: int | None = None,
        heard: Callable[[Sequence[MigrationFile], Report], object] | None = None,
    ) -> None:
        """`heard` is told what the lint found, with what the database said."""
        super().__init__()
        self._heard = heard
        self._entry = entry
        self._sides = both
        self._dialect = dialect
        self._look = look
        self._is_down = is_down
        self._at = at

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", self._entry.version)

    def compose_body(self) -> ComposeResult:
        yield Static(id="facts")
        with Horizontal(id="sides"):
            yield SqlPane(id="up", can_focus=True)
            yield SqlPane(id="down", can_focus=True)

    def on_mount(self) -> None:
        for pane in self.panes:
            pane.add_class("-whole")
        self._show(self._sides)
        self._turn()
        files = self._plan()
        if files and self._look is not None:
            self._say("…looking through it")
            work = partial(self._lint, self._look, files)
            self.run_read(work, self._linted, group="lint", deadline=LINT_SECONDS, failed=self._say)

    # What the lint says -----------------------------------------------------------------------------------------------

    def _plan(self) -> Sequence[MigrationFile]:
        """The files that are pending before it, and itself: what they make is new to it."""
        file = self._entry.file
        if file is None or file.number is None or file.unreadable is not None or file.ignored:
            return ()
        pending = self._look.listing.pending if self._look is not None else ()
        before = [entry.file for entry in pending if entry.file is not None and (entry.number or 0) <= file.number]
        return before[: before.index(file) + 1] if file in before else [file]

    async def _lint(self, look: Look, files: Sequence[MigrationFile]) -> tuple[Report, Sides]:
        from tui.migrate.lint import lint_look

        report = await lint_look(look, files, database=self.shell.database, directions=("up", "down"))
        told = Told(report.of(self._entry.version), report.sizes)
        dialect = look.dialect or self._dialect
        return report, await asyncio.to_thread(sides, self._entry, dialect, WHOLE, told, whole=True)

    def _linted(self, found: tuple[Report, Sides]) -> None:
        report, both = found
        if self._heard is not None:
            self._heard(self._plan(), report)
        count = len(report.of(self._entry.version))
        words = f"{count} hit{'' if count == 1 else 's'}" if count else "the lint found nothing"
        self._say(" · ".join([words, *report.unchecked]))
        self._show(both)
        if self._at is not None:
            self.front.jump_to(self._at)
            self._at = None
        self.refresh_bindings()

    def _say(self, words: str) -> None:
        state, *rest = entry_facts(self._entry)
        if tried := measured_words(self.app, self._entry):
            words = f"{words} · {tried}"
        self.query_one("#facts", Static).update(safe(" · ".join([state, words, *rest]), 600))

    def _show(self, both: Sides) -> None:
        up, down = self.panes
        up.show(both.up)
        down.show(both.down)

    # Keys -------------------------------------------------------------------------------------------------------------

    @property
    def panes(self) -> tuple[SqlPane, SqlPane]:
        """Up and down."""
        return self.query_one("#up", SqlPane), self.query_one("#down", SqlPane)

    @property
    def front(self) -> SqlPane:
        """The pane that keys scroll and copy."""
        return self.panes[self._is_down]

    @property
    def scrolled(self) -> SqlPane:
        return self.front

    def _turn(self) -> None:
        for pane in self.panes:
            pane.set_class(pane is self.front, "-front")
        self.front.focus()
        self.refresh_bindings()

    def why_not(self, action: str) -> str:
        """Why a key does nothing now."""
        if not self.is_mounted:
            return ""
        side = self.front.side
        if action in ("next_hit", "previous_hit") and (side is None or not any(part.hits for part in side.parts)):
            return "Nothing was found on this side."
        if action == "copy_rewrite" and not self._rewrite():
            return "Go to a statement with something safer to write first (n)."
        return ""

    def action_direction(self) -> None:
        """The other direction."""
        self._is_down = not self._is_down
        self._turn()

    def action_next_hit(self) -> None:
        """To the next statement that the lint found something at."""
        self.front.jump(1)
        self.refresh_bindings()

    def action_previous_hit(self) -> None:
        """To the one before."""
        self.front.jump(-1)
        self.refresh_bindings()

    def _rewrite(self) -> str:
        part = self.front.here
        return "\n\n".join(hit.rewrite for hit in part.hits if hit.rewrite) if part is not None else ""

    def action_copy_rewrite(self) -> None:
        """Copies the safer SQL of the statement that was jumped to."""
        self.shell.copy(self._rewrite(), "what to write instead")

    def action_copy_sql(self) -> None:
        """Copies the SQL of the pane in front."""
        side = self.front.side
        if side is not None and side.text:
            self.shell.copy(side.text, f"the SQL of {self._entry.version}, {side.direction}")
        else:
            self.shell.warn("There is no SQL to copy.")
