"""History: one line for each file and run, newest first; Enter shows the SQL as it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui.keys import bindings
from tui.migrate.past.chronicle import Line, how_far, summary, took_words, when_words, who_words
from tui.migrate.past.history import Texts, read_texts
from tui.migrate.source.files import name_of, number_of
from tui.screens.base import AreaScreen
from tui.screens.migrations.history.diff import READ_SECONDS
from tui.screens.migrations.history.page import PageScreen
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.keyset_messages import RowOpened
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource
from tui.widgets.sql import numbered

if TYPE_CHECKING:
    from tui.migrate.source.project import Project

_TONES: Final = {"failed": Tone.DANGER, "partial": Tone.DANGER, "running": Tone.CAUTION, "cancelled": Tone.CAUTION}
_MOST: Final = 4000
"""Lines of SQL on the page of one record."""


def columns() -> Sequence[Column[Line]]:
    """The list's columns."""
    return (
        Column("when", "WHEN", 16, lambda line: _quiet(when_words(line.record)), pinned=True),
        Column("what", "WHAT", 15, _what, pinned=True),
        Column("number", "#", 4, _number, right=True),
        Column("name", "NAME", 14, lambda line: Cell(safe(name_of(line.version), 200)), grow=2),
        Column("took", "TOOK", 7, lambda line: _quiet(took_words(line.record)), right=True),
        Column("by", "BY", 12, lambda line: _quiet(who_words(line.record).partition(" (")[0]), grow=1),
        Column("why", "REASON", 20, _why, grow=1, from_width=110),
    )


def _quiet(text: str) -> Cell:
    return Cell(safe(text, 120), Tone.QUIET)


def _what(line: Line) -> Cell:
    return Cell(safe(line.what, 40), _TONES.get(line.record.outcome if line.record else "", Tone.PLAIN))


def _number(line: Line) -> Cell:
    return Cell(safe(number, 8) if (number := number_of(line.version)) is not None else Content("–"))


def _why(line: Line) -> Cell:
    return _quiet(line.record.reason if line.record is not None else "")


class LineTable(KeysetTable[Line], inherit_bindings=False):
    """Without marks."""

    BINDINGS: ClassVar = [
        *bindings("move.down", "move.up", "move.page_down", "move.page_up", "move.top", "move.bottom"),
        *bindings("move.left", "move.right", "list.open"),
    ]


class HistoryScreen(AreaScreen):
    """The lines as they were read with the list. `fault`: why the log's own rows are not among them."""

    CSS_PATH = "../migrations.tcss"
    INTRO = (
        "What was run on this database, from the table shellback_migrations and Aerich's. Of rows that plain aerich "
        "wrote, neither the time nor the person is known."
    )
    HINTS = ("list.open", "app.back", "move.down", "move.page_down")

    def __init__(self, project: Project, lines: Sequence[Line], fault: str, target: str) -> None:
        super().__init__()
        self._project = project
        self._lines = tuple(lines)
        self._fault = fault
        self._target = target

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", "History")

    def compose_body(self) -> ComposeResult:
        words = [f"{summary(self._lines)} · {self._target}"]
        if self._fault:
            words.append(f"Our own log is not shown: {self._fault}.")
        yield Static(Content("\n").join(safe(each, 400) for each in words), id="facts")
        yield LineTable(columns())

    def on_mount(self) -> None:
        table = self.query_one(LineTable)
        if not self._lines:
            table.say(Content("Nothing was run on this database yet."))
        table.open(ListSource(self._lines, lambda line: line.key))
        table.focus()

    def on_row_opened(self, event: RowOpened) -> None:
        line: Line = event.row
        if line.record is None:
            self.shell.warn(f"{line.version} was applied by plain aerich: what it sent is not recorded.")
            return
        read = partial(read_texts, self._project, line.record, self.shell.database)
        self.run_read(read, partial(self._open, line), group="open", deadline=READ_SECONDS)

    def _open(self, line: Line, texts: Texts | None) -> None:
        if texts is None:
            self.shell.warn("That row is no longer in the log.")
            return
        record = line.record
        assert record is not None
        facts = [
            f"{line.what} · {line.version} · {how_far(record)} · {took_words(record)}",
            f"{when_words(record)} · {who_words(record)} · run {record.run}",
            *([f"reason: {record.reason}"] if record.reason else []),
            *(["in the file of this machine, not in the database"] if record.is_local else []),
        ]
        body = numbered([(1, texts.sql)], most=_MOST) if texts.sql else Content("No SQL was sent.")
        page = PageScreen(("Migrations", "History", line.version), facts, body, texts.sql, f"the SQL of {line.version}")
        self.shell.push_screen(page)
