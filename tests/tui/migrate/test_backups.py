"""Copies of an SQLite database: whole or not at all, and so is putting one back."""

import os
import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, execute, migration, query, start, versions
from tui.migrate.backups import find_backup, read_backups, restore_backup
from tui.migrate.process.sessions import backups
from tui.migrate.process.sessions.backups import BackupFailed, back_up, list_copies
from tui.migrate.process.sessions.holder import Holder, lock_path
from tui.migrate.running.apply import RunStatus
from tui.settings import parse_url, state_dir

pytestmark = pytest.mark.sqlite_only

ROWS = """
    CREATE TABLE t (x);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT i FROM n"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """In WAL mode, with 3 000 rows."""
    path = tmp_path / "a [b]*.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(f"PRAGMA journal_mode = WAL; {ROWS}")
    connection.close()
    return path


def count(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM t").fetchone()[0])
    finally:
        connection.close()


def leftovers(path: Path) -> list[str]:
    return [each.name for each in path.parent.iterdir() if "partial" in each.name]


async def test_a_copy_is_put_back_while_another_connection_reads(database: Path) -> None:
    copy = back_up(database)
    reader = sqlite3.connect(database, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (3000,)
    writer = sqlite3.connect(database)
    writer.executescript("DELETE FROM t; CREATE TABLE later (x)")
    writer.close()
    backup = find_backup(read_backups(database), "latest")
    assert backup is not None
    assert str(backup.copy.path) == copy
    done = await restore_backup(database, backup)
    assert not done.fault
    # A transaction that was open sees what it saw; the next one sees what was put back, tables and all.
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (3000,)
    reader.execute("COMMIT")
    assert reader.execute("SELECT name FROM sqlite_master").fetchall() == [("t",)]
    reader.close()
    assert count(database) == 3000
    assert count(Path(done.before)) == 0
    assert leftovers(database) == []


async def test_what_is_not_whole_is_not_put_back(database: Path) -> None:
    copy = back_up(database)
    with open(copy, "r+b") as file:  # noqa: ASYNC230, PTH123 - a test's own file
        file.seek(4096 * 3)
        file.write(os.urandom(200))
    (backup,) = read_backups(database)
    done = await restore_backup(database, backup)
    assert done.fault
    assert done.sentence.endswith("Nothing was changed.")
    assert Path(copy).name in done.sentence
    assert len(list_copies(database)) == 1
    assert count(database) == 3000


async def test_nothing_is_put_back_while_somebody_writes(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "_PATIENCE_S", 0.3)
    back_up(database)
    (backup,) = read_backups(database)
    writer = sqlite3.connect(database, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM t")
    done = await restore_backup(database, backup)
    assert done.fault
    assert "another process is using it" in done.sentence
    writer.execute("ROLLBACK")
    writer.close()
    assert count(database) == 3000


async def test_nothing_is_put_back_during_an_upgrade(database: Path) -> None:
    back_up(database)
    (backup,) = read_backups(database)
    holder = Holder(lock_path(str(state_dir() / "migrations" / "locks"), str(database)))
    assert holder.take() is None
    try:
        done = await restore_backup(database, backup)
    finally:
        holder.leave()
    assert done.is_held
    assert f"pid {os.getpid()}" in done.sentence
    assert not (await restore_backup(database, backup)).fault


def test_of_copies_made_at_once_none_is_lost(database: Path) -> None:
    """The newest five stay, whoever makes them."""
    threads = [threading.Thread(target=back_up, args=(database,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list_copies(database)) == backups.KEPT
    assert leftovers(database) == []


def test_a_full_disk_leaves_nothing_behind(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(BackupFailed, match="the disk is full"):
        back_up(database)
    assert list_copies(database) == ()
    assert leftovers(database) == []


async def test_a_disk_that_is_full_during_the_copy_stops_a_run_before_anything(shop: Shop, empty_url: str) -> None:
    """No file of the worker may grow beyond a page, as if the disk were full."""
    project = shop(f1_a=migration("INSERT INTO item (name) VALUES ('a')"))
    await start(project)
    settings = project.root / "settings.py"
    settings.write_text(
        settings.read_text()
        + "\nimport resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        + "import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    )
    outcome = await apply_all(project)
    assert outcome.status is RunStatus.FAILED
    assert "could not be backed up beside itself" in outcome.message
    assert outcome.sentence == "0 stays applied; 1 was rolled back."
    assert await versions(empty_url) == ["0_init.py"]
    assert await query(empty_url, "SELECT * FROM item") == []
    path = parse_url(empty_url).path
    assert path is not None
    assert list_copies(path) == ()
    assert leftovers(path) == []
    await execute(empty_url, "INSERT INTO item (name) VALUES ('free')")
