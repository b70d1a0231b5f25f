"""What is particular to a dry run on a copy of an SQLite database."""

from __future__ import annotations

import sqlite3

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.dry_catalogue import catalogue_hash
from tests.tui.migrate.projects import execute, migration, plan_of, start
from tests.tui.migrate.running.test_apply_sqlite import CHILDREN, REBUILD
from tui.migrate.dry_run.trying import DryRun, DryStatus, dry_run
from tui.migrate.dry_run.words import nothing_changed
from tui.migrate.source.project import Project
from tui.settings import parse_url

pytestmark = pytest.mark.sqlite_only


async def tried(project: Project, url: str) -> DryRun:
    await start(project)
    before = await catalogue_hash(url)
    report = await dry_run(await plan_of(project))
    assert await catalogue_hash(url) == before
    path = parse_url(url).path
    assert path is not None
    others = [each.name for each in path.parent.iterdir() if each.name.startswith(path.name) and each != path]
    assert [name for name in others if not name.endswith(("-wal", "-shm"))] == []
    return report


async def test_a_rebuild_is_seen_and_keeps_its_children(shop: Shop, empty_url: str) -> None:
    report = await tried(shop(f1_children=migration(CHILDREN), f2_rebuild=migration(REBUILD)), empty_url)
    assert (report.fault, report.status) == (None, DryStatus.MEASURED)
    assert [table for each in report.files[1].statements for table in each.rewrites] == ["item"]
    assert nothing_changed(report) == "All of it ran on a copy, which is gone."


async def test_rows_that_would_refer_to_nothing_are_found(shop: Shop, empty_url: str) -> None:
    project = shop(f1_children=migration(CHILDREN), f2_orphans=migration("DELETE FROM item WHERE id = 1"))
    report = await tried(project, empty_url)
    assert report.status is DryStatus.FAILED
    assert report.fault is not None
    assert "2 rows would refer to nothing" in report.fault.message


async def test_a_copy_that_does_not_fit_is_not_begun(shop: Shop, empty_url: str) -> None:
    full = "import shutil, types\nshutil.disk_usage = lambda path: types.SimpleNamespace(free=1000)\n"
    report = await tried(shop(settings=full, f1_a=migration("SELECT 1")), empty_url)
    assert report.status is DryStatus.FAILED
    assert report.fault is not None
    assert "A dry run works on a copy and needs 1 MB free in " in report.fault.message


@pytest.mark.parametrize("by_python", [False, True])
async def test_no_other_file_is_opened(shop: Shop, empty_url: str, by_python: bool) -> None:
    attach = f"ATTACH '{parse_url(empty_url).path}' AS real"
    text = migration("SELECT 1", before=f'await db.execute_query("{attach}")') if by_python else migration(attach)
    report = await tried(shop(f1_a=text), empty_url)
    assert report.status is DryStatus.FAILED


async def test_what_others_write_meanwhile_does_not_matter(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=migration("UPDATE item SET name = 'b'"))
    await start(project)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('a')")
    path = parse_url(empty_url).path
    writer = sqlite3.connect(str(path), isolation_level=None)
    try:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO item (name) VALUES ('c')")
        report = await dry_run(await plan_of(project))
        writer.execute("COMMIT")
    finally:
        writer.close()
    assert report.is_ok
    assert report.files[0].statements[0].changed == 1
