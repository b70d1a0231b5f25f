"""What refers to a user: found in the database itself, counted within bounds, and kept from being lost unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import Account, UserNote
from models.operations import (
    Status,
    apply,
    plan_hard_delete,
    plan_soft_delete,
)
from models.operations.deletion import dependants as dependants_module
from models.operations.deletion.dependants import preview
from models.operations.deletion.hard import confirmed
from models.operations.deletion.references import OnDelete
from models.operations.transactions import connection
from tests.models.operations.deletion.hard_deletes import FOREIGN, hard_delete, place, rows
from tests.models.operations.people import acting, events, reread, superuser, user
from tests.models.operations.raw import connect, execute

if TYPE_CHECKING:
    from tui.database import Database


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
    monkeypatch.setattr("models.operations.deletion.references.MOST", 5)
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
