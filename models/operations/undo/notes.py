"""The opposite of writing a note, pinning and unpinning one. A deleted note is gone: the audit never had its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations.notes import plan_delete_note, plan_pin
from models.operations.plan import Action

if TYPE_CHECKING:
    from models.operations.plan import Plan
    from models.operations.undo.case import Case


async def undo_note(case: Case) -> Plan:
    """Delete the note, or pin it as it was. Raises `TargetGone` where it is not there any more."""
    user_id, note = int(case.event.target_id or 0), case.meta.get("note")
    if case.undos or not isinstance(note, int):
        return case.nothing()
    if case.event.action == Action.ADD_NOTE:
        return case.finish(await plan_delete_note(case.actor, user_id, note), losses=())
    pinned = case.event.action == Action.UNPIN_NOTE
    plan = await plan_pin(case.actor, user_id, note, pinned=pinned)
    if plan.is_empty:
        return case.nothing(why=f"Note #{note} is {'pinned' if pinned else 'not pinned'} already.")
    return case.finish(plan)
