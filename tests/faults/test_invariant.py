"""The invariant holds after honest work of every kind, and each way to break it is found and named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, UserRole
from models.operations import (
    Actor,
    AuditDraft,
    StagedEdit,
    Status,
    Target,
    apply,
    apply_changeset,
    plan_changeset,
    plan_create,
    plan_edit,
    plan_grant,
    plan_reset,
    plan_revoke_sessions,
    plan_soft_delete,
    plan_undo,
)
from models.operations.audit.writing import append
from models.operations.bulk import Deactivate, apply_bulk, freeze_ids, plan_bulk
from tests.faults.invariant import assert_invariant, violations
from tests.models.operations.people import acting, superuser, user
from tests.models.operations.raw import execute

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from models.operations import Plan
    from tui.database import Database


async def _done(planning: Awaitable[Plan]) -> UUID:
    outcome = await apply(await planning)
    assert outcome.status is Status.OK, outcome.sentence
    return outcome.op_id


async def _worked(root: Actor, ids: list[int]) -> set[UUID]:
    first = await Account.get(id=ids[0])
    done = {
        await _done(plan_create(root, {"username": "newcomer"})),
        await _done(plan_edit(root, first, {"full_name": "One", "email": "one@example.org"})),
        await _done(plan_grant(root, ids[0], "support")),
        await _done(plan_reset(root, ids[0])),
        await _done(plan_revoke_sessions(root, ids[1])),
        (edited := await _done(plan_edit(root, await Account.get(id=ids[0]), {"full_name": "Two"}))),
        await _done(plan_undo(root, edited)),
        await _done(plan_soft_delete(root, ids[2])),
    }
    bulk = await plan_bulk(root, await freeze_ids(ids[3:]), Deactivate())
    assert (await apply_bulk(bulk)).results
    now = datetime.now(UTC)
    staged = [StagedEdit.of(one, {"full_name": "Both"}, now) for one in await Account.filter(id__in=ids[:2])]
    changeset = await apply_changeset(await plan_changeset(root, staged))
    assert changeset.status is Status.OK, changeset.sentence
    return done | {bulk.op_id, changeset.plan.op_id}


async def test_it_holds_after_honest_work_and_names_what_is_lost_or_denied(database: Database) -> None:
    root = acting(await superuser())
    ids = [(await user(f"person{number}")).id for number in range(6)]
    done = await _worked(root, ids)
    await assert_invariant(acknowledged=done, refused={uuid4()})
    lost = uuid4()
    assert await violations(acknowledged={lost}) == [f"Operation {lost} was called done and is not there."]
    there = min(done, key=str)
    assert await violations(refused={there}) == [f"Operation {there} was called failed and is there."]


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("UPDATE users SET version = version + 1 WHERE id = {0}", "is at version"),
        ("UPDATE users SET full_name = 'Nobody' WHERE id = {0}", "full_name is 'Nobody', and by the audit 'Both'"),
        ("UPDATE users SET is_active = TRUE WHERE id = {3}", "is_active is True, and by the audit False"),
        ("DELETE FROM user_roles WHERE user_id = {0}", "and the grant says otherwise"),
        ("DELETE FROM users WHERE id = {4}", "and it is not there"),
    ],
)
async def test_a_row_that_the_audit_does_not_tell_of_is_found(database: Database, tampering: str, said: str) -> None:
    root = acting(await superuser())
    ids = [(await user(f"person{number}")).id for number in range(6)]
    await _worked(root, ids)
    await execute(database, tampering.format(*ids))
    [found] = await violations()
    assert said in found


async def test_a_change_recorded_twice_is_found(database: Database) -> None:
    root = acting(await superuser())
    person = await user("person")
    op_id = await _done(plan_edit(root, person, {"full_name": "One"}))
    row = await AuditEvent.get(op_id=op_id)
    target = Target("user", person.id, person.username)
    async with in_transaction() as client:
        again = AuditDraft(root, row.action, target, version_before=1, version_after=2, op_id=uuid4())
        await append(client, again)
    assert await violations() == [
        f"user {person.id}: operation {again.op_id} changed version 1, and the version was 2."
    ]


async def test_a_lock_that_is_left_is_found(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.faults.invariant.LET_GO_SECONDS", 0.2)
    person = await user("person", "support")
    async with in_transaction() as client:
        await UserRole.filter(user_id=person.id).using_db(client).update(granted_by_label="somebody")
        found = await _outside()
    assert found
    assert all("lock" in one or "holds" in one or "idle in transaction" in one for one in found)
    await assert_invariant()


async def _outside() -> list[str]:
    """The violations as a task sees them that is not in the transaction of its caller."""
    import asyncio
    from contextvars import Context

    loop = asyncio.get_running_loop()
    return await loop.create_task(violations(), context=Context())
