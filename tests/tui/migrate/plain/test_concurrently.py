"""CREATE INDEX CONCURRENTLY. Aerich sends a file as one query, which is one transaction, and reverts in one always; an
index that was left invalid counts as made the next time.
"""

import pytest

from tests.tui.migrate.plain.conftest import MakePair
from tests.tui.migrate.projects import execute, migration, query

pytestmark = pytest.mark.postgres_only

TWO = """
        CREATE INDEX CONCURRENTLY item_name ON item (name);
        CREATE INDEX CONCURRENTLY item_lower ON item (lower(name));"""
DOWN = """
        DROP INDEX CONCURRENTLY item_lower;
        DROP INDEX CONCURRENTLY item_name;"""
UNIQUE = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS item_unique ON item (name);"
INDEXES = """
    SELECT c.relname::text, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = 'item'::regclass AND NOT i.indisprimary ORDER BY 1
"""


async def test_two_in_one_file(pair: MakePair) -> None:
    found = pair(f1_indexes=migration(TWO, DOWN, transaction=False))
    plain = found.plain.aerich("upgrade")
    assert plain.code != 0
    assert "cannot run inside a transaction block" in plain.text
    assert await query(found.plain.url, INDEXES) == []

    ours = found.ours.shellback("apply", "--yes")
    assert ours.code == 0, ours.text
    assert await query(found.ours.url, INDEXES) == [("item_lower", True), ("item_name", True)]


async def test_an_index_that_was_left_invalid_is_mended(pair: MakePair) -> None:
    found = pair(f1_unique=migration(UNIQUE, transaction=False))
    for copy in (found.plain, found.ours):
        await execute(copy.url, "INSERT INTO item (name) VALUES ('twice'), ('twice')")
    assert found.plain.aerich("upgrade").code != 0
    assert found.ours.shellback("apply", "--yes").code == 1
    for copy in (found.plain, found.ours):
        await execute(copy.url, "DELETE FROM item WHERE id = (SELECT max(id) FROM item)")

    # Aerich says that it is done, and the index is none.
    plain = found.plain.aerich("upgrade")
    assert plain.code == 0, plain.text
    assert await query(found.plain.url, INDEXES) == [("item_unique", False)]

    # Ours says that it is half done, and how to go on: the index is dropped, and built again.
    refused = found.ours.shellback("apply", "--yes")
    assert (refused.code, "Recover it first" in refused.err) == (4, True), refused.text
    ours = found.ours.shellback("recover", "--resume", "--yes")
    assert ours.code == 0, ours.text
    assert await query(found.ours.url, INDEXES) == [("item_unique", True)]
    assert found.ours.shellback("status").code == 0
