"""Export of the audit: which events, to which file; then how far it is, and what went out.

Esc while it runs stops it, and no file is left. What is written, and how, is in `tui.transfer.audit_export`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Button, Input, Static

from models.operations.context import Stopped
from models.operations.text import grouped
from tui.screens.dialogs.step_up import ask_first
from tui.screens.read_dialog import ReadDialog
from tui.screens.transfer.words import transfer_line
from tui.screens.twins import twin
from tui.screens.write_dialog import REASON_LENGTH
from tui.terminal.safe import safe
from tui.transfer.audit_export import AuditExportRequest, export_audit
from tui.transfer.export import Exported, ExportProgress
from tui.transfer.sheets import format_of
from tui.widgets.check import Check
from tui.widgets.choice import Choice

if TYPE_CHECKING:
    from textual.timer import Timer

    from models.operations.plan import Actor
    from tui.browse.audit_query import AuditQuery

LONGEST: Final = 24 * 3600.0
"""Seconds: a long trail takes as long as it takes, and Esc stops it."""

TICK: Final = 0.25
"""Seconds between two looks at the progress."""


class AuditExportDialog(ReadDialog[Exported]):
    """Answers what went out, or None."""

    WIDTH: ClassVar[int] = 78

    DEFAULT_CSS = """
    AuditExportDialog .line { height: 1; }
    AuditExportDialog .line .label { width: 9; }
    AuditExportDialog .line Input { width: 1fr; }
    AuditExportDialog #what { height: auto; width: 100%; margin: 0 0 1 0; }
    AuditExportDialog #going { height: auto; width: 100%; display: none; margin: 1 0 0 0; }
    AuditExportDialog #going.-given { display: block; }
    """

    def __init__(self, query: AuditQuery) -> None:
        super().__init__("Export events")
        self._query = query
        self._progress: ExportProgress | None = None
        self._timer: Timer | None = None
        self._done: Exported | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(id="message")
        yield Static(safe(f"Every event that fits: {self._query.words()}", 300), id="what")
        with HorizontalGroup(classes="line"):
            yield Static(Content("File"), classes="label")
            yield Input(str(Path.home() / "audit.jsonl"), id="path", select_on_focus=False)
        with HorizontalGroup(classes="line"):
            yield Static(Content("Reason"), classes="label")
            yield Input(id="reason", max_length=REASON_LENGTH)
        yield Check(Content("replace the file if it is there"), id="force", compact=True)
        yield Static(Content(_ABOUT), id="effects")
        yield Static(id="going")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Export  ^S", id="confirm")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#path", Input).focus()
        self._show_command()

    def _slow(self, slow: bool) -> None:
        """A long read is what is wanted here; the progress says how it goes."""

    def request(self) -> AuditExportRequest | None:
        """Return what stands in the dialog; None without the name of a file."""
        path = Path(self.query_one("#path", Input).value.strip()).expanduser()
        if not path.name:
            return None
        reason = self.query_one("#reason", Input).value.strip()
        return AuditExportRequest(self._query, format_of(path), path, self.query_one("#force", Check).value, reason)

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

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_confirm()

    # Running --------------------------------------------------------------------------------------------------------

    def confirmed(self) -> None:
        """Begins."""
        request = self.request()
        if request is None:
            self.complain("Write the name of a file.")
            return
        self.say("")
        self._set_going(True)
        self.read(partial(_export, request, self.shell.actor, self._tell), self._ended, deadline=LONGEST)

    def _tell(self, progress: ExportProgress) -> None:
        self._progress = progress

    def _show(self) -> None:
        going = self.query_one("#going", Static)
        if self._progress is None:
            going.update(Content("Beginning ..."))
        else:
            done = self._progress
            going.update(transfer_line(done.searched, None, done.rows, done.seconds, "written"))

    def _ended(self, done: Exported | Stopped) -> None:
        if isinstance(done, Stopped):
            self.complain(done.sentence)
            ask_first(self.shell, done.refusals, self.confirmed)
            return
        self._set_going(False)
        self._done = done
        events = f"{grouped(done.rows)} event{'' if done.rows == 1 else 's'}"
        self.say(f"Exported {events} to {done.path}. The audit has it as #{done.seq}.")
        self.query_one("#effects", Static).update(Content(""))
        for field in self.query("Input, Check").results():
            field.disabled = True
        self.query_one("#confirm", Button).display = False
        cancel = self.query_one("#cancel", Button)
        cancel.label = Content("[ Close ]")
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
        self.query_one("#effects", Static).update(Content(_GOING if going else _ABOUT))
        if going:
            self._show()

    def action_close(self) -> None:
        """Stops what runs, once; then leaves."""
        if self._timer is not None and self._reads is not None:
            self._reads.stop()
            self._set_going(False)
            self.say("Stopped. Nothing was exported, and no file is left.")
        else:
            self.dismiss(self._done)


async def _export(
    request: AuditExportRequest, actor: Actor, tell: Callable[[ExportProgress], object]
) -> Exported | Stopped:
    """A refusal is an answer too: it says whether the password is all that is missing."""
    try:
        return await export_audit(request, actor, tell)
    except Stopped as stopped:
        return stopped


_ABOUT = (
    "A name that ends in .jsonl gives JSON Lines with everything of each event, any other CSV. Only you may read the"
    " file, and the audit has what went out."
)
_GOING = "Esc stops it: then nothing was exported, and no file is left."
