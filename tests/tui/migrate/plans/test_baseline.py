"""A database that existed before its migrations: which files describe it, what differs, and Aerich going on then."""

from __future__ import annotations

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.dry_catalogue import catalogue_hash
from tests.tui.migrate.plans.test_stamping import WHY, aerich
from tests.tui.migrate.projects import execute, init_sql, migration, query, versions
from tui.migrate.listing import look
from tui.migrate.plans.baseline import find_baseline, wants_baseline, words_of
from tui.migrate.plans.stamping import plan_stamp
from tui.migrate.running.apply import apply_plan
from tui.migrate.source.project import Project

COLOUR = migration("ALTER TABLE item ADD COLUMN colour VARCHAR(20)")
FILL = migration("UPDATE item SET colour = 'red'")
SHELF = migration("CREATE TABLE shelf (id INT NOT NULL PRIMARY KEY, room INT)")
DROPPED = migration("ALTER TABLE item DROP COLUMN colour")


def made(dialect: str, more: str = "") -> str:
    """What somebody made by hand, without Aerich's table."""
    return init_sql(dialect).partition('CREATE TABLE "aerich"')[0] + more


@pytest.fixture
def project(shop: Shop) -> Project:
    return shop(f1_colour=COLOUR, f2_fill=FILL, f3_shelf=SHELF)


async def test_the_files_that_describe_it_are_found_and_stamped(project: Project, empty_url: str, dialect: str) -> None:
    await execute(empty_url, made(dialect, "ALTER TABLE item ADD COLUMN colour VARCHAR(20); CREATE TABLE odd (id INT)"))
    before = await catalogue_hash(empty_url)
    found = await look(project)
    assert wants_baseline(found.listing)
    baseline = await find_baseline(project)
    assert (baseline.fault, baseline.proposed, baseline.differences) == (None, "1_colour.py", ())
    assert (baseline.unseen, baseline.others, baseline.stopped) == (("2_fill.py",), ("odd",), "")
    assert baseline.sentence == "The database is what the files make up to 1_colour.py."
    assert await catalogue_hash(empty_url) == before
    plan = plan_stamp(project, found.listing, "1_colour.py", up_to=True, reason=WHY)
    assert (await apply_plan(plan)).is_ok
    assert aerich(project, "heads").split() == ["2_fill.py", "3_shelf.py"]
    aerich(project, "upgrade")
    assert await query(empty_url, "SELECT count(*) FROM shelf") == [(0,)]
    assert len(await versions(empty_url)) == 4
    assert not wants_baseline((await look(project)).listing)


async def test_what_differs_is_shown(project: Project, empty_url: str, dialect: str) -> None:
    await execute(empty_url, made(dialect, "ALTER TABLE item ADD COLUMN colour VARCHAR(99)"))
    baseline = await find_baseline(project)
    assert baseline.proposed == "1_colour.py"
    assert [words_of(each).split(":")[0] for each in baseline.differences] == ["item.colour"]
    assert baseline.sentence.endswith("1 difference.")
    assert baseline.as_json()["differences"][0].startswith("item.colour: type: files ")


async def test_a_column_that_came_and_went_does_not_mislead(shop: Shop, empty_url: str, dialect: str) -> None:
    project = shop(f1_colour=COLOUR, f2_gone=DROPPED, f3_shelf=SHELF)
    await execute(empty_url, made(dialect, "CREATE TABLE shelf (id INT NOT NULL PRIMARY KEY, room INT)"))
    baseline = await find_baseline(project)
    assert (baseline.proposed, baseline.differences) == ("3_shelf.py", ())


async def test_an_empty_database_has_none(project: Project) -> None:
    baseline = await find_baseline(project)
    assert baseline.proposed is None
    assert baseline.sentence.startswith("None of the files describes what is in the database")


async def test_tables_of_somebody_else_are_no_baseline(project: Project, empty_url: str) -> None:
    await execute(empty_url, "CREATE TABLE odd (id INT)")
    baseline = await find_baseline(project)
    assert (baseline.proposed, baseline.others) == (None, ("odd",))


async def test_a_file_that_cannot_be_read_ends_the_search(project: Project, empty_url: str, dialect: str) -> None:
    await execute(empty_url, made(dialect))
    (project.folder / "1_colour.py").write_text("def upgrade(:")
    baseline = await find_baseline(project)
    assert baseline.proposed == "0_init.py"
    assert baseline.stopped.startswith("1_colour.py cannot be read")
    (project.folder / "1_colour.py").write_text(migration("ALTER TABLE nowhere ADD COLUMN a INT"))
    baseline = await find_baseline(project)
    assert baseline.proposed == "0_init.py"
    assert baseline.stopped.startswith("1_colour.py could not be replayed: ")
