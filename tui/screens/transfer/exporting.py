"""Export: who, which columns, which format, to which file; then how far it is, and what went out.

Esc while it runs stops it, and no file is left. What is exported, and how, is in `tui.transfer`.
"""

from __future__ import annotations

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
from tui.browse.means import estimated_total
from tui.screens.dialogs.step_up import ask_first
from tui.screens.read_dialog import ReadDialog
from tui.screens.transfer.words import export_twin, transfer_line
from tui.screens.write_dialog import REASON_LENGTH
from tui.terminal.safe import safe
from tui.transfer.columns import COLUMNS, DEFAULT, names_of, parse_columns
from tui.transfer.errors import TransferError
from tui.transfer.export import Exported, ExportProgress, ExportRequest, export_users
from tui.transfer.sheets import format_of
from tui.widgets.check import Check, Options
from tui.widgets.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.timer import Timer

    from models.operations import Actor
    from tui.browse.means import Total
    from tui.browse.orders import Order
    from tui.browse.query import Query

LONGEST: Final = 24 * 3600.0
"""Seconds: a large table takes as long as it takes, and Esc stops it."""

TICK: Final = 0.25
"""Seconds between two looks at the progress."""


class ExportDialog(ReadDialog[Exported]):
    """Answers what went out, or None."""

    WIDTH: ClassVar[int] = 78

    DEFAULT_CSS = """
    ExportDialog .line { height: 1; }
    ExportDialog .line .label { width: 9; }
    ExportDialog .line Input { width: 1fr; }
    ExportDialog #columns-line, ExportDialog #going { margin: 1 0 0 0; }
    ExportDialog #going { height: auto; width: 100%; display: none; }
    ExportDialog #going.-given { display: block; }
    """

    def __init__(self, query: Query, order: Order, marked: Sequence[int] = ()) -> None:
        super().__init__("Export users")
        self._query = query
        self._order = order
        self._marked = tuple(marked)
        self._total: Total | None = None
        self._progress: ExportProgress | None = None
        self._timer: Timer | None = None
        self._done: Exported | None = None

    # The dialog -----------------------------------------------------------------------------------------------------

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
            yield Input(",".join(names_of(DEFAULT)), id="columns", select_on_focus=False)
        with HorizontalGroup(classes="line"):
            yield Static(Content("File"), classes="label")
            yield Input(str(Path.home() / "users.csv"), id="path", select_on_focus=False)
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
        self.read(estimated_total, self._counted, group="total")

    def _counted(self, total: Total) -> None:
        self._total = total

    def _slow(self, slow: bool) -> None:
        """A long read is what is wanted here; the progress says how it goes."""

    # What is asked for ------------------------------------------------------------------------------------------------

    def request(self) -> ExportRequest:
        """Return what stands in the dialog. Raises TransferError with what cannot be meant."""
        path = self._path
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
        )

    @property
    def _path(self) -> Path:
        return Path(self.query_one("#path", Input).value.strip()).expanduser()

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

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_confirm()

    # Running --------------------------------------------------------------------------------------------------------

    @property
    def is_going(self) -> bool:
        """Whether it runs."""
        return self._timer is not None

    def confirmed(self) -> None:
        """Begins."""
        try:
            request = self.request()
        except TransferError as error:
            self.complain(error.sentence)
            return
        self.say("")
        self._set_going(True)
        self.read(partial(_export, request, self.shell.actor, self._tell), self._ended, deadline=LONGEST)

    def _tell(self, progress: ExportProgress) -> None:
        self._progress = progress

    def _show(self) -> None:
        going = self.query_one("#going", Static)
        if self._progress is not None:
            total = len(self._marked) if self._is_marked else self._total.value if self._total else None
            done = self._progress.searched
            going.update(transfer_line(done, total, self._progress.rows, self._progress.seconds, "written"))
        else:
            going.update(Content("Beginning ..."))

    def _ended(self, done: Exported | Stopped) -> None:
        if isinstance(done, Stopped):
            self.complain(done.sentence)
            if not self.shell.lock.heed(done.refusals):
                ask_first(self.shell, done.refusals, self.confirmed)
            return
        self._set_going(False)
        self._done = done
        users = f"{grouped(done.rows)} user{'' if done.rows == 1 else 's'}"
        self.say(f"Exported {users} to {done.path}. The audit has it as #{done.seq}.")
        self.query_one("#effects", Static).update(Content(""))
        for field in self.query("Input, Check, Options").results():
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

    # Leaving --------------------------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Stops what runs, once; then leaves."""
        if self.is_going and self._reads is not None:
            self._reads.stop()
            self._set_going(False)
            self.say("Stopped. Nothing was exported, and no file is left.")
        else:
            self.dismiss(self._done)


async def _export(request: ExportRequest, actor: Actor, tell: Callable[[ExportProgress], object]) -> Exported | Stopped:
    """A refusal is an answer too: it says whether the password is all that is missing."""
    try:
        return await export_users(request, actor, tell)
    except Stopped as stopped:
        return stopped


_ABOUT = (
    "A name that ends in .jsonl gives JSON Lines, any other CSV. Only you may read the file, credentials are never in"
    " it, and the audit has what went out. Columns are " + ", ".join(names_of(COLUMNS)) + "."
)
_GOING = "Esc stops it: then nothing was exported, and no file is left."
