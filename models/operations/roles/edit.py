"""Make a role, and change what one is called and allows: permissions added and removed, never cleared and set anew.

The name, the description and the permissions are written as one change, compared with the version that was seen.
Codenames that this version does not know stay as they are unless somebody takes one out by name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from tortoise.expressions import F

from models import Role, RolePermission
from models.operations.context import Scene, Stopped, Written, change, load_scene
from models.operations.guards import enforce
from models.operations.plan import Action, Change, FieldError, Plan, Refusal, Status, Target
from models.operations.refused import written_all, written_once
from models.operations.roles.impact import impact_of
from models.operations.roles.locks import lock_roles
from models.operations.roles.names import clean_description, clean_role_name, name_taken
from models.operations.roles.rules import keeps_system_role, may_create, may_edit
from models.operations.roles.state import PERMISSION, ROLE, as_seen, locked_role, planned_role, scene_anew
from models.operations.text import clipped, counted, listed
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import WriteContext
    from models.operations.plan import Actor
    from models.operations.roles.state import RoleState

KNOWN: Final = frozenset(str(codename) for codename in Codename)


@dataclass(frozen=True, slots=True)
class RoleEdit:
    """What becomes different of a role: None leaves a text as it is; sets of codenames are put in and taken out."""

    name: str | None = None
    description: str | None = None
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


async def plan_create_role(
    actor: Actor,
    name: str,
    description: str = "",
    codenames: Iterable[str] = (),
    *,
    reason: str = "",
    ticket: str = "",
) -> Plan:
    """Plan a new role with these permissions, which nobody holds yet."""
    client = connection()
    wanted = frozenset(map(str, codenames))
    clean, errors = clean_role_name(name)
    about, more = clean_description(description)
    scene = await load_scene(client, actor, None, lock=False)
    step = CreateRoleStep(clean, about, wanted)
    return Plan(
        Action.CREATE_ROLE,
        actor,
        Target(ROLE, None, clean),
        step,
        step.changes(),
        ((*errors, *more, *_unknown(wanted)) or await name_taken(client, clean, 0)),
        tuple(may_create(scene, wanted)),
        ("nobody holds it until it is granted",),
        reason=reason,
        ticket=ticket,
    )


async def plan_edit_role(
    actor: Actor, role_id: int, edit: RoleEdit, *, seen: int | None = None, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to change a role as it is now. `seen` is the version that the person looked at, where that was earlier: a
    change since then makes a conflict of it. Raises `TargetGone`.
    """
    client = connection()
    scene = await load_scene(client, actor, None, lock=False)
    state = await planned_role(client, role_id)
    step, errors = _step(state, edit)
    if not errors and step.name != state.name:
        errors = await name_taken(client, step.name, state.id)
    impact = await impact_of(client, state, step.added, step.removed, scene.now)
    changes = step.changes(state)
    return Plan(
        Action.EDIT_ROLE,
        actor,
        replace(state.target, version=seen or state.version),
        step,
        changes,
        errors,
        await step.refusals(client, scene, state),
        tuple(impact.sentences()) if changes else (),
        tuple(_own_loss(scene, state, step)),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class CreateRoleStep:
    """The row and its permissions."""

    name: str
    description: str
    codenames: frozenset[str]
    counts_superusers: bool = False

    async def prepare(self) -> CreateRoleStep:
        """Nothing to do beforehand."""
        return self

    def changes(self) -> tuple[Change, ...]:
        """Return all of it as changes of nothing."""
        texts = (("name", self.name), ("description", self.description))
        return (
            *(change(name, None, text) for name, text in texts if text),
            *(change(f"{PERMISSION}{codename}", False, True) for codename in sorted(self.codenames)),
        )

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Insert the role, if its name is still free."""
        client = context.connection
        await lock_roles(client)
        scene = await scene_anew(context)
        enforce(may_create(scene, self.codenames), scene)
        taken = await name_taken(client, self.name, 0)
        if taken:
            raise Stopped(Status.REFUSED, "Nothing was made.", errors=taken)
        role = await Role.create(using_db=client, name=self.name, description=self.description)
        await _put_in(context, role.id, self.codenames)
        target = Target(ROLE, role.id, role.name, role.version)
        many = counted(len(self.codenames), "permission")
        return Written(target, f"The role {role.name} was made, with {many}.", plan.changes, None, role.version)


@dataclass(frozen=True, slots=True)
class EditRoleStep:
    """The texts as they will be, and what is put in and taken out."""

    name: str
    description: str
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    counts_superusers: bool = False

    async def prepare(self) -> EditRoleStep:
        """Nothing to do beforehand."""
        return self

    def changes(self, state: RoleState) -> tuple[Change, ...]:
        """Return what differs from the role as it is."""
        texts = (("name", state.name, self.name), ("description", state.description, self.description))
        return (
            *(change(name, before, after) for name, before, after in texts if before != after),
            *(change(f"{PERMISSION}{codename}", False, True) for codename in sorted(self.added)),
            *(change(f"{PERMISSION}{codename}", True, False) for codename in sorted(self.removed)),
        )

    async def refusals(self, client: BaseDBAsyncClient, scene: Scene, state: RoleState) -> tuple[Refusal, ...]:
        """Return what forbids it."""
        renamed = keeps_system_role(state, "renamed") if self.name != state.name else ()
        return (*renamed, *await may_edit(client, scene, state, self.added, self.removed))

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Compare the version, then write what differs."""
        client = context.connection
        scene, state = await locked_role(context, plan)
        enforce(await self.refusals(client, scene, state), scene)
        await as_seen(context, plan, state)
        changes = self.changes(state)
        if self.name != state.name:
            taken = await name_taken(client, self.name, state.id)
            if taken:
                raise Stopped(Status.REFUSED, "Nothing was changed.", errors=taken)
        values: dict[str, Any] = {
            change.field: change.after for change in changes if not change.field.startswith(PERMISSION)
        }
        rows = Role.filter(id=state.id, version=state.version).using_db(client)
        written_once(await rows.update(**values, version=F("version") + 1))
        await _take_out(context, state.id, self.removed)
        await _put_in(context, state.id, self.added)
        target = Target(ROLE, state.id, self.name, state.version)
        return Written(target, _done(state, self), changes, state.version, state.version + 1)


def _step(state: RoleState, edit: RoleEdit) -> tuple[EditRoleStep, tuple[FieldError, ...]]:
    """What the edit comes to on the role as it is, and what cannot be taken. An old text that breaks a rule stays."""
    errors: list[FieldError] = []
    name, description = state.name, state.description
    if edit.name is not None and edit.name != state.name:
        name, wrong = clean_role_name(edit.name)
        errors += wrong
    if edit.description is not None and edit.description != state.description:
        description, wrong = clean_description(edit.description)
        errors += wrong
    added, removed = edit.added - state.codenames, edit.removed & state.codenames
    errors += _unknown(added)
    if both := sorted(edit.added & edit.removed):
        errors.append(FieldError("permissions", f"{listed(both)}: put in and taken out at once."))
    return EditRoleStep(name, description, added, removed), tuple(errors)


def _unknown(codenames: Iterable[str]) -> tuple[FieldError, ...]:
    return tuple(
        FieldError("permissions", f"There is no permission {clipped(name, 50)} in this version.")
        for name in sorted(set(codenames) - KNOWN)
    )


def _own_loss(scene: Scene, state: RoleState, step: EditRoleStep) -> Iterable[str]:
    """What the actor loses by it: said before, since nobody gives it back to themselves."""
    if scene.actor is None or scene.actor.permissions.is_superuser:
        return
    mine = scene.actor.permissions
    kept: frozenset[str] = frozenset().union(
        *(
            source.codenames - step.removed if source.role_id == state.id else source.codenames
            for source in mine.sources
        )
    )
    lost = sorted(mine.codenames - kept)
    if lost:
        again = "; you could not change roles again" if Codename.ROLES_EDIT in lost else ""
        yield f"you lose {listed(lost)} yourself{again}"


async def _put_in(context: WriteContext, role_id: int, codenames: frozenset[str]) -> None:
    rows = [RolePermission(role_id=role_id, codename=codename) for codename in sorted(codenames)]
    if rows:
        await RolePermission.bulk_create(rows, using_db=context.connection)


async def _take_out(context: WriteContext, role_id: int, codenames: frozenset[str]) -> None:
    if not codenames:
        return
    rows = RolePermission.filter(role_id=role_id, codename__in=sorted(codenames)).using_db(context.connection)
    written_all(await rows.delete(), len(codenames))


def _done(state: RoleState, step: EditRoleStep) -> str:
    parts = []
    if step.name != state.name:
        parts.append(f"is called {step.name}")
    if step.added:
        parts.append(f"allows {counted(len(step.added), 'thing')} more")
    if step.removed:
        parts.append(f"allows {counted(len(step.removed), 'thing')} less")
    if not parts:
        parts.append("has another description")
    return f"The role {clipped(state.name, 50)} {listed(parts)} now."
