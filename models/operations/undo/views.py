"""The opposite of what was done to a saved view: saved, changed, renamed, shared, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from models import SavedView
from models.operations.plan import Action
from models.operations.undo.case import what_holds
from models.operations.views import (
    ViewContent,
    plan_change_view,
    plan_delete_view,
    plan_put_back_view,
    plan_save_view,
)

if TYPE_CHECKING:
    from models.operations.plan import Plan
    from models.operations.undo.case import Case

FIELDS: Final = ("name", "query", "columns", "order", "is_shared")


async def undo_view(case: Case) -> Plan:
    """Plan the opposite. Raises `TargetGone` for a view that is not there, or is somebody else's own."""
    action = case.event.action
    if action == Action.DELETE_VIEW:
        return await _save_again(case)
    view_id = int(case.event.target_id or 0)
    if action == Action.SAVE_VIEW:
        if case.undos:
            return case.nothing()
        plan = await plan_delete_view(case.actor, view_id)
        if plan.target.version != case.event.version_after:
            return case.nothing(why=f"The view {plan.target.label} was changed since it was saved. Delete it instead.")
        return case.finish(plan)
    # Asked for first, so that another person's view is as if it were not there.
    await plan_change_view(case.actor, view_id, ViewContent(""))
    row = await SavedView.get(id=view_id, using_db=case.client)
    back, skipped = what_holds(case, {name: getattr(row, name) for name in FIELDS}, await case.authors(), FIELDS)
    return case.finish(
        await plan_put_back_view(Action(action), case.actor, view_id, back), skipped=skipped, in_parts=True
    )


async def _save_again(case: Case) -> Plan:
    """Save it again: it belongs to whoever undoes, under another number."""
    if case.undos:
        return case.nothing()
    before: dict[str, Any] = {name: pair[0] for name, pair in case.changes.items()}
    shared = bool(before.get("is_shared"))
    if not (shared or case.event.actor_id == case.actor.user_id):
        return case.nothing(why="This view was somebody else's own: only its owner brings it back.")
    columns = before.get("columns")
    content = ViewContent(str(before.get("query") or ""), tuple(columns) if columns else None, before.get("order"))
    plan = await plan_save_view(case.actor, str(before.get("name", "")), content, shared=shared)
    return case.finish(plan, losses=("the view gets another number, and belongs to you",))
