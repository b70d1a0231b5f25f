"""Reverting for real, in the worker process, beside what plain Aerich's downgrade does. On both databases."""

from pathlib import Path

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.plain_aerich import aerich
from tests.tui.migrate.projects import apply_all, execute, init_sql, migration, query, start, url_of, versions
from tui.migrate.listing import look
from tui.migrate.plans.planning import RunPlan
from tui.migrate.plans.reverting import plan_revert, plan_revert_all, plan_revert_last
from tui.migrate.running.apply import RunOutcome, RunStatus, apply_plan
from tui.migrate.source.project import Project, load_project
from tui.migrate.states import State

A = migration("CREATE TABLE a (id INT); INSERT INTO a VALUES (1)", "DROP TABLE a")
B = migration("CREATE TABLE b (id INT)", "DROP TABLE b")
C = migration("CREATE TABLE c (id INT)", "DROP TABLE c; INSERT INTO item (name) VALUES ('c went')")


async def revert(project: Project, after: str) -> RunOutcome:
    return await run(plan_revert(project, (await look(project)).listing, after))


async def run(plan: RunPlan) -> RunOutcome:
    assert plan.refusals == ()
    return await apply_plan(plan)


async def tables(url: str) -> set[str]:
    if url.startswith("sqlite"):
        rows = await query(url, "SELECT name FROM sqlite_master WHERE type = 'table'")
    else:
        rows = await query(url, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in rows} & {"a", "b", "c", "item", "aerich"}


async def test_just_after_one_and_again_forward(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=A, f2_b=B, f3_c=C)
    await apply_all(project)
    files = {path.name: path.read_bytes() for path in project.folder.iterdir() if path.suffix == ".py"}
    outcome = await revert(project, "1")
    assert (outcome.status, outcome.message) == (RunStatus.DONE, "")
    assert await versions(empty_url) == ["0_init.py", "1_a.py"]
    assert await tables(empty_url) == {"a", "item", "aerich"}
    # No file went, and what was reverted is pending again.
    assert {path.name: path.read_bytes() for path in project.folder.iterdir() if path.suffix == ".py"} == files
    assert (await look(project)).listing.pending[0].state is State.PENDING
    assert (await apply_all(project)).applied == ("2_b.py", "3_c.py")


async def test_plain_aerich_reverts_the_named_one_too(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=A, f2_b=B)
    await apply_all(project)
    assert aerich(project, "downgrade", "-v", "1", "--yes").returncode == 0
    assert await versions(empty_url) == ["0_init.py"]
    await apply_all(project)
    assert (await revert(project, "1")).is_ok
    assert await versions(empty_url) == ["0_init.py", "1_a.py"]


async def test_all_or_nothing_when_one_fails(shop: Shop, empty_url: str) -> None:
    """The second one to go cannot go: the first one must be back, its rows too."""
    bad = migration("CREATE TABLE b (id INT)", "DROP TABLE nowhere")
    project = shop(f1_a=A, f2_b=bad, f3_c=C)
    await apply_all(project)
    outcome = await revert(project, "0")
    assert (outcome.status, outcome.failed) == (RunStatus.FAILED, "2_b.py")
    assert "nowhere" in outcome.message
    assert outcome.place.endswith(f"2_b.py:{_line_of(project, '2_b.py', 'DROP TABLE nowhere')}")
    assert await versions(empty_url) == ["0_init.py", "1_a.py", "2_b.py", "3_c.py"]
    assert await tables(empty_url) == {"a", "b", "c", "item", "aerich"}
    assert await query(empty_url, "SELECT * FROM item") == []
    # Plain Aerich reverts what it can and leaves it at that.
    assert aerich(project, "downgrade", "-v", "1", "--yes").returncode != 0
    assert await versions(empty_url) == ["0_init.py", "1_a.py", "2_b.py"]
    assert await tables(empty_url) == {"a", "b", "item", "aerich"}


def _line_of(project: Project, version: str, text: str) -> int:
    lines = (project.folder / version).read_text().split("\n")
    return next(number for number, line in enumerate(lines, 1) if text in line)


async def test_newest_row_first_whatever_its_number(shop: Shop, empty_url: str) -> None:
    """2 was merged late and rests on 3."""
    project = shop(
        f1_a=A,
        f3_c=migration("CREATE TABLE c (id INT PRIMARY KEY)", "DROP TABLE c"),
    )
    await apply_all(project)
    (project.folder / "2_b.py").write_text(
        migration(
            "CREATE TABLE b (c INT REFERENCES c (id)); INSERT INTO c VALUES (1); INSERT INTO b VALUES (1)",
            "DELETE FROM b; DELETE FROM c; DROP TABLE b",
        )
    )
    await apply_all(project)
    assert await versions(empty_url) == ["0_init.py", "1_a.py", "3_c.py", "2_b.py"]
    plan = plan_revert(project, (await look(project)).listing, "1")
    assert plan.versions == ("2_b.py", "3_c.py")
    assert (await run(plan)).is_ok
    assert await versions(empty_url) == ["0_init.py", "1_a.py"]


async def test_a_changed_file_reverts_by_what_it_says_now(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=A)
    await apply_all(project)
    (project.folder / "1_a.py").write_text(
        migration("CREATE TABLE a (id INT); INSERT INTO a VALUES (1)", "INSERT INTO item (name) VALUES ('now')")
    )
    found = await look(project)
    assert found.listing.applied[-1].state is State.CHANGED
    plan = plan_revert_last(project, found.listing)
    assert "the SQL that it has now is run" in plan.cautions[0].sentence
    assert (await run(plan)).is_ok
    assert await query(empty_url, "SELECT name FROM item") == [("now",)]


async def test_one_that_was_edited_meanwhile_is_not_run(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=A)
    await apply_all(project)
    plan = plan_revert_last(project, (await look(project)).listing)
    (project.folder / "1_a.py").write_text(migration("SELECT 1", "DROP TABLE item"))
    assert (await apply_plan(plan)).status is RunStatus.CHANGED
    assert await tables(empty_url) == {"a", "item", "aerich"}


async def test_a_duplicate_row_goes_with_the_other(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=A)
    await apply_all(project)
    await execute(empty_url, "INSERT INTO aerich (version, app, content) VALUES ('1_a.py', 'models', '{}')")
    plan = plan_revert_last(project, (await look(project)).listing)
    assert "all its rows go" in plan.cautions[0].sentence
    assert (await run(plan)).is_ok
    assert await versions(empty_url) == ["0_init.py"]


async def test_back_to_nothing_takes_aerichs_table_with_it(shop: Shop, empty_url: str, dialect: str) -> None:
    project = shop(f0_init=migration(init_sql(dialect), "DROP TABLE item; DROP TABLE aerich"), f1_a=A)
    await apply_all(project)
    outcome = await run(plan_revert_all(project, (await look(project)).listing))
    assert (outcome.status, outcome.message) == (RunStatus.DONE, "")
    assert await tables(empty_url) == set()
    assert [entry.version for entry in (await look(project)).listing.pending] == ["0_init.py", "1_a.py"]


@pytest.mark.postgres_only
@pytest.mark.parametrize("transaction", [False, True])
async def test_a_downgrade_that_needs_concurrently(shop: Shop, empty_url: str, transaction: bool) -> None:
    """Two of them in one file, which Aerich sends as one implicit transaction inside of another."""
    up = 'CREATE INDEX {} "one" ON item (name); CREATE INDEX {} "two" ON item (id, name);'
    how = "" if transaction else "CONCURRENTLY"
    down = 'DROP INDEX CONCURRENTLY "one"; DROP INDEX CONCURRENTLY "two";'
    project = shop(f1_a=migration(up.format(how, how), down, transaction=transaction))
    assert (await apply_all(project)).is_ok
    refused = aerich(project, "downgrade", "--yes")
    assert "cannot run inside a transaction block" in refused.stderr
    outcome = await revert(project, "0")
    assert (outcome.status, outcome.message) == (RunStatus.DONE, "")
    assert await query(empty_url, "SELECT 1 FROM pg_indexes WHERE indexname IN ('one', 'two')") == []
    assert await versions(empty_url) == ["0_init.py"]


@pytest.mark.sqlite_only
async def test_a_rebuilt_parent_keeps_its_children_on_the_way_back(shop: Shop, empty_url: str) -> None:
    down = """
        CREATE TABLE "n" ("id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "name" VARCHAR(50) NOT NULL);
        INSERT INTO "n" ("id", "name") SELECT "id", "name" FROM "item";
        DROP TABLE "item";
        ALTER TABLE "n" RENAME TO "item";
    """
    project = shop(f1_a=migration('ALTER TABLE "item" ADD COLUMN "x" INT', down))
    await start(project)
    await apply_all(project)
    await execute(
        empty_url,
        "CREATE TABLE part (item INT REFERENCES item (id) ON DELETE CASCADE);"
        "INSERT INTO item (name) VALUES ('a'); INSERT INTO part VALUES (1)",
    )
    assert (await revert(project, "0")).is_ok
    assert await query(empty_url, "SELECT * FROM part") == [(1,)]


async def test_a_row_that_names_a_path_reverts_nothing(shop: Shop, tmp_path: Path) -> None:
    """What stands in Aerich's table is text: it leads to no file outside of the folder."""
    project = shop(f1_a=A)
    await apply_all(project)
    evil = tmp_path / "9_evil.py"
    evil.write_text("import pathlib\npathlib.Path('marker').touch()\n" + A)
    version = f"../../../{evil.name}"
    await execute(url_of(project), f"INSERT INTO aerich (version, app, content) VALUES ('{version}', 'models', '{{}}')")
    plan = plan_revert_last(load_project(project.root), (await look(project)).listing)
    assert not plan.is_ok
    assert plan.files == ()
    assert not (project.root / "marker").exists()
