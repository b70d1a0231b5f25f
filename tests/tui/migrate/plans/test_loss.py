"""What a revert would take, counted before it runs: by the real worker, on both databases."""

import json

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import execute, init_sql, migration, query, start
from tui.migrate.listing import look
from tui.migrate.plans.loss import Loss, LossReport, count_loss
from tui.migrate.plans.reverting import plan_revert
from tui.migrate.process.sizing.losing import Lost, questions
from tui.migrate.source.files import read_files
from tui.migrate.source.project import Project


async def losses(project: Project, url: str, *, after: str = "0") -> LossReport:
    """Of everything behind file 0, all of whose rows are written here as if it had been applied."""
    files = read_files(project)
    for file in files[1:]:
        await execute(url, f"INSERT INTO aerich (version, app, content) VALUES ('{file.version}', 'models', '{{}}')")
    found = await look(project)
    plan = plan_revert(project, found.listing, after)
    assert plan.refusals == ()
    return await count_loss(plan, {file.version: file for file in files})


def told(report: LossReport) -> list[str]:
    assert report.fault == ""
    return list(report.sentences())


async def test_rows_values_and_deletes(shop: Shop, empty_url: str) -> None:
    project = shop(
        f0_init=migration(init_sql_more(empty_url)),
        f1_a=migration("SELECT 1", 'DROP TABLE "drawer"; DROP TABLE "empty"; DROP TABLE IF EXISTS "never";'),
        f2_b=migration("SELECT 1", 'ALTER TABLE "item" DROP COLUMN "colour";'),
        f3_c=migration("SELECT 1", "DELETE FROM item WHERE lower(name) LIKE 'b%';\n -- all\n DELETE FROM drawer;"),
        f4_d=migration("SELECT 1", "UPDATE item SET name = 'x' WHERE name = 'bolt'"),
    )
    await start_more(empty_url)
    report = await losses(project, empty_url)
    assert told(report) == [
        "item: 1 row gets another name.",
        "item: 2 rows are deleted.",
        "drawer: 3 rows are deleted.",
        "item.colour: 1 value is dropped.",
        "drawer: 3 rows are deleted.",
        "empty: the table is empty.",
    ]
    assert [loss.version for loss in report.losses] == ["4_d.py", "3_c.py", "3_c.py", "2_b.py", "1_a.py", "1_a.py"]
    assert report.destroys
    assert json.loads(json.dumps(report.as_json()))["losses"][1]["count"] == 2
    # Counting changed nothing.
    assert await query(empty_url, "SELECT count(*) FROM item") == [(3,)]
    assert await query(empty_url, "SELECT count(*) FROM drawer") == [(3,)]


def init_sql_more(url: str) -> str:
    return init_sql("sqlite" if url.startswith("sqlite") else "postgres")


async def start_more(url: str) -> None:
    await execute(
        url,
        init_sql_more(url)
        + "INSERT INTO aerich (version, app, content) VALUES ('0_init.py', 'models', '{}');"
        + 'ALTER TABLE item ADD COLUMN "colour" VARCHAR(20); CREATE TABLE empty (id INT); CREATE TABLE drawer (id INT);'
        + "INSERT INTO item (name, colour) VALUES ('bolt', 'red'), ('Bracket', NULL), ('nut', NULL);"
        + "INSERT INTO drawer VALUES (1), (2), (3);",
    )


async def test_nothing_is_lost(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=migration("SELECT 1", 'DROP INDEX "item_name"; ALTER TABLE "item" ADD COLUMN "x" INT'))
    await start(project)
    report = await losses(project, empty_url)
    assert told(report) == ["No rows and no values are lost, as far as the SQL tells."]
    assert not report.destroys


async def test_of_a_program_only_running_it_tells(shop: Shop, empty_url: str) -> None:
    marker = "import pathlib\npathlib.Path('ran').touch()\n"
    text = migration("SELECT 1", "DELETE FROM item").replace(
        '    return """DELETE', '    print()\n    return """DELETE'
    )
    project = shop(f1_a=marker + text)
    await start(project)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('a')")
    report = await losses(project, empty_url)
    assert told(report) == [
        "Its downgrade is a program: only running it tells what is lost.",
        "item: 1 row is deleted.",
    ]
    assert report.destroys
    assert not (project.root / "ran").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM item WHERE danger(name)",
        "DELETE FROM item WHERE name IN (SELECT danger(name) FROM item)",
        "WITH gone AS (SELECT 1) DELETE FROM item",
    ],
)
async def test_what_a_condition_calls_is_not_called(shop: Shop, empty_url: str, sql: str) -> None:
    project = shop(f1_a=migration("SELECT 1", sql))
    await start(project)
    (sentence,) = told(await losses(project, empty_url))
    assert "only running it tells" in sentence


@pytest.mark.postgres_only
async def test_values_that_a_cast_would_cut(shop: Shop, empty_url: str) -> None:
    down = 'ALTER TABLE "item" ALTER COLUMN "name" TYPE VARCHAR(4) USING "name"::VARCHAR(4)'
    project = shop(f1_a=migration("SELECT 1", down))
    await start(project)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('bolt'), ('bracket'), ('washer')")
    assert told(await losses(project, empty_url)) == ["item.name: 2 values would be cut to VARCHAR(4)."]


@pytest.mark.postgres_only
async def test_rows_that_go_with_others(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=migration("SELECT 1", "DELETE FROM item"))
    await start(project)
    await execute(
        empty_url,
        "CREATE TABLE part (item INT REFERENCES item ON DELETE CASCADE); INSERT INTO item (name) VALUES ('a'); "
        "INSERT INTO part VALUES (1)",
    )
    assert told(await losses(project, empty_url)) == [
        "item: 1 row is deleted, with the rows of part that refer to them."
    ]


@pytest.mark.sqlite_only
async def test_a_rebuilt_table_keeps_what_is_copied(shop: Shop, empty_url: str) -> None:
    down = """
        CREATE TABLE "new_item" ("id" INTEGER PRIMARY KEY, "name" VARCHAR(50) NOT NULL);
        INSERT INTO "new_item" ("id", "name") SELECT "id", "name" FROM "item" WHERE "id" < 3;
        DROP TABLE "item";
        ALTER TABLE "new_item" RENAME TO "item";"""
    project = shop(f0_init=migration(init_sql_more(empty_url)), f1_a=migration("SELECT 1", down))
    await start_more(empty_url)
    assert told(await losses(project, empty_url)) == ["item.colour: 1 value is dropped.", "item: 1 row is not copied."]


@pytest.mark.sqlite_only
async def test_a_table_made_again_by_its_name_keeps_what_comes_back(shop: Shop, empty_url: str) -> None:
    down = """
        CREATE TABLE "kept" AS SELECT "id", "name" FROM "item";
        DROP TABLE "item";
        CREATE TABLE "item" ("id" INTEGER PRIMARY KEY, "name" VARCHAR(50) NOT NULL);
        INSERT INTO "item" ("id", "name") SELECT "id", "name" FROM "kept";
        DROP TABLE "kept";"""
    project = shop(f0_init=migration(init_sql_more(empty_url)), f1_a=migration("SELECT 1", down))
    await start_more(empty_url)
    assert told(await losses(project, empty_url)) == ["item.colour: 1 value is dropped."]
    part = migration("SELECT 1", down.replace('FROM "kept"', 'FROM "kept" WHERE "id" < 3'))
    (project.folder / "1_a.py").write_text(part)
    assert "item gets back a part of its rows only: read the SQL." in told(await losses(project, empty_url))


async def test_a_count_that_takes_too_long_is_an_estimate_or_unknown(shop: Shop, empty_url: str, dialect: str) -> None:
    rows = {
        "sqlite": "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000) "
        "INSERT INTO item (name) SELECT 'a' FROM n",
        "postgres": "INSERT INTO item (name) SELECT 'a' FROM generate_series(1, 3000)",
    }
    slow = "DELETE FROM item WHERE id > (SELECT count(*) FROM item a, item b, item c, item d WHERE a.id <> b.id)"
    project = shop(f1_a=migration("SELECT 1", f"DROP TABLE item; {slow}"))
    await start(project)
    await execute(empty_url, rows[dialect])
    sentences = told(await losses(project, empty_url))
    assert sentences == [
        "item: 3 000 rows are deleted.",
        "item: rows are deleted, how many is not known. Not counted: it took too long.",
    ]


async def test_a_database_that_is_gone_is_said(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=migration("SELECT 1", "DROP TABLE item"))
    await start(project)
    files = read_files(project)
    await execute(empty_url, "INSERT INTO aerich (version, app, content) VALUES ('1_a.py', 'models', '{}')")
    plan = plan_revert(project, (await look(project)).listing, "0")
    (project.root / "settings.py").write_text("raise RuntimeError('gone')\n")
    report = await count_loss(plan, {file.version: file for file in files})
    assert report.destroys
    (sentence,) = report.sentences()
    assert sentence.startswith("What is lost could not be counted. The project's configuration could not be loaded.")


def test_names_follow_renames_and_what_is_made_is_no_loss() -> None:
    scripts = [
        ("3.py", "ALTER TABLE a RENAME TO b; CREATE TABLE helper (x INT); DROP TABLE helper", False),
        (
            "2.py",
            "ALTER TABLE b RENAME COLUMN p TO q; ALTER TABLE b ADD COLUMN r INT; ALTER TABLE b DROP COLUMN r",
            False,
        ),
        ("1.py", "ALTER TABLE b DROP COLUMN q; DROP TABLE b; DROP TABLE b", False),
    ]
    found = [(each.version, each.lost, each.table, each.column) for each in questions(scripts, "postgres")]
    assert found == [("1.py", Lost.VALUES, "a", "p"), ("1.py", Lost.ROWS, "a", "")]


@pytest.mark.parametrize(
    ("loss", "sentence"),
    [
        (Loss("v", Lost.ROWS, "a", count=12_400_000, how="about"), "a: ~12.4 M rows are deleted."),
        (
            Loss("v", Lost.ROWS, "a", count=3, how="exact", cascades=True),
            "a: 3 rows are deleted, with what depends on the table.",
        ),
        (Loss("v", Lost.VALUES, "a", "b", count=1_000_000, how="more"), "a.b: more than 1 000 000 values are dropped."),
        (Loss("v", Lost.UNKNOWN, note="DO: it depends."), "DO: it depends."),
    ],
)
def test_words(loss: Loss, sentence: str) -> None:
    assert loss.sentence == sentence
