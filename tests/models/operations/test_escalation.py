"""Ways to more than one was given: each looks allowed step by step, and none of them leads there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tortoise.transactions import in_transaction

from models import Account, Role, UserRole
from models.operations import RefusalCode, RoleEdit, Status, apply, plan_edit_role, plan_grant
from models.operations.bulk import BulkStatus, GrantRole, RevokeRole, apply_bulk, freeze_ids, plan_bulk
from models.operations.bulk.verdicts import Verdict
from models.operations.undo.batch import plan_undo_batch
from tests.models.operations.people import acting, superuser, user
from tests.models.operations.roles.made import allowed, make_role

pytestmark = pytest.mark.usefixtures("database")

SOON = datetime(2098, 1, 31, tzinfo=UTC)
LATER = datetime(2099, 1, 31, tzinfo=UTC)


async def helper() -> Account:
    """Somebody who may grant and edit roles for good, and unlock for a while only."""
    await make_role("granter", "roles.grant", "roles.edit", "users.view")
    await make_role("unlocker", "users.unlock")
    await make_role("desk", "users.view", "users.unlock")
    found = await user("helper", "granter", "unlocker")
    await _until(found, "unlocker", SOON)
    return found


async def _until(account: Account, role: str, until: datetime | None) -> None:
    async with in_transaction():
        assert await UserRole.filter(user_id=account.id, role__name=role).update(expires_at=until) == 1


async def _holds(account: Account, role: str) -> bool:
    return await UserRole.filter(user_id=account.id, role__name=role).exists()


async def test_nobody_gives_themselves_a_role_and_so_more_time() -> None:
    me = await helper()
    plan = await plan_grant(acting(me), me.id, "desk", expires_at=SOON)
    assert [refusal.code for refusal in plan.refusals] == [RefusalCode.YOURSELF]
    assert (await apply(plan)).status is Status.REFUSED
    alice = await user("alice")
    bulk = await plan_bulk(acting(me), await freeze_ids([me.id, alice.id]), GrantRole("desk", SOON))
    assert [one.verdict for one in bulk.excluded] == [Verdict.YOURSELF]
    assert (await apply_bulk(bulk)).status is BulkStatus.DONE
    assert (await _holds(alice, "desk"), await _holds(me, "desk")) == (True, False)


async def test_nobody_undoes_what_took_a_role_from_themselves() -> None:
    root, me = await superuser(), await helper()
    alice = await user("alice", "granter")
    async with in_transaction():
        for one in (me, alice):
            await UserRole.create(user_id=one.id, role_id=(await Role.get(name="desk")).id)
    taken = await apply_bulk(await plan_bulk(acting(root), await freeze_ids([me.id, alice.id]), RevokeRole("desk")))
    back = await plan_undo_batch(acting(me), taken.plan.op_id)
    # Alice held it for good, which is longer than who undoes it holds what it allows.
    assert {one.verdict for one in back.excluded} == {Verdict.YOURSELF, Verdict.PERMISSION}
    await apply_bulk(back)
    assert (await _holds(alice, "desk"), await _holds(me, "desk")) == (False, False)
    await _until(me, "unlocker", None)
    back = await plan_undo_batch(acting(me), taken.plan.op_id)
    assert [one.verdict for one in back.excluded] == [Verdict.YOURSELF]
    assert (await apply_bulk(back)).status is BulkStatus.DONE
    assert (await _holds(alice, "desk"), await _holds(me, "desk")) == (True, False)


@pytest.mark.parametrize(("until", "may"), [(None, False), (LATER, False), (SOON, True)])
async def test_nobody_puts_what_they_hold_for_a_while_into_what_they_hold_longer(
    until: datetime | None, may: bool
) -> None:
    me = await helper()
    await _until(me, "granter", until)
    role = await Role.get(name="granter")
    plan = await plan_edit_role(acting(me), role.id, RoleEdit(added=frozenset({"users.unlock"})))
    assert {refusal.code for refusal in plan.refusals} == (set() if may else {RefusalCode.YOURSELF})
    assert (await apply(plan)).is_ok is may
    assert ("users.unlock" in await allowed(role.id)) is may
