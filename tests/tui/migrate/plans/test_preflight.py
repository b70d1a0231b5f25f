"""What is looked at before a run: it executes nothing, and lets nothing unusual pass that was not accepted."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import connect, execute, migration, plan_of, query, start, versions
from tui.migrate.plans.planning import Caution
from tui.migrate.plans.preflight import dump_command, look_before
from tui.migrate.states import State


async def test_it_runs_nothing_of_a_migration(shop: Shop, empty_url: str, dialect: str) -> None:
    before = "open('marker', 'w').close()"
    project = shop(f1_rows=migration("INSERT INTO item (name) VALUES ('a'); DROP TABLE item", before=before))
    await start(project)
    found = await look_before(await plan_of(project), dialect)
    assert found.problems == ()
    assert found.tables == ("item",)
    assert found.is_destructive
    assert not (project.root / "marker").exists()
    assert await query(empty_url, "SELECT * FROM item") == []
    assert await versions(empty_url) == ["0_init.py"]


async def test_each_point_is_accepted_by_itself(shop: Shop, dialect: str) -> None:
    project = shop(f1_bad=migration("CREATE TABLE a (id int); SELECT 'open", "DROP TABLE a"))
    await start(project)
    plan = replace(await plan_of(project), cautions=(Caution(State.OUT_OF_ORDER, "1_bad.py", "It is late."),))
    found = await look_before(plan, dialect)
    keys = [(point.key, point.is_lint) for point in found.to_accept]
    assert keys[0] == ("1_bad.py", False)
    rules = {key for key, is_lint in keys if is_lint}
    assert rules
    assert found.open_points() == found.to_accept
    assert {point.key for point in found.open_points(["1_bad"])} == rules
    assert {point.key for point in found.open_points(everything=True)} == rules
    assert [point.key for point in found.open_points(despite=rules)] == ["1_bad.py"]
    assert found.open_points(["1_bad.py"], rules) == ()


@pytest.mark.postgres_only
async def test_a_missing_right_is_told_with_what_is_needed(shop: Shop, empty_url: str, dialect: str) -> None:
    role = f"weak_{empty_url.rpartition('@/')[2][:24]}"
    up = "ALTER TABLE item ADD n int; UPDATE item SET name = 'x'; CREATE TABLE fresh (id int); DROP TABLE fresh"
    project = shop(f1_alter=migration(up, "SELECT 1"))
    await start(project)
    await execute(empty_url, f"CREATE ROLE {role} LOGIN; GRANT SELECT ON item, aerich TO {role}")
    try:
        settings = project.root / "settings.py"
        settings.write_text(settings.read_text().replace("'user': 'postgres'", f"'user': '{role}'"))
        found = await look_before(await plan_of(project), dialect)
        said = "\n".join(found.problems)
        assert f"{role} may not create in the schema public" in said
        assert f"{role} may not write to Aerich's table" in said
        assert "may not change item: for that it has to be a member of its owner postgres" in said
        assert "may not change item: for that it has to have UPDATE on it" in said
        assert "fresh" not in said
        await execute(
            empty_url,
            f"GRANT postgres TO {role}; GRANT CREATE ON SCHEMA public TO {role}",
        )
        assert (await look_before(await plan_of(project), dialect)).problems == ()
    finally:
        await execute(empty_url, f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.postgres_only
async def test_an_empty_table_of_aerich_beside_a_filled_one_is_a_warning(
    shop: Shop, empty_url: str, dialect: str
) -> None:
    project = shop(f1_alter=migration("SELECT 1"))
    await start(project)
    await execute(empty_url, "CREATE SCHEMA other; CREATE TABLE other.aerich (LIKE aerich INCLUDING ALL)")
    assert (await look_before(await plan_of(project), dialect)).warnings == ()
    await execute(empty_url, "INSERT INTO other.aerich SELECT * FROM aerich; DELETE FROM aerich")
    (said,) = (await look_before(await plan_of(project), dialect)).warnings
    assert said.startswith("Aerich's table in this schema is empty, and that of the schema other has rows")


@pytest.mark.postgres_only
async def test_whose_transaction_is_in_the_way_is_listed(shop: Shop, empty_url: str, dialect: str) -> None:
    project = shop(f1_alter=migration("ALTER TABLE item ADD n int"), f2_other=migration("CREATE TABLE b (id int)"))
    await start(project)
    blocker = await connect(empty_url)
    try:
        await blocker.execute("BEGIN; SELECT * FROM item")
        plan = await plan_of(project)
        (holder,) = (await look_before(plan, dialect)).holders
        assert (holder.pid, holder.what, holder.state) == (blocker.get_server_pid(), "item", "idle in transaction")
        other = replace(plan, files=plan.files[1:])
        assert (await look_before(other, dialect)).holders == ()
    finally:
        await blocker.close()


def test_the_command_of_a_backup_has_no_password_and_is_quoted() -> None:
    when = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert dump_command("app@db1:5432/shop", when) == (
        "pg_dump --format=custom --file=shop-20260301T120000Z.dump --host=db1 --port=5432 --username=app shop"
    )
    assert "'; rm -rf /'" in dump_command("app@db1:5432/; rm -rf /", when)
    assert dump_command("/srv/app.sqlite3") == ""
