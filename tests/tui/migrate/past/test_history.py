"""The log through real runs: rows, the local file where the table cannot be had, and what is read back."""

import asyncio
from urllib.parse import urlsplit

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.own import VERSIONS
from tests.tui.migrate.projects import EMPTY_STATE, apply_all, execute, init_sql, migration, plan_of, start
from tui.database import Kind, identify, open_database
from tui.migrate.listing import look
from tui.migrate.past.history import read_texts
from tui.migrate.past.journals import local_log_of
from tui.migrate.past.recovery import Verdict
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.migrate.running.events import Event, StatementStarted
from tui.migrate.source.project import own_project
from tui.migrate.states import State
from tui.settings import parse_url

ONE = "1_one.py"
NO_TABLE = "CREATE VIEW shellback_migrations AS SELECT 1 AS id"
"""What has the table's name, and is none."""


async def test_a_run_leaves_its_rows_and_their_texts(shop: Shop) -> None:
    project = shop(f1_one=migration("CREATE TABLE one (id int)", "DROP TABLE one"))
    assert (await apply_all(project)).is_ok
    found = await look(project)
    assert [(each.version, each.action, each.outcome) for each in found.records] == [
        ("0_init.py", "apply", "done"),
        (ONE, "apply", "done"),
    ]
    entry = found.listing.find(ONE)[0]
    assert entry.record == found.records[1]
    assert entry.file is not None
    assert entry.record.source_sha256 == entry.file.sha256
    texts = await read_texts(project, entry.record)
    assert texts is not None
    assert texts.sql == "CREATE TABLE one (id int);"
    assert "async def downgrade" in texts.source
    assert EMPTY_STATE not in texts.source


async def test_failed_and_cancelled_runs_leave_rows(shop: Shop, endless: str) -> None:
    project = shop(f1_one=migration(f"CREATE TABLE one (id int); {endless}"), f2_bad=migration("nonsense"))
    await start(project)
    cancel = asyncio.Event()

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted) and event.index == 2:
            cancel.set()

    assert (await apply_plan(await plan_of(project), listen, cancel=cancel)).status is RunStatus.CANCELLED
    (project.folder / ONE).write_text(migration("SELECT 1"))
    assert (await apply_all(project)).status is RunStatus.FAILED
    assert [(each.version, each.outcome, each.begun, each.done) for each in (await look(project)).records] == [
        (ONE, "cancelled", 2, 1),
        (ONE, "done", 1, 1),
        ("2_bad.py", "failed", 1, 0),
    ]


async def test_without_the_table_the_local_file_tells_as_much(shop: Shop, empty_url: str) -> None:
    project = shop(
        f1_one=migration("CREATE TABLE one (id int)"),
        f2_loose=migration("CREATE TABLE two (id int); INSERT INTO nowhere VALUES (1)", transaction=False),
    )
    await start(project)
    await execute(empty_url, NO_TABLE)
    outcome = await apply_all(project)
    assert outcome.status is RunStatus.FAILED
    assert f"The log of this run is in {local_log_of(project)}" in outcome.notes[-1]
    found = await look(project)
    assert [(each.version, each.outcome, each.is_local) for each in found.records] == [
        (ONE, "done", True),
        ("2_loose.py", "partial", True),
    ]
    assert found.history.fault == "shellback_migrations is no table here"
    assert [entry.state for entry in found.listing.entries] == [State.APPLIED, State.APPLIED, State.PARTIAL]
    (one,) = found.unfinished
    assert (one.verdict, one.done, one.begun, one.statements) == (Verdict.PARTIAL, 1, 2, 2)
    texts = await read_texts(project, found.records[0])
    assert texts is not None
    assert texts.sql == "CREATE TABLE one (id int);"


@pytest.mark.postgres_only
async def test_a_login_without_the_privilege(shop: Shop, empty_url: str) -> None:
    """It may write its own tables, and make none."""
    await execute(empty_url, init_sql("postgres"))
    await execute(empty_url, "INSERT INTO aerich (version, app, content) VALUES ('0_init.py', 'models', '{}')")
    parts = urlsplit(empty_url)
    role = f"limited_{parts.path[1:]}"[:60]
    await execute(
        empty_url,
        f'CREATE ROLE "{role}" LOGIN; GRANT SELECT, INSERT, UPDATE ON aerich, item TO "{role}";'
        f'GRANT USAGE ON SEQUENCE aerich_id_seq, item_id_seq TO "{role}"; REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    )
    project = shop(f1_one=migration("INSERT INTO item (name) VALUES ('a')"))
    settings = project.root / "settings.py"
    settings.write_text(settings.read_text().replace(f"'{parts.username}'", f"'{role}'", 1))
    try:
        outcome = await apply_all(project)
        assert (outcome.status, outcome.applied) == (RunStatus.DONE, (ONE,))
        assert "this login may not make it or write to it" in outcome.notes[-1]
        found = await look(project)
        assert [(each.version, each.is_local) for each in found.records] == [(ONE, True)]
        assert found.listing.find(ONE)[0].record == found.records[0]
        # A table that is there and may not be read is not a reason to list nothing.
        await execute(empty_url, "CREATE TABLE shellback_migrations (id int)")
        found = await look(project)
        assert "may not read" in found.history.fault
        assert len(found.listing.applied) == 2
    finally:
        await execute(empty_url, f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


async def test_our_own_tree_over_the_open_database(empty_url: str) -> None:
    url = parse_url(empty_url)
    before = await look(own_project(url))
    assert (await apply_plan(before.plan())).is_ok
    async with await open_database(url) as database:
        found = await look(own_project(url), database)
        assert [each.version for each in found.records] == list(VERSIONS)
        assert {entry.state for entry in found.listing.entries} == {State.APPLIED}
        texts = await read_texts(found.project, found.records[0], database)
        assert texts is not None
        assert "CREATE TABLE" in texts.sql
        assert found.unfinished == ()


async def test_a_first_file_that_failed_leaves_an_empty_database(empty_url: str) -> None:
    """But for the log: it is still one that Shellback may take for its own."""
    url = parse_url(empty_url)
    await execute(
        empty_url,
        "CREATE TABLE shellback_migrations (id int)",
    )
    async with await open_database(url) as database:
        assert (await identify(database)).kind is Kind.EMPTY


async def test_a_file_that_was_edited_is_a_caution_for_any_plan(shop: Shop) -> None:
    project = shop(f1_one=migration("SELECT 1"), f2_two=migration("SELECT 2"))
    await apply_plan(await plan_of(project, "1"))
    path = project.folder / ONE
    path.write_text(path.read_text() + "# edited\n")
    found = await look(project)
    assert found.listing.find(ONE)[0].state is State.CHANGED
    assert [(each.state, each.version) for each in found.plan().cautions] == [(State.CHANGED, ONE)]
