"""Delete a role that nobody holds. Grants that have expired go with it; the audit keeps who had them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models import Role, UserRole
from models.operations.context import Written, change, load_scene
from models.operations.guards import enforce
from models.operations.plan import Action, Change, Plan, Refusal, RefusalCode
from models.operations.refused import none_left, written_once
from models.operations.roles.impact import COUNTED, Bounded, bounded, impact_of
from models.operations.roles.rules import may_delete
from models.operations.roles.state import PERMISSION, as_seen, locked_role, planned_role
from models.operations.text import clipped
from models.operations.transactions import connection

if TYPE_CHECKING:
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor
    from models.operations.roles.state import RoleState


async def plan_delete_role(
    actor: Actor, role_id: int, *, seen: int | None = None, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to delete a role; refused while somebody holds it. Raises `TargetGone`."""
    client = connection()
    scene = await load_scene(client, actor, None, lock=False)
    state = await planned_role(client, role_id)
    expired = await _expired(client, state.id, scene.now)
    return Plan(
        Action.DELETE_ROLE,
        actor,
        replace(state.target, version=seen or state.version),
        DeleteRoleStep(),
        changes_of(state),
        refusals=await _refusals(client, scene, state),
        effects=(f"{expired.of('expired grant')} of it will be deleted with it",) if expired.number else (),
        irreversible=("a role made anew is another one: it has to be granted anew",),
        reason=reason,
        ticket=ticket,
    )


def changes_of(state: RoleState) -> tuple[Change, ...]:
    """Return everything that the role is, as changes to nothing: enough to make one like it again."""
    texts = (("name", state.name), ("description", state.description))
    return (
        *(change(name, text, None) for name, text in texts if text),
        *(change(f"{PERMISSION}{codename}", True, False) for codename in sorted(state.codenames)),
    )


@dataclass(frozen=True, slots=True)
class DeleteRoleStep:
    """Nothing but the plan's target is needed."""

    counts_superusers: bool = False

    async def prepare(self) -> DeleteRoleStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Delete the row at the version that was seen, once nobody holds it."""
        client = context.connection
        scene, state = await locked_role(context, plan)
        enforce(await _refusals(client, scene, state), scene)
        await as_seen(context, plan, state)
        expired = UserRole.filter(role_id=state.id, expires_at__lte=scene.now).using_db(client)
        gone = await expired.delete()
        await none_left(expired)
        written_once(await Role.filter(id=state.id, version=state.version).using_db(client).delete())
        return Written(
            plan.target,
            f"The role {clipped(state.name, 50)} was deleted.",
            changes_of(state),
            state.version,
            None,
            meta={"expired_grants": gone} if gone else {},
        )


async def _refusals(client: BaseDBAsyncClient, scene: Scene, state: RoleState) -> tuple[Refusal, ...]:
    found = may_delete(scene, state)
    holders = (await impact_of(client, state, frozenset(), frozenset(), scene.now)).holders
    if not holders.number:
        return found
    held = f"{clipped(state.name, 50) or 'It'} is held by {holders.of('user')}: take it from them first."
    return (*found, Refusal(RefusalCode.REFERRED_TO, held, state.target))


async def _expired(client: BaseDBAsyncClient, role_id: int, now: datetime) -> Bounded:
    past = UserRole.filter(role_id=role_id, expires_at__lte=now).using_db(client).limit(COUNTED + 1)
    return bounded(len(await past.values_list("id", flat=True)))
