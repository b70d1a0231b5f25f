"""Changes: what is staged, user by user with its diff, checked against the rows as they are; commit all, or discard.

The list comes from the file on this machine, so it is there while the database is not. How the commit goes is in
`commit`, what it said of each row in `outcome`, the words in `words`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from models.operations.changesets.commit import plan_changeset
from models.operations.changesets.rows import RowState
from models.operations.changesets.values import row_outcome
from models.operations.presence import field_names
from models.operations.text import counted
from tui.browse.moments import wall_clock
from tui.keys import bindings
from tui.screens.base import AreaScreen
from tui.screens.changes.commit import TYPED_ABOVE, CommitDialog
from tui.screens.changes.outcome import OutcomeDialog
from tui.screens.changes.words import EMPTY, Staged, diff, staged_columns, summary
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.twins import twin
from tui.screens.user import verbs as user_verbs
from tui.screens.user.merge import MergeScreen
from tui.staging.edits import merged_edit
from tui.widgets.keyset_messages import CursorMoved, RowOpened
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource
from tui.widgets.target_card import Card

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.operations.changesets.rows import Row
    from models.operations.changesets.values import ChangesetOutcome, ChangesetPlan

NEEDS_ROW = ("edit", "drop")
NEEDS_EDITS = ("commit", "discard")


class ChangesScreen(AreaScreen):
    """Staged users on the left, the diff of the one under the cursor on the right."""

    CSS_PATH = "changes.tcss"
    CRUMB = "Changes"
    INTRO = (
        "Edits that wait to be committed together, in one transaction, all or none. They are kept on this machine, for "
        "you and this database, until they are committed or discarded. Enter opens the user."
    )
    HINTS = ("changes.commit", "changes.edit", "changes.merge", "changes.drop", "changes.discard", "list.refresh")
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("changes.commit", "changes.edit", "changes.merge", "changes.drop", "changes.discard"),
        *bindings("list.refresh", "list.copy_id"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[int, Row] = {}
        self._checked_at = ""
        self._problem = ""
        self._wanted: int | None = None  # the user whom the cursor shall go to once the list is there

    def hints(self) -> tuple[str, ...]:
        """Nothing staged: none of the keys that act on it."""
        return self.HINTS if self.shell.staged.edits else ("list.refresh", "app.back")

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="both"):
            yield KeysetTable(staged_columns(), id="staged")
            with VerticalScroll(id="pane", can_focus=False):
                yield Static(id="diff")
        yield Static(id="status")

    @property
    def table(self) -> KeysetTable[Staged]:
        """The staged users."""
        table: KeysetTable[Staged] = self.query_one(KeysetTable)
        return table

    def on_mount(self) -> None:
        self.table.focus()
        self.shell.staged.changed.subscribe(self, lambda _: self._edits_changed())

    def on_screen_resume(self) -> None:
        """Rows may have changed since the last look, and another program may have staged."""
        self.action_refresh()

    # Reading --------------------------------------------------------------------------------------------------------

    def action_refresh(self) -> None:
        """Read the file and the rows again."""
        self._show()
        self.run_read(self.shell.staged.read, lambda kept: self._file_read(kept.problem), group="file")

    def _file_read(self, problem: str) -> None:
        if problem:
            self.shell.warn(problem)
        self._check()

    def _edits_changed(self) -> None:
        """Staged, dropped or written: what each of the others comes to can be something else now."""
        self._show()
        self._check()

    def _check(self) -> None:
        edits = self.shell.staged.edits
        if not edits or self.shell.person is None:
            self._rows = {}
            self._show()
            return
        self._checked_at = ""
        work = partial(plan_changeset, self.shell.actor, edits)
        self.run_read(work, self._checked, group="check", failed=self._not_checked, again=True)

    def _checked(self, plan: ChangesetPlan) -> None:
        self._rows = {row.edit.user_id: row for row in plan.rows}
        self._checked_at, self._problem = wall_clock()[:5], ""
        self._show()

    def _not_checked(self, sentence: str) -> None:
        self._rows, self._problem = {}, sentence
        self._show()

    def _show(self) -> None:
        doubtful = self.shell.unsettled
        staged = tuple(
            Staged(
                edit,
                row if (row := self._rows.get(edit.user_id)) and row.edit == edit else None,
                edit.user_id in doubtful,
            )
            for edit in self.shell.staged.edits
        )
        self.table.say(Content(EMPTY))
        self.table.open(ListSource(staged, lambda one: one.edit.user_id))
        self.query_one("#pane").set_class(not staged, "-empty")
        status = self.query_one("#status", Static)
        status.set_class(bool(self._problem), "-wrong")
        status.update(summary(staged, self._checked_at, self._problem))
        self._show_diff()
        self.refresh_bindings()

    def on_cursor_moved(self, _: CursorMoved) -> None:
        self._show_diff()
        self.refresh_bindings()

    def on_window_changed(self) -> None:
        """The list is read again in a worker: the diff is that of the row that stands there then."""
        self._go_to_wanted()
        self._show_diff()
        self.refresh_bindings()

    def on_row_vanished(self) -> None:
        """Dropped or written: nothing to say, whoever did it knows."""

    def _show_diff(self) -> None:
        one = self.table.row
        self.query_one("#diff", Static).update(diff(one) if one is not None else Content(""))

    # The cursor -----------------------------------------------------------------------------------------------------

    def go_to(self, user_id: int) -> None:
        """Put the cursor on a staged user."""
        self._wanted = user_id
        self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        index = self.table.window.index_of(self._wanted) if self._wanted is not None else None
        if index is not None:
            self._wanted = None
            self.table.move_to(index)

    def on_row_opened(self, event: RowOpened) -> None:
        from tui.screens.user.screen import UserScreen

        target = event.row.edit.target
        self.app.push_screen(UserScreen(target.id, target.label))

    def action_copy_id(self) -> None:
        one = self.table.row
        if one is not None:
            self.shell.copy(str(one.edit.user_id), f"id {one.edit.user_id}")

    # One edit -------------------------------------------------------------------------------------------------------

    def why_not(self, action: str) -> str:
        """What needs a staged change, or a conflict of one."""
        one = self.table.row if self.is_mounted else None
        if action in (*NEEDS_ROW, *NEEDS_EDITS, "merge") and not self.shell.staged.edits:
            return "Nothing is staged."
        if action in (*NEEDS_ROW, "merge") and one is None:
            return "There is no staged change under the cursor."
        if action == "merge" and (one is None or one.row is None or one.row.state is not RowState.CONFLICT):
            return "The staged change under the cursor has no conflict to settle."
        return ""

    def action_edit(self) -> None:
        """Opens the form with what is staged."""
        one = self.table.row
        if one is not None:
            user_verbs.start(self.shell, "stage", one.edit.user_id, self._check)

    def action_merge(self) -> None:
        """Was, theirs and yours of the clashing fields; what is chosen is staged on the row as it is now."""
        one = self.table.row
        if one is not None and one.row is not None and one.row.state is RowState.CONFLICT:
            self.app.push_screen(MergeScreen(row_outcome(one.row)), partial(self._merged, one.row))

    def _merged(self, row: Row, yours: frozenset[str] | None) -> None:
        if yours is None:
            return
        edit = merged_edit(row, yours, datetime.now(UTC))
        said = "" if edit.touched else f"Theirs is kept: {edit.target} is not staged any more."
        self._change(f"staging of {edit.target.label}", partial(self.shell.staged.put, edit), said)

    def action_drop(self) -> None:
        """Takes the edit under the cursor out, once it is agreed to."""
        one = self.table.row
        if one is None:
            return
        names = field_names(list(one.edit.touched))
        dialog = ConfirmDialog(
            "Drop this staged edit?",
            (f"Not written: {names}.", "Nothing changes in the database."),
            card=Card.of(one.edit.target),
            yes="Drop",
            destructive=True,
            twin=twin(self.shell.launch.command, "changes", "discard", one.edit.user_id),
        )
        self.app.push_screen(dialog, partial(self._drop_asked, one))

    def _drop_asked(self, one: Staged, agreed: bool | None) -> None:
        if agreed:
            target = one.edit.target
            work = partial(self.shell.staged.drop, [one.edit.user_id])
            self._change(f"dropping of {target.label}", work, f"Dropped: {target} is not staged any more.")

    # All of them ----------------------------------------------------------------------------------------------------

    def action_discard(self) -> None:
        """Takes all of them out, once it is agreed to; of many the number is typed."""
        count = len(self.shell.staged)
        if not count:
            return
        sentences = (f"The edits of {counted(count, 'user')} are dropped.", "Nothing changes in the database.")
        command = twin(self.shell.launch.command, "changes", "discard")
        title = "Discard everything that is staged?"
        if count > TYPED_ABOVE:
            self.app.push_screen(
                TypeToConfirm(title, str(count), sentences, yes="Discard all", twin=command), self._discard_asked
            )
        else:
            self.app.push_screen(
                ConfirmDialog(title, sentences, yes="Discard all", destructive=True, twin=command), self._discard_asked
            )

    def _discard_asked(self, agreed: bool | None) -> None:
        if agreed:
            self._change("discarding of what is staged", self.shell.staged.discard, "Nothing is staged any more.")

    def _change(self, label: str, work: Callable[[], Awaitable[None]], said: str) -> None:
        """Changes the file; the list hears of it by itself."""
        self.run_write(label, work, lambda _: self.shell.notify(said) if said else None)

    def action_commit(self) -> None:
        """Review of all of it, and the commit."""
        if self.shell.staged.refusal:
            self.shell.warn("This database is open read-only, so nothing can be committed.")
        elif self.shell.staged.edits:
            self.app.push_screen(CommitDialog(), self._committed)

    def _committed(self, outcome: ChangesetOutcome | None) -> None:
        self._check()
        if outcome is not None and outcome.blocked:
            self.app.push_screen(OutcomeDialog(outcome), self._look_at)

    def _look_at(self, user_id: int | None) -> None:
        if user_id is not None:
            self.go_to(user_id)
