"""A parent table that is built anew on SQLite, as its ALTER TABLE often demands: Aerich's connection enforces foreign
keys meanwhile, so that dropping the old table deletes every child.
"""

import pytest

from tests.tui.migrate.plain.conftest import MakePair
from tests.tui.migrate.projects import migration, query

pytestmark = pytest.mark.sqlite_only

CHILDREN = """
        CREATE TABLE part (id INTEGER PRIMARY KEY, item_id INT NOT NULL REFERENCES item (id) ON DELETE CASCADE);
        INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b');
        INSERT INTO part (item_id) VALUES (1), (1), (2);"""
REBUILD = """
        CREATE TABLE "item_new" ("id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "name" VARCHAR(99) NOT NULL);
        INSERT INTO "item_new" SELECT "id", "name" FROM "item";
        DROP TABLE "item";
        ALTER TABLE "item_new" RENAME TO "item";"""


async def test_the_children_are_kept(pair: MakePair) -> None:
    found = pair(f1_children=migration(CHILDREN), f2_rebuild=migration(REBUILD))

    plain = found.plain.aerich("upgrade")
    assert plain.code == 0, plain.text
    assert await query(found.plain.url, "SELECT count(*) FROM part") == [(0,)]

    ours = found.ours.shellback("apply", "--yes")
    assert ours.code == 0, ours.text
    assert await query(found.ours.url, "SELECT count(*) FROM part") == [(3,)]
    assert await query(found.ours.url, "PRAGMA foreign_key_check") == []
