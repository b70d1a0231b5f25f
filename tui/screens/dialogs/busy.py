"""Quitting waits while something is being written, since its answer may be a password that is shown once.

This says what it is, goes away when that is settled, and leaves all the same when quitting is asked for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.dialogs.base import Dialog
from tui.widgets.choice import Choice

if TYPE_CHECKING:
    from textual.worker import WorkType

LOOK_SECONDS: Final = 0.1


class BusyDialog(Dialog[None]):
    """One sentence for each running write; closes by any of the ways out, and by itself."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.no", "app.quit")]

    def __init__(self, running: Sequence[str]) -> None:
        super().__init__("Not now")
        self._labels = running

    def compose_body(self) -> ComposeResult:
        for label in self._labels:
            yield Static(Content(f"{sanitise(label, 100)} is still running."))
        yield Static(Content("This closes when that is settled. ^Q again leaves within seconds, without its answer."))

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Stay", id="stay")

    def on_mount(self) -> None:
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        if not self.shell.busy and self.is_current:
            self.dismiss(None)

    async def action_quit(self) -> None:
        """Leaves: what is written is either committed with its audit row, or rolled back."""
        # The application's worker: this dialog closes at the very moment that it waits for.
        leave: WorkType[None] = partial(self.shell.leave_now, self.shell.failed_status)
        self.shell.run_worker(leave, group="leave", exit_on_error=False)

    def on_button_pressed(self) -> None:
        self.dismiss(None)

    def action_no(self) -> None:
        """Stays."""
        self.dismiss(None)
