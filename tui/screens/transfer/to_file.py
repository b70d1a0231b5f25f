"""A dialog that writes a file: how far it is, what went out, and what Esc leaves. Of users or of events: whoever
inherits says what is asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Button, Input, Static

from models.operations.context import Stopped
from models.operations.text import counted
from tui.screens.dialogs.step_up import ask_first
from tui.screens.read_dialog import ReadDialog
from tui.screens.transfer.words import transfer_line
from tui.screens.write_dialog import REASON_LENGTH
from tui.transfer.recorded import Exported, ExportProgress
from tui.widgets.check import Check
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from pathlib import Path

    from textual.timer import Timer

LONGEST: Final = 24 * 3600.0
"""Seconds: a large table takes as long as it takes, and Esc stops it."""

TICK: Final = 0.25
"""Seconds between two looks at the progress."""

GOING: Final = "Esc stops it: then nothing was exported, and no file is left."

Tell = Callable[[ExportProgress], object]


class ToFileDialog(ReadDialog[Exported]):
    """Answers what went out, or None."""

    WIDTH: ClassVar[int] = 78
    THING: ClassVar[str] = ""
    """What a row is called: `user`."""
    ABOUT: ClassVar[str] = ""
    """What is to be known before it begins."""

    DEFAULT_CSS = """
    ToFileDialog .line { height: 1; }
    ToFileDialog .line .label { width: 9; }
    ToFileDialog .line Input { width: 1fr; }
    ToFileDialog #going { height: auto; width: 100%; display: none; margin: 1 0 0 0; }
    ToFileDialog #going.-given { display: block; }
    """

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._progress: ExportProgress | None = None
        self._timer: Timer | None = None
        self._done: Exported | None = None

    # What is asked for ------------------------------------------------------------------------------------------------

    def compose_file(self, default: Path) -> ComposeResult:
        """The lines below those that say what goes out."""
        with HorizontalGroup(classes="line"):
            yield Static(Content("File"), classes="label")
            yield LineInput(str(default), id="path", select_on_focus=False)
        with HorizontalGroup(classes="line"):
            yield Static(Content("Reason"), classes="label")
            yield LineInput(id="reason", max_length=REASON_LENGTH)
        yield Check(Content("replace the file if it is there"), id="force", compact=True)
        yield Static(Content(self.ABOUT), id="effects")
        yield Static(id="going")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Export  ^S", id="confirm")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#path", Input).focus()

    def total(self) -> int | None:
        """How many rows are looked at, as far as that is known."""
        return None

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_confirm()

    def _slow(self, slow: bool) -> None:
        """A long read is what is wanted here; the progress says how it goes."""

    # Running --------------------------------------------------------------------------------------------------------

    @property
    def is_going(self) -> bool:
        """Whether it runs."""
        return self._timer is not None

    def begin(self, export: Callable[[Tell], Awaitable[Exported]]) -> None:
        """Runs the export, which is told to say how far it is."""

        async def exported() -> Exported | Stopped:
            # A refusal is an answer too: it says whether the password is all that is missing.
            try:
                return await export(self._tell)
            except Stopped as stopped:
                return stopped

        self.say("")
        self._set_going(True)
        self.read(exported, self._ended, deadline=LONGEST)

    def _tell(self, progress: ExportProgress) -> None:
        self._progress = progress

    def _show(self) -> None:
        going, progress = self.query_one("#going", Static), self._progress
        if progress is None:
            going.update(Content("Beginning ..."))
        else:
            going.update(transfer_line(progress.searched, self.total(), progress.rows, progress.seconds, "written"))

    def _ended(self, done: Exported | Stopped) -> None:
        if isinstance(done, Stopped):
            self.complain(done.sentence)
            if not self.shell.lock.heed(done.refusals):
                ask_first(self.shell, done.refusals, self.confirmed)
            return
        self._set_going(False)
        self._done = done
        self.say(f"Exported {counted(done.rows, self.THING)} to {done.path}. The audit has it as #{done.seq}.")
        self.query_one("#effects", Static).update(Content(""))
        for field in self.query("Input, Check, Options").results():
            field.disabled = True
        self.query_one("#confirm", Button).display = False
        cancel = self.query_one("#cancel", Choice)
        cancel.say("Close")
        cancel.focus()

    def complain(self, sentence: str) -> None:
        """Says what is the matter; what ran is over then."""
        self._set_going(False)
        super().complain(sentence)

    def _set_going(self, going: bool) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_interval(TICK, self._show) if going else None
        self._progress = None
        self.allow(not going)
        self.query_one("#going").set_class(going, "-given")
        self.query_one("#effects", Static).update(Content(GOING if going else self.ABOUT))
        if going:
            self._show()

    # Leaving --------------------------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Stops what runs, once; then leaves."""
        if self.is_going and self._reads is not None:
            self._reads.stop()
            self._set_going(False)
            self.say("Stopped. Nothing was exported, and no file is left.")
        else:
            self.dismiss(self._done)
