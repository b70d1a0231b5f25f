"""From a verb to its work: roles looked up, values checked, a hash made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.operations.bulk.verbs import (
    SETTABLE,
    Activate,
    Deactivate,
    ForceChange,
    GrantRole,
    RevokeRole,
    RevokeSessions,
    SetField,
    SoftDelete,
    Undo,
    Unlock,
    Verb,
)
from models.operations.bulk.work_delete import DeleteWork
from models.operations.bulk.work_roles import GrantWork, RevokeWork
from models.operations.bulk.work_state import ActivateWork, DeactivateWork, FieldWork, SessionsWork, UnlockWork
from models.operations.plan import FieldError, Refusal, RefusalCode
from models.operations.roles.grants import no_such_role, outlasting
from models.operations.roles.state import role_named
from models.operations.text import field_label, listed
from models.operations.values import cleaned
from models.permissions import may_grant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.bulk.work import Work
    from models.operations.context import Scene


@dataclass(frozen=True, slots=True)
class Prepared:
    """The work of a verb, or why there is none."""

    work: Work | None
    errors: tuple[FieldError, ...] = ()
    refusals: tuple[Refusal, ...] = ()


async def work_of(client: BaseDBAsyncClient, verb: Verb, scene: Scene, reason: str, *, hashed: str = "") -> Prepared:
    """Return what the verb does, as the database is now. `hashed` is for `SoftDelete`, which needs one to write."""
    match verb:
        case Activate():
            return Prepared(ActivateWork())
        case Deactivate():
            return Prepared(DeactivateWork(reason))
        case RevokeSessions():
            return Prepared(SessionsWork())
        case Unlock():
            return Prepared(UnlockWork())
        case ForceChange():
            return Prepared(FieldWork("must_change_password", value=True))
        case SetField():
            return _field(verb)
        case SoftDelete():
            return Prepared(DeleteWork(hashed))
        case GrantRole() | RevokeRole():
            return await _role(client, verb, scene)
        case Undo():
            raise TypeError("a batch is undone row by row: undo_write")


async def ready(work: Work, client: BaseDBAsyncClient, ids: Sequence[int]) -> Work:
    """Return the work with what it must know of just these users: the names that deleted ones are kept under."""
    return await work.named(client, ids) if isinstance(work, DeleteWork) else work


def _field(verb: SetField) -> Prepared:
    if verb.field not in SETTABLE:
        fields = listed([field_label(name) for name in SETTABLE])
        return Prepared(None, (FieldError(verb.field, f"Many users at once can be given: {fields}."),))
    good, errors = cleaned({verb.field: verb.value})
    if errors:
        return Prepared(None, errors)
    value: object = good[verb.field]
    return Prepared(FieldWork(verb.field, value))  # type: ignore[arg-type]


async def _role(client: BaseDBAsyncClient, verb: GrantRole | RevokeRole, scene: Scene) -> Prepared:
    role = await role_named(client, verb.role)
    if role is None:
        return Prepared(None, (no_such_role(verb.role),))
    refusals = []
    if scene.actor is not None:
        mine = scene.actor.permissions
        if not may_grant(mine.codenames, mine.is_superuser, role.codenames):
            missing = sorted(role.codenames - mine.codenames)
            sentence = f"{role.name} allows what you may not do yourself: {listed(missing)}."
            refusals.append(Refusal(RefusalCode.GRANT_WITHOUT_HOLDING, sentence))
    if isinstance(verb, RevokeRole):
        return Prepared(RevokeWork(role.id, role.name), (), tuple(refusals))
    errors: tuple[FieldError, ...] = ()
    if verb.expires_at is not None and verb.expires_at <= scene.now:
        errors = (FieldError("expires_at", "This end is in the past."),)
    refusals += outlasting(scene, role.name, role.codenames, verb.expires_at)
    return Prepared(GrantWork(role.id, role.name, verb.expires_at), errors, tuple(refusals))
