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
from models.operations import dependants as dependants_module
from models.operations.dependants import Dependant, preview
from models.operations.hard_deletion import confirmed, expected
from models.operations.references import OnDelete
from models.operations.transactions import connection
from tests.models.operations.people import acting, events, remove, reread, set_columns, superuser, user
from tests.models.operations.raw import connect, execute, holding_users
from tests.models.operations.test_races import together

if TYPE_CHECKING:
    from models.operations import Actor, Outcome, Plan
    from tui.database import Database


def place(plan: Plan, table: str) -> Dependant:
    """The one relation with this table."""
    (found,) = [one for one in plan.dependants if one.reference.name == table]
    return found


async def rows(table: str) -> int:
    found = await connection().execute_query_dict(f"SELECT count(*) AS number FROM {table}")
    return int(found[0]["number"])


async def hard_delete(actor: Actor, account: Account) -> Outcome:
    plan = await plan_hard_delete(actor, account.id)
    return await apply(confirmed(plan, expected(plan)))


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


FOREIGN = """
CREATE TABLE orders (id integer PRIMARY KEY, buyer_id integer REFERENCES users (id) ON DELETE {action});
CREATE INDEX orders_buyer ON orders (buyer_id);
"""


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"])
async def test_a_table_that_the_application_does_not_know(database: Database, action: str) -> None:
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    await execute(database, FOREIGN.format(action=action))
    await execute(database, f"INSERT INTO orders VALUES (1, {alice.id}), (2, {alice.id}), (3, {bob.id})")
    plan = await plan_hard_delete(acting(root), alice.id)
    one = place(plan, "orders")
    assert (one.rows, one.known, one.reference.indexed) == (2, False, True)
    outcome = await apply(confirmed(plan, "alice"))
    if action in {"RESTRICT", "NO ACTION"}:
        assert one.on_delete is OnDelete.BLOCKS
        assert not plan.is_allowed
        assert "Table orders refers to it: 2 rows (orders.buyer_id). Change or delete those first." in outcome.sentence
        assert outcome.status is Status.REFUSED
        assert await rows("orders") == 3
        assert await Account.filter(id=alice.id).exists()
        return
    assert outcome.status is Status.OK, outcome
    assert await rows("orders") == (1 if action == "CASCADE" else 3)
    (event,) = await events(action="users.hard_delete")
    assert event.meta["deleted" if action == "CASCADE" else "detached"]["orders.buyer_id"] == "2"


async def test_a_key_of_two_columns(database: Database) -> None:
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    await execute(
        database,
        "CREATE UNIQUE INDEX users_id_username ON users (id, username);"
        "CREATE TABLE badges (id integer PRIMARY KEY, user_id integer, user_name varchar(50),"
        " FOREIGN KEY (user_id, user_name) REFERENCES users (id, username) ON DELETE CASCADE);"
        f"INSERT INTO badges VALUES (1, {alice.id}, 'alice'), (2, {bob.id}, 'bob'), (3, {alice.id}, NULL);",
    )
    plan = await plan_hard_delete(acting(root), alice.id)
    one = place(plan, "badges")
    assert (one.rows, one.reference.columns) == (1, ("user_id", "user_name"))
    assert one.reference.place == "badges (user_id, user_name)"
    assert "no index" in one.notes
    assert (await apply(confirmed(plan, "alice"))).status is Status.OK
    assert await rows("badges") == 2


async def test_a_key_on_the_name_holds_the_name(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(
        database,
        "CREATE TABLE posts (id integer PRIMARY KEY, author varchar(50) REFERENCES users (username));"
        "INSERT INTO posts VALUES (1, 'alice');",
    )
    soft = await apply(await plan_soft_delete(acting(root), alice.id))
    assert soft.status is Status.REFUSED
    assert "Another table refers to it" in soft.sentence
    assert (await reread(alice)).deleted_at is None
    hard = await plan_hard_delete(acting(root), alice.id)
    assert "Table posts refers to it: 1 row (posts.author)" in hard.refusals[0].reason


async def test_cascades_are_followed(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(
        database,
        FOREIGN.format(action="CASCADE")
        + "CREATE TABLE parcels (id integer PRIMARY KEY, order_id integer REFERENCES orders (id) ON DELETE CASCADE);"
        "CREATE TABLE claims (id integer PRIMARY KEY, parcel_id integer REFERENCES parcels (id) ON DELETE RESTRICT);"
        f"INSERT INTO orders VALUES (1, {alice.id}); INSERT INTO parcels VALUES (1, 1), (2, 1);",
    )
    plan = await plan_hard_delete(acting(root), alice.id)
    assert (place(plan, "parcels").rows, place(plan, "parcels").via) == (2, ("orders",))
    assert (place(plan, "claims").rows, plan.is_allowed) == (0, True)
    await execute(database, "INSERT INTO claims VALUES (1, 2)")
    late = await apply(confirmed(plan, "alice"))
    assert late.status is Status.REFUSED
    assert "Table claims refers to it: 1 row (claims.parcel_id, through orders, parcels)" in late.sentence
    await execute(database, "DELETE FROM claims")
    assert (await hard_delete(acting(root), alice)).status is Status.OK
    assert [await rows(table) for table in ("orders", "parcels", "claims")] == [0, 0, 0]


@pytest.mark.parametrize("action", ["NO ACTION DEFERRABLE INITIALLY DEFERRED", "RESTRICT"])
async def test_what_a_cascade_deletes_anyhow_is_not_in_the_way(database: Database, action: str) -> None:
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    await execute(
        database,
        FOREIGN.format(action="CASCADE")
        + "CREATE TABLE lines (id integer PRIMARY KEY, order_id integer REFERENCES orders (id) ON DELETE CASCADE,"
        f" by_id integer REFERENCES users (id) ON DELETE {action});"
        f"INSERT INTO orders VALUES (1, {alice.id}), (2, {bob.id}); INSERT INTO lines VALUES (1, 1, {alice.id});",
    )
    if action != "RESTRICT":
        await execute(database, f"INSERT INTO lines VALUES (2, 2, {alice.id}), (3, NULL, {alice.id})")
        plan = await plan_hard_delete(acting(root), alice.id)
        assert "Table lines refers to it: 2 rows (lines.by_id)" in plan.refusals[0].reason
        await execute(database, "DELETE FROM lines WHERE id > 1")
    outcome = await hard_delete(acting(root), alice)
    assert outcome.status is (Status.REFUSED if action == "RESTRICT" else Status.OK), outcome
    assert await rows("lines") == (1 if action == "RESTRICT" else 0)


async def test_many_relations_are_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.operations.references.MOST", 5)
    monkeypatch.setattr(dependants_module, "MOST", 5)
    root, alice = await superuser(), await user("alice")
    plan = await plan_hard_delete(acting(root), alice.id)
    assert len(plan.dependants) == 5
    assert "only the nearest 5 relations were looked at" in plan.effects
    assert (await apply(confirmed(plan, "alice"))).status is Status.OK


async def test_tables_that_refer_to_each_other_end(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(
        database,
        "CREATE TABLE ring (id integer PRIMARY KEY, user_id integer REFERENCES users (id) ON DELETE CASCADE,"
        f" next_id integer REFERENCES ring (id) ON DELETE CASCADE); INSERT INTO ring VALUES (1, {alice.id}, NULL);"
        "INSERT INTO ring VALUES (2, NULL, 1), (3, NULL, 2)",
    )
    plan = await plan_hard_delete(acting(root), alice.id)
    assert [one.rows for one in plan.dependants if one.reference.name == "ring"] == [1, 1]
    assert (await apply(confirmed(plan, "alice"))).status is Status.OK
    assert await rows("ring") == 0


async def test_other_accounts_are_never_deleted_along(database: Database) -> None:
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    await execute(database, "ALTER TABLE users ADD COLUMN boss_id integer REFERENCES users (id) ON DELETE CASCADE")
    await execute(database, f"UPDATE users SET boss_id = {alice.id} WHERE id IN ({alice.id}, {bob.id})")
    outcome = await hard_delete(acting(root), alice)
    assert outcome.status is Status.REFUSED
    assert "1 other account would be deleted with it (users.boss_id)" in outcome.sentence
    assert await Account.filter(id=bob.id).exists()
    await execute(database, f"UPDATE users SET boss_id = NULL WHERE id = {bob.id}")
    assert (await hard_delete(acting(root), alice)).status is Status.OK


async def test_null_where_null_may_not_be_is_in_the_way(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(
        database,
        "CREATE TABLE cards (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id)"
        f" ON DELETE SET NULL); INSERT INTO cards VALUES (1, {alice.id})",
    )
    plan = await plan_hard_delete(acting(root), alice.id)
    assert place(plan, "cards").on_delete is OnDelete.BLOCKS
    assert "Table cards refers to it" in plan.refusals[0].reason


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


async def test_counts_are_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependants_module, "LIMIT", 3)
    root, alice = await superuser(), await user("alice")
    await execute(database, FOREIGN.format(action="CASCADE"))
    for number, shown in ((3, "3"), (4, "3+"), (9, "3+")):
        values = ", ".join(f"({row}, {alice.id})" for row in range(number))
        await execute(database, f"DELETE FROM orders; INSERT INTO orders VALUES {values}")
        one = place(await plan_hard_delete(acting(root), alice.id), "orders")
        assert (one.count, one.more) == (shown, number > 3)
    assert (await hard_delete(acting(root), alice)).status is Status.OK


async def test_a_thousand_is_said_with_a_space(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(database, FOREIGN.format(action="RESTRICT"))
    values = ", ".join(f"({row}, {alice.id})" for row in range(1001))
    await execute(database, f"INSERT INTO orders VALUES {values}")
    plan = await plan_hard_delete(acting(root), alice.id)
    assert "Table orders refers to it: 1 000+ rows" in plan.refusals[0].reason
    assert place(plan, "orders").as_json()["more"] is True


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
    assert outcome.status is Status.ERROR
    assert await events(action="users.hard_delete", outcome="ok") == []


@pytest.mark.postgres_only
async def test_other_schemas_and_names_that_need_quotes(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(
        database,
        'CREATE SCHEMA shop; CREATE TABLE shop."Or ders" (id serial, "Buyer" integer'
        " REFERENCES users ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED);"
        f'INSERT INTO shop."Or ders" ("Buyer") VALUES ({alice.id})',
    )
    plan = await plan_hard_delete(acting(root), alice.id)
    assert "Table shop.Or ders refers to it: 1 row (shop.Or ders.Buyer)" in plan.refusals[0].reason
    assert "no index" in place(plan, "shop.Or ders").notes


@pytest.mark.postgres_only
async def test_partitions_are_counted_once_and_columns_of_set_null_are_told_apart(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(
        database,
        "CREATE TABLE visits (id integer, user_id integer REFERENCES users ON DELETE CASCADE) PARTITION BY LIST (id);"
        "CREATE TABLE visits_1 PARTITION OF visits FOR VALUES IN (1);"
        "CREATE TABLE visits_2 PARTITION OF visits FOR VALUES IN (2);"
        f"INSERT INTO visits VALUES (1, {alice.id}), (2, {alice.id});"
        "CREATE UNIQUE INDEX users_two ON users (id, username);"
        "CREATE TABLE seats (user_id integer, user_name varchar(50) NOT NULL,"
        " FOREIGN KEY (user_id, user_name) REFERENCES users (id, username) ON DELETE SET NULL (user_id));"
        f"INSERT INTO seats VALUES ({alice.id}, 'alice')",
    )
    plan = await plan_hard_delete(acting(root), alice.id)
    assert place(plan, "visits").rows == 2
    assert place(plan, "seats").on_delete is OnDelete.DETACHES
    assert (await apply(confirmed(plan, "alice"))).status is Status.OK
    assert (await rows("visits"), await rows("seats")) == (0, 1)


@pytest.mark.postgres_only
async def test_a_table_that_cannot_be_read_is_said(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await execute(
        database,
        "CREATE TABLE secrets (user_id integer REFERENCES users); ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;"
        "ALTER TABLE secrets FORCE ROW LEVEL SECURITY; CREATE TABLE salaries (user_id integer REFERENCES users);"
        f"INSERT INTO salaries VALUES ({alice.id});"
        "DROP ROLE IF EXISTS clerk; CREATE ROLE clerk; GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk;"
        "REVOKE ALL ON salaries FROM clerk;",
    )
    async with in_transaction() as client:
        await client.execute_query("SET LOCAL ROLE clerk")
        found = {one.reference.name: one for one in await preview(client, alice.id)}
    for table in ("secrets", "salaries"):
        assert (found[table].rows, found[table].count) == (None, "?")
        assert found[table].problem == "this connection may not read it all"
    assert found["user_roles"].rows == 0
    await execute(database, "DROP OWNED BY clerk; DROP ROLE clerk")
    # The owner may: the database has the last word, and it is told in words.
    assert (await hard_delete(acting(root), alice)).status is Status.REFUSED


@pytest.mark.postgres_only
async def test_a_slow_count_is_given_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependants_module, "COUNT_SECONDS", 0.2)
    root, alice = await superuser(), await user("alice")
    await execute(database, FOREIGN.format(action="CASCADE"))
    blocker = await connect(database)
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
    plan = await plan_hard_delete(acting(root), alice.id)
    await transaction.rollback()
    await blocker.close()
    one = place(plan, "orders")
    assert (one.rows, one.problem) == (None, "too slow to count")
    assert "orders: ? will be deleted (orders.buyer_id; too slow to count; not of this application)" in plan.effects
    assert (await apply(confirmed(plan, "alice"))).status is Status.OK


async def test_what_the_models_say_and_the_database_does_not_enforce(database: Database, dialect: str) -> None:
    root, alice = await superuser(), await user("alice")
    async with in_transaction():
        await UserNote.create(user_id=alice.id, author_label="root", body="about her")
    if dialect == "postgres":
        found = await connection().execute_query_dict(
            "SELECT conname AS name FROM pg_constraint WHERE conrelid = 'user_notes'::regclass AND contype = 'f'"
        )
        drops = "".join(f'ALTER TABLE user_notes DROP CONSTRAINT "{row["name"]}";' for row in found)
        await execute(database, drops)
    else:
        await execute(
            database,
            "CREATE TABLE bare AS SELECT * FROM user_notes; DROP TABLE user_notes;"
            "ALTER TABLE bare RENAME TO user_notes;",
        )
    outcome = await hard_delete(acting(root), alice)
    assert outcome.status is Status.REFUSED
    assert "Table user_notes refers to it: 1 row (user_notes.user_id)" in outcome.sentence


async def test_nothing_waits_for_a_deletion_that_waits(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = confirmed(await plan_hard_delete(acting(root), alice.id), "alice")
    async with holding_users(database, waiters=1):
        task = asyncio.create_task(apply(plan))
        await asyncio.sleep(0)
    assert (await task).status is Status.OK
