"""What the catalogue has, what is missing of what the lists need, and the statements that mend it."""

import pytest
from tortoise.transactions import in_transaction

from tui.browse.cost.catalogue import load_indexes
from tui.browse.cost.indexes import Advice, index_advice, scan_advice
from tui.browse.lists.orders import Order, OrderBy, OrderError
from tui.browse.lists.pages import open_source
from tui.browse.search.query import Query
from tui.browse.sql import dialect
from tui.database import Database


async def run(*statements: str) -> None:
    async with in_transaction() as connection:
        for statement in statements:
            await connection.execute_script(statement)


async def lacking() -> list[Advice]:
    """What is missing, trigrams aside."""
    return [advice for advice in await index_advice() if not advice.trigram]


async def mend(found: list[Advice]) -> None:
    """Run what is advised, as far as a transaction takes it."""
    for advice in found:
        await run(*advice.sql.replace(" CONCURRENTLY", "").splitlines())


async def test_the_migrations_make_every_index_that_the_models_declare(database: Database) -> None:
    assert await lacking() == []


@pytest.mark.parametrize(
    ("name", "order", "columns"),
    [
        ("idx_users_created_eeb5e9", OrderBy.CREATED, ("created_at", "id")),
        ("idx_users_deleted_f27077", OrderBy.DELETED, ("deleted_at",)),
        ("idx_user_auth_s_locked__0a2a10", OrderBy.LOCKED_UNTIL, ("locked_until",)),
        ("idx_user_auth_s_last_lo_226a96", OrderBy.LAST_LOGIN, ("last_login_at", "user_id")),
    ],
)
async def test_an_order_without_its_index_is_refused_until_what_is_advised_was_run(
    database: Database, name: str, order: OrderBy, columns: tuple[str, ...]
) -> None:
    await run(f'DROP INDEX "{name}"')
    with pytest.raises(OrderError, match=rf"There is no index on \w+ \({', '.join(columns)}\)") as refused:
        await open_source(Query(), Order(order))
    assert "would read the whole table" in str(refused.value)

    (advice,) = await lacking()
    assert advice.columns == columns
    assert f'"{name}"' in advice.sql
    assert ("CONCURRENTLY" in advice.sql) is (dialect() == "postgres")

    await mend([advice])
    assert await lacking() == []
    await open_source(Query(), Order(order, descending=True))


async def test_an_index_that_does_not_serve_is_none(database: Database) -> None:
    table, column = "user_auth_state", "locked_until"
    for index in (
        f"({column} DESC, user_id)" if dialect() == "sqlite" else f"({column} NULLS FIRST)",
        f"(user_id, {column})",
        f"({column}) WHERE {column} IS NOT NULL",
    ):
        await run(
            'DROP INDEX IF EXISTS "idx_user_auth_s_locked__0a2a10"', f'CREATE INDEX "another" ON "{table}" {index}'
        )
        with pytest.raises(OrderError):
            await open_source(Query(), Order(OrderBy.LOCKED_UNTIL))
        await run('DROP INDEX "another"')


async def test_a_wider_index_serves_too(database: Database) -> None:
    await run(
        'DROP INDEX "idx_users_deleted_f27077"',
        'CREATE INDEX "by_deletion" ON "users" ("deleted_at", "id", "username")',
    )

    await open_source(Query(), Order(OrderBy.DELETED))


async def test_a_taken_name_is_not_used_twice(database: Database) -> None:
    await run(
        'DROP INDEX "idx_users_deleted_f27077"', 'CREATE INDEX "idx_users_deleted_f27077" ON "users" ("is_verified")'
    )
    (advice,) = await lacking()

    await mend([advice])
    assert await lacking() == []
    assert {"idx_users_deleted_f27077", "idx_users_deleted_f27077_2"} <= {i.name for i in await load_indexes("users")}


async def test_a_unique_key_is_not_replaced_by_a_plain_index(database: Database) -> None:
    if dialect() == "postgres":
        await run('ALTER TABLE "roles" DROP CONSTRAINT "roles_name_key"')
    else:
        await run(
            'ALTER TABLE "roles" RENAME TO "old"',
            'CREATE TABLE "roles" AS SELECT * FROM "old"',
            'CREATE UNIQUE INDEX "roles_id" ON "roles" ("id")',
        )
    await run('CREATE INDEX "roles_names" ON "roles" ("name")')

    (advice,) = await lacking()
    assert (advice.table, advice.columns) == ("roles", ("name",))
    assert "CREATE UNIQUE INDEX" in advice.sql


async def test_an_index_for_deletions_holds_the_rows_that_refer(database: Database) -> None:
    name = "idx_users_created_8f89a3"
    await run(f'DROP INDEX "{name}"', 'CREATE INDEX "some" ON "users" ("created_by_id") WHERE "created_by_id" > 7')

    (advice,) = await lacking()
    assert (advice.table, advice.columns) == ("users", ("created_by_id",))
    assert advice.sql.endswith(f'"{name}" ON "users" ("created_by_id") WHERE "created_by_id" IS NOT NULL;')

    await mend([advice])
    assert await lacking() == []
    # One of all rows does as well.
    await run(f'DROP INDEX "{name}"', 'CREATE INDEX "all" ON "users" ("created_by_id")')
    assert await lacking() == []


async def test_an_index_for_deletions_is_offered_to_no_search(database: Database) -> None:
    await run('DROP INDEX "idx_users_created_8f89a3"')
    assert await scan_advice(()) is None
