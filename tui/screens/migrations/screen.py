"""Migrations: which there are, which are applied, what they do; applying them is one key and one question away.

Listing and previewing execute nothing of a project. What the keys do is in `acting`, what the texts say in `words`, the
page of one file in `sql`.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from models.permissions import Codename
from tui.keys import bindings
from tui.migrate.listing import Look, look, sql_of
from tui.migrate.source.project import ProjectError, load_project, own_project
from tui.screens.migrations.acting import Acts
from tui.screens.migrations.hints import hints_of
from tui.screens.migrations.lint.linting import Linting
from tui.screens.migrations.lint.marks import LintMarks
from tui.screens.migrations.list import EntryTable, entries_of
from tui.screens.migrations.sql.pane import SqlPane, show_sides
from tui.screens.migrations.sql.screen import WHOLE, SqlScreen
from tui.screens.migrations.sql.sides import Told, sides
from tui.screens.migrations.verbs import VERBS
from tui.screens.migrations.words import (
    columns,
    count_words,
    fact_words,
    fit_lines,
    problem_lines,
    unfinished_lines,
)
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import CursorMoved, RowOpened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tui.migrate.lint import Report
    from tui.migrate.source.files import Direction, MigrationFile
    from tui.migrate.states import Entry
    from tui.screens.migrations.sql.sides import Sides

LOOK_SECONDS = 60.0
"""A worker process imports the project first, which can take its time."""


class MigrationsScreen(Acts):
    """The list of one app's migrations, and the SQL of the one under the cursor."""

    CSS_PATH = "migrations.tcss"
    CRUMB = "Migrations"
    INTRO = (
        "Files are applied in the order shown, each in one transaction unless TX says no, in a process of their own. "
        "Looking at them runs nothing."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("migrations.apply_next", "migrations.apply_to", "migrations.apply_all"),
        *bindings(*(f"migrations.{action}" for action in VERBS)),
        *bindings("migrations.direction", "migrations.copy_sql", "list.refresh"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._look: Look | None = None
        self._asked = False
        self._is_down = False
        self._loaded_at = ""
        self._is_placed = False
        self._matters: tuple[Content, ...] = ()
        self.marks = LintMarks()
        self._linting = Linting(self, self.marks, self._marked)
        self._app: str | None = None
        self._table: EntryTable | None = None

    def crumbs(self) -> tuple[str, ...]:
        project = self._look.project if self._look is not None else None
        return (self.CRUMB,) if project is None or project.is_own else (self.CRUMB, project.name)

    def compose_body(self) -> ComposeResult:
        yield Static(id="facts")
        yield Static(id="problems")
        self._table = EntryTable(columns(self.marks.cell))
        yield self._table
        with Horizontal(id="sides"):
            yield SqlPane(id="up")
            yield SqlPane(id="down")
        yield Static(id="status")

    def hints(self) -> tuple[str, ...]:
        """What is to be done next with what is there."""
        return hints_of(self._look)

    @property
    def table(self) -> EntryTable:
        """The list."""
        return self.query_one(EntryTable)

    @property
    def look(self) -> Look | None:
        """What was read last; None before anything was."""
        return self._look

    @property
    def row(self) -> Entry | None:
        """The migration under the cursor; None without one, and while the screen comes and goes."""
        # Not queried for: each key asks a dozen times, for what is greyed.
        return self._table.row if self._table is not None and self._table.is_attached else None

    @property
    def target(self) -> str:
        """The database as it is called in questions."""
        facts = self._look.facts if self._look is not None else None
        return facts.label if facts is not None else self.shell.launch.label

    def show_app(self, app: str) -> None:
        """Lists another app of the project."""
        self._app = app
        self._look = None
        self._is_placed = False
        self._read()

    def reload(self) -> None:
        """Reads files and rows again, after a change."""
        self._read()

    # Reading --------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.table.focus()
        self._turn()

    def on_screen_resume(self) -> None:
        # A foreign project is asked by a process of its own: not after each dialog, but by ctrl+r and after a run.
        if self._look is None or self._look.project.is_own:
            self._read()

    def action_refresh(self) -> None:
        """Reads files and rows again."""
        self._asked = False
        self._read()

    def _read(self) -> None:
        if not self.shell.may(Codename.MIGRATIONS_VIEW):
            self._matter(
                [safe(f"Migrations need the permission {Codename.MIGRATIONS_VIEW}, which your roles do not include.")]
            )
            return
        if self._look is None:
            self.table.say(Content("…loading"))
        self.run_read(self.find, self._found, group="look", deadline=LOOK_SECONDS, failed=self._failed, again=True)

    async def find(self) -> Look | str:
        """The look, or why the project cannot be listed."""
        shell = self.shell
        try:
            if shell.launch.project is not None:
                return await look(load_project(shell.launch.project, self._app))
            if shell.database is None:
                return "There is no open database."
            return await look(own_project(shell.database.url), shell.database)
        except ProjectError as error:
            return error.sentence

    def _found(self, found: Look | str) -> None:
        if isinstance(found, str):
            self._failed(found)
            return
        self._look = found
        self._loaded_at = f"{datetime.now().astimezone():%H:%M:%S}"
        self.query_one("#facts", Static).update(safe(" · ".join(fact_words(found)), 400))
        lines = [*unfinished_lines(found), *problem_lines(found.listing, found.branches)]
        if found.trouble:
            lines.insert(0, safe(f"{found.trouble} ctrl+r looks again.", 500).stylize("$text-error"))
        self._matter(lines)
        if not found.listing.entries:
            self.table.say(Content("There are no migration files. aerich init-db makes the first."))
        self.table.open(entries_of(found.listing))
        self._say(" · ".join([*count_words(found.listing), f"loaded {self._loaded_at}"]))
        self.refresh_header()
        self.refresh_bindings()
        self._show(self.table.row)
        self._linting.begin(found)
        if found.needs_consent and not self._asked:
            self._asked = True
            self.ask_to_run(found.project)

    def _failed(self, sentence: str) -> None:
        if self._look is None:
            self.table.say(Content("ctrl+r tries again."))
            self._matter([safe(sentence, 600).stylize("$text-error")])
        else:
            self._say(f"{sentence} Lines above are from {self._loaded_at}. ctrl+r tries again.", wrong=True)

    def _matter(self, lines: Sequence[Content]) -> None:
        """What is the matter, above the list; nothing hides the place."""
        problems = self.query_one("#problems", Static)
        self._matters = tuple(lines)
        problems.set_class(bool(lines), "-there")
        problems.update(Content("\n").join(fit_lines(lines, self.size.width - 2)))

    def on_resize(self) -> None:
        """As much of what is the matter as fits now."""
        self._matter(self._matters)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        status = self.query_one("#status", Static)
        status.set_class(wrong, "-wrong")
        status.update(safe(text, 400))

    # The SQL of the row under the cursor ------------------------------------------------------------------------------

    def on_window_changed(self) -> None:
        """The first time, the cursor goes to what is to be done next."""
        rows = self.table.window.rows
        if not self._is_placed and self._look is not None and not self._look.needs_consent and rows:
            entries = self._look.listing.entries
            number = next((at for at, entry in enumerate(entries) if entry.is_pending), None)
            # What is shown may still be another app's.
            self._is_placed = number is None or rows[0] in entries
            if number is not None and entries[number] in rows:
                self.table.move_to(rows.index(entries[number]))
            elif number is not None and self._is_placed:
                # Hundreds of files further down: the table holds the rows around its cursor only.
                self.table.jump(entries_of(self._look.listing).position(entries[number - 1]))
        self._lint_view()

    def on_cursor_moved(self, event: CursorMoved) -> None:
        self._show(event.row)
        self._lint_view()
        self.refresh_bindings()

    def _show(self, entry: Entry | None) -> None:
        told = Told(self.marks.hits(entry) + self.marks.hits(entry, "down"), self.marks.sizes) if entry else None
        show_sides(self, entry, self._dialect, told)

    def _lint_view(self) -> None:
        table = self.table
        self._linting.show(table.window.rows[table.top : table.top + table.body])

    def heard(self, files: Sequence[MigrationFile], report: Report) -> None:
        """Another page had files looked through, with the database asked about their tables."""
        self.marks.take(files, report, measured=True)
        self._marked()

    def _marked(self) -> None:
        """The lint has more to say."""
        self.table.repaint()
        self._show(self.table.row)

    @property
    def _dialect(self) -> str | None:
        return self._look.dialect if self._look is not None else None

    def _turn(self) -> None:
        for direction in ("up", "down"):
            self.query_one(f"#{direction}").set_class(direction == self.direction, "-front")

    @property
    def direction(self) -> Direction:
        """The side in front."""
        return "down" if self._is_down else "up"

    def action_direction(self) -> None:
        """Shows, and `y` copies, the other direction."""
        self._is_down = not self._is_down
        self._turn()

    def action_copy_sql(self) -> None:
        """Copies the SQL of the row under the cursor, in the direction in front."""
        row = self.table.row
        if row is None:
            return
        text = sql_of(row, self.direction)
        if text:
            self.shell.copy(text, f"the SQL of {row.version}, {self.direction}")
        else:
            self.shell.warn(f"{row.version} has no SQL to copy in this direction.")

    def on_row_opened(self, event: RowOpened) -> None:
        entry: Entry = event.row
        work = partial(asyncio.to_thread, sides, entry, self._dialect, WHOLE)
        self.run_read(work, partial(self._open, entry), group="open")

    def _open(self, entry: Entry, found: Sides) -> None:
        page = SqlScreen(entry, found, look=self._look, is_down=self._is_down, heard=self.heard)
        self.shell.push_screen(page)
