"""The table of migrations, and the rows of it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding

from tui.keys import bindings
from tui.migrate.states import Entry, Listing
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource


class EntryTable(KeysetTable[Entry], inherit_bindings=False):
    """Without marks: what is applied is always a beginning of what is pending."""

    BINDINGS: ClassVar = [
        *bindings("move.down", "move.up", "move.page_down", "move.page_up", "move.top", "move.bottom"),
        *bindings("list.open"),
        # Arrows alone: h and l are verbs of this list.
        Binding("left", "left", show=False),
        Binding("right", "right", show=False),
    ]


def entries_of(listing: Listing) -> ListSource[Entry]:
    """The rows of the list. A version may stand twice: as a file, and as a row without one."""
    return ListSource(listing.entries, lambda entry: (entry.version, entry.state == "MISSING"))
