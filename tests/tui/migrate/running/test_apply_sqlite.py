"""What only SQLite needs: a backup, foreign keys around a table that is built anew, a file that is to be made."""

import sqlite3
from pathlib import Path

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.own import ALL_APPLIED, COUNT
from tests.tui.migrate.projects import apply_all, execute, migration, query, start, url_of, versions
from tui.migrate.listing import look, pending_preview
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.migrate.source.project import own_project
from tui.settings import parse_url

pytestmark = pytest.mark.sqlite_only

REBUILD = """
        PRAGMA foreign_keys = OFF;
        BEGIN;
        CREATE TABLE "item_new" ("id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "name" VARCHAR(99) NOT NULL);
        INSERT INTO "item_new" SELECT "id", "name" FROM "item";
        DROP TABLE "item";
        ALTER TABLE "item_new" RENAME TO "item";
        COMMIT;
        PRAGMA foreign_keys = ON;"""


CHILDREN = """
        CREATE TABLE part (id INTEGER PRIMARY KEY, item_id INT NOT NULL REFERENCES item (id) ON DELETE CASCADE);
        INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b');
        INSERT INTO part (item_id) VALUES (1), (1), (2);"""


def backups(url: str) -> list[Path]:
    path = parse_url(url).path
    assert path is not None
    return sorted(path.parent.glob(f"{path.name}.backup-*"))


def check_copy(copy: Path, items: int) -> None:
    """For its owner alone, whole, and of the state before the run."""
    assert copy.stat().st_mode & 0o777 == 0o600
    connection = sqlite3.connect(copy)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) FROM item").fetchone() == (items,)
    finally:
        connection.close()


@pytest.mark.parametrize("careful", [True, False], ids=["as written with care", "as Aerich generates it"])
async def test_children_survive_a_table_that_is_built_anew(shop: Shop, careful: bool) -> None:
    lines = [
        line for line in REBUILD.splitlines() if careful or not line.strip().startswith(("PRAGMA", "BEGIN", "COMMIT"))
    ]
    project = shop(f1_children=migration(CHILDREN), f2_rebuild=migration("\n".join(lines)))
    outcome = await apply_all(project)
    assert (outcome.message, outcome.status) == ("", RunStatus.DONE)
    url = url_of(project)
    assert await query(url, "SELECT count(*) FROM part") == [(3,)]
    assert await query(url, "SELECT id, name FROM item") == [(1, "a"), (2, "b")]


async def test_a_rebuild_that_fails_at_its_end_leaves_all_as_it_was(shop: Shop) -> None:
    project = shop(f1_children=migration(CHILDREN), f2_rebuild=migration(REBUILD + "\n        nonsense;"))
    outcome = await apply_all(project)
    assert (outcome.status, outcome.failed) == (RunStatus.FAILED, "2_rebuild.py")
    assert outcome.sentence == "0 and 1 stay applied; 2 was rolled back."
    url = url_of(project)
    assert await versions(url) == ["0_init.py", "1_children.py"]
    assert await query(url, "SELECT count(*) FROM part") == [(3,)]
    assert await query(url, "SELECT count(*) FROM item") == [(2,)]
    assert await query(url, "SELECT name FROM sqlite_master WHERE name = 'item_new'") == []


async def test_rows_that_would_refer_to_nothing_are_not_committed(shop: Shop) -> None:
    project = shop(f1_children=migration(CHILDREN), f2_orphans=migration("DELETE FROM item WHERE id = 1"))
    outcome = await apply_all(project)
    assert outcome.status is RunStatus.FAILED
    assert "2 rows would refer to nothing" in outcome.message
    assert await query(url_of(project), "SELECT count(*) FROM item") == [(2,)]


async def test_a_copy_is_kept_from_before_each_run_and_five_in_all(shop: Shop, empty_url: str) -> None:
    files = {f"f{number}_n": migration(f"INSERT INTO item (name) VALUES ('{number}')") for number in range(1, 8)}
    project = shop(**files)
    await start(project)
    for number in range(1, 8):
        found = await look(project)
        outcome = await apply_plan(found.plan(str(number)))
        assert outcome.backup is not None
        check_copy(Path(outcome.backup), items=number - 1)
    assert len(backups(empty_url)) == 5


async def test_nothing_to_lose_makes_no_copy(shop: Shop, empty_url: str) -> None:
    assert (await apply_all(shop())).backup is None
    assert backups(empty_url) == []


async def test_the_first_start_makes_the_file_for_its_owner_alone(tmp_path: Path) -> None:
    url = parse_url(f"sqlite://{tmp_path}/new/deep/shellback.sqlite3")
    preview = await pending_preview(url)
    assert preview.look.is_new
    assert [file.number for file in preview.files] == [*range(COUNT)]
    outcome = await apply_plan(preview.plan)
    assert outcome.sentence == ALL_APPLIED
    assert url.path is not None
    assert url.path.stat().st_mode & 0o777 == 0o600
    assert url.path.parent.stat().st_mode & 0o777 == 0o700
    assert url.path.parent.parent.stat().st_mode & 0o777 == 0o700
    after = await look(own_project(url))
    assert not after.listing.pending


async def test_a_file_that_went_missing_is_not_made_anew(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=migration("SELECT 1"))
    await start(project)
    found = await look(project)
    path = parse_url(empty_url).path
    assert path is not None
    path.unlink()
    outcome = await apply_plan(found.plan())
    assert outcome.status is RunStatus.FAILED
    assert f"There is no database at {path}" in outcome.message
    assert not path.exists()


async def test_a_relative_url_is_the_same_file_in_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    preview = await pending_preview(parse_url("sqlite://here.sqlite3"))
    assert (await apply_plan(preview.plan)).is_ok
    assert (tmp_path / "here.sqlite3").stat().st_size > 0


async def test_a_file_that_ends_its_own_transaction_is_refused(shop: Shop) -> None:
    project = shop(f1_bad=migration("INSERT INTO item (name) VALUES ('a'); ROLLBACK; SELECT 1;"))
    outcome = await apply_all(project)
    assert outcome.status is RunStatus.FAILED
    assert await query(url_of(project), "SELECT count(*) FROM item") == [(0,)]
    await execute(url_of(project), "INSERT INTO item (name) VALUES ('free')")
