"""The lint with what a real database tells: sizes, values that would be cut, and what it leaves untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.migrate.lint.files import only, rules
from tests.tui.migrate.projects import MODELS, execute, init_sql, make_project, migration, query, start, url_of
from tui.database import open_database
from tui.migrate.lint import Severity, lint_look
from tui.migrate.lint.asking import NOT_ASKED
from tui.migrate.lint.dialect import guess_dialect
from tui.migrate.listing import look
from tui.migrate.plans.preflight import look_before
from tui.migrate.sizes import Cut, measure_tables, read_sizes
from tui.migrate.source.files import read_files
from tui.migrate.source.project import Project, own_project
from tui.settings import parse_url

pytestmark = pytest.mark.usefixtures("empty_url")


@pytest.fixture
def project(tmp_path: Path, empty_url: str, dialect: str) -> Project:
    """0 is applied; 1 shrinks a column where there is a way to, 2 drops the table."""
    shrink = 'ALTER TABLE "item" ALTER COLUMN "name" TYPE VARCHAR(5) USING "name"::VARCHAR(5)'
    files = {
        "0_init.py": migration(init_sql(dialect)),
        "1_shrink.py": migration(shrink if dialect == "postgres" else "UPDATE item SET name = substr(name, 1, 5)"),
        "2_drop.py": migration('DROP TABLE "item";', 'CREATE TABLE "item" ("id" INT)'),
    }
    return make_project(tmp_path / "project", empty_url, files)


async def _fill(project: Project, dialect: str, names: int = 3) -> None:
    await start(project)
    values = ", ".join(f"('{'longer than five' if n else 'five'}')" for n in range(names))
    await execute(url_of(project), f"INSERT INTO item (name) VALUES {values}")
    if dialect == "postgres":
        await execute(url_of(project), "ANALYZE item")


async def test_sizes_come_from_the_catalogue(project: Project, dialect: str) -> None:
    await start(project)
    assert (await read_sizes(project, {"item", "nothing", "aerich"}))["item"].is_empty
    await execute(url_of(project), "INSERT INTO item (name) VALUES ('a'), ('b')")
    sizes = await read_sizes(project, {"item", "nothing"})
    assert set(sizes) == {"item"}
    assert not sizes["item"].is_empty
    assert sizes["item"].is_nearly_empty
    if dialect == "postgres":
        assert sizes["item"].rows is None  # nobody has counted yet
        await execute(url_of(project), "ANALYZE item")
        assert (sizes["item"].bytes or 0) > 8192
    assert (await read_sizes(project, {"item"}))["item"].rows == 2


async def test_a_cut_is_flagged_with_the_number_of_values(project: Project, dialect: str) -> None:
    await _fill(project, dialect, 4)
    report = await lint_look(await look(project))
    assert report.unchecked == ()
    if dialect == "postgres":
        hit = only(report, "narrowing-cast")
        assert hit.severity is Severity.ERROR
        assert "3 values would be cut" in hit.sentence
    assert "about 4 rows" in only(report, "drops-data").sentence
    assert await query(url_of(project), "SELECT max(length(name)) FROM item") == [(16,)]


async def test_what_would_be_lost_blocks_a_run(project: Project, dialect: str) -> None:
    await _fill(project, dialect)
    found = await look_before((await look(project)).plan(), dialect)
    assert found.report is not None
    expected = {"narrowing-cast"} if dialect == "postgres" else set()
    assert {each.key for each in found.to_accept if each.is_lint} == expected


@pytest.mark.postgres_only
async def test_each_kind_of_cut_is_counted(project: Project) -> None:
    url = url_of(project)
    await start(project)
    await execute(
        url,
        'CREATE SCHEMA shop; CREATE TABLE shop."Odd "" one" (a TEXT, b NUMERIC, c TIMESTAMPTZ, d DOUBLE PRECISION);'
        """INSERT INTO shop."Odd "" one" VALUES ('abc', 1.25, '2026-01-01 10:00Z', 1.5), (NULL, NULL, NULL, NULL),"""
        "('ab', 1.2, '2026-01-01 00:00', 2)",
    )
    table = 'shop.Odd " one'
    cuts = [Cut(table, "a", "VARCHAR(2)"), Cut(table, "b", "NUMERIC(5,1)"), Cut(table, "d", "INT"),
            Cut(table, "a", "MOOD"), Cut(table, "missing", "VARCHAR(2)")]  # fmt: skip
    measured = await measure_tables(project, {table}, cuts)
    assert measured.cuts == {cuts[0]: 1, cuts[1]: 1, cuts[2]: 1}
    assert set(measured.sizes) == {table}


@pytest.mark.postgres_only
async def test_a_table_that_is_locked_keeps_nobody_waiting(project: Project) -> None:
    from tests.tui.migrate.projects import connect

    await _fill(project, "postgres")
    holder = await connect(url_of(project))
    try:
        await holder.execute("BEGIN; LOCK TABLE item IN ACCESS EXCLUSIVE MODE")
        measured = await measure_tables(project, {"item"}, [Cut("item", "name", "VARCHAR(5)")])
    finally:
        await holder.close()
    # Nothing of it is read: its size is the catalogue's, and how many values would be cut is not known.
    assert measured.cuts == {}
    assert measured.sizes["item"].bytes
    assert measured.fault == ""


@pytest.mark.postgres_only
async def test_a_partitioned_table_is_as_large_as_its_parts(project: Project) -> None:
    await start(project)
    await execute(
        url_of(project),
        "CREATE TABLE event (at INT) PARTITION BY RANGE (at);"
        "CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (10);"
        "CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM (10) TO (20);"
        "INSERT INTO event SELECT g % 20 FROM generate_series(1, 1000) g; ANALYZE event, event_1, event_2",
    )
    size = (await read_sizes(project, {"event"}))["event"]
    assert size.rows == 1000


async def test_our_own_database_is_asked_over_the_open_connection(database_url: str, dialect: str) -> None:
    url = parse_url(database_url)
    async with await open_database(url) as database:
        sizes = await read_sizes(own_project(url), {"users", "roles"}, database)
        assert set(sizes) == {"users", "roles"}
        found = await look(own_project(url), database)
        report = await lint_look(found, [e.file for e in found.listing.entries if e.file], database=database)
    assert report.sizes["roles"].rows != 0
    assert not report.has_errors


async def test_without_a_database_it_says_so(tmp_path: Path, empty_url: str, dialect: str) -> None:
    files = {"0_init.py": migration(init_sql(dialect)), "1_drop.py": migration('DROP TABLE "other";')}
    project = make_project(tmp_path / "project", empty_url, files, consent=False)
    report = await lint_look(await look(project))
    assert NOT_ASKED in report.unchecked
    assert rules(report) == ["drops-data", "irreversible-drop"]


async def test_a_model_in_a_schema_is_seen_in_the_source(tmp_path: Path, empty_url: str, dialect: str) -> None:
    marker = tmp_path / "ran"
    models = (
        f"{MODELS}    class Meta:\n        table = 'item'\n        schema = 'shop'\n\n\n"
        f"open({str(marker)!r}, 'w').close()\n"
    )
    files = {"0_init.py": migration(init_sql(dialect))}
    project = make_project(tmp_path / "project", empty_url, files, models=models, consent=False)
    report = await lint_look(await look(project))
    assert ("schema-model" in rules(report)) is (dialect == "postgres")
    assert not marker.exists()


def test_the_dialect_is_guessed_from_the_files(tmp_path: Path, empty_url: str, dialect: str) -> None:
    project = make_project(tmp_path / "project", empty_url, {"0_init.py": migration(init_sql(dialect))})
    assert guess_dialect(read_files(project)) == dialect
    assert guess_dialect([]) is None
