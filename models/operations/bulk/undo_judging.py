"""What becomes of each user of a batch that is undone: looked at for the preview, and again under lock.

A fixed number of statements for some thousand users, however they were changed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models import Role, RolePermission
from models.operations.bulk.rules import facts_sql, judge_of
from models.operations.bulk.sql import Values, fetch
from models.operations.bulk.superusers import count_superusers
from models.operations.bulk.undo_beside import DELETE_BACK, KINDS, RoleBack
from models.operations.bulk.undo_events import operations_of, read_done
from models.operations.bulk.undo_kinds import EditBack, field_kind
from models.operations.bulk.undo_names import leave_taken
from models.operations.bulk.verdicts import Verdict
from models.operations.plan import Action
from models.operations.undo.grants import PREFIX
from models.permissions import may_grant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.bulk.rules import Judge
    from models.operations.bulk.superusers import Superusers
    from models.operations.bulk.undo_events import Done
    from models.operations.bulk.undo_kinds import Back, Kind
    from models.operations.context import Scene
    from models.permissions import Codename


@dataclass(slots=True)
class Judged:
    """The verdict of each user, what comes back to those who are OK, and how each is called."""

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    backs: dict[int, Back] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    kinds: set[Kind] = field(default_factory=set)
    missing: set[Codename] = field(default_factory=set)


async def judge_undo(
    client: BaseDBAsyncClient,
    scene: Scene,
    batch_id: UUID,
    ids: Sequence[int],
    *,
    superusers: Superusers | None = None,
) -> Judged:
    """Judge these users of the batch, ids in order. `superusers` counts on from a former part."""
    done = await read_done(client, await operations_of(client, batch_id), ids)
    judge = await judge_of(client, scene)
    found = Judged(dict.fromkeys(ids, Verdict.FOR_GOOD))
    for kind, mine in (await _by_kind(client, scene, done)).items():
        await _judge_kind(client, judge, found, kind, mine)
    await _keep_superusers(client, scene, found, superusers)
    taken = await leave_taken(client, found.backs)
    found.verdicts.update(taken)
    return found


async def _by_kind(client: BaseDBAsyncClient, scene: Scene, done: dict[int, Done]) -> dict[Kind, list[Done]]:
    """Group what was done by what takes it back. What nothing takes back is in no group."""
    found: dict[Kind, list[Done]] = {}
    roles = await _roles(client, scene, {name for one in done.values() for name in one.changes})
    for one in done.values():
        kind = _kind_of(one, roles)
        if kind is not None:
            found.setdefault(kind, []).append(one)
    return found


def _kind_of(done: Done, roles: dict[str, RoleBack]) -> Kind | None:
    if done.action == Action.IMPORT:
        return DELETE_BACK if done.version_before is None else field_kind(done.changes)
    if done.action == Action.EDIT:
        return field_kind(done.changes)
    names = [name for name in done.changes if name.startswith(PREFIX)]
    if len(names) == 1 and len(done.changes) == 1:
        return roles.get(names[0])
    return KINDS.get(done.action)


async def _roles(client: BaseDBAsyncClient, scene: Scene, names: Iterable[str]) -> dict[str, RoleBack]:
    """Return what takes each of these roles back, where it is still there."""
    wanted = [name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)]
    if not wanted:
        return {}
    roles = await Role.filter(name__in=wanted).using_db(client)
    allows: dict[int, set[str]] = {role.id: set() for role in roles}
    rows = await RolePermission.filter(role_id__in=list(allows)).using_db(client).values_list("role_id", "codename")
    for role_id, codename in rows:
        allows[role_id].add(str(codename))
    mine = scene.actor.permissions if scene.actor is not None else None
    return {
        f"{PREFIX}{role.name}": RoleBack(
            role.id,
            role.name,
            mine is None or not may_grant(mine.codenames, mine.is_superuser, allows[role.id]),
            mine.end_of(allows[role.id]) if mine is not None else None,
        )
        for role in roles
    }


async def _judge_kind(client: BaseDBAsyncClient, judge: Judge, found: Judged, kind: Kind, done: Sequence[Done]) -> None:
    scene = judge.scene
    found.kinds.add(kind)
    lacking = {one for one in kind.rule.needs if scene.actor is None or not scene.actor.permissions.has(one)}
    found.missing |= lacking
    values = Values()
    ids = sorted(one.user_id for one in done)
    sql = facts_sql(client, kind.rule, judge, values, ids, [0] * len(ids))
    rows = await fetch(client, f"{sql} ORDER BY f.id", *values.given)
    by_id = {one.user_id: one for one in done}

    def look() -> None:
        for row in rows:
            user_id = int(row["id"])
            found.labels[user_id] = row["label"] or f"#{user_id}"
            verdict: Back | Verdict = Verdict(row["verdict"])
            if verdict is Verdict.OK:
                verdict = Verdict.PERMISSION if lacking else kind.judge(row, by_id[user_id], scene)
            if isinstance(verdict, Verdict):
                found.verdicts[user_id] = verdict
            else:
                found.verdicts[user_id], found.backs[user_id] = Verdict.OK, verdict

    await asyncio.to_thread(look)


async def _keep_superusers(
    client: BaseDBAsyncClient, scene: Scene, found: Judged, superusers: Superusers | None
) -> None:
    """Leave the last superuser out, in the order of ids."""
    ending = [one for one in found.backs.values() if one.row["is_superuser"] and _ends(one) is not None]
    if not ending:
        return
    counted = superusers or await count_superusers(client, scene.now)
    for one in sorted(ending, key=lambda one: one.user_id):
        for user_id, verdict in counted.refused([one.row], stay=bool(_ends(one) == "stays")).items():
            found.verdicts[user_id] = verdict
            del found.backs[user_id]


def _ends(one: Back) -> str | None:
    """Whether a superuser is lost by it: "goes" at once, or "stays" with an end date."""
    if not isinstance(one.kind, EditBack):
        return "goes" if one.kind.rule.ends_superusers else None
    if one.values.get("is_superuser") is False:
        return "goes"
    return "stays" if one.values.get("expires_at") is not None else None
