"""The opposite of making, changing and deleting a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations.plan import Skipped
from models.operations.roles.delete import plan_delete_role
from models.operations.roles.edit import RoleEdit, plan_create_role, plan_edit_role
from models.operations.roles.state import PERMISSION, planned_role
from models.operations.undo.case import what_holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.operations.plan import Plan
    from models.operations.undo.case import Case


async def undo_role_edit(case: Case) -> Plan:
    """Put back the texts and the permissions that hold. Raises `TargetGone`."""
    role_id = int(case.event.target_id or 0)
    state = await planned_role(case.client, role_id)
    names = tuple(case.changes)
    now = {name: name.removeprefix(PERMISSION) in state.codenames for name in names if name.startswith(PERMISSION)}
    present = {"name": state.name, "description": state.description, **now}
    back, skipped = what_holds(case, present, await case.authors(), tuple(name for name in names if name in present))
    plan = await plan_edit_role(case.actor, role_id, _edit(back))
    if any(error.field in back for error in plan.errors):
        wrong = {error.field: error.sentence for error in plan.errors if error.field in back}
        skipped = (*skipped, *(Skipped(name, f"cannot be put back: {why}") for name, why in wrong.items()))
        plan = await plan_edit_role(
            case.actor, role_id, _edit({name: value for name, value in back.items() if name not in wrong})
        )
    return case.finish(plan, skipped=skipped, in_parts=True)


async def undo_role_creation(case: Case) -> Plan:
    """Delete the role, unless somebody changed it since. Raises `TargetGone`."""
    if case.undos:
        return case.nothing()
    plan = await plan_delete_role(case.actor, int(case.event.target_id or 0))
    if plan.target.version != case.event.version_after:
        return case.nothing(why=f"The role {plan.target.label} was changed since it was made. Delete it instead.")
    return case.finish(plan, losses=())


async def undo_role_deletion(case: Case) -> Plan:
    """Make a role like it again, which nobody holds."""
    if case.undos:
        return case.nothing()
    before = {name: pair[0] for name, pair in case.changes.items()}
    codenames = [
        name.removeprefix(PERMISSION) for name, value in before.items() if name.startswith(PERMISSION) and value
    ]
    plan = await plan_create_role(
        case.actor, str(before.get("name", "")), str(before.get("description") or ""), codenames
    )
    return case.finish(plan, losses=("a role made anew is another one: it has to be granted anew",))


def _edit(back: Mapping[str, object]) -> RoleEdit:
    permissions = {name.removeprefix(PERMISSION): value for name, value in back.items() if name.startswith(PERMISSION)}
    return RoleEdit(
        str(back["name"]) if "name" in back else None,
        str(back["description"] or "") if "description" in back else None,
        frozenset(name for name, value in permissions.items() if value),
        frozenset(name for name, value in permissions.items() if not value),
    )
