"""What is not seen is never read as "nothing applied": another schema, a missing privilege, row security, a replica.
Each beside what plain Aerich makes of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.server import standby_of
from tests.postgres import PostgresServer
from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.plain_aerich import aerich
from tests.tui.migrate.projects import configuration, execute, init_sql, migration, query, start
from tui.database import Database
from tui.migrate.listing import Look, look
from tui.migrate.plans.planning import plan_apply
from tui.migrate.plans.reverting import plan_revert_last
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.migrate.source.consent import remember_consent
from tui.migrate.source.project import Project, own_project
from tui.migrate.states import State


def configure(project: Project, url: str, **credentials: object) -> None:
    """Lets the project connect otherwise than before."""
    config = configuration(url)
    config["connections"]["default"]["credentials"].update(credentials)
    (project.root / "settings.py").write_text(f"TORTOISE_ORM = {config!r}\n")


@pytest.fixture
async def shop_of_a_role(shop: Shop, empty_url: str) -> Callable[[str], Project]:
    """A project with file 0 applied, connecting as a role that has only what the given SQL grants it."""
    project = shop(f1_more=migration("INSERT INTO item (name) VALUES ('more')", "DELETE FROM item"))
    await start(project)
    await execute(empty_url, "DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN")

    def connect(schema: str = "") -> Project:
        configure(project, empty_url, user="clerk", **({"schema": schema} if schema else {}))
        return project

    return connect


def says_unknown(found: Look, said: str) -> None:
    assert said in found.trouble
    assert "which migrations are applied is not known" in found.trouble
    assert not found.listing.is_known
    assert {entry.state for entry in found.listing.entries} == {State.UNKNOWN}
    assert found.listing.pending == ()
    for plan in (found.plan(), plan_revert_last(found.project, found.listing)):
        assert not plan.is_ok
        assert plan.files == ()
    # The database did answer: what it is stays on the screen.
    assert found.facts is not None
    assert found.facts.dialect == "postgres"


@pytest.mark.postgres_only
async def test_a_wrong_search_path_is_not_nothing_applied(shop: Shop, empty_url: str) -> None:
    project = shop(f1_more=migration("SELECT 1"))
    await execute(empty_url, "CREATE SCHEMA store; CREATE SCHEMA other")
    configure(project, empty_url, schema="store")
    await start(project)
    await execute(empty_url, "ALTER TABLE aerich SET SCHEMA store; ALTER TABLE item SET SCHEMA store")
    assert [entry.version for entry in (await look(project)).listing.pending] == ["1_more.py"]
    configure(project, empty_url, schema="other")
    says_unknown(
        await look(project), "Aerich's table is in the schema store, which the search_path (other) does not name"
    )
    # Plain Aerich takes it for a database where nothing was applied, and begins again.
    done = aerich(project, "upgrade")
    assert "Success upgrading to 0_init.py" in done.stdout
    assert await query(empty_url, "SELECT version FROM other.aerich ORDER BY id") == [("0_init.py",), ("1_more.py",)]


@pytest.mark.postgres_only
async def test_a_schema_that_is_to_begin_anew_is_led_there(shop: Shop, empty_url: str) -> None:
    project = shop(f1_more=migration("SELECT 1"))
    await start(project)
    await execute(empty_url, "CREATE SCHEMA tenant")
    configure(project, empty_url, schema="tenant")
    statement = (await look(project)).trouble.rpartition("  ")[2]
    assert statement == "CREATE TABLE aerich (LIKE public.aerich INCLUDING ALL);"
    await execute(empty_url, f"SET search_path = tenant; {statement}")
    assert [entry.version for entry in (await look(project)).listing.pending] == ["0_init.py", "1_more.py"]


@pytest.mark.postgres_only
async def test_a_schema_that_may_not_be_used(shop_of_a_role: Callable[..., Project], empty_url: str) -> None:
    project = shop_of_a_role()
    await execute(empty_url, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    says_unknown(await look(project), "in the schema public, which clerk may not use")
    assert (await look(project)).trouble.endswith("GRANT USAGE ON SCHEMA public TO clerk;")
    # Plain Aerich says that the table is not there, in a traceback.
    assert 'relation "aerich" does not exist' in aerich(project, "heads").stderr
    await execute(empty_url, "GRANT USAGE ON SCHEMA public TO clerk")
    says_unknown(await look(project), "clerk may not read aerich")
    await execute(empty_url, "GRANT SELECT (id, version, app) ON aerich TO clerk")
    found = await look(project)
    assert [entry.version for entry in found.listing.applied] == ["0_init.py"]


@pytest.mark.postgres_only
async def test_rows_that_row_security_hides(shop_of_a_role: Callable[..., Project], empty_url: str) -> None:
    project = shop_of_a_role()
    await execute(empty_url, "GRANT SELECT ON aerich TO clerk; ALTER TABLE aerich ENABLE ROW LEVEL SECURITY")
    says_unknown(await look(project), "Row security may hide rows of aerich from clerk")
    # Plain Aerich lists as not applied what it may not see.
    assert "0_init.py" in aerich(project, "heads").stdout


@pytest.mark.postgres_only
async def test_no_table_anywhere_is_nothing_applied(shop: Shop) -> None:
    found = await look(shop())
    assert found.trouble == ""
    assert found.listing.is_known
    assert [entry.version for entry in found.listing.pending] == ["0_init.py"]


@pytest.mark.postgres_only
async def test_a_table_of_that_name_that_is_none(shop: Shop, empty_url: str) -> None:
    await execute(empty_url, "CREATE TABLE aerich (id int)")
    found = await look(shop())
    assert found.trouble.startswith("Aerich's table could not be read.")
    assert not found.plan().is_ok


@pytest.mark.postgres_only
async def test_a_read_only_session_says_why(shop: Shop, empty_url: str) -> None:
    project = shop(f1_more=migration("SELECT 1"))
    await start(project)
    configure(project, empty_url, server_settings={"default_transaction_read_only": "on"})
    found = await look(project)
    assert not found.writable
    assert "default_transaction_read_only is on" in found.plan().refusals[0]
    revert = plan_revert_last(project, found.listing, writable=found.writable, read_only=found.why_read_only)
    assert revert.refusals[0] == found.plan().refusals[0]


@pytest.mark.postgres_only
async def test_our_own_database_is_no_exception(database: Database) -> None:
    await execute(database.url.text, "CREATE SCHEMA hidden; ALTER TABLE aerich SET SCHEMA hidden")
    found = await look(own_project(database.url), database)
    says_unknown(found, "Aerich's table is in the schema hidden")
    assert "which migrations are applied is not known" in found.trouble


@pytest.mark.postgres_only
async def test_a_replica_is_read_and_left_alone(shop: Shop, empty_url: str, postgres_server: PostgresServer) -> None:
    project = shop(f0_init=migration(init_sql("postgres"), "DROP TABLE item"), f1_more=migration("SELECT 1"))
    await start(project)
    name = empty_url.rpartition("@/")[2].partition("?")[0]
    with standby_of(postgres_server) as standby:
        configure(project, standby.url(name))
        found = await look(project)
        assert (found.trouble, found.writable) == ("", False)
        assert found.facts is not None
        assert found.facts.server.endswith("replica")
        assert [entry.version for entry in found.listing.pending] == ["1_more.py"]
        revert = plan_revert_last(project, found.listing, writable=found.writable, read_only=found.why_read_only)
        said = "The database takes no changes. It is a replica: connect to its primary."
        assert (found.plan().refusals, revert.refusals) == ((said,), (said,))
        # A plan from before it became one: the worker finds out, and nothing is half done.
        outcome = await apply_plan(plan_apply(project, found.listing))
        assert (outcome.status, outcome.applied) == (RunStatus.FAILED, ())
        assert "read-only" in outcome.message


@pytest.mark.sqlite_only
async def test_a_file_that_may_not_be_written(shop: Shop, empty_url: str) -> None:
    if os.getuid() == 0:
        pytest.skip("root may write to everything")
    project = shop(f1_more=migration("SELECT 1"))
    await start(project)
    path = empty_url.removeprefix("sqlite://")
    os.chmod(path, 0o400)  # noqa: PTH101
    found = await look(project)
    assert found.plan().refusals == (f"The database takes no changes. You may not write to {path}.",)


@pytest.mark.sqlite_only
async def test_a_mistyped_path_makes_no_database(shop: Shop, tmp_path: Path) -> None:
    project = shop()
    mistyped = tmp_path / "mistyped.sqlite3"
    configure(project, f"sqlite://{mistyped}")
    remember_consent(project)
    found = await look(project)
    assert f"There is no database at {mistyped}" in found.trouble
    assert not found.plan().is_ok
    assert not mistyped.exists()
    # Plain Aerich makes it, and applies everything to it.
    aerich(project, "heads")
    assert mistyped.exists()
