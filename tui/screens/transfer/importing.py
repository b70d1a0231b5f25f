"""Import: the file, what each of its columns is, what would happen line by line; then it is agreed to and done.

Until it is agreed to nothing is written that stays. What an import means is in `tui.transfer` and
`models.operations.importing`.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static

from models.operations.importing import ImportOutcome, PlannedRow, Verdict, check_import_again
from models.operations.plan import Status
from models.operations.text import grouped
from tui.keys import bindings
from tui.screens.base import AreaScreen
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.path import PathDialog
from tui.screens.dialogs.step_up import FIRST, ask_first
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.keeping import keep_import
from tui.screens.transfer.import_form import form_lines, request_on
from tui.screens.transfer.import_lines import line_columns, sample_lines
from tui.screens.transfer.import_pace import ImportPace
from tui.screens.transfer.words import import_twin
from tui.screens.work import is_there
from tui.terminal.safe import safe
from tui.transfer.errors import TransferError
from tui.transfer.importing import (
    PlannedImport,
    apply_file,
    plan_file,
    write_errors,
)
from tui.transfer.words import changes_words, summary_words
from tui.widgets.keyset_messages import RowOpened
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource

LONGEST: Final = 24 * 3600.0
"""Seconds: a large file takes as long as it takes, and Esc stops it."""

ASKED: Final = 10
"""Up to so many users `y` is enough; above, the number is typed."""


class ImportScreen(AreaScreen):
    """One file."""

    CSS_PATH = "import_users.tcss"
    INTRO = (
        "Write the file and press Enter: it is read and tried out, and the table shows what each line would do. "
        "Columns: Mail=email says what a column is, Phone=- leaves one out. Between: the sign between cells. ctrl+s "
        "imports what was read; E writes the wrong lines to a file."
    )
    HINTS = ("dialog.confirm", "list.open", "bulk.export", "dialog.copy_command", "app.back")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm", "bulk.export", "dialog.copy_command")]

    def __init__(self) -> None:
        super().__init__()
        self._planned: PlannedImport | None = None
        self._outcome: ImportOutcome | None = None
        self._pace = ImportPace()
        self._writing: asyncio.Task[ImportOutcome] | None = None
        self._twin = ""

    def crumbs(self) -> tuple[str, ...]:
        return ("Users", "Import")

    def compose_body(self) -> ComposeResult:
        yield from form_lines()
        yield Static(id="says")
        yield self._pace
        yield KeysetTable(line_columns())
        yield Static(id="twin")

    @property
    def table(self) -> KeysetTable[PlannedRow]:
        """The lines, the wrong ones first."""
        return cast("KeysetTable[PlannedRow]", self.query_one(KeysetTable))

    def on_mount(self) -> None:
        self.table.display = False
        self._say(Content("Enter reads the file and tries it out; nothing is changed by that."), wrong=False)
        self.query_one("#path", Input).focus()

    def on_unmount(self) -> None:
        self._forget()

    # Reading --------------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _entered(self) -> None:
        """Reads the file and tries it out."""
        if self._writing is not None:
            return
        self._forget()
        try:
            request = request_on(self)
        except TransferError as error:
            self._say(safe(error.sentence, 600), wrong=True)
            return
        self._show_twin(import_twin(self.shell.launch.command, request, None))
        self._going("Reading. Esc stops it, and nothing is changed.")
        work = partial(plan_file, request, self.shell.actor, self._pace.tell)
        self.run_read(work, self._shown, group="plan", deadline=LONGEST, failed=self._broke)

    def _show_slow(self, slow: bool) -> None:
        """A long read is what is wanted here; the progress says how it goes."""

    def _shown(self, planned: PlannedImport) -> None:
        self._pace.end()
        self._planned = planned
        plan = planned.plan
        self.shell.lock.heed(plan.refusals)
        reasons = [FIRST] if plan.may_go_ahead and plan.refusals else [refusal.reason for refusal in plan.refusals]
        first, *others = [*summary_words(planned), *reasons]
        said = Content("\n").join([safe(first, 200), safe(" ".join(others), 900)])
        self._say(said, wrong=not plan.may_go_ahead)
        writes = plan.writes if plan.may_go_ahead else 0
        self._show_twin(import_twin(self.shell.launch.command, planned.request, writes or None))
        self.run_read(partial(asyncio.to_thread, sample_lines, planned), self._list, group="sample")
        self.refresh_bindings()

    def _list(self, rows: tuple[PlannedRow, ...]) -> None:
        self.table.display = True
        self.table.open(ListSource(rows, lambda row: row.line), keep_place=False)
        self.table.focus()

    def on_row_opened(self, event: RowOpened) -> None:
        """Says the whole of a line that the table has cut."""
        row: PlannedRow = event.row
        self._say(safe(f"Line {row.line}: {row.error or changes_words(row) or 'nothing to change'}", 900), wrong=False)

    def _broke(self, sentence: str) -> None:
        self._pace.end()
        self._say(safe(sentence, 600), wrong=True)

    def _forget(self) -> None:
        """Lets go of the plan before."""
        planned, self._planned = self._planned, None
        self._outcome = None
        if planned is not None and self._writing is None:
            planned.close()
        self._show_twin("")

    # Writing --------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        planned = self._planned
        if action == "confirm" and planned is None:
            return not self._pace.is_going
        if action == "confirm":
            can = planned is not None and planned.plan.may_go_ahead and bool(planned.plan.writes)
            return can and self._writing is None and (self._outcome is None or self._outcome.doubt is not None)
        if action == "export":
            return planned is not None and bool(planned.plan.counts[Verdict.ERROR])
        return super().check_action(action, parameters)

    def action_confirm(self) -> None:
        """Asks, and writes what is shown; reads the file first; asks what became of it, if nobody knows."""
        planned = self._planned
        if not self.check_action("confirm", ()):
            return
        if planned is None:
            self._entered()
            return
        if self._outcome is not None and self._outcome.doubt is not None:
            outcome = self._outcome
            self.run_write("check of the import", partial(self._check, planned, outcome), self._ended)
            return
        writes = planned.plan.writes
        title, sentences = f"Import {planned.plan.source}", summary_words(planned)
        if writes <= ASKED:
            dialog = ConfirmDialog(title, sentences, yes=f"Write {writes}", twin=self._twin)
            self.app.push_screen(dialog, self._agreed)
        else:
            typed = TypeToConfirm(title, str(writes), sentences, yes=f"Write {grouped(writes)}", twin=self._twin)
            self.app.push_screen(typed, self._agreed)

    def _agreed(self, agreed: bool | None) -> None:
        planned = self._planned
        if agreed and planned is not None and not ask_first(self.shell, planned.plan.refusals, self._go):
            self._go()

    def _go(self) -> None:
        """Writes what was agreed to, as whoever is signed in now."""
        if self._planned is None:
            return
        plan = replace(self._planned.plan, actor=self.shell.actor, refusals=())
        planned = self._planned = replace(self._planned, plan=plan)
        self._going("Writing. Esc stops it: what is being written is rolled back.")
        work = partial(self._write, planned)
        if not self.run_write(
            f"import of {planned.plan.source}", work, self._ended, failed=self._not_written, is_long=True
        ):
            self._broke("Nothing was begun: something else is being written.")
        self.refresh_bindings()

    async def _write(self, planned: PlannedImport) -> ImportOutcome:
        task = self._writing = asyncio.create_task(apply_file(planned, self._pace.tell))
        try:
            return await self._kept(planned, await asyncio.shield(task))
        except asyncio.CancelledError:
            if not task.cancelled():
                task.cancel()
                raise
            return ImportOutcome(Status.ERROR, "Stopped: what was being written was rolled back. Read the file again.")
        finally:
            self._writing = None
            if not is_there(self):
                planned.close()

    async def _check(self, planned: PlannedImport, outcome: ImportOutcome) -> ImportOutcome:
        return await self._kept(planned, await check_import_again(planned.plan, outcome))

    async def _kept(self, planned: PlannedImport, outcome: ImportOutcome) -> ImportOutcome:
        """Closes whom it changes while nobody knows whether it did."""
        await asyncio.to_thread(keep_import, self.shell, planned.plan, outcome)
        return outcome

    def _ended(self, outcome: ImportOutcome) -> None:
        self._pace.end()
        self._outcome = outcome
        self._say(safe(outcome.sentence, 900), wrong=not outcome.is_ok)
        if not self.shell.lock.heed(outcome.refusals) and ask_first(self.shell, outcome.refusals, self._go):
            self._outcome = None
        if outcome.status is Status.UNKNOWN:
            self.shell.warn("Nobody knows yet whether it happened: ctrl+s asks again.")
        self.refresh_bindings()

    def _not_written(self, sentence: str) -> None:
        self._broke(sentence)
        self.refresh_bindings()

    # What is shown --------------------------------------------------------------------------------------------------

    def _going(self, sentence: str) -> None:
        self._say(Content(sentence), wrong=False)
        self._pace.begin()

    def _say(self, said: Content, *, wrong: bool) -> None:
        says = self.query_one("#says", Static)
        says.set_class(wrong, "wrong")
        says.update(said)

    def _show_twin(self, twin: str) -> None:
        self._twin = twin
        for line in self.query("#twin").results(Static):
            line.update(safe(twin, 400))

    # Keys -----------------------------------------------------------------------------------------------------------

    def action_copy_command(self) -> None:
        """Copies the command line; says so."""
        if self._twin:
            self.shell.copy(self._twin, "the command line")
        else:
            self.shell.notify("There is a command line to copy once a file was read.")

    def action_export(self) -> None:
        """Asks where to, and writes the wrong lines there."""
        planned = self._planned
        if planned is None:
            return

        def chosen(path: Path | None) -> None:
            if path is not None:
                work = partial(write_errors, planned.plan, path)
                self.run_read(work, partial(self._exported, path), group="errors", deadline=600)

        default = planned.request.path.with_name(f"{planned.request.path.stem}-errors.csv")
        self.app.push_screen(PathDialog("Write the wrong lines", default), chosen)

    def _exported(self, path: Path, count: int) -> None:
        self.shell.notify(f"{grouped(count)} wrong lines are in {path}.")

    def action_back(self) -> None:
        """Stops what runs, once; then one step back."""
        if self._writing is not None:
            self._writing.cancel()
        elif self._pace.is_going:
            self._reads.stop()
            self._broke("Stopped. Nothing was changed.")
        else:
            super().action_back()
