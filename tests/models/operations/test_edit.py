"""Edit: two editors, disjoint and clashing; a row gone; names that are taken or look alike; who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from models import Account
from models.operations import RefusalCode, Status, TargetGone, apply, plan_deactivate, plan_edit, verify_chain
from tests.models.operations.people import acting, events, remove, reread, set_columns, superuser, user

if TYPE_CHECKING:
    from tui.database import Database


async def test_only_the_touched_fields_are_written_with_one_audit_row(database: Database) -> None:
    root, alice = await superuser(), await user("alice", email="alice@example.org")
    plan = await plan_edit(acting(root), alice, {"email": "new@example.org", "full_name": ""}, reason="asked")

    assert [change.field for change in plan.changes] == ["email"]
    outcome = await apply(plan)

    assert outcome.status is Status.OK, outcome.sentence
    after = await reread(alice)
    assert (after.email, after.email_key, after.version) == ("new@example.org", "new@example.org", 2)
    assert after.updated_at > alice.updated_at
    (event,) = await events()
    assert event.changes == {"email": ["alice@example.org", "new@example.org"]}
    assert (event.op_id, event.version_before, event.version_after) == (plan.op_id, 1, 2)
    assert (event.reason, event.claimed_os_user, event.actor_label) == ("asked", "tester", "root")
    assert (await verify_chain()).is_whole


async def test_an_end_with_another_offset_is_the_same_moment(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    now = datetime.now(UTC)
    for hours in (-11, 0, 13):
        zone = timezone(timedelta(hours=hours))
        for end, live in ((now - timedelta(hours=1), 0), (now + timedelta(hours=1), 1)):
            plan = await plan_edit(acting(root), await reread(alice), {"expires_at": end.astimezone(zone)})
            assert (await apply(plan)).status is Status.OK
            assert await Account.filter(id=alice.id, expires_at__gt=now).count() == live
            assert (await reread(alice)).expires_at == end


async def test_a_plan_that_touches_nothing_writes_nothing(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    outcome = await apply(await plan_edit(acting(root), alice, {"username": "alice"}))
    assert outcome.status is Status.UNCHANGED
    assert (await reread(alice)).version == 1
    assert await events() == []


async def test_disjoint_fields_are_rebased_and_said(database: Database) -> None:
    maria, tom, alice = await user("maria", "operator"), await user("tom", "operator"), await user("alice")
    hers = await plan_edit(acting(maria), alice, {"email": "a@example.org"})
    his = await plan_edit(acting(tom), alice, {"full_name": "Alice Jones"})
    assert (await apply(hers)).status is Status.OK

    outcome = await apply(his)

    assert outcome.status is Status.OK
    assert [(merged.field, merged.value, merged.by) for merged in outcome.merged] == [
        ("email", "a@example.org", "maria")
    ]
    assert "e-mail was changed by maria" in outcome.sentence
    after = await reread(alice)
    assert (after.email, after.full_name, after.version) == ("a@example.org", "Alice Jones", 3)


async def test_the_same_value_twice_is_done_and_the_same_field_twice_is_a_conflict(database: Database) -> None:
    maria, tom, alice = (
        await user("maria", "operator"),
        await user("tom", "operator"),
        await user("alice", email="o@x.org"),
    )
    plans = [
        await plan_edit(acting(maria), alice, {"email": "a@x.org"}),
        await plan_edit(acting(tom), alice, {"email": "a@x.org"}),
        await plan_edit(acting(tom), alice, {"email": "b@x.org", "full_name": "Alice"}),
    ]
    first, same, other = [await apply(plan) for plan in plans]

    assert (first.status, same.status, other.status) == (Status.OK, Status.UNCHANGED, Status.CONFLICT)
    (conflict,) = other.conflicts
    assert (conflict.field, conflict.was, conflict.theirs, conflict.yours) == ("email", "o@x.org", "a@x.org", "b@x.org")
    assert conflict.by == "maria"
    assert conflict.at is not None
    after = await reread(alice)
    assert (after.email, after.full_name, after.version) == ("a@x.org", "", 2)
    assert [event.outcome for event in await events()] == ["ok", "conflict"]


async def test_a_change_by_psql_conflicts_too_without_a_name(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(acting(root), alice, {"full_name": "Alice"})
    await set_columns(alice, full_name="Alicia", version=2)
    outcome = await apply(plan)
    assert outcome.status is Status.CONFLICT
    assert (outcome.conflicts[0].theirs, outcome.conflicts[0].by, outcome.version) == ("Alicia", None, 2)


async def test_security_fields_are_never_merged(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(acting(root), alice, {"is_superuser": True})
    assert (await apply(await plan_edit(acting(root), alice, {"full_name": "Alice"}))).status is Status.OK
    outcome = await apply(plan)
    assert outcome.status is Status.CONFLICT
    assert outcome.conflicts[0].theirs is False
    assert not (await reread(alice)).is_superuser


async def test_a_row_deleted_meanwhile_is_gone_and_stays_gone(database: Database) -> None:
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    plan = await plan_edit(acting(root), alice, {"full_name": "Alice"})
    soft = await plan_edit(acting(root), bob, {"full_name": "Bob"})
    await remove(alice)
    await set_columns(bob, deleted_at=datetime.now(UTC), version=2)

    assert (await apply(plan)).status is Status.GONE
    assert (await apply(soft)).status is Status.GONE
    assert not await Account.filter(username="alice").exists()
    assert (await reread(bob)).full_name == ""
    with pytest.raises(TargetGone, match=f"no user #{alice.id}"):
        await plan_edit(acting(root), alice, {"full_name": "Alice"})


@pytest.mark.parametrize("taken", ["bob", "BOB", "bоb"])
async def test_a_name_that_is_taken_or_looks_alike_is_an_error_of_its_field(database: Database, taken: str) -> None:
    root, alice = await superuser(), await user("alice")
    early = await plan_edit(acting(root), alice, {"username": taken})
    await user("bob")
    late = await plan_edit(acting(root), alice, {"username": taken})

    assert [error.field for error in late.errors] == ["username"]
    outcome = await apply(early)
    assert outcome.status is Status.REFUSED
    assert [error.field for error in outcome.errors] == ["username"]
    assert (await reread(alice)).username == "alice"
    assert (await apply(await plan_edit(acting(root), alice, {"full_name": "A"}))).status is Status.OK


async def test_a_value_that_cannot_be_taken_names_its_field(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(
        acting(root), alice, {"username": "a b", "email": "no", "full_name": "x" * 151, "hashed_password": "x"}
    )
    assert {error.field for error in plan.errors} == {"username", "email", "full_name", "hashed_password"}
    assert (await apply(plan)).status is Status.REFUSED
    assert (await reread(alice)).version == 1


async def test_a_rename_of_case_only_is_not_its_own_look_alike(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    outcome = await apply(await plan_edit(acting(root), alice, {"username": "Alice"}))
    assert outcome.status is Status.OK, outcome
    assert (await reread(alice)).username_key == "alice"


async def test_rank_and_permissions(database: Database) -> None:
    root, operator, support = await superuser(), await user("op", "operator"), await user("help", "support")
    dba, alice = await user("dan", "dba"), await user("alice")

    async def codes(actor: Account, target: Account, **values: object) -> list[RefusalCode]:
        plan = await plan_edit(acting(actor), target, values)
        outcome = await apply(plan)
        assert (outcome.status is Status.REFUSED) == bool(plan.refusals)
        return [refusal.code for refusal in plan.refusals]

    assert await codes(support, alice, full_name="A") == [RefusalCode.PERMISSION]
    assert await codes(operator, root, full_name="A") == [RefusalCode.SUPERUSER_ONLY]
    assert await codes(operator, dba, email="d@x.org") == [RefusalCode.RANK]
    assert await codes(operator, dba, full_name="Dan") == []
    assert await codes(operator, alice, is_superuser=True) == [RefusalCode.SUPERUSER_ONLY]
    assert await codes(root, root, is_superuser=False) == [RefusalCode.YOURSELF, RefusalCode.LAST_SUPERUSER]
    soon = datetime.now(UTC) + timedelta(days=1)
    assert await codes(root, root, expires_at=soon) == [RefusalCode.YOURSELF, RefusalCode.LAST_SUPERUSER]
    denied = [event for event in await events() if event.outcome == "denied"]
    assert len(denied) == 6
    assert denied[0].meta["refusals"] == ["permission"]


async def test_the_actor_is_read_again(database: Database) -> None:
    root, operator, alice = await superuser(), await user("op", "operator"), await user("alice")
    plan = await plan_edit(acting(operator), alice, {"full_name": "A"})
    await set_columns(operator, is_active=False)
    outcome = await apply(plan)
    assert [refusal.code for refusal in outcome.refusals] == [RefusalCode.ACTOR_INACTIVE]

    plan = await plan_edit(acting(root), alice, {"is_superuser": True})
    await set_columns(root, is_superuser=False)
    outcome = await apply(plan)
    assert outcome.status is Status.REFUSED
    assert (await reread(alice)).version == 1
    assert [event.outcome for event in await events()] == ["denied", "denied"]


async def test_a_plan_is_applied_once(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_edit(acting(root), alice, {"full_name": "A"})
    assert [(await apply(plan)).status for _ in range(2)] == [Status.OK, Status.UNCHANGED]
    assert len(await events()) == 1


async def test_the_superusers_do_not_all_end_by_themselves(database: Database) -> None:
    one, two = await superuser("one"), await superuser("two")
    soon = datetime.now(UTC) + timedelta(days=1)
    assert (await apply(await plan_edit(acting(one), two, {"expires_at": soon}))).is_ok
    attempts: list[dict[str, object]] = [{"expires_at": soon}, {"is_superuser": False}]
    for values in attempts:
        outcome = await apply(await plan_edit(acting(two), one, values))
        assert [refusal.code for refusal in outcome.refusals] == [RefusalCode.LAST_SUPERUSER]
    outcome = await apply(await plan_deactivate(acting(two), one.id))
    assert [refusal.code for refusal in outcome.refusals] == [RefusalCode.LAST_SUPERUSER]
    assert (await apply(await plan_deactivate(acting(one), two.id))).is_ok
