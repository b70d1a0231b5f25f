"""Changesets: all of many edits or none, every row that stops it named, names that change hands, guards over all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models import Account, OneTimeToken
from models.operations import RefusalCode, Status, apply, plan_deactivate, plan_edit, verify_chain
from models.operations.changesets.commit import apply_changeset, plan_changeset
from models.operations.changesets.rows import RowState
from models.operations.changesets.staged import MOST, StagedEdit
from models.operations.deletion.soft import plan_soft_delete
from tests.models.operations.people import acting, events, remove, reread, set_columns, superuser, user
from tests.models.operations.raw import execute, holding_users

if TYPE_CHECKING:
    from models.operations.changesets.values import ChangesetOutcome
    from tui.database import Database

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def staged(account: Account, **values: object) -> StagedEdit:
    return StagedEdit.of(account, values, NOW)


async def commit(actor: Account, *edits: StagedEdit, reason: str = "") -> ChangesetOutcome:
    return await apply_changeset(await plan_changeset(acting(actor), edits, reason=reason))


def states(outcome: ChangesetOutcome) -> list[RowState]:
    return [row.state for row in outcome.rows]


async def names(*accounts: Account) -> list[str]:
    return [(await reread(account)).username for account in accounts]


async def is_whole(*accounts: Account) -> None:
    """The invariant: each version is one more than the changes of its user, and the chain holds."""
    for account in accounts:
        changes = await events(target_id=account.id, outcome="ok")
        assert (await reread(account)).version == 1 + len(changes)
    assert (await verify_chain()).is_whole


async def test_all_are_written_with_one_audit_row_a_user_in_one_batch(database: Database) -> None:
    root = await superuser()
    people = [await user(f"user{number}", email=f"u{number}@old.example") for number in range(5)]
    edits = [staged(one, email=f"{one.username}@new.example", full_name=one.username.title()) for one in people]
    plan = await plan_changeset(acting(root), edits, reason="moved", ticket="OPS-7")

    assert plan.is_allowed
    assert plan.fields == 10
    assert [row.state for row in plan.rows] == [RowState.READY] * 5
    outcome = await apply_changeset(plan)

    assert outcome.status is Status.OK
    assert outcome.sentence == "Saved 10 fields of 5 users in one transaction."
    assert states(outcome) == [RowState.WRITTEN] * 5
    rows = await events()
    assert [row.target_id for row in rows] == [one.id for one in people]
    assert {(row.batch_id, row.op_id) for row in rows} == {(plan.op_id, plan.op_id)}
    assert {(row.action, row.reason, row.ticket) for row in rows} == {("users.edit", "moved", "OPS-7")}
    assert rows[0].changes == {"email": ["u0@old.example", "user0@new.example"], "full_name": ["", "User0"]}
    after = await reread(people[0])
    assert (after.email, after.email_key) == ("user0@new.example", "user0@new.example")
    assert after.updated_at > people[0].updated_at
    await is_whole(*people)


async def test_two_conflicts_among_five_stop_all_and_both_are_named(database: Database) -> None:
    root, maria = await superuser(), await user("maria", "operator")
    people = [await user(f"user{number}") for number in range(5)]
    edits = [staged(one, full_name="Mine") for one in people]
    plan = await plan_changeset(acting(root), edits)
    for one in (people[1], people[3]):
        assert (await apply(await plan_edit(acting(maria), one, {"full_name": "Hers"}))).is_ok

    outcome = await apply_changeset(plan)

    assert outcome.status is Status.CONFLICT
    assert states(outcome) == [
        RowState.READY,
        RowState.CONFLICT,
        RowState.READY,
        RowState.CONFLICT,
        RowState.READY,
    ]
    assert outcome.sentence == (
        f"Nothing was changed: 2 users changed meanwhile (user1 #{people[1].id} and user3 #{people[3].id})."
    )
    (conflict,) = outcome.rows[1].conflicts
    assert (conflict.was, conflict.theirs, conflict.yours, conflict.by) == ("", "Hers", "Mine", "maria")
    assert [(await reread(one)).version for one in people] == [1, 2, 1, 2, 1]
    recorded = await events(outcome="conflict")
    assert [row.target_id for row in recorded] == [people[1].id, people[3].id]
    assert {row.batch_id for row in recorded} == {plan.op_id}
    await is_whole(*people)


async def test_other_fields_are_rebased_and_what_is_so_already_is_left_alone(database: Database) -> None:
    root, maria = await superuser(), await user("maria", "operator")
    alice, bob, carol = await user("alice"), await user("bob"), await user("carol")
    edits = [staged(one, full_name="New") for one in (alice, bob, carol)]
    await apply(await plan_edit(acting(maria), alice, {"email": "alice@example.org"}))
    await apply(await plan_edit(acting(maria), bob, {"full_name": "New"}))

    outcome = await commit(root, *edits)

    assert outcome.status is Status.OK, outcome.sentence
    assert states(outcome) == [RowState.WRITTEN, RowState.UNCHANGED, RowState.WRITTEN]
    assert "maria" in outcome.rows[0].sentence
    assert outcome.sentence.endswith(f"What others changed meanwhile on alice #{alice.id} is kept.")
    after = await reread(alice)
    assert (after.email, after.full_name, after.version) == ("alice@example.org", "New", 3)
    assert (await reread(bob)).version == 2
    await is_whole(alice, bob, carol)


async def test_a_security_field_is_not_rebased(database: Database) -> None:
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    edits = [staged(alice, must_change_password=True), staged(bob, full_name="B")]
    await apply(await plan_edit(acting(root), alice, {"full_name": "Alice"}))
    outcome = await commit(root, *edits)
    assert states(outcome) == [RowState.CONFLICT, RowState.READY]
    assert (await reread(bob)).version == 1


async def test_a_writer_that_knows_no_versions_is_noticed(database: Database) -> None:
    """The web service writes its own columns and leaves the version as it is."""
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    edits = [staged(alice, username="alicia"), staged(bob, full_name="Bob")]
    await set_columns(alice, username="alison", username_key="alison")
    await set_columns(bob, username="bobby", username_key="bobby")
    outcome = await commit(root, *edits)
    assert states(outcome) == [RowState.CONFLICT, RowState.READY]
    (conflict,) = outcome.rows[0].conflicts
    assert (conflict.was, conflict.theirs, conflict.yours, conflict.by) == ("alice", "alison", "alicia", None)
    outcome = await commit(root, edits[1])
    assert [merged.field for merged in outcome.rows[0].merged] == ["username"]
    assert (await reread(bob)).username == "bobby"


async def test_nothing_left_to_write_is_unchanged(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    edit = staged(alice, full_name="Alice")
    await apply(await plan_edit(acting(root), alice, {"full_name": "Alice"}))
    outcome = await commit(root, edit)
    assert outcome.status is Status.UNCHANGED
    assert (await reread(alice)).version == 2
    assert len(await events()) == 1


async def test_names_change_hands(database: Database) -> None:
    """A swap, a ring of three, and a chain whose end is free."""
    root = await superuser()
    people = [await user(name, email=f"{name}@example.org") for name in ("a1", "a2", "r1", "r2", "r3", "c1", "c2")]
    a1, a2, r1, r2, r3, c1, c2 = people
    wishes = [(a1, "a2"), (a2, "a1"), (r1, "r2"), (r2, "r3"), (r3, "r1"), (c1, "c2"), (c2, "c3")]
    edits = [staged(one, username=name, email=f"{name}@example.org") for one, name in wishes]

    outcome = await commit(root, *edits)

    assert outcome.status is Status.OK, outcome.sentence
    assert await names(*people) == ["a2", "a1", "r2", "r3", "r1", "c2", "c3"]
    keys = [((await reread(one)).username_key, (await reread(one)).email_key) for one in people]
    assert keys == [(name, f"{name}@example.org") for _, name in wishes]
    rows = await events()
    assert rows[0].changes == {"username": ["a1", "a2"], "email": ["a1@example.org", "a2@example.org"]}
    await is_whole(*people)


async def test_a_name_that_its_holder_keeps_after_all_is_taken(database: Database) -> None:
    """The other half of the swap was dropped, or was renamed to something that only differs in case."""
    root, a, b = await superuser(), await user("aa"), await user("bb")
    outcome = await commit(root, staged(a, username="bb"), staged(b, full_name="B"))
    assert states(outcome) == [RowState.INVALID, RowState.READY]
    assert outcome.status is Status.REFUSED
    assert [error.field for error in outcome.rows[0].plan.errors] == ["username"]
    outcome = await commit(root, staged(a, username="bb"), staged(b, username="BB"))
    assert states(outcome) == [RowState.INVALID, RowState.INVALID]
    assert await names(a, b) == ["aa", "bb"]


@pytest.mark.parametrize("field", ["username", "email"])
async def test_two_that_want_one_name_are_both_named(database: Database, field: str) -> None:
    root, a, b, c = await superuser(), await user("aa"), await user("bb"), await user("cc")
    wish = "same@example.org" if field == "email" else "same"
    edits = [staged(a, **{field: wish}), staged(b, **{field: wish.upper()}), staged(c, full_name="C")]
    outcome = await commit(root, *edits)
    assert states(outcome) == [RowState.INVALID, RowState.INVALID, RowState.READY]
    assert "of this changeset" in outcome.rows[0].sentence
    assert (await reread(c)).version == 1
    assert await events() == []


async def test_a_name_that_a_third_took_meanwhile(database: Database) -> None:
    root, a, b = await superuser(), await user("aa"), await user("bb")
    plan = await plan_changeset(acting(root), [staged(a, username="wanted"), staged(b, full_name="B")])
    assert plan.is_allowed
    third = await user("wanted")
    outcome = await apply_changeset(plan)
    assert states(outcome) == [RowState.INVALID, RowState.READY]
    assert [error.field for error in outcome.rows[0].plan.errors] == ["username"]
    assert await names(a, b, third) == ["aa", "bb", "wanted"]


async def test_look_alikes_of_others_and_of_each_other(database: Database) -> None:
    root, a, b, _ = await superuser(), await user("aa"), await user("bb"), await user("bob")
    outcome = await commit(root, staged(a, username="bоb"))  # a Cyrillic o
    assert "looks like bob" in outcome.rows[0].sentence
    outcome = await commit(root, staged(a, username="new.one"), staged(b, username="new.оne"))
    assert states(outcome) == [RowState.INVALID, RowState.INVALID]


async def test_a_look_alike_that_is_renamed_in_the_same_changeset_is_none(database: Database) -> None:
    root, a, bob = await superuser(), await user("aa"), await user("bob")
    outcome = await commit(root, staged(a, username="Вob"), staged(bob, username="robert"))
    assert outcome.status is Status.OK, outcome.rows
    assert await names(a, bob) == ["Вob", "robert"]


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


async def test_a_changeset_is_applied_once(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_changeset(acting(root), [staged(alice, full_name="A")])
    assert [(await apply_changeset(plan)).status for _ in range(2)] == [Status.OK, Status.UNCHANGED]
    assert len(await events()) == 1


async def test_it_is_bounded_and_has_one_edit_a_user(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    with pytest.raises(ValueError, match="at most 500"):
        await plan_changeset(acting(root), [staged(alice, full_name="A")] * (MOST + 1))
    with pytest.raises(ValueError, match="one edit of each"):
        await plan_changeset(acting(root), [staged(alice, full_name="A")] * 2)


async def test_a_full_one_is_renamed_in_a_ring(database: Database) -> None:
    root = await superuser()
    await execute(
        database,
        "INSERT INTO users (username, username_key, hashed_password) VALUES "
        + ", ".join(f"('ring{number:03}', 'ring{number:03}', 'x')" for number in range(MOST)),
    )
    people = await Account.filter(username__startswith="ring").order_by("id")
    edits = [staged(one, username=other.username) for one, other in zip(people, [*people[1:], people[0]], strict=True)]
    outcome = await commit(root, *edits)
    assert outcome.status is Status.OK, outcome.sentence
    assert (await reread(people[0])).username == "ring001"
    assert (await reread(people[-1])).username == "ring000"
    assert len({event.batch_id for event in await events()}) == 1
    await is_whole(people[0], people[250], people[-1])


async def test_a_failure_in_the_middle_leaves_nothing(database: Database) -> None:
    """A constraint of the database's own, which no guard knows, at the third of five."""
    root = await superuser()
    people = [await user(f"user{number}") for number in range(5)]
    if database.dialect == "sqlite":
        trigger = (
            f"CREATE TRIGGER no BEFORE UPDATE ON users WHEN NEW.id = {people[2].id} AND NEW.full_name = 'New' "
            "BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        )
    else:
        trigger = f"ALTER TABLE users ADD CONSTRAINT no CHECK (id <> {people[2].id} OR full_name <> 'New')"
    await execute(database, trigger)
    outcome = await commit(root, *[staged(one, full_name="New") for one in people])
    assert outcome.status is Status.ERROR
    assert [(await reread(one)).version for one in people] == [1] * 5
    assert await events() == []


async def test_rows_that_the_database_does_not_let_be_written_are_said_and_recorded(database: Database) -> None:
    """A row policy hides a row from UPDATE without an error; here a trigger does it."""
    root = await superuser()
    people = [await user(f"user{number}") for number in range(3)]
    silent = {
        "sqlite": "CREATE TRIGGER silent BEFORE UPDATE ON users WHEN NEW.id = {} BEGIN SELECT RAISE(IGNORE); END",
        "postgres": "CREATE FUNCTION silent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
        "CREATE TRIGGER silent BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.id = {}) EXECUTE FUNCTION silent();",
    }
    await execute(database, silent[database.dialect].format(people[1].id))
    outcome = await commit(root, *[staged(one, full_name="New") for one in people])
    assert outcome.status is Status.REFUSED
    assert "did not let this connection write" in outcome.sentence
    assert [(await reread(one)).version for one in people] == [1] * 3
    (event,) = await events()
    assert (event.outcome, event.target_type, event.target_label) == ("denied", "changeset", "3 users")


async def test_deactivated_targets_are_edited_all_the_same(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    edit = staged(alice, full_name="A")
    await apply(await plan_deactivate(acting(root), alice.id))
    outcome = await commit(root, edit)
    assert outcome.status is Status.OK
    assert (await reread(alice)).full_name == "A"


async def test_two_changesets_at_the_same_moment(database: Database) -> None:
    """Both are under way before either may go on; they name the same users in opposite orders."""
    maria, tom = await user("maria", "operator"), await user("tom", "operator")
    people = [await user(f"user{number}") for number in range(6)]
    first = await plan_changeset(acting(maria), [staged(one, full_name="Hers") for one in people[:4]])
    second = await plan_changeset(acting(tom), [staged(one, full_name="His") for one in reversed(people[2:])])
    async with holding_users(database, waiters=2):
        tasks = [asyncio.create_task(apply_changeset(plan)) for plan in (first, second)]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks)
    assert sorted(outcome.status for outcome in outcomes) == [Status.CONFLICT, Status.OK]
    won = "Hers" if outcomes[0].is_ok else "His"
    expected = ["Hers"] * 4 + [""] * 2 if won == "Hers" else [""] * 2 + ["His"] * 4
    assert [(await reread(one)).full_name for one in people] == expected
    await is_whole(*people)
