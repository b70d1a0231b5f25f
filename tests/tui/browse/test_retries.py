"""A list is read although the server ended every connection of the pool meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tortoise.transactions import in_transaction

from models import Role
from models.engines.errors import DatabaseUnavailable, PoolTimeout
from tui.browse.retries import ATTEMPTS, reading

if TYPE_CHECKING:
    from tests.postgres import PostgresServer
    from tui.database import Database


@pytest.mark.postgres_only
async def test_a_connection_that_was_ended_is_replaced(
    database: Database, database_url: str, postgres_server: PostgresServer
) -> None:
    """In a transaction, which the engine cannot begin again by itself."""
    name = urlsplit(database_url).path.removeprefix("/")
    attempts = 0

    async def names() -> list[object]:
        nonlocal attempts
        attempts += 1
        async with in_transaction() as client:
            if attempts == 1:
                postgres_server.execute(
                    f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
                )
            return list(await Role.all().using_db(client).values_list("name", flat=True))

    assert "support" in await reading(names)
    assert attempts == 2


@pytest.mark.parametrize(
    ("error", "attempts"),
    [(DatabaseUnavailable("It is away."), ATTEMPTS), (PoolTimeout("All are busy."), 1), (ValueError("a mistake"), 1)],
)
async def test_it_gives_up(error: Exception, attempts: int) -> None:
    made = 0

    async def fails() -> None:
        nonlocal made
        made += 1
        raise error

    with pytest.raises(type(error)):
        await reading(fails)
    assert made == attempts
