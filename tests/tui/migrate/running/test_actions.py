"""What a run does besides applying: all or nothing, down, without running, from the middle. On both databases."""

from dataclasses import replace

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, execute, migration, plan_of, query, start, versions
from tui.migrate.plans.action import Action
from tui.migrate.plans.planning import PlannedFile
from tui.migrate.running.apply import Event, RunPlan, RunStatus, apply_plan
from tui.migrate.running.events import FileDone, Resumed, StatementStarted
from tui.migrate.source.files import read_files
from tui.migrate.source.project import Project


def plan_down(project: Project, expected: list[str], *names: str, **changes: object) -> RunPlan:
    """A plan for applied files, in the order given."""
    by_version = {file.version: file for file in read_files(project)}
    files = tuple(
        PlannedFile(
            name,
            by_version[name].number or 0,
            name,
            by_version[name].sha256,
            by_version[name].transactional,
            False,
            False,
        )
        for name in names
    )
    plan = RunPlan(project, files, tuple((project.app, version) for version in expected), action=Action.REVERT)
    return replace(plan, **changes)  # type: ignore[arg-type]


def two(down: str = "DROP TABLE b") -> dict[str, str]:
    return {
        "f1_a": migration("CREATE TABLE a (id int)", "DROP TABLE a"),
        "f2_b": migration("CREATE TABLE b (id int)", down),
    }


async def tables(url: str) -> set[str]:
    found = set()
    for name in ("a", "b"):
        try:
            await query(url, f"SELECT * FROM {name}")
            found.add(name)
        except Exception:  # noqa: BLE001 - each driver has its own
            continue
    return found


async def test_all_at_once_is_all_or_nothing(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=migration("CREATE TABLE a (id int)"), f2_b=migration("CREATE TABLE b (id int); nonsense"))
    await start(project)
    outcome = await apply_plan(replace(await plan_of(project), at_once=True))
    assert (outcome.status, outcome.failed, outcome.applied) == (RunStatus.FAILED, "2_b.py", ())
    assert outcome.sentence == "0 stays applied; 1 and 2 were rolled back."
    assert await tables(empty_url) == set()
    assert await versions(empty_url) == ["0_init.py"]
    (project.folder / "2_b.py").write_text(migration("CREATE TABLE b (id int)"))
    events: list[Event] = []
    outcome = await apply_plan(replace(await plan_of(project), at_once=True), events.append)
    assert outcome.applied == ("1_a.py", "2_b.py")
    assert [event.version for event in events if isinstance(event, FileDone)] == ["1_a.py", "2_b.py"]
    assert await versions(empty_url) == ["0_init.py", "1_a.py", "2_b.py"]


async def test_a_revert_takes_files_and_rows_back_in_one_transaction(shop: Shop, empty_url: str) -> None:
    project = shop(**two())
    assert (await apply_all(project)).is_ok
    have = ["0_init.py", "1_a.py", "2_b.py"]
    outcome = await apply_plan(plan_down(project, have, "2_b.py", "1_a.py", at_once=True))
    assert (outcome.status, outcome.applied, outcome.message) == (RunStatus.DONE, ("2_b.py", "1_a.py"), "")
    assert outcome.sentence == "0 is applied."
    assert await tables(empty_url) == set()
    assert await versions(empty_url) == ["0_init.py"]
    assert (project.folder / "2_b.py").exists()


async def test_a_revert_that_fails_takes_nothing_back(shop: Shop, empty_url: str) -> None:
    project = shop(**two() | {"f1_a": migration("CREATE TABLE a (id int)", "DROP TABLE a;\n        nonsense")})
    assert (await apply_all(project)).is_ok
    have = ["0_init.py", "1_a.py", "2_b.py"]
    outcome = await apply_plan(plan_down(project, have, "2_b.py", "1_a.py", at_once=True))
    assert (outcome.status, outcome.failed) == (RunStatus.FAILED, "1_a.py")
    assert outcome.sentence == "0 to 2 stay applied; the revert of 2 and 1 was rolled back."
    assert outcome.place.endswith("1_a.py:12")
    assert outcome.next_step.endswith("then revert again.")
    assert await tables(empty_url) == {"a", "b"}
    assert await versions(empty_url) == have


async def test_what_nothing_takes_back_stays(shop: Shop, empty_url: str) -> None:
    project = shop(**two(down=""))
    assert (await apply_all(project)).is_ok
    outcome = await apply_plan(plan_down(project, ["0_init.py", "1_a.py", "2_b.py"], "2_b.py"))
    assert outcome.status is RunStatus.FAILED
    assert "2_b.py has no downgrade" in outcome.message
    assert await tables(empty_url) == {"a", "b"}


async def test_a_stamp_records_and_runs_nothing(shop: Shop, empty_url: str) -> None:
    project = shop(**two())
    await start(project)
    outcome = await apply_plan(replace(await plan_of(project), action=Action.STAMP, reason="made by hand"))
    assert outcome.applied == ("1_a.py", "2_b.py")
    assert outcome.sentence == "0 to 2 are applied."
    assert await tables(empty_url) == set()
    assert await versions(empty_url) == ["0_init.py", "1_a.py", "2_b.py"]
    have = ["0_init.py", "1_a.py", "2_b.py"]
    outcome = await apply_plan(plan_down(project, have, "2_b.py", action=Action.UNSTAMP))
    assert outcome.applied == ("2_b.py",)
    assert await versions(empty_url) == ["0_init.py", "1_a.py"]
    # What was only recorded is not in the way of Aerich's own row for it.
    assert (await query(empty_url, "SELECT count(*) FROM aerich WHERE content IS NULL")) == [(0,)]


async def test_a_file_without_a_transaction_goes_on_where_it_stopped(shop: Shop, empty_url: str) -> None:
    up = "INSERT INTO item (name) VALUES ('one');\n        INSERT INTO item (name) VALUES ('two');"
    project = shop(f1_rows=migration(up, transaction=False))
    await start(project)
    await execute(empty_url, "INSERT INTO item (name) VALUES ('one')")
    events: list[Event] = []
    outcome = await apply_plan(replace(await plan_of(project), resume={"1_rows.py": 1}), events.append)
    assert outcome.is_ok
    assert [event for event in events if isinstance(event, Resumed)] == [Resumed("1_rows.py", 1, 2)]
    assert [event.index for event in events if isinstance(event, StatementStarted)] == [2]
    assert await query(empty_url, "SELECT name FROM item ORDER BY id") == [("one",), ("two",)]


async def test_half_a_file_without_a_transaction_is_never_sent_again_by_itself(shop: Shop, empty_url: str) -> None:
    up = "INSERT INTO item (name) VALUES ('one'); nonsense; INSERT INTO item (name) VALUES ('three')"
    project = shop(f1_rows=migration(up, transaction=False))
    await start(project)
    outcome = await apply_all(project)
    assert outcome.status is RunStatus.FAILED
    assert "1 of its 3 statements remains done" in outcome.sentence
    assert await query(empty_url, "SELECT name FROM item") == [("one",)]


async def test_a_long_script_is_told_at_a_rate_that_can_be_drawn(shop: Shop, empty_url: str) -> None:
    up = "\n".join(f"INSERT INTO item (name) VALUES ('{number}');" for number in range(5000))
    project = shop(f1_rows=migration(up))
    await start(project)
    events: list[Event] = []
    assert (await apply_plan(await plan_of(project), events.append)).is_ok
    assert await query(empty_url, "SELECT count(*) FROM item") == [(5000,)]
    told = [event for event in events if isinstance(event, StatementStarted)]
    assert 100 <= len(told) < 1500
    assert [event.index for event in told[:100]] == [*range(1, 101)]
    assert all(event.total == 5000 for event in told)


@pytest.mark.parametrize("loose", ["1_a.py", "2_b.py"])
async def test_at_once_is_refused_where_a_file_runs_outside_a_transaction(
    shop: Shop, empty_url: str, loose: str
) -> None:
    files = {
        f"f{name[:-3]}": migration(f"CREATE TABLE {name[2]} (id int)", transaction=name != loose)
        for name in ("1_a.py", "2_b.py")
    }
    project = shop(**files)
    await start(project)
    outcome = await apply_plan(replace(await plan_of(project), at_once=True))
    assert outcome.status is RunStatus.CHANGED
    assert f"{loose} runs outside a transaction" in outcome.message
    assert await tables(empty_url) == set()
