"""The rules over a whole changeset: superusers, rank, rows that are gone, values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from models import Account, OneTimeToken
from models.operations import RefusalCode, Status, apply, plan_deactivate, plan_edit
from models.operations.changesets.commit import apply_changeset, plan_changeset
from models.operations.changesets.rows import RowState
from models.operations.deletion.soft import plan_soft_delete
from tests.models.operations.people import acting, events, remove, reread, set_columns, superuser, user

if TYPE_CHECKING:
    from tui.database import Database
from tests.models.operations.changesets.staging import commit, staged, states


async def test_the_last_superuser_is_counted_over_the_whole_set(database: Database) -> None:
    root, one, two = await superuser(), await superuser("one"), await superuser("two")
    await apply(await plan_edit(acting(one), root, {"is_superuser": False}))
    root = await reread(root)
    both = [staged(one, is_superuser=False), staged(two, is_superuser=False)]

    # Each alone would leave the other.
    alone = await plan_changeset(acting(two), both[:1])
    assert alone.is_allowed
    soon = datetime.now(UTC) + timedelta(days=1)
    plan = await plan_changeset(acting(two), [both[0], staged(two, expires_at=soon)])
    codes = [[refusal.code for refusal in row.plan.refusals] for row in plan.rows]
    assert codes == [[RefusalCode.LAST_SUPERUSER], [RefusalCode.YOURSELF, RefusalCode.LAST_SUPERUSER]]
    assert [row.is_sound for row in plan.rows] == [True, False]

    outcome = await commit(two, *both)
    assert outcome.status is Status.REFUSED
    assert await Account.filter(is_superuser=True).count() == 2
    assert [event.outcome for event in await events()][1:] == ["denied", "denied"]

    # Handing it on in the same changeset leaves one.
    outcome = await commit(two, both[0], staged(root, is_superuser=True))
    assert outcome.status is Status.OK, outcome.sentence


async def test_two_superusers_end_in_one_changeset_when_a_third_stays(database: Database) -> None:
    root, one, two = await superuser(), await superuser("one"), await superuser("two")
    outcome = await commit(root, staged(one, is_superuser=False), staged(two, is_superuser=False))
    assert outcome.status is Status.OK
    assert [account.id for account in await Account.filter(is_superuser=True)] == [root.id]


async def test_the_actor_is_read_again(database: Database) -> None:
    operator = await user("op", "operator")
    people = [await user(f"user{number}") for number in range(3)]
    plan = await plan_changeset(acting(operator), [staged(one, full_name="New") for one in people])
    assert plan.is_allowed
    await set_columns(operator, is_active=False)
    outcome = await apply_changeset(plan)
    assert outcome.status is Status.REFUSED
    assert states(outcome) == [RowState.REFUSED] * 3
    assert {refusal.code for row in outcome.rows for refusal in row.plan.refusals} == {RefusalCode.ACTOR_INACTIVE}
    assert [(await reread(one)).version for one in people] == [1, 1, 1]
    assert [event.outcome for event in await events()] == ["denied"] * 3


async def test_rank_holds_for_each_row(database: Database) -> None:
    operator, root, alice = await user("op", "operator"), await superuser(), await user("alice")
    dba = await user("dan", "dba")
    edits = [staged(alice, full_name="A"), staged(root, full_name="R"), staged(dba, email="d@x.org")]
    outcome = await commit(operator, *edits)
    assert states(outcome) == [RowState.READY, RowState.REFUSED, RowState.REFUSED]
    codes = [refusal.code for row in outcome.rows for refusal in row.plan.refusals]
    assert codes == [RefusalCode.SUPERUSER_ONLY, RefusalCode.RANK]
    assert (await reread(alice)).version == 1


async def test_rows_that_are_gone_say_who_deleted_them(database: Database) -> None:
    root, alice, bob, carol = await superuser(), await user("alice"), await user("bob"), await user("carol")
    edits = [staged(one, full_name="New") for one in (alice, bob, carol)]
    plan = await plan_changeset(acting(root), edits)
    await remove(alice)
    assert (await apply(await plan_soft_delete(acting(root), bob.id))).is_ok

    outcome = await apply_changeset(plan)

    assert outcome.status is Status.CONFLICT
    assert states(outcome) == [RowState.GONE, RowState.GONE, RowState.READY]
    assert outcome.rows[0].sentence == f"alice #{alice.id} does not exist any more."
    assert "was deleted by root" in outcome.rows[1].sentence
    assert (await reread(carol)).version == 1


async def test_a_value_that_cannot_be_taken_names_its_field(database: Database) -> None:
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    outcome = await commit(root, staged(alice, email="nowhere", hashed_password="x"), staged(bob, full_name="B"))
    assert states(outcome) == [RowState.INVALID, RowState.READY]
    assert {error.field for error in outcome.rows[0].plan.errors} == {"email", "hashed_password"}
    assert await events() == []
    assert (await reread(bob)).version == 1


async def test_a_new_address_voids_the_links_sent_to_the_old_one(database: Database) -> None:
    from tortoise.transactions import in_transaction

    root, alice, bob = await superuser(), await user("alice", email="a@x.org"), await user("bob")
    async with in_transaction():
        await OneTimeToken.create(
            user_id=alice.id,
            purpose="verify",
            token_hash="1" * 64,
            expires_at=datetime.now(UTC) + timedelta(hours=1),
            password_fingerprint="2" * 64,
        )
    plan = await plan_changeset(acting(root), [staged(alice, email="b@x.org"), staged(bob, email="c@x.org")])
    assert plan.rows[0].plan.effects == ("1 unused link sent to the old address will stop working",)
    assert (await apply_changeset(plan)).is_ok
    assert (await OneTimeToken.get(user_id=alice.id)).revoked_at is not None
    assert [row.meta["voided_links"] for row in await events()] == [1, 0]


async def test_deactivated_targets_are_edited_all_the_same(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    edit = staged(alice, full_name="A")
    await apply(await plan_deactivate(acting(root), alice.id))
    outcome = await commit(root, edit)
    assert outcome.status is Status.OK
    assert (await reread(alice)).full_name == "A"
