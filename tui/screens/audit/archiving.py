"""Archive of the audit: how much stays, to which file; what would move, how far it is, what was moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Button, Input, Static

from models.clock import database_now
from models.operations import Outcome
from models.operations.audit.archive import ArchiveProgress, plan_archive, run_archive
from models.operations.sign_in.step_up import may_go_ahead
from models.operations.text import grouped
from tui.browse.search.point_texts import read_span
from tui.browse.search.suggest import QueryError
from tui.browse.sql import connection
from tui.screens.dialogs.step_up import FIRST, ask_first
from tui.screens.read_dialog import ReadDialog
from tui.screens.twins import twin
from tui.screens.work import is_there, start_write
from tui.screens.write_dialog import REASON_LENGTH
from tui.terminal.safe import safe
from tui.widgets.choice import Choice, DangerousChoice
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from textual.timer import Timer

    from models.operations import Plan

KEEP: Final = "400d"
PAUSE: Final = 0.3
"""Seconds without a key after which it is looked up what would move."""


class ArchiveDialog(ReadDialog[Outcome]):
    """Answers the outcome, or None."""

    WIDTH: ClassVar[int] = 78

    DEFAULT_CSS = """
    ArchiveDialog .line { height: 1; }
    ArchiveDialog .line .label { width: 9; }
    ArchiveDialog .line Input { width: 1fr; }
    ArchiveDialog #plan { height: auto; width: 100%; margin: 1 0 0 0; }
    """

    def __init__(self) -> None:
        super().__init__("Archive the oldest events")
        self.plan: Plan | None = None
        self._timer: Timer | None = None
        self._writing = False
        self._outcome: Outcome | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(id="message")
        with HorizontalGroup(classes="line"):
            yield Static(Content("Keep"), classes="label")
            yield LineInput(KEEP, id="keep", select_on_focus=False)
        with HorizontalGroup(classes="line"):
            yield Static(Content("File"), classes="label")
            yield LineInput(str(Path.home() / "audit-archive.jsonl"), id="path", select_on_focus=False)
        with HorizontalGroup(classes="line"):
            yield Static(Content("Reason"), classes="label")
            yield LineInput(id="reason", max_length=REASON_LENGTH)
        yield Static(Content(""), id="plan")
        yield Static(Content(_ABOUT), id="effects")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield DangerousChoice("Archive  ^S", id="confirm", disabled=True)  # Enter never writes

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#keep", Input).focus()
        self._look()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.allow(False)
        self.plan = None
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PAUSE, self._look)

    # What would move ------------------------------------------------------------------------------------------------

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _look(self) -> None:
        path = Path(self._value("path"))
        try:
            span = read_span(self._value("keep"), 0)
        except QueryError as error:
            self.complain(error.message)
            return
        if not path.name:
            self.complain("Write the name of a file.")
            return
        reason, actor = self._value("reason"), self.shell.actor
        words = ("audit", "archive", "--keep", span, "--to", path)
        self.show_twin(twin(self.shell.launch.command, *words, reason=reason))

        async def work() -> Plan:
            before: datetime = span.before(await database_now(connection()))
            return await plan_archive(actor, before, path, reason=reason, progress=self._tell)

        self.read(work, self._planned, group="plan")

    def _planned(self, plan: Plan) -> None:
        self.plan = plan
        shown = [*plan.effects, *(f"cannot be undone: {loss}" for loss in plan.irreversible)]
        text = "\n".join(shown) if shown else "No event is as old as that: there is nothing to archive."
        self.query_one("#plan", Static).update(Content("\n").join([safe(line, 300) for line in text.splitlines()]))
        if may_go_ahead(plan):
            self.say(FIRST if plan.refusals else "")
        else:
            self.complain(" ".join(refusal.reason for refusal in plan.refusals))
        self.allow(may_go_ahead(plan) and not plan.is_empty)

    # Running --------------------------------------------------------------------------------------------------------

    def confirmed(self) -> None:
        """Begins, once the password was given."""
        plan = self.plan
        if plan is None or self._writing or plan.is_empty:
            return
        again = partial(self._run, replace(plan, refusals=(), op_id=uuid4()))
        if not ask_first(self.shell, plan.refusals, again):
            self._run(plan)

    def _run(self, plan: Plan) -> None:
        plan = replace(plan, actor=self.shell.actor)
        work = partial(run_archive, plan)
        self._writing = start_write(
            self.shell, self, "archive of the audit", work, self._ended, self._failed, is_long=True
        )
        if self._writing:
            self.say("Writing ...")
            self.allow(False)

    def _tell(self, told: ArchiveProgress) -> None:
        if is_there(self):
            self.call_later(self.say, f"{grouped(told.rows)} of {grouped(told.total)} events {told.phase}")

    def _ended(self, outcome: Outcome) -> None:
        self._writing = False
        if not outcome.is_ok:
            self._failed(outcome.sentence)
            return
        self._outcome = outcome
        self.say(outcome.sentence)
        self.query_one("#plan", Static).update(Content(""))
        for field in self.query(Input):
            field.disabled = True
        self.query_one("#confirm", Button).display = False
        cancel = self.query_one("#cancel", Button)
        cancel.label = Content("[ Close ]")
        cancel.focus()

    def _failed(self, sentence: str) -> None:
        self._writing = False
        self.complain(sentence)
        self.allow(self.plan is not None)

    def action_close(self) -> None:
        """Leaves; not while it runs."""
        if self._writing:
            self.say("The archive is being written: leaving waits for it.")
        else:
            self.dismiss(self._outcome)


_ABOUT = (
    "The file is written, read again and checked before any row is let go. It keeps what it holds provable: check it"
    " with audit verify --archive. Only a superuser may archive."
)
