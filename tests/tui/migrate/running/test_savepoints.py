"""`in_transaction()` in a file's Python: a part of the file's own transaction, as with plain Aerich on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, execute, migration, query, start
from tui.migrate.running.outcome import RunStatus

SCRIPT = """from tortoise.transactions import in_transaction
    async with in_transaction("default") as inner:
        await inner.execute_script("UPDATE item SET name = 'x'; UPDATE item SET name = name || 'y'")
        async with in_transaction("default") as deeper:
            await deeper.execute_query("UPDATE item SET name = name || 'z'")"""
UNDONE = """from tortoise.transactions import in_transaction
    try:
        async with in_transaction("default") as inner:
            await inner.execute_query("UPDATE item SET name = 'x'")
            raise LookupError
    except LookupError:
        pass"""


@pytest.mark.parametrize(
    ("python", "sql", "name"),
    [(SCRIPT, "SELECT 1", "xyz"), (SCRIPT, "nonsense", "bolt"), (UNDONE, "SELECT 1", "bolt")],
    ids=["kept", "rolled back with the file", "rolled back by itself"],
)
async def test_it_is_part_of_the_file(shop: Shop, empty_url: str, python: str, sql: str, name: str) -> None:
    project = shop(f1_inner=migration(sql, before=python))
    await start(project)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('bolt')")
    outcome = await apply_all(project)
    assert outcome.status is (RunStatus.FAILED if sql == "nonsense" else RunStatus.DONE), outcome.message
    assert await query(empty_url, "SELECT name FROM item") == [(name,)]
