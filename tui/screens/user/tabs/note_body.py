"""The note under the cursor of a table, whole and wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from models.operations.text import grouped
from tui.sanitise import Cut
from tui.terminal.safe import safe_block

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.browse.user.detail import Note
    from tui.widgets.keyset_table import KeysetTable


class NoteBody(VerticalScroll):
    """Follows the cursor of its table; a line break stays one, every other control character is shown as a sign."""

    DEFAULT_CSS = """
    NoteBody { height: 1fr; padding: 1 1 0 1; scrollbar-size-vertical: 1; }
    NoteBody Static { height: auto; width: 100%; }
    """

    def __init__(self, table: KeysetTable[Note]) -> None:
        super().__init__(id="note-body")
        self._table = table

    def compose(self) -> ComposeResult:
        yield Static()

    def show_row(self) -> None:
        """Shows the note that the cursor is on now."""
        note = self._table.row
        body = safe_block(note.body) if note is not None else Content("")
        if note is not None and isinstance(note.body, Cut):  # at its end nobody would find it
            body = Content.assemble((f"The first of {grouped(note.body.whole)} characters:", "dim"), "\n", body)
        self.query_one(Static).update(body)
        self.scroll_home(animate=False)
