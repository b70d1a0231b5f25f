"""From an event to what it is about: the query for its target, the user's page, the undo of its batch."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tui.browse.audit.query import AuditField, Is

if TYPE_CHECKING:
    from models.operations.bulk import BulkPlan
    from tui.browse.audit.events import AuditRow
    from tui.screens.audit.acting import Acts
    from tui.screens.base import AreaScreen


def target_term(row: AuditRow) -> Is:
    """The term that selects everything about the event's target: a user by its id, since names change."""
    if row.target_type == "user" and row.target_id is not None:
        return Is(AuditField.TARGET, f"#{row.target_id}")
    return Is(AuditField.TARGET, row.target_label) if row.target_label else Is(AuditField.KIND, row.target_type)


def open_user(screen: AreaScreen, user_id: int) -> None:
    """Opens the user's page, for whoever may see users."""
    from tui.screens.user.screen import UserScreen

    if screen.shell.may("users.view"):
        screen.app.push_screen(UserScreen(user_id))
    else:
        screen.shell.warn("Opening a user needs the permission users.view, which your roles do not include.")


def undo_batch(screen: Acts, batch_id: str) -> None:
    """Asks about the undo of a whole bulk change, and runs what was agreed to."""
    from tui.screens.audit.undo_batch import UndoBatchDialog
    from tui.screens.bulk.run import BulkRunScreen

    def agreed(plan: BulkPlan | None) -> None:
        if plan is not None:
            screen.app.push_screen(BulkRunScreen(plan), lambda _: screen.action_refresh())

    screen.app.push_screen(UndoBatchDialog(UUID(batch_id)), agreed)
