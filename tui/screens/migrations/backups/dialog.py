"""The copies of an SQLite database, one to be chosen: when it was made, how large it is, what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Static

from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.check import Options
from tui.widgets.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.migrate.backups import Backup


class BackupsDialog(Dialog["Backup"]):
    """Answers the copy that is to be put back. `why_not`: why none may be."""

    WIDTH = 90

    def __init__(self, database: Path, backups: Sequence[Backup], why_not: str = "") -> None:
        super().__init__(f"Backups of {database.name}")
        self._database = database
        self._backups = {str(number): backup for number, backup in enumerate(backups)}
        self._why_not = why_not

    def compose_body(self) -> ComposeResult:
        yield Static(safe(f"Beside {self._database}; one is made before each run, and five are kept.", 400))
        if not self._backups:
            yield Static(Content("There is none yet."))
            return
        choices = {number: _line(backup) for number, backup in self._backups.items()}
        yield Options(choices, next(iter(choices)), id="backups")
        if self._why_not:
            yield Static(safe(self._why_not, 300), classes="caution")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Close", id="close")
        yield Choice("Restore…", id="restore", disabled=bool(self._why_not) or not self._backups)

    def on_mount(self) -> None:
        self.query_one("#close", Button).focus()

    @on(Button.Pressed, "#restore")
    def _chosen(self) -> None:
        self.dismiss(self._backups[self.query_one(Options).picked])

    @on(Button.Pressed, "#close")
    def _left(self) -> None:
        self.dismiss(None)


def when(backup: Backup) -> str:
    """In the person's zone."""
    return f"{backup.copy.made_at.astimezone():%Y-%m-%d %H:%M:%S}"


def holds(backup: Backup) -> str:
    """What was applied in it."""
    if backup.applied is None:
        return "before Aerich's table was there"
    return f"up to {backup.newest}" if backup.newest else "nothing applied"


def _line(backup: Backup) -> Content:
    size = backup.copy.size
    shown = f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.0f} kB"
    return safe(f"{when(backup)}  {shown:>9}  {holds(backup)}", 300)
