"""A file whose second statement fails, on SQLite: Aerich leaves the first one done, and the file cannot run again."""

import pytest

from tests.tui.migrate.plain.conftest import MakePair
from tests.tui.migrate.projects import migration

pytestmark = pytest.mark.sqlite_only

UP = """
        CREATE TABLE shelf (id INTEGER PRIMARY KEY);
        INSERT INTO item (name) VALUES ('half way');
        INSERT INTO nowhere VALUES (1);"""


async def test_nothing_is_left_of_it(pair: MakePair) -> None:
    found = pair(f1_shelf=migration(UP))
    mended = migration(UP.replace("nowhere VALUES (1)", "shelf VALUES (7)"))

    assert found.plain.aerich("upgrade").code != 0
    assert await found.plain.names() == ["half way"]
    (found.plain.folder / "1_shelf.py").write_text(mended)
    again = found.plain.aerich("upgrade")
    assert again.code != 0
    assert "table shelf already exists" in again.text

    failed = found.ours.shellback("apply", "--yes")
    assert failed.code == 1
    assert "1_shelf.py:10" in failed.err
    assert await found.ours.names() == []
    (found.ours.folder / "1_shelf.py").write_text(mended)
    done = found.ours.shellback("apply", "--yes")
    assert done.code == 0, done.text
    assert await found.ours.names() == ["half way"]
