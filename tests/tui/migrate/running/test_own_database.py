"""Our own database through the connection that is open: the look, the first start, the audit row."""

import json
from dataclasses import replace

from models.operations import system_actor, verify_chain
from tests.tui.migrate.own import VERSIONS
from tests.tui.migrate.projects import execute, query
from tui.database import Database, open_database
from tui.migrate.listing import look, pending_preview, preview, sql_of
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.migrate.source.project import own_project
from tui.migrate.states import Flag, State
from tui.settings import parse_url


async def test_the_look_at_a_current_database(database: Database) -> None:
    found = await look(own_project(database.url), database)
    assert [(entry.version, entry.state) for entry in found.listing.entries] == [
        (version, State.APPLIED) for version in VERSIONS
    ]
    assert found.listing.entries[0].flags == (Flag.IRREVERSIBLE,)
    assert found.facts is not None
    assert (found.facts.dialect, found.facts.label, found.writable) == (database.dialect, database.label, True)
    assert found.facts.server.startswith(database.server)
    assert found.facts.schema == ("public" if database.dialect == "postgres" else None)
    statements = preview(found.listing.entries[0], "up", found.dialect)
    assert [statement.text.split('"')[1] for statement in statements] == ["users", "aerich"]
    assert [statement.line for statement in statements] == [8, 14]
    assert 'DROP TABLE "saved_views"' in sql_of(found.listing.entries[1], "down")


async def test_the_worker_sees_what_the_open_connection_sees(database: Database) -> None:
    project = own_project(database.url)
    own, workers = await look(project, database), await look(project)
    assert own.listing == workers.listing
    assert workers.facts is not None
    assert workers.facts.writable


async def test_the_first_start_leaves_an_audit_row(empty_url: str) -> None:
    async with await open_database(parse_url(empty_url)) as database:
        first = await pending_preview(database.url, database)
        assert [file.version for file in first.files] == [*VERSIONS]
        half = await apply_plan(first.look.plan("0"), actor=system_actor(), database=database)
        # The audit's table is not there yet.
        assert (half.status, half.message) == (RunStatus.DONE, "")
        rest = (await pending_preview(database.url, database)).plan
        assert (await apply_plan(rest, actor=system_actor(), database=database)).is_ok
        ((action, outcome, meta),) = await query(empty_url, "SELECT action, outcome, meta FROM audit_events")
        assert (action, outcome) == ("migrations.apply", "ok")
        noted = meta if isinstance(meta, dict) else json.loads(meta)
        assert noted["applied"] == {file.version: file.sha256 for file in rest.files}
        assert tuple(noted["applied"]) == VERSIONS[1:]
        assert (await verify_chain()).is_whole


async def test_an_audit_that_cannot_be_written_loses_no_outcome(database: Database, database_url: str) -> None:
    plan = replace((await pending_preview(database.url, database)).plan, refusals=(), files=())
    assert plan.expected
    await execute(database_url, "ALTER TABLE audit_events RENAME TO gone")
    outcome = await apply_plan(plan, actor=system_actor(), database=database)
    assert outcome.is_ok
    assert outcome.message.startswith("The audit row was not written.")


async def test_a_failure_before_the_audit_exists_is_told_without_it(empty_url: str) -> None:
    await execute(empty_url, "CREATE TABLE users (id int PRIMARY KEY, login text)")
    async with await open_database(parse_url(empty_url)) as database:
        plan = (await pending_preview(database.url, database)).plan
        outcome = await apply_plan(plan, actor=system_actor(), database=database)
    assert outcome.status is RunStatus.FAILED
    assert "belongs to another application" in outcome.message


async def test_a_read_only_database_is_not_offered(database_url: str) -> None:
    await execute(database_url, f"DELETE FROM aerich WHERE version = '{VERSIONS[-1]}'")
    async with await open_database(parse_url(database_url), read_only=True) as database:
        found = await look(own_project(database.url), database)
        assert not found.writable
        assert "takes no changes" in found.plan().refusals[0]
