"""Export of users: who, which columns, which format, to which file. How it runs is in `to_file`; what is exported, and
how, in `tui.transfer`.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static

from models.operations.text import grouped
from tui.browse.cost.means import estimated_total
from tui.paths import expanded
from tui.screens.replica import reads_of
from tui.screens.transfer.to_file import ToFileDialog
from tui.screens.transfer.words import export_twin
from tui.terminal.safe import safe
from tui.transfer.columns import COLUMNS, DEFAULT, names_of, parse_columns
from tui.transfer.errors import TransferError
from tui.transfer.export import ExportRequest, export_users
from tui.transfer.sheets import format_of
from tui.widgets.check import Check, Options
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.browse.cost.means import Total
    from tui.browse.lists.orders import Order
    from tui.browse.search.query import Query


class ExportDialog(ToFileDialog):
    """Those who match, or those who are marked."""

    THING: ClassVar[str] = "user"
    ABOUT: ClassVar[str] = (
        "A name that ends in .jsonl gives JSON Lines, any other CSV. Only you may read the file, credentials are never"
        " in it, and the audit has what went out. Columns are " + ", ".join(names_of(COLUMNS)) + "."
    )
    DEFAULT_CSS = """
    ExportDialog #columns-line { margin: 1 0 0 0; }
    """

    def __init__(self, query: Query, order: Order, marked: Sequence[int] = ()) -> None:
        super().__init__("Export users")
        self._query = query
        self._order = order
        self._marked = tuple(marked)
        self._estimated: Total | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(id="message")
        words = safe(self._query.words(), 60)
        matching = Content.assemble("those who match: ", words) if self._query.terms else "everybody"
        choices: dict[str, str | Content] = {"query": matching}
        if self._marked:
            choices = {"marked": f"{grouped(len(self._marked))} marked", **choices}
        yield Options(choices, next(iter(choices)), id="whom")
        with HorizontalGroup(id="columns-line", classes="line"):
            yield Static(Content("Columns"), classes="label")
            yield LineInput(",".join(names_of(DEFAULT)), id="columns", select_on_focus=False)
        yield from self.compose_file(Path.home() / "users.csv")

    def on_mount(self) -> None:
        super().on_mount()
        self._show_command()
        self.read(estimated_total, self._counted, group="total")

    def _counted(self, total: Total) -> None:
        self._estimated = total

    def total(self) -> int | None:
        """Those who are marked, else about everybody: the list is searched through."""
        if self._is_marked:
            return len(self._marked)
        return self._estimated.value if self._estimated else None

    def request(self) -> ExportRequest:
        """Return what stands in the dialog. Raises TransferError with what cannot be meant."""
        path = expanded(self.query_one("#path", Input).value.strip())
        if not path.name:
            raise TransferError("Write the name of a file.")
        return ExportRequest(
            self._query,
            self._order,
            parse_columns(self.query_one("#columns", Input).value),
            format_of(path),
            path,
            self._marked if self._is_marked else None,
            self.query_one("#force", Check).value,
            self.query_one("#reason", Input).value.strip(),
            reads=reads_of(self.shell),
        )

    @property
    def _is_marked(self) -> bool:
        return self.query_one("#whom", Options).picked == "marked"

    @on(Input.Changed)
    @on(Options.Changed)
    @on(Check.Changed)
    def _show_command(self) -> None:
        try:
            request = self.request()
        except TransferError:
            self.show_twin("")
        else:
            self.show_twin(export_twin(self.shell.launch.command, request))

    def confirmed(self) -> None:
        """Begins."""
        try:
            request = self.request()
        except TransferError as error:
            self.complain(error.sentence)
        else:
            self.begin(partial(export_users, request, self.shell.actor))
