"""What the doctor finds of a database: its schema, its indexes, and what stands before it."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from tests.faults.proxy import FaultProxy
from tests.postgres import PostgresServer
from tui.database import open_database
from tui.database.way import Pooling
from tui.doctor.check import Check, State
from tui.doctor.database import check_database
from tui.doctor.server import pooler
from tui.settings import parse_url


async def look(url: str, *, read_only: bool = False) -> dict[str, Check]:
    return {check.name: check for check in await check_database(parse_url(url), read_only=read_only)}


async def change(url: str, *statements: str) -> None:
    async with await open_database(parse_url(url)):
        for statement in statements:
            async with in_transaction() as connection:
                await connection.execute_script(statement)


async def test_a_current_database_is_well(database_url: str, dialect: str) -> None:
    found = await look(database_url)

    assert "failed" not in {check.state for check in found.values()}
    assert found["connection"].state is State.OK
    assert found["migrations"].state is State.OK
    if dialect == "sqlite":
        assert found["indexes"].state is State.OK
    else:
        assert found["encryption"].state is State.OK
        assert found["pooler"].sentence == "None: the server answers itself."
        assert "pg_trgm" in found["index"].sentence  # the wheel's server does not have it
        assert found["index"].state is State.WARNING


async def test_a_missing_index_comes_with_its_statement(database_url: str, dialect: str) -> None:
    await change(database_url, 'DROP INDEX "idx_users_created_eeb5e9"')
    found = await check_database(parse_url(database_url))
    (check,) = [check for check in found if check.state is State.FAILED]

    assert check.sentence == "There is no index on users (created_at, id)."
    concurrently = "CONCURRENTLY " if dialect == "postgres" else ""
    assert check.sql == f'CREATE INDEX {concurrently}"idx_users_created_eeb5e9" ON "users" ("created_at", "id");'

    await change(database_url, check.sql.replace(" CONCURRENTLY", ""))
    assert State.FAILED not in {check.state for check in await check_database(parse_url(database_url))}


async def test_an_empty_database(empty_url: str) -> None:
    found = await look(empty_url)

    assert found["connection"].state is State.OK
    assert (found["migrations"].state, found["migrations"].todo) == (State.FAILED, "shellback init")
    assert not {"index", "indexes"} & set(found)


async def test_another_applications_database(empty_url: str) -> None:
    await change(empty_url, "CREATE TABLE invoices (id INTEGER PRIMARY KEY)")

    assert "another application" in (await look(empty_url))["migrations"].sentence


async def test_a_database_behind_and_ahead(database_url: str) -> None:
    await change(database_url, "UPDATE aerich SET version = '9_future.py' WHERE id = (SELECT max(id) FROM aerich)")
    ahead = (await look(database_url))["migrations"]
    assert (ahead.state, ahead.todo) == (State.FAILED, "update Shellback")
    assert "9_future.py" in ahead.sentence

    await change(database_url, "DELETE FROM aerich WHERE version = '9_future.py'")
    behind = (await look(database_url))["migrations"]
    assert (behind.state, behind.todo) == (State.FAILED, "shellback migrate apply")


@pytest.mark.parametrize("url", ["sqlite:///nowhere/at/all.sqlite3", "postgres://u@127.0.0.1:1/d?sslmode=disable"])
async def test_a_database_that_does_not_answer_is_one_failed_check(url: str) -> None:
    found = await look(url)

    assert set(found) == {"connection"}
    assert found["connection"].state is State.FAILED
    assert "was not looked at" in found["connection"].todo


@pytest.mark.sqlite_only
async def test_a_file_opened_read_only_by_choice_is_no_finding(database_url: str) -> None:
    found = await look(database_url, read_only=True)

    assert "read-only" in found["connection"].sentence
    assert "access" not in found


class Pooler(FaultProxy):
    """Greets with a process id of its own, as poolers do; each client keeps its server process: by session."""

    def _answered(self, data: bytes, line: Any) -> tuple[bytes, bool]:
        greeting = re.sub(rb"(?s)K\x00\x00\x00\x0c....", b"K\x00\x00\x00\x0c\x00\x00\x00\x07", data)
        return super()._answered(greeting, line)


@pytest.fixture
async def before_a_pooler(database_url: str, postgres_server: PostgresServer) -> AsyncIterator[str]:
    async with Pooler(postgres_server) as proxy:
        yield f"{proxy.url(database_url.split('/')[3].split('?')[0])}?sslmode=disable"


@pytest.mark.postgres_only
async def test_a_pooler_is_seen(before_a_pooler: str) -> None:
    found = await look(before_a_pooler)

    assert found["pooler"].sentence == "One that hands out the server by session."
    assert found["encryption"].sentence == "None: the connection does not leave this machine."


@pytest.mark.postgres_only
async def test_a_pooler_that_is_not_there_is_not_to_be_claimed(database_url: str) -> None:
    found = await look(f"{database_url}&pgbouncer=true" if "?" in database_url else f"{database_url}?pgbouncer=true")

    assert found["pooler"].state is State.WARNING
    assert "take pgbouncer=true out" in found["pooler"].todo


@pytest.mark.parametrize(
    ("found", "told", "state"),
    [
        (Pooling.TRANSACTION, False, State.FAILED),
        (Pooling.TRANSACTION, True, State.OK),
        (Pooling.SESSION, False, State.OK),
        (Pooling.SESSION, True, State.OK),
    ],
)
def test_only_pooling_by_transaction_must_be_told(found: Pooling, told: bool, state: State) -> None:
    assert pooler(found, told=told).state is state


@pytest.mark.postgres_only
async def test_trigrams_that_could_be_had_are_offered(trigram_url: str) -> None:
    await change(trigram_url, 'DROP INDEX IF EXISTS "idx_users_email_key_trgm"')
    found = await look(trigram_url)

    assert found["index"].state is State.WARNING
    assert 'USING gin ("email_key" gin_trgm_ops);' in found["index"].sql

    await change(trigram_url, *(s for s in found["index"].sql.replace(" CONCURRENTLY", "").splitlines()))
    assert (await look(trigram_url))["indexes"].state is State.OK
