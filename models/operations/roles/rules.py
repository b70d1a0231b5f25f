"""Who may make, change or delete a role: pure but for one question, who of its holders outranks the actor.

Nobody gets or gives by way of a role what they could not get or give directly: what goes into a role or out of it, the
actor holds; a role that the actor could not grant is not widened; a role of somebody who may do more is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models import RolePermission
from models.operations.guards import actor_may, proven
from models.operations.plan import Refusal, RefusalCode
from models.operations.sign_in.proofs import StepUpClass
from models.operations.statements import Values, fetch, ids_in, numbers
from models.operations.text import clipped, counted, listed
from models.permissions import Codename, may_grant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene
    from models.operations.effective import RoleSource
    from models.operations.roles.state import RoleState

NAMED: Final = 3
"""Holders that are named in a refusal."""


def may_create(scene: Scene, codenames: AbstractSet[str]) -> Iterator[Refusal]:
    """Refuse a role with what the actor does not hold."""
    yield from actor_may(scene, Codename.ROLES_EDIT)
    yield from _holds(scene, codenames)
    yield from proven(scene, StepUpClass.ROLES)


async def may_edit(
    client: BaseDBAsyncClient, scene: Scene, state: RoleState, added: AbstractSet[str], removed: AbstractSet[str]
) -> tuple[Refusal, ...]:
    """Return what forbids to put `added` into the role and to take `removed` out; both may be empty."""
    return (
        *actor_may(scene, Codename.ROLES_EDIT),
        *_holds(scene, added | removed),
        *(_could_grant(scene, state) if added else ()),
        *_keeps_no_longer(scene, state, added),
        *await _holders_outrank(client, scene, state),
        *proven(scene, StepUpClass.ROLES),
    )


def may_delete(scene: Scene, state: RoleState) -> tuple[Refusal, ...]:
    """Return what forbids to delete the role, whether or not somebody holds it."""
    return (
        *actor_may(scene, Codename.ROLES_EDIT),
        *keeps_system_role(state, "deleted"),
        *_holds(scene, state.codenames),
        *proven(scene, StepUpClass.ROLES),
    )


def keeps_system_role(state: RoleState, done: str) -> Iterator[Refusal]:
    """Refuse what would take a role away that every database starts with: code and people rely on its name."""
    if state.is_system:
        yield Refusal(
            RefusalCode.STATE, f"{_shown(state)} is one of the system's own roles: it cannot be {done}.", state.target
        )


def _holds(scene: Scene, codenames: Iterable[str]) -> Iterator[Refusal]:
    if scene.actor is None or scene.actor.permissions.is_superuser:
        return
    missing = sorted(set(codenames) - scene.actor.permissions.codenames)
    if missing:
        yield Refusal(
            RefusalCode.GRANT_WITHOUT_HOLDING,
            f"You put into a role or take out of it only what you hold yourself, which is not {_named(missing)}.",
        )


def _could_grant(scene: Scene, state: RoleState) -> Iterator[Refusal]:
    if scene.actor is None:
        return
    mine = scene.actor.permissions
    if not may_grant(mine.codenames, mine.is_superuser, state.codenames):
        missing = sorted(state.codenames - mine.codenames)
        yield Refusal(
            RefusalCode.GRANT_WITHOUT_HOLDING,
            f"{_shown(state)} allows what you may not do yourself, so you cannot widen it: {_named(missing)}.",
            state.target,
        )


def _keeps_no_longer(scene: Scene, state: RoleState, added: AbstractSet[str]) -> Iterator[Refusal]:
    """Refuse to put what one holds for a while into a role that one holds for longer."""
    if scene.actor is None or scene.actor.permissions.is_superuser:
        return
    sources = scene.actor.permissions.sources
    mine = next((source for source in sources if source.role_id == state.id), None)
    if mine is None:
        return
    missing = sorted(
        codename
        for codename in added
        if not any(codename in source.codenames and _lasts(source, mine.expires_at) for source in sources)
    )
    if missing:
        yield Refusal(
            RefusalCode.YOURSELF,
            f"You hold {_shown(state)} for longer than {_named(missing)}: you cannot give yourself more time.",
            state.target,
        )


def _lasts(source: RoleSource, until: datetime | None) -> bool:
    return source.expires_at is None or (until is not None and source.expires_at >= until)


async def _holders_outrank(client: BaseDBAsyncClient, scene: Scene, state: RoleState) -> tuple[Refusal, ...]:
    """One question to the database, however many hold it."""
    if scene.actor is None or scene.actor.permissions.is_superuser:
        return ()
    mine = scene.actor.permissions.codenames
    rows = await RolePermission.all().using_db(client).values_list("role_id", "codename")
    beyond = sorted({int(role_id) for role_id, codename in rows if codename not in mine})
    values = Values()
    now, role = values(scene.now), values(state.id)
    higher = "u.is_superuser"
    if beyond:
        among = ids_in(client, "b.role_id", values(numbers(client, beyond)))
        current = f"(b.expires_at IS NULL OR b.expires_at > {now})"
        higher += f" OR EXISTS (SELECT 1 FROM user_roles b WHERE b.user_id = u.id AND {among} AND {current})"
    found = await fetch(
        client,
        "SELECT u.username FROM user_roles h JOIN users u ON u.id = h.user_id"
        f" WHERE h.role_id = {role} AND (h.expires_at IS NULL OR h.expires_at > {now}) AND ({higher})"
        f" ORDER BY h.user_id LIMIT {NAMED + 1}",
        *values.given,
    )
    if not found:
        return ()
    names = [clipped(str(row[0]), 50) for row in found]
    who = listed(names) if len(names) <= NAMED else f"{', '.join(names[:NAMED])} and others"
    may = "hold it and may" if len(names) > 1 else "holds it and may"
    reason = f"{who} {may} do more than you: only somebody who outranks every holder changes a role."
    return (Refusal(RefusalCode.RANK, reason, state.target),)


def _shown(state: RoleState) -> str:
    return clipped(state.name, 50) or f"Role #{state.id}"


def _named(codenames: list[str]) -> str:
    shown = [clipped(name, 50) for name in codenames[:5]]
    more = len(codenames) - len(shown)
    return f"{', '.join(shown)} and {counted(more, 'other')}" if more else listed(shown)
