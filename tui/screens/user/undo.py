"""Undo from a user's history: the dialog of the audit, as the verbs of a user open it."""

from __future__ import annotations

from tui.screens.audit.undo import UndoDialog as EventUndoDialog


class UndoDialog(EventUndoDialog):
    """Takes the user, as every verb does, and the event under the cursor."""

    def __init__(self, user_id: int, event: int) -> None:
        super().__init__(event)
        self.user_id = user_id
