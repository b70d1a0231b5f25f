"""Taking back: Aerich takes one more than is named, always in a transaction, and is silent on a file that changed."""

import pytest

from tests.tui.migrate.plain.conftest import MakePair
from tests.tui.migrate.projects import migration, query

INSERT = "INSERT INTO item (name) VALUES ('{}')"


def one(name: str) -> str:
    return migration(INSERT.format(name), f"DELETE FROM item WHERE name = '{name}'")


async def test_to_just_after_a_file(pair: MakePair) -> None:
    found = pair(f1_a=one("a"), f2_b=one("b"), f3_c=one("c"))
    for copy in (found.plain, found.ours):
        assert copy.aerich("upgrade").code == 0
    # "downgrade -v 2" is documented as a downgrade to 2.
    assert found.plain.aerich("downgrade", "-v", "2", "--yes").code == 0
    assert await found.plain.names() == ["a"]

    ours = found.ours.shellback("revert", "--to", "2", "--yes")
    assert ours.code == 0, ours.text
    assert await found.ours.names() == ["a", "b"]
    assert await found.ours.applied() == ["0_init.py", "1_a.py", "2_b.py"]


@pytest.mark.postgres_only
async def test_a_downgrade_that_is_concurrent(pair: MakePair) -> None:
    up, down = "CREATE INDEX CONCURRENTLY item_name ON item (name);", "DROP INDEX CONCURRENTLY item_name;"
    found = pair(f1_index=migration(up, down, transaction=False))
    for copy in (found.plain, found.ours):
        assert copy.aerich("upgrade").code == 0
    plain = found.plain.aerich("downgrade", "--yes")
    assert plain.code != 0
    assert "cannot run inside a transaction block" in plain.text

    ours = found.ours.shellback("revert", "--last", "--yes")
    assert ours.code == 0, ours.text
    assert await query(found.ours.url, "SELECT 1 FROM pg_indexes WHERE indexname = 'item_name'") == []
    assert await found.ours.applied() == ["0_init.py"]


async def test_a_file_that_was_changed_after_it_was_applied(pair: MakePair) -> None:
    found = pair(f1_a=one("a"))
    assert found.plain.aerich("upgrade").code == 0
    assert found.ours.shellback("apply", "--yes").code == 0
    for copy in (found.plain, found.ours):
        (copy.folder / "1_a.py").write_text(one("another"))
    # The row that was inserted stays, and Aerich says that it was taken back.
    plain = found.plain.aerich("downgrade", "--yes")
    assert (plain.code, "Success downgrading" in plain.text) == (0, True)
    assert await found.plain.names() == ["a"]

    status = found.ours.shellback("status", "--json")
    assert status.code == 4
    states = {each["version"]: each["state"] for each in status.document["migrations"]}
    assert states["1_a.py"] == "CHANGED"
    shown = found.ours.shellback("history", "1", "--diff")
    assert '-    return """INSERT INTO item (name) VALUES (\'a\')"""' in shown.out
    planned = found.ours.shellback("revert", "--last", "--dry-run")
    assert "changed after it was applied" in planned.text
