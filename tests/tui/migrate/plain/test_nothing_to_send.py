"""A file without SQL, or with comments alone: asyncpg cannot send nothing, so that Aerich crashes on PostgreSQL."""

import pytest

from tests.tui.migrate.plain.conftest import MakePair
from tests.tui.migrate.projects import migration


@pytest.mark.parametrize("up", ["", "\n        -- merged\n        /* nothing to do; */"], ids=["empty", "comments"])
async def test_it_is_applied(pair: MakePair, dialect: str, up: str) -> None:
    found = pair(f1_merge=migration(up), f2_next=migration("INSERT INTO item (name) VALUES ('next')"))
    plain = found.plain.aerich("upgrade")
    if dialect == "postgres":
        assert plain.code != 0
        assert "AttributeError" in plain.text
        assert await found.plain.names() == []
    else:
        assert plain.code == 0, plain.text

    ours = found.ours.shellback("apply", "--yes")
    assert ours.code == 0, ours.text
    assert await found.ours.names() == ["next"]
    assert await found.ours.applied() == ["0_init.py", "1_merge.py", "2_next.py"]
