"""Export of the audit: which events, to which file. How it runs is in `tui.screens.transfer.to_file`; what is written,
and how, in `tui.transfer.audit_export`.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from tui.paths import expanded
from tui.screens.replica import reads_of
from tui.screens.transfer.to_file import ToFileDialog
from tui.screens.twins import twin
from tui.terminal.safe import safe
from tui.transfer.audit_export import AuditExportRequest, export_audit
from tui.transfer.sheets import format_of
from tui.widgets.check import Check

if TYPE_CHECKING:
    from tui.browse.audit.query import AuditQuery


class AuditExportDialog(ToFileDialog):
    """Every event of a search."""

    THING: ClassVar[str] = "event"
    ABOUT: ClassVar[str] = (
        "A name that ends in .jsonl gives JSON Lines with everything of each event, any other CSV. Only you may read"
        " the file, and the audit has what went out."
    )
    DEFAULT_CSS = """
    AuditExportDialog #what { height: auto; width: 100%; margin: 0 0 1 0; }
    """

    def __init__(self, query: AuditQuery) -> None:
        super().__init__("Export events")
        self._query = query

    def compose_body(self) -> ComposeResult:
        yield Static(id="message")
        yield Static(safe(f"Every event that fits: {self._query.words()}", 300), id="what")
        yield from self.compose_file(Path.home() / "audit.jsonl")

    def on_mount(self) -> None:
        super().on_mount()
        self._show_command()

    def request(self) -> AuditExportRequest | None:
        """Return what stands in the dialog; None without the name of a file."""
        path = expanded(self.query_one("#path", Input).value.strip())
        if not path.name:
            return None
        reason = self.query_one("#reason", Input).value.strip()
        force = self.query_one("#force", Check).value
        return AuditExportRequest(self._query, format_of(path), path, force, reason, reads=reads_of(self.shell))

    @on(Input.Changed)
    @on(Check.Changed)
    def _show_command(self) -> None:
        request = self.request()
        if request is None:
            self.show_twin("")
            return
        words = ["audit", "export", *([f"--query={self._query}"] if self._query else []), "--output", str(request.path)]
        words += ["--force"] if request.force else []
        self.show_twin(twin(self.shell.launch.command, *words, reason=request.reason))

    def confirmed(self) -> None:
        """Begins."""
        request = self.request()
        if request is None:
            self.complain("Write the name of a file.")
        else:
            self.begin(partial(export_audit, request, self.shell.actor))
