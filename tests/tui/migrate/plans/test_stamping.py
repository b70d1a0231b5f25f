"""Stamped and un-stamped: rows without runs, a reason kept, refusals; and what the plain `aerich` command says then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import execute, init_sql, migration, query, start, versions
from tui.migrate.listing import Look, look
from tui.migrate.plans.action import Action
from tui.migrate.plans.stamping import NO_REASON, plan_stamp, plan_unstamp
from tui.migrate.running.apply import RunOutcome, apply_plan
from tui.migrate.running.outcome import RunStatus
from tui.migrate.source.project import Project
from tui.migrate.states import Entry, State

WHY = "made by hand in ticket 4471"
COLOUR = migration("ALTER TABLE item ADD COLUMN colour VARCHAR(20)", "ALTER TABLE item DROP COLUMN colour")
SIZE = migration("ALTER TABLE item ADD COLUMN size INT", "ALTER TABLE item DROP COLUMN size")


@pytest.fixture
async def project(shop: Shop) -> Project:
    """0 is applied; 1, 2 and 3 are pending."""
    made = shop(f1_colour=COLOUR, f2_size=SIZE, f3_more=migration("SELECT 1", "SELECT 1"))
    await start(made)
    return made


async def stamp(project: Project, which: str, *, up_to: bool = False) -> RunOutcome:
    found = await look(project)
    return await apply_plan(plan_stamp(project, found.listing, which, reason=WHY, up_to=up_to))


async def unstamp(project: Project, which: str) -> RunOutcome:
    found = await look(project)
    return await apply_plan(plan_unstamp(project, found.listing, which, reason=WHY))


def of(found: Look, version: str) -> Entry:
    return next(entry for entry in found.listing.entries if entry.version == version)


def aerich(project: Project, *argv: str) -> str:
    """The real command, run in the project."""
    command = Path(sys.executable).parent / "aerich"
    ended = subprocess.run([command, *argv], cwd=project.root, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


async def test_one_is_recorded_and_not_run(project: Project, empty_url: str) -> None:
    outcome = await stamp(project, "2")
    assert (outcome.status, outcome.message) == (RunStatus.DONE, "")
    assert await versions(empty_url) == ["0_init.py", "2_size.py"]
    with pytest.raises(Exception, match="size"):
        await query(empty_url, "SELECT size FROM item")
    found = await look(project)
    assert of(found, "2_size.py").state is State.FAKED
    assert await query(empty_url, "SELECT action, reason FROM shellback_migrations") == [("stamp", WHY)]


async def test_up_to_here_is_all_or_nothing_and_aerich_goes_on(project: Project, empty_url: str) -> None:
    await execute(empty_url, "ALTER TABLE item ADD COLUMN colour VARCHAR(20); ALTER TABLE item ADD COLUMN size INT;")
    assert (await stamp(project, "2", up_to=True)).is_ok
    assert await versions(empty_url) == ["0_init.py", "1_colour.py", "2_size.py"]
    assert aerich(project, "heads").split() == ["3_more.py"]
    assert "3_more.py" in aerich(project, "history")
    assert "3_more.py" in aerich(project, "upgrade")
    assert (await versions(empty_url))[-1] == "3_more.py"
    aerich(project, "downgrade", "-v", "2", "--yes")
    with pytest.raises(Exception, match="size"):
        await query(empty_url, "SELECT size FROM item")


async def test_of_several_none_is_stamped_when_one_cannot_be(project: Project, empty_url: str) -> None:
    found = await look(project)
    plan = plan_stamp(project, found.listing, "3", reason=WHY, up_to=True)
    (project.folder / "2_size.py").write_text(SIZE + "# edited\n")
    outcome = await apply_plan(plan)
    assert outcome.status is RunStatus.CHANGED
    assert await versions(empty_url) == ["0_init.py"]


async def test_unstamped_it_is_pending_and_what_it_made_stays(project: Project, empty_url: str) -> None:
    aerich(project, "upgrade")
    assert (await unstamp(project, "3")).is_ok
    found = await look(project)
    assert of(found, "3_more.py").state is State.PENDING
    assert aerich(project, "heads").split() == ["3_more.py"]
    assert await query(empty_url, "SELECT colour FROM item") == []


async def test_the_row_of_a_file_that_is_gone_can_be_forgotten(project: Project, empty_url: str) -> None:
    await execute(empty_url, "INSERT INTO aerich (version, app, content) VALUES ('1_lost.py', 'models', '{}')")
    found = await look(project)
    assert of(found, "1_lost.py").state is State.MISSING
    outcome = await unstamp(project, "1_lost.py")
    assert (outcome.message, outcome.status) == ("", RunStatus.DONE)
    assert await versions(empty_url) == ["0_init.py"]
    assert await query(empty_url, "SELECT version, reason FROM shellback_migrations") == [("1_lost.py", WHY)]


async def test_of_duplicate_rows_the_oldest_stays(project: Project, empty_url: str) -> None:
    again = "INSERT INTO aerich (version, app, content) VALUES ('0_init.py', 'models', '{}');"
    await execute(empty_url, again * 2)
    found = await look(project)
    plan = plan_unstamp(project, found.listing, "0", reason=WHY)
    assert plan.cautions[0].sentence == "It has 3 rows: 2 go, the oldest stays."
    assert (await apply_plan(plan)).is_ok
    assert await query(empty_url, "SELECT id, version FROM aerich") == [(1, "0_init.py")]
    assert of(await look(project), "0_init.py").state is State.APPLIED


async def test_without_aerichs_table_it_is_made_as_aerich_makes_it(shop: Shop, empty_url: str, dialect: str) -> None:
    project = shop(f1_colour=COLOUR)
    await execute(empty_url, init_sql(dialect).replace("aerich", "other"))
    await execute(empty_url, "ALTER TABLE item ADD COLUMN colour VARCHAR(20)")
    assert (await stamp(project, "1", up_to=True)).is_ok
    assert await versions(empty_url) == ["0_init.py", "1_colour.py"]
    assert "No available heads" in aerich(project, "heads")
    assert "No upgrade items" in aerich(project, "upgrade")
    # The models as the last file has them, so that the next `aerich migrate` compares with them.
    assert await query(empty_url, "SELECT count(*) FROM aerich WHERE content IS NOT NULL") == [(2,)]


async def test_what_cannot_be_stamped_says_why(project: Project, shop: Shop) -> None:
    (project.folder / "2_size.py").write_text("def upgrade(:")
    listing = (await look(project)).listing

    def refusals(which: str, *, up_to: bool = False) -> tuple[str, ...]:
        return plan_stamp(project, listing, which, reason=WHY, up_to=up_to).refusals

    assert refusals("9") == ("There is no migration '9'.",)
    assert refusals("0") == ("0_init.py is not pending: it is applied.",)
    assert refusals("2")[0].startswith("2_size.py cannot be read (line 1): This is not Python")
    assert refusals("3", up_to=True)[0].startswith("2_size.py cannot be read")
    assert refusals("3") == ()
    assert plan_stamp(project, listing, "3", reason=" ").refusals == (NO_REASON,)
    assert plan_stamp(project, listing, "3", reason=WHY, writable=False).refusals != ()
    assert plan_unstamp(project, listing, "3", reason=WHY).refusals == (
        "3_more.py has no row to forget: it is pending.",
    )


async def test_what_is_to_be_known_is_said(project: Project) -> None:
    listing = (await look(project)).listing
    only = plan_stamp(project, listing, "3", reason=WHY)
    assert only.target == "stamp 3"
    assert [each.sentence for each in only.cautions] == [
        "1_colour.py and 2_size.py before it stay pending, and out of order then."
    ]
    assert plan_stamp(project, listing, "3", reason=WHY, up_to=True).cautions == ()
    back = plan_unstamp(project, listing, "0", reason=WHY)
    assert back.action is Action.UNSTAMP
    assert "runs it again" in back.cautions[0].sentence
