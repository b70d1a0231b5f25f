"""A COMMIT on SQLite whose sync fails: what is said of the file is asked of the database, once its disk answers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.faults.failing_sync import failing_sync
from tests.tui.migrate.projects import apply_all, migration, start, url_of, versions
from tui.migrate.running.apply import RunStatus
from tui.settings import parse_url

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.migrate.conftest import Shop
    from tui.migrate.source.project import Project

pytestmark = pytest.mark.sqlite_only

ONE = "INSERT INTO item (name) VALUES ('one')"


def failing(flag: Path, *, heals: bool) -> str:
    """Python at the beginning of a migration: from here on no sync succeeds, for a second or for good."""
    timer = f"import threading; threading.Timer(1, pathlib.Path({str(flag)!r}).unlink).start()" if heals else ""
    return f"import pathlib; pathlib.Path({str(flag)!r}).touch(); {timer}"


def items(project: Project) -> list[str]:
    path = parse_url(url_of(project)).path
    assert path is not None
    with closing(sqlite3.connect(path)) as asking:
        return [str(row[0]) for row in asking.execute("SELECT name FROM item ORDER BY id")]


@pytest.mark.parametrize("heals", [True, False])
async def test_a_migration_whose_commit_the_disk_refuses(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heals: bool
) -> None:
    environment, flag = failing_sync(tmp_path)
    project = shop(f1_one=migration(ONE, before=failing(flag, heals=heals)), f2_two=migration(ONE))
    await start(project)
    with monkeypatch.context() as failing_disk:
        for name in ("LD_PRELOAD", "FAILING_SYNC"):
            failing_disk.setenv(name, environment[name])
        outcome = await apply_all(project)
    flag.unlink(missing_ok=True)
    assert (outcome.status, outcome.failed, outcome.applied) == (RunStatus.FAILED, "1_one.py", ())
    assert outcome.sentence == "0 stays applied; 1 was rolled back."
    asked = "The disk answered COMMIT with an error; asked again, the file says that it was rolled back."
    # For good: asked by another process, once this one has let go of the file.
    assert outcome.message == (asked if heals else "COMMIT was not confirmed.")
    assert items(project) == []
    assert await versions(url_of(project)) == ["0_init.py"]
    again = await apply_all(project)  # without the library that fails
    assert (again.status, items(project)) == (RunStatus.DONE, ["one", "one"])
