"""Two at once, really: both transactions are open and wait before either may go on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models import Account, UserRole
from models.operations import (
    Outcome,
    Plan,
    RefusalCode,
    Secret,
    Status,
    apply,
    plan_create,
    plan_create_first_superuser,
    plan_deactivate,
    plan_edit,
    plan_grant,
    plan_restore,
    plan_revoke,
    plan_soft_delete,
    system_actor,
    verify_chain,
)
from tests.models.operations.people import acting, events, reread, superuser, user
from tests.models.operations.raw import holding_users

if TYPE_CHECKING:
    from tui.database import Database


async def together(database: Database, *plans: Plan) -> list[Outcome]:
    """Apply the plans at the same moment."""
    async with holding_users(database, waiters=len(plans)):
        tasks = [asyncio.create_task(apply(plan)) for plan in plans]
        await asyncio.sleep(0)
    return list(await asyncio.gather(*tasks))


async def test_two_superusers_demote_each_other_and_exactly_one_is_refused(database: Database) -> None:
    one, two = await superuser("one"), await superuser("two")
    outcomes = await together(
        database,
        await plan_edit(acting(one), two, {"is_superuser": False}),
        await plan_edit(acting(two), one, {"is_superuser": False}),
    )
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, Status.REFUSED]
    assert await Account.filter(is_superuser=True).count() == 1
    assert sorted(event.outcome for event in await events()) == ["denied", "ok"]


async def test_three_superusers_deactivate_in_a_ring_and_one_stays(database: Database) -> None:
    ring = [await superuser(name) for name in ("one", "two", "three")]
    plans = [
        await plan_deactivate(acting(actor), target.id)
        for actor, target in zip(ring, [*ring[1:], ring[0]], strict=True)
    ]
    outcomes = await together(database, *plans)
    live = await Account.filter(is_superuser=True, is_active=True).count()
    assert live >= 1
    assert live == 3 - sum(outcome.status is Status.OK for outcome in outcomes)


async def test_two_operators_revoke_each_other_and_exactly_one_is_refused(database: Database) -> None:
    one, two = await user("one", "operator"), await user("two", "operator")
    outcomes = await together(
        database,
        await plan_revoke(acting(one), two.id, "operator"),
        await plan_revoke(acting(two), one.id, "operator"),
    )
    (lost,) = [outcome for outcome in outcomes if outcome.status is not Status.OK]
    # The loser's target is unchanged, but the loser may not do it any more.
    assert lost.status is Status.REFUSED, lost
    assert RefusalCode.PERMISSION in [refusal.code for refusal in lost.refusals]
    assert await UserRole.all().count() == 1


async def test_two_editors_at_the_same_moment(database: Database) -> None:
    maria, tom, alice = await user("maria", "operator"), await user("tom", "operator"), await user("alice")
    disjoint = await together(
        database,
        await plan_edit(acting(maria), alice, {"email": "a@x.org"}),
        await plan_edit(acting(tom), alice, {"full_name": "Alice"}),
    )
    assert [outcome.status for outcome in disjoint] == [Status.OK, Status.OK]
    assert sum(len(outcome.merged) for outcome in disjoint) == 1
    now = await reread(alice)
    assert (now.email, now.full_name, now.version) == ("a@x.org", "Alice", 3)

    clashing = await together(
        database,
        await plan_edit(acting(maria), now, {"full_name": "Alice M"}),
        await plan_edit(acting(tom), now, {"full_name": "Alice T"}),
    )
    assert sorted(outcome.status for outcome in clashing) == [Status.CONFLICT, Status.OK]
    assert (await reread(alice)).version == 4
    assert (await verify_chain()).is_whole


async def test_one_name_is_given_once(database: Database) -> None:
    root, other = await superuser(), await superuser("other")
    plans = [await plan_create(acting(actor), {"username": "newcomer"}) for actor in (root, other)]
    outcomes = await together(database, *plans)
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, Status.REFUSED]
    (lost,) = [outcome for outcome in outcomes if outcome.status is Status.REFUSED]
    assert [error.field for error in lost.errors] == ["username"]


async def test_there_is_one_first_superuser(database: Database) -> None:
    password = Secret("three blind mice see how")
    plans = [
        await plan_create_first_superuser(system_actor(), {"username": name}, password) for name in ("maria", "tom")
    ]
    outcomes = await asyncio.gather(*(apply(plan) for plan in plans))
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, Status.REFUSED]
    assert await Account.all().count() == 1


@pytest.mark.parametrize("_again", range(3))
async def test_a_grant_loses_against_the_demotion_of_its_actor(database: Database, _again: int) -> None:
    root, operator, alice = await superuser(), await user("op", "operator"), await user("alice")
    demotion, grant = await together(
        database,
        await plan_revoke(acting(root), operator.id, "operator"),
        await plan_grant(acting(operator), alice.id, "support"),
    )
    assert demotion.status is Status.OK
    # Whichever came first, the order is one that could have been: the grant is refused only after the demotion.
    rows = await events(outcome="ok")
    if grant.status is Status.OK:
        assert [event.action for event in rows] == ["roles.grant", "roles.revoke"]
    else:
        assert RefusalCode.PERMISSION in [refusal.code for refusal in grant.refusals]


async def test_of_two_names_that_look_alike_one_is_made(database: Database) -> None:
    one, two = await superuser("one"), await superuser("two")
    outcomes = await together(
        database,
        await plan_create(acting(one), {"username": "clara"}),
        await plan_create(acting(two), {"username": "c1ara"}),
    )
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, Status.REFUSED]
    assert await Account.filter(username__in=["clara", "c1ara"]).count() == 1


async def test_a_name_is_not_given_back_beside_one_that_looks_like_it(database: Database) -> None:
    one, two = await superuser("one"), await superuser("two")
    paul = await user("paul")
    assert (await apply(await plan_soft_delete(acting(one), paul.id))).is_ok
    outcomes = await together(
        database, await plan_restore(acting(one), paul.id), await plan_create(acting(two), {"username": "pau1"})
    )
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, Status.REFUSED]
    assert await Account.filter(username__in=["paul", "pau1"]).count() == 1
