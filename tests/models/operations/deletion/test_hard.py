"""Hard delete: what depends on the row is said before, looked at again under lock, and the row is really gone."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, LoginAttempt, UserNote
from models.operations import (
    RefusalCode,
    Status,
    TargetGone,
    apply,
    plan_edit,
    plan_hard_delete,
    plan_soft_delete,
    verify_chain,
)
from models.operations.deletion.hard import confirmed, expected
from tests.models.operations.deletion.hard_deletes import FOREIGN, hard_delete, rows
from tests.models.operations.people import acting, events, remove, reread, set_columns, superuser, user
from tests.models.operations.raw import connect, execute, holding_users
from tests.models.operations.test_races import together

if TYPE_CHECKING:
    from tui.database import Database


@pytest.mark.parametrize("name", [" alice", "ali\u202ece", "al\x1bice", "ali ce"])
async def test_a_name_that_cannot_be_typed_is_confirmed_by_the_id(database: Database, name: str) -> None:
    root, alice = await superuser(), await user(name)
    plan = await plan_hard_delete(acting(root), alice.id)
    assert expected(plan) == str(alice.id)
    assert (await apply(confirmed(plan, str(alice.id)))).status is Status.OK


async def test_the_row_is_gone_and_its_history_stays(database: Database) -> None:
    root = await superuser()
    alice = await user("alice", "support", email="alice@example.org")
    async with in_transaction():
        await UserNote.create(user_id=alice.id, author_id=root.id, author_label="root", body="about her")
        await UserNote.create(user_id=root.id, author_id=alice.id, author_label="alice", body="by her")
        await LoginAttempt.create(username_tried="alice", user_id=alice.id, outcome="ok")
    await set_columns(root, created_by_id=alice.id)
    plan = await plan_hard_delete(acting(root), alice.id, reason="asked for it", ticket="7")
    assert plan.is_allowed
    told = "\n".join(plan.effects)
    assert "roles: 1 will be deleted (user_roles.user_id)" in told
    assert "notes on it: 1 will be deleted (user_notes.user_id)" in told
    assert "notes that it wrote on others: 1 will be detached (user_notes.author_id" in told
    assert "accounts that it created: 1 will be detached (users.created_by_id" in told
    assert "saved views" not in told
    assert all(one.known for one in plan.dependants)
    outcome = await apply(confirmed(plan, "alice"))
    assert outcome.status is Status.OK, outcome
    assert outcome.sentence.startswith(f"alice #{alice.id} is deleted for good, with its rows in 2 tables")
    assert await Account.get_or_none(id=alice.id) is None
    assert [note.author_id for note in await UserNote.all()] == [None]
    assert (await LoginAttempt.get()).user_id is None
    assert (await reread(root)).created_by_id is None
    (event,) = await events(action="users.hard_delete")
    assert event.changes["username"] == ["alice", None]
    assert (event.version_before, event.version_after, event.reason) == (1, None, "asked for it")
    assert event.meta["deleted"] == {"user_notes.user_id": "1", "user_roles.user_id": "1"}
    assert (await verify_chain()).is_whole
    with pytest.raises(TargetGone, match=f"User #{alice.id} was deleted by root"):
        await plan_soft_delete(acting(root), alice.id)


async def test_it_is_not_done_before_the_name_is_typed(database: Database) -> None:
    root, alice = await superuser(), await user("Alice")
    plan = await plan_hard_delete(acting(root), alice.id)
    for typed in ("", "alice", str(alice.id)):
        outcome = await apply(confirmed(plan, typed))
        assert outcome.status is Status.REFUSED
        assert [error.sentence for error in outcome.errors] == ["Type Alice to confirm."]
    assert await AuditEvent.all().count() == 0
    assert (await apply(confirmed(plan, " Alice "))).status is Status.OK


async def test_of_look_alikes_the_id_is_typed(database: Database) -> None:
    root = await superuser()
    first, _ = await user("paul"), await user("pau1")
    plan = await plan_hard_delete(acting(root), first.id)
    assert expected(plan) == str(first.id)
    assert not (await apply(confirmed(plan, "paul"))).is_ok
    assert (await apply(confirmed(plan, str(first.id)))).is_ok


async def test_a_soft_deleted_one_is_typed_as_it_is_kept(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await apply(await plan_soft_delete(acting(root), alice.id))
    plan = await plan_hard_delete(acting(root), alice.id)
    assert expected(plan) == f"deleted.{alice.id}"
    assert (await apply(confirmed(plan, expected(plan)))).status is Status.OK
    assert await Account.filter(id=alice.id).count() == 0


async def test_the_guards(database: Database) -> None:
    root, second = await superuser(), await superuser("second")
    operator, support = await user("oscar", "operator"), await user("sue", "support")
    auditor = await user("arthur", "auditor")

    async def codes(actor: Account, target: Account) -> set[RefusalCode]:
        outcome = await hard_delete(acting(actor), target)
        assert outcome.status is Status.REFUSED
        assert await Account.filter(id=target.id).exists()
        return {refusal.code for refusal in outcome.refusals}

    assert RefusalCode.PERMISSION in await codes(support, operator)
    assert RefusalCode.YOURSELF in await codes(operator, operator)
    assert RefusalCode.RANK in await codes(operator, auditor)
    assert RefusalCode.SUPERUSER_ONLY in await codes(operator, root)
    assert RefusalCode.STATE in await codes(root, second)


async def test_promoted_between_the_preview_and_the_write(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_hard_delete(acting(root), alice.id)
    await set_columns(alice, is_superuser=True)  # by another program, which knows of no version
    outcome = await apply(confirmed(plan, "alice"))
    assert [refusal.code for refusal in outcome.refusals] == [RefusalCode.STATE]


async def test_what_comes_after_the_preview_stops_it(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(database, FOREIGN.format(action="CASCADE"))
    plan = await plan_hard_delete(acting(root), alice.id)
    await execute(database, f"INSERT INTO orders VALUES (1, {alice.id})")
    outcome = await apply(confirmed(plan, "alice"))
    assert outcome.status is Status.CONFLICT
    assert "orders (1)" in outcome.sentence
    assert await rows("orders") == 1
    # A table that was not even there.
    other = await plan_hard_delete(acting(root), alice.id)
    await execute(
        database,
        "CREATE TABLE loans (id integer PRIMARY KEY, user_id integer REFERENCES users (id));"
        f"INSERT INTO loans VALUES (1, {alice.id})",
    )
    blocked = await apply(confirmed(other, "alice"))
    assert (blocked.status, "Table loans refers to it" in blocked.sentence) == (Status.REFUSED, True)


async def test_a_reference_made_while_the_deletion_waits(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(database, FOREIGN.format(action="CASCADE"))
    plan = confirmed(await plan_hard_delete(acting(root), alice.id), "alice")
    if database.url.path is not None:
        other = sqlite3.connect(database.url.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO orders VALUES (1, ?)", [alice.id])
        task = asyncio.create_task(apply(plan))
        await asyncio.sleep(0)
        other.execute("COMMIT")
        other.close()
    else:
        from tests.models.operations.raw import WAITING

        inserting, watcher = await connect(database), await connect(database)
        transaction = inserting.transaction()
        await transaction.start()
        await inserting.execute("INSERT INTO orders VALUES (1, $1)", alice.id)
        task = asyncio.create_task(apply(plan))
        async with asyncio.timeout(10):
            while await watcher.fetchval(WAITING) < 1:  # noqa: ASYNC110 - the server is asked, it tells nobody
                await asyncio.sleep(0.005)
        await transaction.commit()
        await inserting.close()
        await watcher.close()
    outcome = await task
    assert outcome.status is Status.CONFLICT, outcome
    assert await rows("orders") == 1
    assert await Account.filter(id=alice.id).exists()


async def test_two_delete_at_once(database: Database) -> None:
    root, second, alice = await superuser(), await superuser("second"), await user("alice")
    plans = [confirmed(await plan_hard_delete(acting(one), alice.id), "alice") for one in (root, second)]
    outcomes = await together(database, *plans)
    assert sorted(outcome.status for outcome in outcomes) == [Status.GONE, Status.OK]
    (gone,) = [outcome for outcome in outcomes if outcome.status is Status.GONE]
    assert "was deleted by" in gone.sentence
    assert sorted(event.outcome for event in await events()) == ["conflict", "ok"]


async def test_soft_and_hard_at_once(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    soft = await plan_soft_delete(acting(root), alice.id)
    hard = confirmed(await plan_hard_delete(acting(root), alice.id), "alice")
    outcomes = await together(database, soft, hard)
    assert [outcome.status for outcome in outcomes].count(Status.OK) == 1


async def test_two_soft_deletes_at_once_bump_the_version_once(database: Database) -> None:
    root, second, alice = await superuser(), await superuser("second"), await user("alice")
    plans = [await plan_soft_delete(acting(one), alice.id) for one in (root, second)]
    outcomes = await together(database, *plans)
    assert sorted(outcome.status for outcome in outcomes) == [Status.GONE, Status.OK]
    assert (await reread(alice)).version == 2


async def test_superusers_delete_each_other_and_one_stays(database: Database) -> None:
    one, two = await superuser("one"), await superuser("two")
    outcomes = await together(
        database, await plan_soft_delete(acting(one), two.id), await plan_soft_delete(acting(two), one.id)
    )
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, Status.REFUSED]
    assert await Account.filter(is_superuser=True, deleted_at=None).count() == 1


async def test_changed_or_gone_since_the_preview(database: Database) -> None:
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    plan = await plan_hard_delete(acting(root), alice.id)
    await apply(await plan_edit(acting(root), alice, {"full_name": "Alice"}))
    assert (await apply(confirmed(plan, "alice"))).status is Status.CONFLICT
    other = await plan_hard_delete(acting(root), bob.id)
    await remove(bob)
    assert (await apply(confirmed(other, "bob"))).status is Status.GONE


async def test_a_row_that_comes_back_is_not_called_gone(database: Database, dialect: str) -> None:
    root, alice = await superuser(), await user("alice")
    if dialect == "sqlite":
        sql = (
            "CREATE TRIGGER undead AFTER DELETE ON users BEGIN INSERT INTO users (id, username, hashed_password)"
            " VALUES (OLD.id, OLD.username, 'x'); END"
        )
    else:
        sql = (
            "CREATE FUNCTION undead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO users (id, username,"
            " hashed_password) VALUES (OLD.id, OLD.username, 'x'); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER undead AFTER DELETE ON users DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION undead();"
        )
    await execute(database, sql)
    outcome = await hard_delete(acting(root), alice)
    assert (outcome.status, "put alice" in outcome.sentence) == (Status.ERROR, True)
    assert (await reread(alice)).version == alice.version


@pytest.mark.postgres_only
async def test_a_trigger_that_keeps_the_row_is_not_success(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(
        database,
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
        "CREATE TRIGGER keep BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION keep();",
    )
    outcome = await hard_delete(acting(root), alice)
    assert outcome.status is Status.REFUSED
    assert await events(action="users.hard_delete", outcome="ok") == []


async def test_nothing_waits_for_a_deletion_that_waits(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = confirmed(await plan_hard_delete(acting(root), alice.id), "alice")
    async with holding_users(database, waiters=1):
        task = asyncio.create_task(apply(plan))
        await asyncio.sleep(0)
    assert (await task).status is Status.OK
