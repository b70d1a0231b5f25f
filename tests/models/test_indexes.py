"""Deleting a user reads no table whole: each key that refers to one has an index, and the databases use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tortoise.transactions import in_transaction

from models.operations.deletion.references import OnDelete, paths_to
from models.operations.transactions import connection
from tests.models.operations.people import user

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from tui.database import Database

ACTORS = (
    ("user_notes", "author_id", "idx_user_notes_author__3220c6"),
    ("one_time_tokens", "created_by_id", "idx_one_time_to_created_38d1ae"),
    ("user_roles", "granted_by_id", "idx_user_roles_granted_fc6e80"),
    ("user_sessions", "revoked_by_id", "idx_user_sessio_revoked_b0d3a2"),
    ("users", "created_by_id", "idx_users_created_8f89a3"),
)


async def rows(sql: str, client: BaseDBAsyncClient | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await (client or connection()).execute_query_dict(sql)
    return found


async def test_every_key_that_refers_to_a_user_has_an_index(database: Database) -> None:
    paths = await paths_to(connection())
    assert {path[-1].place for path in paths if not path[-1].indexed} == set()
    there = {(path[0].name, path[0].columns[0]) for path in paths if path[0].on_delete is OnDelete.DETACHES}
    assert {(table, column) for table, column, _ in ACTORS} == there - {("login_attempts", "user_id")}


@pytest.mark.parametrize(("table", "column", "index"), ACTORS)
@pytest.mark.parametrize(
    ("partial", "indexed"),
    [
        ("{column} IS NOT NULL", True),
        ("id > 7", False),
        ("{column} > 7", False),
        ("id > 7 AND {column} IS NOT NULL", False),
        ("id IS NOT NULL", False),
    ],
)
async def test_only_an_index_of_all_that_refer_counts(
    database: Database, table: str, column: str, index: str, partial: str, indexed: bool
) -> None:
    async with in_transaction() as client:
        await client.execute_script(
            f'DROP INDEX "{index}"; CREATE INDEX "one" ON {table} ({column}) WHERE {partial.format(column=column)}'
        )
    (found,) = [path[0] for path in await paths_to(connection()) if path[0].place == f"{table}.{column}"]
    assert found.indexed is indexed


@pytest.mark.sqlite_only
async def test_sqlite_searches_them_for_a_key_and_for_an_update(database: Database) -> None:
    plan = [row["detail"] for row in await rows("EXPLAIN QUERY PLAN DELETE FROM users WHERE id = 1")]
    assert [step for step in plan if step.startswith("SCAN")] == []
    for table, column, index in ACTORS:
        step = f"SEARCH {table} USING COVERING INDEX {index} ({column}=?)"
        assert step in plan
        (told,) = await rows(f"EXPLAIN QUERY PLAN UPDATE {table} SET {column} = NULL WHERE {column} = 1")
        assert told["detail"] == step


@pytest.mark.postgres_only
@pytest.mark.parametrize(("table", "column", "index"), ACTORS)
async def test_postgres_plans_the_statements_of_its_triggers_with_them(
    database: Database, table: str, column: str, index: str
) -> None:
    statements = (
        f'SELECT 1 FROM ONLY "public"."{table}" x WHERE $1 OPERATOR(pg_catalog.=) "{column}" FOR KEY SHARE OF x',
        f'UPDATE ONLY "public"."{table}" SET "{column}" = NULL WHERE $1 OPERATOR(pg_catalog.=) "{column}"',
    )
    async with in_transaction() as client:
        # An empty table is read whole where that is allowed; the plan must also hold for every value.
        await client.execute_script("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan")
        for number, statement in enumerate(statements):
            await client.execute_script(f"PREPARE one_{number} (int) AS {statement}")
            told = "\n".join(row["QUERY PLAN"] for row in await rows(f"EXPLAIN EXECUTE one_{number} (1)", client))
            assert index in told
            assert "Seq Scan" not in told
            await client.execute_script(f"DEALLOCATE one_{number}")


@pytest.mark.postgres_only
async def test_postgres_scans_them_as_it_deletes(database: Database) -> None:
    alice = await user("alice")
    scans = ", ".join(f"pg_stat_get_xact_numscans('{index}'::regclass) AS {table}" for table, _, index in ACTORS)
    whole = ", ".join(f"pg_stat_get_xact_numscans('{table}'::regclass) AS {table}" for table, _, _ in ACTORS)
    async with in_transaction() as client:
        await client.execute_script("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        before = (await rows(f"SELECT {scans}", client))[0], (await rows(f"SELECT {whole}", client))[0]
        await client.execute_query(f"DELETE FROM users WHERE id = {alice.id}")
        after = (await rows(f"SELECT {scans}", client))[0], (await rows(f"SELECT {whole}", client))[0]
    assert {table: after[0][table] - before[0][table] for table in after[0]} == {table: 1 for table, _, _ in ACTORS}
    assert after[1] == before[1]
