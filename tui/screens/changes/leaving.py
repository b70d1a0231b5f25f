"""Leaving: refused while something is written, asked about while edits are staged. Those are kept unless told so."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Static

from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.screens.dialogs.busy import BusyDialog
from tui.screens.work import start_write
from tui.widgets.choice import Choice, DangerousChoice

if TYPE_CHECKING:
    from tui.app import ShellbackApp

Answer = Literal["keep", "discard"]


def ask_to_leave(shell: ShellbackApp) -> None:
    """Leave, or say what is still running, or ask what becomes of what is staged."""
    if shell.busy and shell.lock.is_on:
        # In the lock's own mode, or nobody would see it; and what is written may name somebody.
        shell.push_screen(BusyDialog(("Something",)), mode=shell.current_mode)
    elif shell.busy:
        shell.push_screen(BusyDialog(tuple(shell.busy)))
    elif shell.staged.edits and not shell.lock.is_on:
        dialog = LeaveDialog(len(shell.staged), keeps=shell.demo_password is None)
        shell.push_screen(dialog, partial(_answered, shell))
    else:
        # Behind a lock nothing of the data is named: what is staged is kept without a word.
        shell.exit(return_code=shell.failed_status)


def _answered(shell: ShellbackApp, answer: Answer | None) -> None:
    def leave(_: None = None) -> None:
        shell.exit(return_code=shell.failed_status)

    if answer == "keep":
        leave()
    elif answer == "discard":
        start_write(shell, shell.screen, "discarding of what is staged", shell.staged.discard, leave, None)


class LeaveDialog(Dialog[Answer]):
    """Says how many edits are staged. Starts on staying; ^Q again leaves and keeps them, but in a demo, which `keeps`
    nothing."""

    WIDTH: ClassVar[int] = 76
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("dialog.yes", "dialog.no", "changes.discard", "app.quit"),
    ]

    def __init__(self, count: int, *, keeps: bool = True) -> None:
        super().__init__("Leave Shellback?")
        self._count = count
        self._keeps = keeps

    def compose_body(self) -> ComposeResult:
        edits, they = ("1 edit is", "It stays") if self._count == 1 else (f"{self._count} edits are", "They stay")
        yield Static(Content(f"{edits} staged and not committed."))
        if self._keeps:
            yield Static(Content(f"{they} on this machine, for you and this database, until committed or discarded."))
        else:
            yield Static(Content("This is a demo: everything is thrown away with it."))

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Stay  n", id="cancel")
        if self._keeps:
            yield Choice("Quit, keep them  y", id="keep")
            yield DangerousChoice("Discard and quit  D", id="discard")
        else:
            yield Choice("Quit  y", id="keep")

    def on_mount(self) -> None:
        self.query_one("#cancel", Button).focus()

    @on(Button.Pressed, "#cancel")
    def action_no(self) -> None:
        """Stays."""
        self.dismiss(None)

    @on(Button.Pressed, "#keep")
    def action_yes(self) -> None:
        """Leaves; what is staged is there the next time."""
        self.dismiss("keep")

    async def action_quit(self) -> None:
        """The same: the key that asked, pressed again."""
        self.action_yes()

    @on(Button.Pressed, "#discard")
    def action_discard(self) -> None:
        """Leaves without what was staged."""
        self.dismiss("discard")
