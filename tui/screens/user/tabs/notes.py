"""The Notes tab: what colleagues should know, the pinned notes first, and the one under the cursor in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from tui.browse.moments import stamp
from tui.screens.user.tabs.note_body import NoteBody
from tui.screens.user.tabs.tab import Deed, Tab
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource

if TYPE_CHECKING:
    from tui.browse.user.detail import Detail, Note


def make(now: Callable[[], datetime]) -> Tab:
    """Return the tab: the notes above, the one under the cursor below."""
    table: KeysetTable[Note] = KeysetTable(note_columns(now), id="notes")
    body = NoteBody(table)

    async def show(detail: Detail | None) -> None:
        notes = detail.notes if detail is not None else ()
        table.say(Content("No notes. N writes one."))
        table.styles.height = max(3, len(notes) + 1)
        table.open(ListSource(notes, lambda note: note.id))

    def on_note(verb: str) -> Callable[[], Deed | None]:
        return lambda: Deed(verb, {"note_id": table.row.id}) if table.row is not None else None

    return Tab(
        "notes-tab",
        "Notes",
        (table, body),
        lambda: table,
        show,
        ("user.note", "user.pin", "user.remove", "users.edit"),
        {"remove": on_note("delete_note"), "pin": on_note("pin")},
        moved=body.show_row,
    )


def note_columns(now: Callable[[], datetime]) -> Sequence[Column[Note]]:
    """Return the columns of the notes on a user."""
    return (
        Column("pin", "PIN", 6, lambda row: Cell(Content("pinned" if row.pinned else "")), pinned=True),
        Column("when", "WHEN", 15, lambda row: Cell(Content(stamp(row.created_at, now())))),
        Column("who", "BY", 10, lambda row: Cell(safe(row.author, 100)), grow=1),
        Column("body", "NOTE", 24, lambda row: Cell(safe(row.body, 200)), grow=4),
    )
