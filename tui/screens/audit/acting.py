"""What is done with the event under the cursor: its target, its batch, its undo, a copy of it; and export and archive.

A part of the audit's screen, which lists and searches.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial

from tui.browse.audit.events import AuditDetail, AuditRow, load_event_cut
from tui.browse.audit.query import AuditField, AuditQuery, Is
from tui.screens.audit.opening import open_user, target_term, undo_batch
from tui.screens.audit.undo import UndoDialog
from tui.screens.base import AreaScreen
from tui.screens.palette import Command
from tui.transfer.audit_export import event_json


class Acts(AreaScreen):
    """The verbs. Whoever lists says which event is under the cursor, what is listed, and how to list another query."""

    @property
    def row(self) -> AuditRow | None:
        """The event under the cursor."""
        raise NotImplementedError

    @property
    def query_shown(self) -> AuditQuery:
        """What is listed."""
        raise NotImplementedError

    def show_query(self, query: AuditQuery) -> None:
        """Lists a query, and puts its text into the box."""
        raise NotImplementedError

    def action_refresh(self) -> None:
        """Reads the trail again."""
        raise NotImplementedError

    def action_batch(self) -> None:
        """Lists the whole bulk change that the event is part of."""
        row = self.row
        if row is not None and row.batch_id:
            self.show_query(AuditQuery((Is(AuditField.BATCH, row.batch_id),)))

    def action_target(self) -> None:
        """Lists everything about whom the event is; pressed again, opens the user."""
        row = self.row
        if row is None:
            return
        term = target_term(row)
        if self.query_shown.terms != (term,):
            self.show_query(AuditQuery((term,)))
        elif row.target_type == "user" and row.target_id is not None:
            open_user(self, row.target_id)

    def why_not(self, action: str) -> str:
        """Why a key can do nothing here, for the footer and whoever presses it."""
        row = self.row
        if action in ("target", "batch", "undo", "copy_id", "copy_event") and row is None:
            return "There is no event under the cursor."
        if action == "batch" and row is not None and not row.batch_id:
            return "This event is not part of a bulk change."
        if action == "export" and self.shell.read_only:
            return "An export has to be recorded, and this database is open read-only."
        return ""

    def action_undo(self) -> None:
        """Takes the event back; where the batch is listed, and on the event that sums it up, all of it."""
        row = self.row
        if row is None:
            return
        whole = any(isinstance(term, Is) and term.field is AuditField.BATCH for term in self.query_shown.terms)
        if row.batch_id and (whole or row.target_id is None):
            undo_batch(self, row.batch_id)
        else:
            self.app.push_screen(UndoDialog(row.id), lambda _: self.action_refresh())

    def action_export(self) -> None:
        """Writes what is listed to a file."""
        from tui.screens.audit.exporting import AuditExportDialog

        self.app.push_screen(AuditExportDialog(self.query_shown))

    def action_copy_id(self) -> None:
        """Copies the operation's id, by which logs and the command line know it."""
        if self.row is not None:
            self.shell.copy(self.row.op_id, "the id of the operation")

    def action_copy_event(self) -> None:
        """Copies the event as one line of JSON."""
        row = self.row
        if row is not None:
            self.run_read(partial(load_event_cut, row.id), self._copy, group="copy")

    def _copy(self, detail: AuditDetail | None) -> None:
        if detail is not None:
            self.shell.copy(json.dumps(event_json(detail)), "the event as JSON")

    def commands(self) -> Iterable[Command]:
        """Archiving has no key: it is done once in a year."""
        yield Command("Archive the oldest events", "move them into a file that proves them", self._archive)

    def _archive(self) -> None:
        from tui.screens.audit.archiving import ArchiveDialog

        self.app.push_screen(ArchiveDialog(), lambda _: self.action_refresh())
