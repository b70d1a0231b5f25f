"""The line in a dialog into which the name of the database is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.terminal.safe import safe
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from textual.app import ComposeResult


def typed_name(database: str, *, classes: str = "") -> ComposeResult:
    """Yield the request, with `classes`, and its line `#typed`; nothing where `database` is ""."""
    if database:
        name = Content.assemble("Type ", (safe(database, 200).plain, "bold"), " to confirm.")
        yield Static(name, classes=classes)
        yield LineInput(id="typed", max_length=256, compact=True)
