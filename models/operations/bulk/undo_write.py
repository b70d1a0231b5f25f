"""One transaction of the undo of a batch: lock, judge anew, put back, record each user with what it undoes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from models.operations.audit.writing import AuditDraft, append_all
from models.operations.bulk.each import records, update_each
from models.operations.bulk.locking import lock_rows, written_before
from models.operations.bulk.sql import Values, count_by_user, execute, ids_in, nothing_left, numbers
from models.operations.bulk.undo_beside import LockBack, RoleBack
from models.operations.bulk.undo_judging import Judged, judge_undo
from models.operations.bulk.undo_kinds import (
    ActivateBack,
    Back,
    DeactivateBack,
    DeleteBack,
    EditBack,
    RestoreBack,
)
from models.operations.bulk.undo_names import giving
from models.operations.bulk.verdicts import Verdict
from models.operations.bulk.work import Writing, end_all_sessions, ids_of, update_users
from models.operations.bulk.work_state import ended_meta
from models.operations.context import USER, load_scene
from models.operations.guards import actor_may, enforce, proven
from models.operations.looks import hold_all_looks
from models.operations.plan import Action, Change, Target
from models.operations.refused import written_all
from models.operations.roles.locks import hold_roles
from models.operations.sign_in.proofs import ASKED_ABOVE, StepUpClass
from models.operations.text import clipped
from models.operations.transactions import is_postgres
from models.operations.values import TIME_FIELDS, stored
from models.usernames import key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.bulk.plan import BulkPlan
    from models.operations.bulk.undo_kinds import Kind
    from models.operations.bulk.verbs import Undo
    from models.operations.context import Scene
    from models.operations.plan import Refusal


async def write_undo(
    client: BaseDBAsyncClient, plan: BulkPlan, verb: Undo, ids: Sequence[int], hashed: str, *, is_first: bool
) -> bytes:
    """Put back what the batch wrote to these users (in order); return the verdict of each.

    The caller's transaction is the part's own. Raises `Stopped` (REFUSED) when the actor may not do it any more.
    """
    await lock_rows(client, plan.actor, ids)
    scene = await load_scene(client, plan.actor, None, lock=False)
    await hold_roles(client)
    judged = await judge_undo(client, scene, UUID(verb.batch_id), ids)
    enforce(may_undo(scene, plan.total, judged.kinds) if is_first else actor_may(scene), scene)
    if any(one.values.get("username") for one in judged.backs.values()):
        await hold_all_looks(client)
        judged = await judge_undo(client, scene, UUID(verb.batch_id), ids)  # nobody takes a name from here on
    for one in await written_before(client, plan, ids):
        judged.backs.pop(one, None)
        judged.verdicts[one] = Verdict.OK
    if judged.backs:
        await _write(client, plan, scene, judged, hashed)
    return bytes([judged.verdicts[one] for one in ids])


def may_undo(scene: Scene, total: int, kinds: set[Kind]) -> Iterator[Refusal]:
    """Refuse an actor who acts no more, or who has not given the password again for so many, or for roles."""
    yield from actor_may(scene)
    if total > ASKED_ABOVE:
        yield from proven(scene, StepUpClass.BULK)
    elif any(kind.rule.changes_roles for kind in kinds):
        yield from proven(scene, StepUpClass.ROLES)


async def _write(client: BaseDBAsyncClient, plan: BulkPlan, scene: Scene, judged: Judged, hashed: str) -> None:
    writing = Writing(client, plan.actor, scene.now, plan.reason)
    await _put_aside(client, judged)
    groups: dict[Kind, list[Back]] = {}
    for one in sorted(judged.backs.values(), key=lambda one: one.user_id):
        groups.setdefault(one.kind, []).append(one)
    for kind, backs in groups.items():
        await _write_kind(writing, kind, backs, hashed)
    # Last before COMMIT: from here on the chain is locked for everybody.
    await append_all(client, await asyncio.to_thread(_drafts, plan, groups))


async def _put_aside(client: BaseDBAsyncClient, judged: Judged) -> None:
    """Free the names that change hands inside the batch. The version stays: the rows themselves are written next."""
    present = {one.user_id: key(str(one.row["label"])) for one in judged.backs.values() if one.values.get("username")}
    ids = giving(judged.backs.values(), present)
    for columns, among in ((("username", "username_key"), ids), (("email_key",), _giving_addresses(judged))):
        if among:
            values = Values()
            which = ids_in(client, "id", values(numbers(client, among)))
            aside = "'~' || CAST(id AS VARCHAR) || '~'" if columns[0] == "username" else "NULL"
            sets = ", ".join(f"{name} = {aside}" for name in columns)
            written_all(await execute(client, f"UPDATE users SET {sets} WHERE {which}", *values.given), len(among))


def _giving_addresses(judged: Judged) -> list[int]:
    """Whoever gets another address back gives up the present one, which another user of the batch may get."""
    backs = [one for one in judged.backs.values() if "email" in one.values]
    return sorted(one.user_id for one in backs) if len(backs) > 1 else []


async def _write_kind(writing: Writing, kind: Kind, backs: Sequence[Back], hashed: str) -> None:
    match kind:
        case EditBack():
            await _write_fields(writing, backs)
        case ActivateBack():
            columns = {"is_active": True, "deactivated_at": None, "deactivation_reason": None}
            await update_users(writing, [one.user_id for one in backs], columns)
        case DeactivateBack():
            await _deactivate(writing, backs)
        case RestoreBack():
            await _restore(writing, backs)
        case DeleteBack():
            await _delete(writing, backs, hashed)
        case LockBack():
            await _lock(writing, backs)
        case RoleBack():
            await _grant(writing, kind, backs)


async def _write_fields(writing: Writing, backs: Sequence[Back]) -> None:
    """One statement for all who get the same fields back."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in backs:
        columns = stored({name: _read(name, value) for name, value in one.values.items()})
        groups.setdefault(tuple(columns), []).append({"id": one.user_id, **columns})
    for rows in groups.values():
        await _update(writing, rows)
    readdressed = [one for one in backs if "email" in one.values]
    if readdressed:
        await _void_links(writing, [one.user_id for one in readdressed])


async def _update(writing: Writing, rows: Sequence[Mapping[str, Any]], *also: str) -> None:
    """Set these columns of users, each its own, and bump their version."""
    values = Values()
    now = f"updated_at = {values(writing.now)}"
    count = await update_each(writing.client, values, "users", "id", rows, ("version = users.version + 1", now, *also))
    written_all(count, len(rows))


async def _void_links(writing: Writing, ids: Sequence[int]) -> None:
    """A link that was sent to another address is worthless."""
    values = Values()
    now = values(writing.now)
    among = ids_in(writing.client, "user_id", values(numbers(writing.client, ids)))
    sql = f"UPDATE one_time_tokens SET revoked_at = {now} WHERE {among} AND used_at IS NULL AND revoked_at IS NULL"
    await execute(writing.client, sql, *values.given)
    await nothing_left(writing.client, "one_time_tokens", ids, "used_at IS NULL AND revoked_at IS NULL")


async def _deactivate(writing: Writing, backs: Sequence[Back]) -> None:
    ended = ended_meta(await end_all_sessions(writing, [one.user_id for one in backs], "deactivated"))
    for one in backs:
        one.meta = ended.get(one.user_id, {"ended_sessions": 0})
    rows = [
        {
            "id": one.user_id,
            "deactivated_at": _read("deactivated_at", one.values["deactivated_at"]),
            "deactivation_reason": one.values["deactivation_reason"],
        }
        for one in backs
    ]
    await _update(writing, rows, "is_active = FALSE", "token_version = users.token_version + 1")


async def _restore(writing: Writing, backs: Sequence[Back]) -> None:
    with_address = [one for one in backs if one.values.get("email") is not None]
    without = [one for one in backs if one.values.get("email") is None]
    for part, names in ((with_address, ("username", "email")), (without, ("username",))):
        if part:
            rows = [{"id": one.user_id, **stored({name: one.values[name] for name in names})} for one in part]
            await _update(writing, rows, "deleted_at = NULL")


async def _delete(writing: Writing, backs: Sequence[Back], hashed: str) -> None:
    rows = [one.row for one in backs]
    work = await replace(DeleteBack.work, hashed=hashed).named(writing.client, ids_of(rows))
    meta = await work.write_others(writing, rows)
    for one in backs:
        one.changes = work.changes(one.row, writing.now)
        one.meta = dict(meta.get(one.user_id, work.no_meta))
    await work.write_users(writing, rows)


async def _lock(writing: Writing, backs: Sequence[Back]) -> None:
    rows = [
        {
            "id": one.user_id,
            "locked_until": _read("locked_until", one.values["locked_until"]),
            "lock_cause": one.values["lock_cause"],
        }
        for one in backs
    ]
    count = await update_each(writing.client, Values(), "user_auth_state", "user_id", rows)
    written_all(count, len(rows))


async def _grant(writing: Writing, kind: RoleBack, backs: Sequence[Back]) -> None:
    client = writing.client
    lost = [one.row["c0"] for one in backs if one.row["c0"] is not None]
    if lost:
        values = Values()
        among = (
            f"id = ANY({values(list(lost))}::bigint[])"
            if is_postgres(client)
            else ids_in(client, "id", values(numbers(client, lost)))
        )
        written_all(await execute(client, f"DELETE FROM user_roles WHERE {among}", *values.given), len(lost))
    given = [{"id": one.user_id, "expires_at": one.values["expires_at"]} for one in backs if one.values["held"]]
    if given:
        values = Values()
        casts = ("int", "int", "text", "timestamptz") if is_postgres(client) else ()
        marks = [
            values(value)
            for value in (kind.role_id, writing.actor.user_id, clipped(writing.actor.label, 100), writing.now)
        ]
        if casts:
            marks = [f"{mark}::{cast}" for mark, cast in zip(marks, casts, strict=True)]
        source = records(client, values, ("id", "expires_at"), given)
        sql = (
            "INSERT INTO user_roles (user_id, role_id, granted_by_id, granted_by_label, granted_at, expires_at)"
            f" SELECT f.id, {', '.join(marks)}, f.expires_at FROM {source} WHERE true RETURNING user_id"
        )
        written_all(len(await count_by_user(client, sql, *values.given)), len(given))
    await update_users(writing, [one.user_id for one in backs], {})


def _read(name: str, value: Any) -> Any:
    """A value of the audit as a column takes it."""
    is_moment = name in TIME_FIELDS or name in {"deactivated_at", "locked_until"}
    return datetime.fromisoformat(value) if is_moment and value is not None else value


def _drafts(plan: BulkPlan, groups: Mapping[Kind, Sequence[Back]]) -> list[AuditDraft]:
    """The rows of the audit, in the order of the kinds and of the ids."""
    return [_draft(plan, one) for backs in groups.values() for one in backs]


def _draft(plan: BulkPlan, one: Back) -> AuditDraft:
    version = int(one.row["version"])
    meta = dict(one.meta)
    if one.skipped:
        meta["skipped"] = [*one.skipped]
    return AuditDraft(
        plan.actor,
        _action(one),
        Target(USER, one.user_id, str(one.row["label"])),
        changes=tuple(Change(name, *pair) for name, pair in one.changes.items()),
        reason=plan.reason,
        ticket=plan.ticket,
        version_before=version,
        version_after=version if isinstance(one.kind, LockBack) else version + 1,
        batch_id=plan.op_id,
        undo_of=one.done.op_id,
        meta=meta,
        op_id=plan.op_id,
    )


def _action(one: Back) -> Action:
    """What was done, as the verb on one user would be called."""
    if isinstance(one.kind, RoleBack):
        return Action.GRANT_ROLE if one.values["held"] else Action.REVOKE_ROLE
    if isinstance(one.kind, LockBack):
        return Action.LOCK if one.values["locked_until"] is not None else Action.UNLOCK
    return one.kind.action
