"""A role as the database has it, read for a plan or under the lock of a write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from models import Role, RolePermission
from models.operations.audit.trail import authors_since, deleted_by
from models.operations.context import Party, Stopped
from models.operations.effective import permissions_of
from models.operations.plan import Status, Target
from models.operations.presence import TargetGone, gone_sentence
from models.operations.roles.locks import hold_roles, lock_roles
from models.operations.text import clipped, listed, moment
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Plan

ROLE: Final = "role"
"""The `kind` of a target that is a row of `roles`."""

PERMISSION: Final = "permission:"
"""What the name of a change begins with that puts a permission into a role or takes it out."""


@dataclass(frozen=True, slots=True)
class RoleState:
    """A role with what it allows. Codenames are as stored: some may be unknown to this version."""

    id: int
    name: str
    description: str
    is_system: bool
    version: int
    codenames: frozenset[str]

    @property
    def target(self) -> Target:
        """The role as the target of a plan."""
        return Target(ROLE, self.id, self.name, self.version)


async def role_state(client: BaseDBAsyncClient, role_id: int) -> RoleState | None:
    """Return the role, or None."""
    role = await Role.get_or_none(id=role_id, using_db=client)
    if role is None:
        return None
    names = await RolePermission.filter(role_id=role.id).using_db(client).values_list("codename", flat=True)
    codenames = frozenset(str(name) for name in names)
    return RoleState(role.id, role.name, role.description, role.is_system, role.version, codenames)


async def role_named(client: BaseDBAsyncClient, name: str) -> RoleState | None:
    """Return the role of exactly this name, or None. The text can be any, also one that no column would take: Tortoise
    refuses to compare with a longer one, which a hand can have stored on SQLite."""
    if not is_postgres(client) and ("\x00" in name or "\ufffd" in name):
        # SQLite may hold a NUL, and bytes that are no UTF-8: read as U+FFFD, by which no statement finds them.
        rows = await client.execute_query_dict("SELECT id, name FROM roles")
        rows = [row for row in rows if row["name"] == name]
        return await role_state(client, int(rows[0]["id"])) if len(rows) == 1 else None
    if clipped(name, len(name)) != name:
        return None
    mark = "$1" if is_postgres(client) else "?"
    rows = await client.execute_query_dict(f"SELECT id FROM roles WHERE name = {mark}", [name])
    return await role_state(client, int(rows[0]["id"])) if rows else None


async def planned_role(client: BaseDBAsyncClient, role_id: int) -> RoleState:
    """Return the role for a planner. Raises `TargetGone`, with who deleted it where that is known."""
    state = await role_state(client, role_id)
    if state is None:
        author = await deleted_by(client, Target(ROLE, role_id, ""))
        raise TargetGone(
            f"Role #{role_id} was deleted by {author.label} at {moment(author.at)}."
            if author
            else f"There is no role #{role_id}."
        )
    return state


async def locked_role(context: WriteContext, plan: Plan) -> tuple[Scene, RoleState]:
    """Return the scene and the role, both read after no role can change any more; raise `Stopped` when it is gone."""
    await lock_roles(context.connection)
    scene = await scene_anew(context)
    state = await role_state(context.connection, plan.target.id or 0)
    if state is None:
        raise Stopped(Status.GONE, await gone_sentence(context.connection, plan.target))
    return scene, state


async def scene_with_roles_held(context: WriteContext) -> Scene:
    """Return the scene, read after no role can change any more: for whoever grants one."""
    await hold_roles(context.connection)
    return await scene_anew(context)


async def scene_anew(context: WriteContext) -> Scene:
    """Return the scene with what actor and target may do now: one of their roles may have changed while this waited."""
    scene = context.scene
    parties = [party for party in (scene.actor, scene.target) if party is not None]
    held = await permissions_of(context.connection, [party.account for party in parties], scene.now)
    actor, target = (
        Party(party.account, held[party.account.id]) if party is not None else None
        for party in (scene.actor, scene.target)
    )
    return replace(scene, actor=actor, target=target)


async def as_seen(context: WriteContext, plan: Plan, state: RoleState) -> None:
    """Raise `Stopped` unless the role is at the version that was seen: what it allows is never merged by itself."""
    seen = plan.target.version
    if seen is None or state.version == seen:
        return
    authors = await authors_since(context.connection, plan.target, seen)
    if authors:
        newest = max(authors.values(), key=lambda author: author.at)
        fields = listed([name.removeprefix(PERMISSION) for name in authors])
        what = f"{fields} changed meanwhile, last by {newest.label} at {moment(newest.at)}"
    else:
        what = "it was changed meanwhile, outside Shellback"
    raise Stopped(
        Status.CONFLICT,
        f"Nothing was changed: the role {plan.target.label} is not as you saw it; {what}. Look again.",
        version=state.version,
    )
