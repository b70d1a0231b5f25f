"""The measured dry run: what it finds, on both databases, and that it leaves nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.dry_catalogue import catalogue_hash
from tests.tui.migrate.process.test_worker import workers
from tests.tui.migrate.projects import apply_all, execute, migration, plan_of, query, start, versions
from tui.migrate.dry_run.measured import Verdict
from tui.migrate.dry_run.trying import DryRun, DryStatus, dry_run, why_not_dry
from tui.migrate.dry_run.words import as_json, cautions, summary, text_of
from tui.migrate.running.events import Event, StatementStarted
from tui.migrate.source.project import Project

COLOUR = migration("""
        ALTER TABLE "item" ADD COLUMN "colour" VARCHAR(20);
        UPDATE "item" SET "colour" = 'red';
        CREATE INDEX "item_name" ON "item" ("name");""")


async def tried(project: Project) -> DryRun:
    return await dry_run(await plan_of(project))


async def ready(project: Project, url: str) -> str:
    """The shop with two rows; returns the hash of its catalogue."""
    await start(project)
    await execute(url, "INSERT INTO item (name) VALUES ('bolt'), ('nut')")
    return await catalogue_hash(url)


async def test_statements_are_measured_and_taken_back(shop: Shop, empty_url: str, dialect: str) -> None:
    project = shop(f1_colour=COLOUR)
    before = await ready(project, empty_url)
    report = await tried(project)
    assert (report.status, report.fault) == (DryStatus.MEASURED, None)
    (file,) = report.files
    assert file.is_whole
    assert [(each.number, each.line, each.changed) for each in file.statements] == [(1, 8, 0), (2, 9, 2), (3, 10, 0)]
    assert [scan.table for each in file.statements for scan in each.scans] == ["item", "item"]
    assert file.statements[2].indexes == (("item", "item_name"),)
    assert file.statements[0].felt[0].name == ("RESERVED" if dialect == "sqlite" else "ACCESS EXCLUSIVE")
    assert await catalogue_hash(empty_url) == before
    assert await versions(empty_url) == ["0_init.py"]
    assert summary(report).startswith("1 runs through in ")
    assert "builds the index item_name of item" in text_of(report)
    assert as_json(report)["files"][0]["statements"][1]["rows_changed"] == 2
    # And the hash is one that tells.
    assert (await apply_all(project)).is_ok
    assert await catalogue_hash(empty_url) != before


async def test_files_are_tried_one_upon_the_other(shop: Shop, empty_url: str) -> None:
    project = shop(f1_colour=COLOUR, f2_fill=migration("UPDATE item SET colour = 'blue' WHERE name = 'nut'"))
    before = await ready(project, empty_url)
    report = await tried(project)
    assert report.is_ok
    assert [file.version for file in report.files] == ["1_colour.py", "2_fill.py"]
    assert report.files[1].statements[0].changed == 1
    assert await catalogue_hash(empty_url) == before


async def test_from_nothing_the_first_file_is_tried_too(shop: Shop, empty_url: str) -> None:
    before = await catalogue_hash(empty_url)
    report = await tried(shop())
    assert report.is_ok
    assert report.verdict is Verdict.OK
    assert await catalogue_hash(empty_url) == before


async def test_a_file_that_fails_says_where_and_leaves_nothing(shop: Shop, empty_url: str) -> None:
    project = shop(
        f1_colour=COLOUR, f2_bad=migration("CREATE TABLE half (id int);\n        INSERT INTO nowhere VALUES (1)")
    )
    before = await ready(project, empty_url)
    report = await tried(project)
    assert (report.status, report.stopped) == (DryStatus.FAILED, "2_bad.py")
    assert summary(report) == "2 would fail at statement 2. Applying it now would fail as well."
    assert report.line == 8
    assert report.fault is not None
    assert "nowhere" in report.fault.message
    assert "nowhere" in text_of(report)
    assert [file.is_whole for file in report.files] == [True, False]
    assert await catalogue_hash(empty_url) == before


async def test_files_without_a_transaction_are_refused_by_name(shop: Shop) -> None:
    project = shop(f1_colour=COLOUR, f2_loose=migration("SELECT 1", transaction=False))
    await start(project)
    report = await tried(project)
    assert report.status is DryStatus.REFUSED
    assert report.message.startswith("2_loose.py does not run in a transaction")
    assert why_not_dry(await plan_of(project, "1")) is None


async def test_a_file_that_only_turns_out_to_have_none_is_refused_as_well(shop: Shop, empty_url: str) -> None:
    text = migration("CREATE TABLE half (id int)").replace("IN_TRANSACTION = True", "IN_TRANSACTION = not 1")
    project = shop(f1_loose=text)
    before = await ready(project, empty_url)
    report = await tried(project)
    assert report.status is DryStatus.FAILED
    assert report.fault is not None
    assert "1_loose.py does not run in a transaction" in report.fault.message
    assert await catalogue_hash(empty_url) == before


@pytest.mark.parametrize(
    "text",
    [
        migration("CREATE TABLE half (id int);\n        COMMIT;"),
        migration("CREATE TABLE half (id int);\n        END; CREATE TABLE more (id int);"),
        migration(
            "SELECT 1", before='await db.execute_query("CREATE TABLE half (id int)"); await db.execute_script("COMMIT")'
        ),
    ],
    ids=["commit", "hidden", "python"],
)
async def test_nothing_ends_the_transaction(shop: Shop, empty_url: str, dialect: str, text: str) -> None:
    project = shop(f1_end=text)
    before = await ready(project, empty_url)
    report = await tried(project)
    assert await catalogue_hash(empty_url) == before
    # On SQLite the words around a careful file's script are taken for the session's own, as when it is applied.
    assert report.status is (DryStatus.MEASURED if dialect == "sqlite" else DryStatus.FAILED)
    assert dialect == "sqlite" or "would end the transaction" in text_of(report)


@pytest.mark.parametrize("script", ["UPDATE item SET name = 'x'", "UPDATE item SET name = 'y'; COMMIT"])
async def test_a_transaction_inside_of_python_is_a_savepoint(shop: Shop, empty_url: str, script: str) -> None:
    python = f"""from tortoise.transactions import in_transaction
    async with in_transaction("default") as inner:
        await inner.execute_script({script!r})"""
    project = shop(f1_inner=migration("DELETE FROM item WHERE name = 'bolt'", before=python))
    before = await ready(project, empty_url)
    report = await tried(project)
    assert await catalogue_hash(empty_url) == before
    assert await query(empty_url, "SELECT name FROM item ORDER BY id") == [("bolt",), ("nut",)]
    if "COMMIT" not in script:
        assert (report.fault, report.status) == (None, DryStatus.MEASURED)
        assert [each.changed for each in report.files[0].statements] == [2, 0]


async def test_python_is_measured_too_and_said_before(shop: Shop, empty_url: str, dialect: str) -> None:
    python = "await db.execute_query(\"INSERT INTO item (name) VALUES ('washer')\")"
    project = shop(f1_python=migration("UPDATE item SET name = upper(name)", before=python))
    before = await ready(project, empty_url)
    plan = await plan_of(project)
    assert "1_python.py runs Python" in cautions(plan, dialect)[-1]
    report = await dry_run(plan)
    assert report.is_ok
    assert [(each.number, each.changed) for each in report.files[0].statements] == [(0, 1), (1, 3)]
    assert await catalogue_hash(empty_url) == before
    assert await query(empty_url, "SELECT count(*) FROM item") == [(2,)]


async def test_it_runs_on_what_was_agreed_to(shop: Shop, empty_url: str) -> None:
    project = shop(f1_colour=COLOUR)
    await ready(project, empty_url)
    plan = await plan_of(project)
    (project.folder / "1_colour.py").write_text(migration("DROP TABLE item"))
    report = await dry_run(plan)
    assert report.status is DryStatus.CHANGED
    assert "was edited" in report.message


async def test_cancelled_it_leaves_nothing(shop: Shop, empty_url: str, endless: str) -> None:
    project = shop(f1_slow=migration(f"CREATE TABLE half (id int);\n        {endless}"))
    before = await ready(project, empty_url)
    cancel = asyncio.Event()

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted) and event.index == 2:
            cancel.set()

    report = await dry_run(await plan_of(project), listen, cancel=cancel)
    assert report.status is DryStatus.CANCELLED
    assert await catalogue_hash(empty_url) == before
    assert workers() == []


async def test_killed_it_leaves_nothing(shop: Shop, empty_url: str, endless: str) -> None:
    project = shop(f1_slow=migration(f"CREATE TABLE half (id int);\n        {endless}"))
    before = await ready(project, empty_url)
    files = _files(project)

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted) and event.index == 2:
            for worker in workers():
                psutil.Process(worker.pid).kill()

    report = await dry_run(await plan_of(project), listen)
    assert report.status is DryStatus.FAILED
    assert summary(report) == "The dry run did not come to an end."
    assert await catalogue_hash(empty_url) == before
    assert _files(project) == files


def _files(project: Project) -> set[Path]:
    folder = project.root.parent
    return {path for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))}
