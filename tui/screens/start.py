"""The first thing painted: which database is being opened, and what to do if that fails.

The database stack is imported after this screen is on the terminal, in a thread, so that a person sees the program
before it is complete.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.base import AreaScreen

if TYPE_CHECKING:
    from tui.launch import Opening

EXIT_UNAVAILABLE = 5


class StartScreen(AreaScreen):
    """Opens the database, then hands over to the next step: signing in, the first start, or the first area."""

    CRUMB = "Start"
    INTRO = "The database is being opened. If it does not answer, ctrl+r tries again and q leaves."
    HINTS = ("list.refresh", "app.quit")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list.refresh")]

    DEFAULT_CSS = """
    StartScreen #start { align: center middle; height: 1fr; width: 100%; }
    StartScreen #what { width: auto; max-width: 76; height: auto; }
    StartScreen #hint { width: auto; max-width: 76; height: auto; color: $text-muted; }
    """

    def compose_body(self) -> ComposeResult:
        with Vertical(id="start"):
            yield Static(Content(f"Opening {sanitise(self.shell.launch.label, 60)} ..."), id="what")
            yield Static("", id="hint")

    def on_mount(self) -> None:
        self.call_after_refresh(self._open)

    def say(self, sentence: str, hint: str = "") -> None:
        """Shows one sentence, and under it what to do."""
        self.query_one("#what", Static).update(Content(sanitise(sentence, 400)))
        self.query_one("#hint", Static).update(Content(sanitise(hint, 200)))

    def action_refresh(self) -> None:
        """Tries again after a failure."""
        if self.shell.database is None:
            self.say(f"Opening {self.shell.launch.label} ...")
            self._open()

    def _open(self) -> None:
        self.run_read(self._opening, self._opened, group="open", deadline=60, failed=self._failed)

    async def _opening(self) -> Opening:
        await asyncio.to_thread(_import_stack)
        return await self.shell.launch.opener(lambda sentence: self.call_later(self.say, sentence))

    def _failed(self, sentence: str) -> None:
        self.shell.failed_status = EXIT_UNAVAILABLE
        self.say(sentence, "ctrl+r tries again · q leaves")

    def _opened(self, opening: Opening) -> None:
        self.shell.failed_status = 0
        self.shell.database = opening.database
        self.say("Open.")


def _import_stack() -> None:
    """Imports what the first query needs: some 150 ms that the first paint does not wait for."""
    import models  # noqa: F401
