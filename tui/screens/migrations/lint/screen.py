"""Every hit of the pending files, as a list: where, what, and under it why, who waits, and what to write instead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.keys import bindings
from tui.migrate.source.files import name_of, number_of
from tui.sanitise import sanitise
from tui.screens.base import AreaScreen
from tui.screens.migrations.sql.edit import open_file
from tui.screens.migrations.sql.screen import LINT_SECONDS, WHOLE, SqlScreen
from tui.screens.migrations.sql.sides import SIGNS, STYLES, sides
from tui.terminal.safe import safe, safe_block
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.keyset_messages import CursorMoved, RowOpened
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource
from tui.widgets.sql import coloured

if TYPE_CHECKING:
    from tui.migrate.lint import Hit, Report
    from tui.migrate.listing import Look
    from tui.migrate.source.files import MigrationFile
    from tui.migrate.states import Entry
    from tui.screens.migrations.sql.sides import Sides

_TONES: Final = {"error": Tone.DANGER, "warning": Tone.CAUTION, "note": Tone.QUIET}


def columns() -> Sequence[Column[Hit]]:
    """The list's columns."""
    return (
        Column("severity", "SEVERITY", 9, _severity, pinned=True),
        Column("place", "FILE:LINE", 20, lambda hit: Cell(safe(_place(hit), 255)), grow=1),
        Column("sentence", "FOUND", 36, lambda hit: Cell(safe(hit.sentence, 400)), grow=3),
        Column("rule", "RULE", 28, lambda hit: Cell(safe(hit.rule, 60), Tone.QUIET), from_width=110),
    )


def _severity(hit: Hit) -> Cell:
    return Cell(Content(f"{SIGNS[hit.severity]} {hit.severity}"), _TONES[hit.severity])


def _place(hit: Hit) -> str:
    """`12 username_key:7`."""
    number = number_of(hit.version)
    name = f"{number} {name_of(hit.version)}" if number is not None else hit.version
    return name if hit.line is None else f"{name}:{hit.line}"


class HitTable(KeysetTable["Hit"]):
    """The hits, in the order in which the files run."""


class LintScreen(AreaScreen):
    """Both directions of each file are looked through; enter opens the file at the statement."""

    CSS_PATH = "../migrations.tcss"
    CRUMB = "Lint"
    INTRO = (
        "What the pending files would break, lose or keep waiting. An error keeps them from being applied. "
        "A line  -- lint: ignore RULE reason  in front of a statement silences one rule there."
    )
    HINTS = ("app.back", "list.open", "migrations.copy_rewrite", "migrations.edit", "list.refresh")
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("migrations.copy_rewrite", "migrations.edit", "list.refresh"),
    ]

    def __init__(
        self,
        look: Look,
        find: Callable[[], Awaitable[Look | str]],
        heard: Callable[[Sequence[MigrationFile], Report], object],
    ) -> None:
        """`find` reads files and rows again, or says why not; `heard` is told each report."""
        super().__init__()
        self._heard = heard
        self._look = look
        self._find = find
        self.is_edited = False
        """A file was opened in the editor: what is known of it elsewhere may be old."""
        self._report: Report | None = None

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", self.CRUMB)

    def compose_body(self) -> ComposeResult:
        yield Static(id="facts")
        yield HitTable(columns())
        with VerticalScroll(id="detail", can_focus=False):
            yield Static(id="hit")
        yield Static(id="status")

    @property
    def table(self) -> HitTable:
        """The list."""
        return self.query_one(HitTable)

    def on_mount(self) -> None:
        self.table.focus()
        self._read()

    def action_refresh(self) -> None:
        """Reads the files again and looks through them."""
        self.run_read(self._find, self._read_again, group="look", deadline=LINT_SECONDS, failed=self._say)

    def _read_again(self, found: Look | str) -> None:
        if isinstance(found, str):
            self._say(found)
            return
        self._look = found
        self._read()

    def _read(self) -> None:
        if self._report is None:
            self.table.say(Content("…looking through the files"))
        self.run_read(self._lint, self._found, group="lint", deadline=LINT_SECONDS, failed=self._say)

    async def _lint(self) -> Report:
        from tui.migrate.lint import lint_look

        return await lint_look(self._look, database=self.shell.database, directions=("up", "down"))

    def _found(self, report: Report) -> None:
        self._report = report
        self._heard([entry.file for entry in self._look.listing.entries if entry.file is not None], report)
        words = [
            _many(report.count(severity), str(severity))
            for severity in sorted({hit.severity for hit in report.hits}, key=lambda each: -each.rank)
        ]
        files = f"{_many(len(report.versions), 'file')} looked through"
        self.query_one("#facts", Static).update(safe(" · ".join([*words, files]), 300))
        if not report.hits:
            self.table.say(Content("Nothing was found."))
        numbers = {id(hit): number for number, hit in enumerate(report.hits)}
        self.table.open(ListSource(report.hits, lambda hit: numbers[id(hit)]))
        self._say(" ".join(f"Not checked: {sentence}" for sentence in report.unchecked))
        self._show(report.hits[0] if report.hits else None)
        self.refresh_bindings()

    def _say(self, sentence: str) -> None:
        self.query_one("#status", Static).update(safe(sentence, 600))

    # The hit under the cursor -----------------------------------------------------------------------------------------

    def on_cursor_moved(self, event: CursorMoved) -> None:
        self._show(event.row)
        self.refresh_bindings()

    def _show(self, hit: Hit | None) -> None:
        self.query_one("#detail").scroll_home(animate=False)
        self.query_one("#hit", Static).update(Content("\n").join(_lines(hit)) if hit is not None else Content(""))

    def _entry(self, hit: Hit) -> Entry | None:
        return next((entry for entry in self._look.listing.entries if entry.version == hit.version), None)

    def on_row_opened(self, event: RowOpened) -> None:
        hit: Hit = event.row
        entry = self._entry(hit)
        if entry is not None:
            work = partial(asyncio.to_thread, sides, entry, self._look.dialect, WHOLE)
            self.run_read(work, partial(self._open, entry, hit), group="open")

    def _open(self, entry: Entry, hit: Hit, found: Sides) -> None:
        self.shell.push_screen(
            SqlScreen(entry, found, look=self._look, is_down=hit.direction == "down", at=hit.statement)
        )

    # Keys -------------------------------------------------------------------------------------------------------------

    def why_not(self, action: str) -> str:
        """Why a key does nothing now."""
        hit = self.table.row if self.is_mounted else None
        if action == "copy_rewrite" and (hit is None or not hit.rewrite):
            return "There is nothing safer to write here." if hit is not None else "Nothing was found."
        if action == "edit" and (hit is None or hit.path is None):
            return "There is no file to open."
        return ""

    def action_copy_rewrite(self) -> None:
        """Copies what to write instead."""
        hit = self.table.row
        if hit is not None:
            self.shell.copy(hit.rewrite, f"what to write instead, for {hit.rule}")

    def action_edit(self) -> None:
        """Opens the file at the hit's line, and looks through it again."""
        hit = self.table.row
        if hit is not None and hit.path is not None and open_file(self, hit.path, hit.line):
            self.is_edited = True
            self.action_refresh()


def _lines(hit: Hit) -> list[Content]:
    found = [
        Content.assemble(
            (f"{sanitise(hit.place)} · ", "dim"), (f"{hit.severity} ", STYLES[hit.severity]), (hit.rule, "dim"),
            (f" · {hit.direction}", "dim"),
        ),
        safe(hit.sentence, 600),
        safe(hit.why, 1000),
    ]  # fmt: skip
    if hit.blocks:
        found.append(Content.assemble(("while it runs: ", "dim"), safe(hit.blocks, 300)))
    if hit.rewrite:
        found += [Content(""), Content.styled("instead (Y copies)", "dim")]
        found += coloured(hit.rewrite) if "\n" not in hit.rewrite else _block(hit.rewrite)
    return found


def _block(text: str) -> list[Content]:
    return list(safe_block(text, 8000).split("\n", allow_blank=True))


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
