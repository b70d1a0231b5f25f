"""What is asked before a file of users is read: the file, what its columns are, how it is written, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static

from tui.paths import expanded
from tui.transfer.errors import TransferError
from tui.transfer.importing import ImportRequest, delimiter_of, request_of
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget


def form_lines() -> ComposeResult:
    """The lines of the form, for the screen that `request_on` is asked about."""
    with HorizontalGroup(classes="line"):
        yield Static(Content("File"), classes="label")
        yield LineInput(id="path", placeholder="users.csv or users.jsonl, then Enter")
    with HorizontalGroup(classes="line"):
        yield Static(Content("Columns"), classes="label")
        yield LineInput(id="mapping", placeholder="Mail=email, Phone=-   (only what is not recognised)")
    with HorizontalGroup(classes="line"):
        yield Static(Content("Between"), classes="label")
        yield LineInput(id="delimiter", placeholder=", ; | tab: found out")
        yield Static(Content("Encoding"), classes="label")
        yield LineInput(id="encoding", placeholder="UTF-8: found out")
    with HorizontalGroup(classes="line"):
        yield Static(Content("Reason"), classes="label")
        yield LineInput(id="reason", max_length=500)


def request_on(screen: Widget) -> ImportRequest:
    """Return what stands in the form. Raises TransferError with what cannot be meant."""
    text = _written(screen, "path")
    if not text:
        raise TransferError("Write the name of a file.")
    mapping, ignored = [], []
    for word in filter(None, map(str.strip, screen.query_one("#mapping", Input).value.split(","))):
        column, equals, field = word.rpartition("=")
        if not equals or not column:
            raise TransferError(f"{word} is not COLUMN=FIELD. COLUMN=- leaves a column out.")
        if field.strip() == "-":
            ignored.append(column.strip())
        else:
            mapping.append((column.strip(), field.strip()))
    first = request_of(expanded(text))
    delimiter = screen.query_one("#delimiter", Input).value
    return ImportRequest(
        first.path,
        first.format,
        delimiter_of(delimiter.strip() or delimiter),
        _written(screen, "encoding") or None,
        tuple(mapping),
        tuple(ignored),
        _written(screen, "reason"),
    )


def _written(screen: Widget, name: str) -> str:
    return screen.query_one(f"#{name}", Input).value.strip()
