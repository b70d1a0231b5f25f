"""Many edits committed at once: all of them or none, and what each row comes to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models.operations import Status, apply, plan_edit
from models.operations.changesets.commit import apply_changeset, plan_changeset
from models.operations.changesets.rows import RowState
from models.operations.changesets.staged import MOST
from tests.models.operations.people import acting, events, reread, set_columns, superuser, user
from tests.models.operations.raw import execute, holding_users

if TYPE_CHECKING:
    from tui.database import Database
from tests.models.operations.changesets.staging import commit, is_whole, staged, states


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
