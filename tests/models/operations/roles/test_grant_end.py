"""A role that is held gets another end: renewed, shortened, held for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import UserRole
from models.operations import RefusalCode, Status, apply, plan_change_grant, plan_edit, plan_grant
from models.operations.bulk import GrantRole, freeze_ids, plan_bulk
from tests.models.operations.people import acting, events, reread, superuser, user

if TYPE_CHECKING:
    from models import Account

pytestmark = pytest.mark.usefixtures("database")

SOON = datetime(2098, 1, 31, 18, tzinfo=UTC)
LATER = datetime(2099, 1, 31, 18, tzinfo=UTC)
PAST = datetime(2020, 1, 31, 18, tzinfo=UTC)


async def end_of(account: Account) -> datetime | None:
    return (await UserRole.get(user_id=account.id)).expires_at


@pytest.mark.parametrize("until", [SOON, LATER + timedelta(days=9), None])
async def test_a_grant_gets_another_end(until: datetime | None) -> None:
    root, alice = acting(await superuser()), await user("alice")
    assert (await apply(await plan_grant(root, alice.id, "support", expires_at=LATER))).is_ok
    before = await UserRole.get(user_id=alice.id)
    plan = await plan_change_grant(root, alice.id, "support", until)
    assert [change.field for change in plan.changes] == ["role:support"]
    outcome = await apply(plan)
    assert outcome.status is Status.OK
    after = await UserRole.get(user_id=alice.id)
    assert (after.id, after.expires_at, after.granted_at) == (before.id, until, before.granted_at)
    assert (await reread(alice)).version == 3
    event = (await events(action="roles.change_grant"))[0]
    assert event.changes == {"role:support": [plan.changes[0].before, plan.changes[0].after]}
    assert "2099-01-31 18:00 UTC" in str(plan.changes[0].before)


async def test_the_same_end_is_nothing_to_do() -> None:
    root, alice = acting(await superuser()), await user("alice", "support")
    plan = await plan_change_grant(root, alice.id, "support", None)
    assert plan.is_empty
    assert (await apply(plan)).status is Status.UNCHANGED


async def test_what_is_not_held_has_no_end() -> None:
    root, alice = acting(await superuser()), await user("alice", "support")
    for role, until, field in (("dba", LATER, "role"), ("no such", None, "role"), ("support", PAST, "expires_at")):
        plan = await plan_change_grant(root, alice.id, role, until)
        assert [error.field for error in plan.errors] == [field]
        assert (await apply(plan)).status is Status.REFUSED
    async with in_transaction():
        await UserRole.filter(user_id=alice.id).update(expires_at=PAST)
    expired = await plan_change_grant(root, alice.id, "support", LATER)
    assert "does not hold support now: grant it" in expired.errors[0].sentence
    assert await end_of(alice) == PAST


async def test_nobody_gives_themselves_more_time_or_what_they_do_not_hold() -> None:
    operator, alice = await user("op", "operator"), await user("alice", "dba")
    own = await plan_change_grant(acting(operator), operator.id, "operator", LATER)
    assert [refusal.code for refusal in own.refusals] == [RefusalCode.YOURSELF]
    assert (await apply(own)).status is Status.REFUSED
    other = await plan_change_grant(acting(operator), alice.id, "dba", LATER)
    assert RefusalCode.GRANT_WITHOUT_HOLDING in [refusal.code for refusal in other.refusals]
    assert (await apply(other)).status is Status.REFUSED
    helper = await user("help", "support")
    plain = await plan_change_grant(acting(helper), alice.id, "dba", LATER)
    assert RefusalCode.PERMISSION in [refusal.code for refusal in plain.refusals]
    assert await end_of(alice) is None


async def test_a_user_who_changed_meanwhile_is_looked_at_again() -> None:
    root, alice = acting(await superuser()), await user("alice", "support")
    plan = await plan_change_grant(root, alice.id, "support", LATER)
    assert (await apply(await plan_edit(root, alice, {"full_name": "Alice"}))).is_ok
    assert (await apply(plan)).status is Status.CONFLICT
    assert await end_of(alice) is None


async def test_it_may_have_expired_while_somebody_thought() -> None:
    root, alice = acting(await superuser()), await user("alice", "support")
    plan = await plan_change_grant(root, alice.id, "support", LATER)
    async with in_transaction():
        await UserRole.filter(user_id=alice.id).update(expires_at=PAST)
    outcome = await apply(plan)
    assert outcome.status is Status.REFUSED
    assert [error.field for error in outcome.errors] == ["role"]


async def test_what_is_held_for_a_while_is_not_given_for_longer() -> None:
    root, clerk, alice = acting(await superuser()), await user("clerk"), await user("alice")
    assert (await apply(await plan_grant(root, clerk.id, "operator", expires_at=SOON))).is_ok
    me = acting(await reread(clerk))
    for until in (None, LATER):
        plan = await plan_grant(me, alice.id, "operator", expires_at=until)
        assert [refusal.code for refusal in plan.refusals] == [RefusalCode.GRANT_WITHOUT_HOLDING]
        assert (await apply(plan)).status is Status.REFUSED
    bulk = await plan_bulk(me, await freeze_ids([alice.id]), GrantRole("operator"))
    assert [refusal.code for refusal in bulk.refusals] == [RefusalCode.GRANT_WITHOUT_HOLDING]
    assert (await apply(await plan_grant(me, alice.id, "operator", expires_at=SOON))).is_ok
    longer = await plan_change_grant(me, alice.id, "operator", LATER)
    assert [refusal.code for refusal in longer.refusals] == [RefusalCode.GRANT_WITHOUT_HOLDING]
    assert (await apply(await plan_grant(root, clerk.id, "auditor"))).is_ok
    assert (await plan_grant(me, (await user("bob")).id, "operator")).refusals, "what another role gives ends with it"
