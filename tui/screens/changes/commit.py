"""The commit of everything that is staged: reviewed, agreed to, written in one transaction; what it came to is told.

It reads the rows again when it opens: what stands there is what the commit would do now, and what would stop it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import Status
from models.operations.changesets.commit import apply_changeset, check_changeset, plan_changeset
from models.operations.changesets.rows import RowState
from models.operations.changesets.values import ChangesetOutcome, stopped_sentence
from models.operations.sign_in.step_up import missing_proof
from models.operations.text import counted
from tui.keys import bindings
from tui.screens.changes.words import STATES, fields_of, sentence_of
from tui.screens.dialogs.step_up import FIRST, ask_first
from tui.screens.read_dialog import ReadDialog
from tui.screens.twins import twin
from tui.screens.work import start_write
from tui.screens.write_dialog import REASON_LENGTH
from tui.terminal.safe import safe
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from models.operations.changesets.rows import Row
    from models.operations.changesets.values import ChangesetPlan
    from tui.app import ShellbackApp

TYPED_ABOVE: Final = 10
"""Up to so many users y is enough; above it the number is typed."""

LISTED: Final = 100
"""Users listed one by one; those that stop it first."""


class CommitDialog(ReadDialog[ChangesetOutcome]):
    """Answers the outcome of what was tried: written, or stopped by some rows. It starts on Cancel.

    `y` commits and `ctrl+s` does not, up to ten users: that key opened the review, and pressed twice it must not commit
    unread.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.yes", "dialog.no")]

    DEFAULT_CSS = """
    CommitDialog #rows { height: auto; width: 100%; }
    CommitDialog #reason-line, CommitDialog #number-line { height: 1; margin: 1 0 0 0; }
    CommitDialog #reason-line .label, CommitDialog #number-line .label { width: 22; }
    CommitDialog #reason, CommitDialog #number { width: 1fr; }
    CommitDialog #number-line { display: none; }
    CommitDialog.-many #number-line { display: block; }
    """

    def __init__(self) -> None:
        super().__init__("Commit everything that is staged")
        self.plan: ChangesetPlan | None = None
        self._writing = False

    def compose_body(self) -> ComposeResult:
        yield Static(id="message")
        yield Static(Content("…checking"), id="rows")
        with HorizontalGroup(id="reason-line"):
            yield Static(Content("Reason"), classes="label")
            yield LineInput(id="reason", max_length=REASON_LENGTH)
        with HorizontalGroup(id="number-line"):
            yield Static(Content("how many users"), classes="label")
            yield LineInput(id="number", max_length=6, placeholder="type the number to confirm")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel  n", id="cancel")
        yield Choice("Commit  y", id="confirm", disabled=True)

    def on_mount(self) -> None:
        self.query_one("#cancel").focus()
        if self.shell.staged.in_doubt is not None:
            self._stay_in_doubt(self.shell.staged.in_doubt)
        else:
            self._plan()

    # What would be written ------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        self.allow(False)
        self.read(partial(plan_changeset, self.shell.actor, self.shell.staged.edits), self._planned)

    def _planned(self, plan: ChangesetPlan) -> None:
        self.plan = plan
        self.set_class(len(plan.rows) > TYPED_ABOVE, "-many")
        self.query_one("#rows", Static).update(Content("\n").join(_lines(plan)))
        self.show_twin(self._command())
        if not _may_commit(plan):
            self.complain(f"{stopped_sentence(plan.rows).replace('was changed', 'can be committed', 1)}")
        elif plan.refusals:
            self.say(FIRST)
        if self._is_many:
            self.label_confirm(Content("[ Commit  ^S ]"))
        self._allow_typed()

    @property
    def _is_many(self) -> bool:
        return self.plan is not None and len(self.plan.rows) > TYPED_ABOVE

    @property
    def _reason(self) -> str:
        return self.query_one("#reason", Input).value.strip()

    def _command(self) -> str:
        return twin(self.shell.launch.command, "changes", "commit", reason=self._reason)

    @on(Input.Changed)
    def _allow_typed(self) -> None:
        if self.plan is None or self._writing or self.shell.staged.in_doubt is not None:
            return
        self.show_twin(self._command())
        typed = self.query_one("#number", Input).value.strip()
        self.allow(_may_commit(self.plan) and (not self._is_many or typed == str(len(self.plan.rows))))

    # Writing --------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """^S commits many once their number is typed, and asks again what nobody knows; of few it commits none."""
        if action == "confirm":
            return True if self._is_many or self.shell.staged.in_doubt is not None else None
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str:
        """The key that opened the review does not commit it unread."""
        return "y commits this; ^S opened the review." if action == "confirm" else ""

    def action_yes(self) -> None:
        """Commits, where y is enough."""
        if not self._is_many and self.shell.staged.in_doubt is None:
            self.action_confirm()

    def action_no(self) -> None:
        """Leaves without having committed."""
        self.action_close()

    def confirmed(self) -> None:
        """Writes what is shown; or asks what became of what was written."""
        doubt = self.shell.staged.in_doubt
        if doubt is not None:
            self._start(f"check of {counted(len(doubt.rows), 'user')}", partial(_check, self.shell, doubt))
        elif self.plan is not None:
            if ask_first(self.shell, self.plan.refusals, self._proven):
                return
            # The person may have been through the lock since it was planned: another session, the same account.
            asked = replace(self.plan.asked, actor=self.shell.actor, reason=self._reason)
            plan = replace(self.plan, asked=asked)
            self._start(f"commit of {counted(len(plan.rows), 'user')}", partial(_commit, self.shell, plan))

    def _proven(self) -> None:
        """The password was given: commits, as another attempt."""
        if self.plan is not None:
            self.plan = replace(self.plan, refusals=(), asked=replace(self.plan.asked, op_id=uuid4()))
            self.confirmed()

    def _start(self, label: str, work: Callable[[], Awaitable[ChangesetOutcome]]) -> None:
        self._writing = start_write(self.shell, self, label, work, self._ended, self._not_written)
        if self._writing:
            self.say("Asking the database …" if self.shell.staged.in_doubt else "Writing …")
            self.allow(False)

    def _ended(self, outcome: ChangesetOutcome) -> None:
        self._writing = False
        if outcome.status is Status.UNKNOWN:
            again = "Still not known. " if self.shell.staged.in_doubt is outcome else ""
            self._stay_in_doubt(outcome, again)
            return
        if ask_first(self.shell, outcome.refusals, self._proven, self._allow_typed):
            self.complain(outcome.sentence)
            return
        if outcome.is_ok:
            self.shell.notify(outcome.sentence)
        elif outcome.status is Status.ERROR:
            self._plan()
            self.complain(outcome.sentence)
            self.label_confirm(Content("[ Commit  ^S ]" if self._is_many else "[ Commit  y ]"))
            return
        self.dismiss(outcome)
        self.shell.lock.heed(refusal for row in outcome.rows for refusal in row.plan.refusals)

    def _not_written(self, sentence: str) -> None:
        self._writing = False
        self._allow_typed()
        self.complain(sentence)

    def _stay_in_doubt(self, outcome: ChangesetOutcome, again: str = "") -> None:
        self.query_one("#rows", Static).update(Content("\n").join(_names(outcome.rows)))
        self.complain(again + outcome.sentence)
        self.name_confirm("Check again")
        self.allow(True)

    def action_close(self) -> None:
        """Leaves, unless it is writing."""
        if self._writing:
            self.say("Still writing: the answer comes in a moment.")
        else:
            super().action_close()


def _may_commit(plan: ChangesetPlan) -> bool:
    """Whether no row stands against it, and nothing else that a password would not mend."""
    unproven = replace(plan, refusals=()) if missing_proof(plan.refusals) else plan
    return unproven.is_allowed


async def _commit(shell: ShellbackApp, plan: ChangesetPlan) -> ChangesetOutcome:
    return await _settled(shell, await apply_changeset(plan))


async def _check(shell: ShellbackApp, doubt: ChangesetOutcome) -> ChangesetOutcome:
    return await _settled(shell, await check_changeset(doubt))


async def _settled(shell: ShellbackApp, outcome: ChangesetOutcome) -> ChangesetOutcome:
    """Take what is written out of the staged edits, and close the users to other changes while nobody knows.

    It belongs to the write: a dialog that was left meanwhile changes nothing about it.
    """
    each = {one.target.id: one for one in outcome.outcomes() if one.target.id is not None}
    if outcome.status is Status.UNKNOWN:
        shell.unsettled.update(each)
        shell.staged.in_doubt = outcome
        return outcome
    if shell.staged.in_doubt is not None:
        shell.staged.in_doubt = None
        for user_id in each:
            shell.unsettled.pop(user_id, None)
    if outcome.is_ok:
        done = [row.edit for row in outcome.rows if row.state in {RowState.WRITTEN, RowState.UNCHANGED}]
        try:
            await shell.staged.committed(done)
        except Exception as error:  # noqa: BLE001 - it is written all the same, and that is what is told
            shell.warn(shell.trouble(error))
    return outcome


def _lines(plan: ChangesetPlan) -> Iterator[Content]:
    fields = counted(plan.fields, "field")
    yield Content(f"{counted(len(plan.rows), 'user')}, {fields}, in one transaction: all of it or nothing.")
    yield Content("")
    ordered = sorted(plan.rows, key=lambda row: not row.state.blocks)
    for row in ordered[:LISTED]:
        if row.state.blocks:
            yield Content.assemble("! ", (f"{STATES[row.state][0]}  ", "bold"), sentence_of(row))
        else:
            so = "" if row.state is RowState.READY else "already so: "
            who = safe(str(row.plan.target), 80).plain
            yield Content.assemble("  ", (who, "bold"), "  ", so, fields_of(row.edit))
        for effect in row.plan.effects:
            yield safe(f"    also: {effect}", 200)
    if len(ordered) > LISTED:
        yield Content(f"  and {len(ordered) - LISTED} more")


def _names(rows: tuple[Row, ...]) -> Iterator[Content]:
    for row in rows[:LISTED]:
        yield Content.assemble("  ", (safe(str(row.plan.target), 80).plain, "bold"), "  ", fields_of(row.edit))
