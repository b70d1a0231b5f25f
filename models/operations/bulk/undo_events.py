"""The rows that the audit has of a batch, some thousand users at a time by key range, and which of them were undone."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from models import AuditEvent
from models.operations.bulk.sql import fetch, ids_in, numbers
from models.operations.transactions import is_postgres
from models.operations.undo.events import standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

AT_ONCE: Final = 10_000
"""Rows of the audit that one statement reads."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a batch did to one user. `undone` are the fields that were put back since and hold; None: nothing was."""

    user_id: int
    op_id: UUID
    action: str
    changes: dict[str, list[Any]]
    version_before: int | None
    version_after: int | None
    undone: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class _Undid:
    """An undo of something, on one user."""

    op_id: UUID
    undo_of: UUID | None
    fields: frozenset[str]


async def operations_of(client: BaseDBAsyncClient, batch_id: UUID) -> tuple[UUID, ...]:
    """Return the numbers of the operations of a batch: its own, and for an import in parts one for each further part.

    The rows of an operation are found by it and the user's id: a key range, however long the audit is.
    """
    found = [batch_id]
    while True:
        following = uuid5(batch_id, str(len(found)))
        if not await AuditEvent.filter(op_id=following, batch_id=batch_id).using_db(client).exists():
            return tuple(found)
        found.append(following)


async def users_of(client: BaseDBAsyncClient, operations: Sequence[UUID]) -> list[int]:
    """Return the ids of all users that these operations changed, in slices by key range."""
    found: list[int] = []
    sql = (
        f"SELECT target_id FROM audit_events WHERE op_id = {_uuid(client, '$1')} AND target_type = 'user'"
        f" AND target_id > $2 AND outcome = 'ok' ORDER BY target_id LIMIT {AT_ONCE}"
    )
    for operation in operations:
        last = -1
        while rows := await fetch(client, sql, str(operation), last):
            found += [int(row[0]) for row in rows]
            last = found[-1]
    return found


async def read_done(client: BaseDBAsyncClient, operations: Sequence[UUID], ids: Sequence[int]) -> dict[int, Done]:
    """Return what these operations did to each of these users (ids in order): two statements and no more."""
    if not ids:
        return {}
    among = "op_id = ANY($1::uuid[])" if is_postgres(client) else "op_id IN (SELECT value FROM json_each($1))"
    ops: object = [str(one) for one in operations]
    rows = await fetch(
        client,
        "SELECT target_id, op_id, action, changes, version_before, version_after FROM audit_events"
        f" WHERE {among} AND target_type = 'user' AND target_id >= $2 AND target_id <= $3 AND outcome = 'ok'",
        ops if is_postgres(client) else json.dumps(ops),
        ids[0],
        ids[-1],
    )
    undos = await fetch(
        client,
        "SELECT target_id, op_id, undo_of, changes FROM audit_events WHERE target_type = 'user'"
        f" AND {ids_in(client, 'target_id', '$1')} AND undo_of IS NOT NULL AND outcome = 'ok' ORDER BY id DESC",
        numbers(client, ids),
    )
    return await asyncio.to_thread(_done, rows, undos, frozenset(ids))


def _done(rows: Sequence[Any], undos: Sequence[Any], wanted: frozenset[int]) -> dict[int, Done]:
    by_user: dict[int, list[_Undid]] = {}
    for row in undos:
        undid = _Undid(_read_uuid(row[1]), _read_uuid(row[2]), frozenset(_changes(row[3])))
        by_user.setdefault(int(row[0]), []).append(undid)
    found: dict[int, Done] = {}
    for row in rows:
        user_id, op_id = int(row[0]), _read_uuid(row[1])
        if user_id in wanted:
            held = standing(by_user.get(user_id, ()), op_id)
            undone = frozenset().union(*(undo.fields for undo in held)) if held else None
            found[user_id] = Done(user_id, op_id, row[2], _changes(row[3]), row[4], row[5], undone)
    return found


def _changes(stored: object) -> dict[str, list[Any]]:
    """The changes of a row; nothing where it does not hold what Shellback writes."""
    try:
        read = json.loads(stored) if isinstance(stored, str) else stored
    except (ValueError, RecursionError):
        return {}
    if not isinstance(read, dict):
        return {}
    return {str(name): pair for name, pair in read.items() if isinstance(pair, list) and len(pair) == 2}


def _read_uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _uuid(client: BaseDBAsyncClient, mark: str) -> str:
    return f"{mark}::uuid" if is_postgres(client) else mark
