"""A bulk while it runs, and how it ended: a bar, a rate, what Esc will do; then a result for each user.

The run belongs to the application: leaving this screen does not stop it, and quitting is refused until it is settled.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from models.operations.bulk import BulkStatus, apply_bulk, export_results, job_path, retry
from models.operations.text import grouped
from tui.browse.bulk_results import ResultRow, ResultSource, by_result
from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.base import AreaScreen
from tui.screens.bulk.dialog import BulkDialog
from tui.screens.bulk.words import counts_line, progress_lines, result_word
from tui.screens.dialogs.path import PathDialog
from tui.screens.dialogs.step_up import ask_first
from tui.screens.keeping import keep_bulk
from tui.settings.paths import state_dir
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column, Tone
from tui.widgets.keyset_messages import LoadFailed, RowOpened
from tui.widgets.keyset_table import KeysetTable

if TYPE_CHECKING:
    from textual.timer import Timer

    from models.operations.bulk import BulkOutcome, BulkPlan, BulkProgress

TICK: Final = 0.25
"""Seconds between two looks at the progress."""


@dataclass
class Went(Message):
    """A batch was written."""

    progress: BulkProgress

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Went)


class BulkRunScreen(AreaScreen):
    """One run of a plan that was agreed to."""

    CSS_PATH = "bulk.tcss"
    INTRO = (
        "Up to 10 000 users are written in one transaction; more in batches, each all or nothing. Esc stops after the "
        "batch that runs: what was written stays, and the rest can be gone on with, here or after a restart."
    )
    HINTS = ("app.back", "list.open", "bulk.retry", "bulk.export")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("bulk.retry", "bulk.export")]

    def __init__(self, plan: BulkPlan) -> None:
        super().__init__()
        self._plan = plan
        self._progress: BulkProgress | None = None
        self._outcome: BulkOutcome | None = None
        self._cancel = asyncio.Event()
        self._timer: Timer | None = None

    def crumbs(self) -> tuple[str, ...]:
        return ("Users", self._plan.verb.words())

    def compose_body(self) -> ComposeResult:
        yield Static(safe(f"{self._plan.verb.words()} · {self._plan.selection.words}", 300), id="facts")
        yield Static(id="progress")
        yield Static(id="says")
        yield KeysetTable(result_columns())

    @property
    def table(self) -> KeysetTable[ResultRow]:
        """The results."""
        return cast("KeysetTable[ResultRow]", self.query_one(KeysetTable))

    @property
    def is_going(self) -> bool:
        """Whether the run is not settled yet."""
        return self._timer is not None

    def on_mount(self) -> None:
        self.table.display = False
        self._begin()

    # The run --------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._cancel = asyncio.Event()
        self._outcome, self._progress = None, None
        self.table.display = False
        self._timer = self.set_interval(TICK, self._show)
        label = f"{self._plan.verb.words().lower()} of {grouped(self._plan.changing)} users"
        if not self.run_write(label, self._run, self._ended, failed=self._broke, is_long=True):
            self._broke("Nothing was begun: something else is being written.")
        self._show()
        self.refresh_bindings()

    async def _run(self) -> BulkOutcome:
        journal = None if self._plan.is_atomic else job_path(journals(), self._plan.op_id)
        outcome = await apply_bulk(self._plan, progress=self._tell, cancel=self._cancel, journal=journal)
        keep_bulk(self.shell, outcome)
        return outcome

    def _tell(self, progress: BulkProgress) -> None:
        self.post_message(Went(progress))

    def on_went(self, event: Went) -> None:
        self._progress = event.progress

    def _ended(self, outcome: BulkOutcome) -> None:
        self._outcome = outcome
        self._settle(safe(outcome.sentence, 600), wrong=outcome.status in (BulkStatus.FAILED, BulkStatus.UNKNOWN))
        self.query_one("#progress", Static).update(counts_line(outcome))
        if self.app.screen is not self:
            (self.shell.notify if outcome.is_ok else self.shell.warn)(outcome.sentence)
        self.run_read(partial(asyncio.to_thread, by_result, outcome), self._list, group="results")
        if not self.shell.lock.heed(outcome.refusals):
            ask_first(self.shell, outcome.refusals, partial(self._go_on, outcome.plan))

    def _broke(self, sentence: str) -> None:
        """The run ended without an outcome; nothing is known but the sentence."""
        self._settle(safe(sentence, 600), wrong=True)

    def _settle(self, said: Content, *, wrong: bool) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        says = self.query_one("#says", Static)
        says.set_class(wrong, "wrong")
        says.update(said)
        self.refresh_bindings()

    def _list(self, source: ResultSource) -> None:
        if source.outcome is self._outcome:
            self.table.display = True
            self.table.open(source, keep_place=False)
            self.table.focus()

    def on_load_failed(self, event: LoadFailed) -> None:
        self.table.say(safe(self.shell.trouble(event.error), 300))

    def on_row_opened(self, event: RowOpened) -> None:
        from tui.screens.user.screen import UserScreen

        row: ResultRow = event.row
        if row.username is not None:
            self.app.push_screen(UserScreen(row.id, row.username))

    # What is shown --------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.is_going:
            return
        self.query_one("#progress", Static).update(progress_lines(self._progress, self._plan))
        self.query_one("#says", Static).update(Content(self._says()))

    def _says(self) -> str:
        if self._cancel.is_set():
            return "Stopping after the batch that runs ..."
        if self._plan.is_atomic:
            return "It is one transaction: it ends by itself, and Esc goes back while it runs."
        return "Esc stops after the batch that runs. What was written stays."

    # Keys -----------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "retry":
            return self._outcome is not None and bool(self._outcome.is_resumable or self._outcome.failures)
        if action == "export":
            return self._outcome is not None
        return super().check_action(action, parameters)

    def action_retry(self) -> None:
        """Goes on where it was stopped; else looks at the failures again."""
        outcome = self._outcome
        if outcome is None:
            return
        if outcome.is_resumable:
            self._go_on(outcome.plan)
        elif outcome.failures:
            self.run_read(partial(retry, outcome), self._ask_again, group="retry", deadline=60.0)

    def _go_on(self, plan: BulkPlan) -> None:
        """Does what is left of it, as whoever is signed in now."""
        self._plan = replace(plan, actor=self.shell.actor)
        self._begin()

    def _ask_again(self, plan: BulkPlan) -> None:
        def agreed(again: BulkPlan | None) -> None:
            if again is not None:
                self._plan = again
                self.refresh_header()
                self._begin()

        self.app.push_screen(BulkDialog(plan.selection, plan.verb.name, given=plan.verb), agreed)

    def action_export(self) -> None:
        """Asks where to, and writes the results there."""
        outcome = self._outcome
        if outcome is None:
            return
        default = Path.home() / f"shellback-bulk-{str(outcome.plan.op_id)[:8]}.csv"

        def chosen(path: Path | None) -> None:
            if path is not None:
                work = partial(export_results, outcome, path, sanitise)
                self.run_read(work, partial(self._exported, path), group="export", deadline=600)

        self.app.push_screen(PathDialog("Export the results", default), chosen)

    def _exported(self, path: Path, _: Any) -> None:
        self.shell.notify(f"The results are in {path}.")

    def action_back(self) -> None:
        """Stops between two batches, once; then one step back. A run of one transaction goes on behind."""
        if self.is_going and not self._plan.is_atomic and not self._cancel.is_set():
            self._cancel.set()
            self._show()
        else:
            self.leave()


def journals() -> Path:
    """Return where the journals of interrupted bulks are kept; made if need be."""
    directory = state_dir() / "bulk"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def result_columns() -> tuple[Column[ResultRow], ...]:
    """Return the columns of the results."""
    return (
        Column("result", "RESULT", 17, lambda row: Cell(Content(result_word(row.verdict)), _tone(row)), pinned=True),
        Column("id", "ID", 10, lambda row: Cell(Content(grouped(row.id))), right=True, pinned=True),
        Column("username", "USERNAME", 16, _name, grow=2),
        Column("why", "WHY", 20, lambda row: Cell(_why(row), Tone.QUIET), grow=3),
    )


def _why(row: ResultRow) -> Content:
    """Nothing where the result says it all."""
    return Content("" if row.verdict.reason == result_word(row.verdict) else row.verdict.reason)


def _tone(row: ResultRow) -> Tone:
    failed = {"conflict": Tone.CAUTION, "denied": Tone.CAUTION, "error": Tone.DANGER}
    return failed.get(str(row.verdict.result), Tone.PLAIN)


def _name(row: ResultRow) -> Cell:
    return Cell(safe(row.username, 60)) if row.username is not None else Cell(Content("(gone)"), Tone.QUIET)
