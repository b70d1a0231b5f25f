"""What a dry run finds on PostgreSQL: locks, rewrites and scans, what no rollback takes back, who is in whose way."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.dry_catalogue import catalogue_hash
from tests.tui.migrate.projects import connect, execute, migration, plan_of, query, start
from tui.migrate.dry_run.measured import Measured, Verdict
from tui.migrate.dry_run.trying import DryRun, DryStatus, dry_run
from tui.migrate.dry_run.words import summary, text_of
from tui.migrate.running.events import Event, FileDone, StatementStarted
from tui.migrate.source.project import Project

pytestmark = pytest.mark.postgres_only

PEOPLE = """
    CREATE TABLE city (id int PRIMARY KEY, name text);
    CREATE TABLE person (id serial PRIMARY KEY, name varchar(50), city_id int, age int);
    INSERT INTO city SELECT n, 'c' || n FROM generate_series(1, 100) n;
    INSERT INTO person (name, city_id, age) SELECT 'p' || n, n % 100 + 1, n FROM generate_series(1, 20000) n;
"""


async def tried(shop: Shop, url: str, up: str, setup: str = PEOPLE, **more: str) -> DryRun:
    """The dry run of one file; the catalogue is as before."""
    project = shop(f1_it=migration(up), **more)
    await start(project)
    await execute(url, setup)
    return await again(project, url)


async def again(project: Project, url: str) -> DryRun:
    before = await catalogue_hash(url)
    report = await dry_run(await plan_of(project))
    assert await catalogue_hash(url) == before
    return report


def only(report: DryRun) -> Measured:
    assert (report.fault, report.status) == (None, DryStatus.MEASURED)
    (statement,) = report.files[0].statements
    return statement


def locks(each: Measured) -> dict[str, str]:
    return {lock.table: lock.name for lock in each.felt}


async def test_a_change_of_type_rewrites_under_the_strongest_lock(shop: Shop, empty_url: str) -> None:
    report = await tried(shop, empty_url, "ALTER TABLE person ALTER COLUMN age TYPE bigint")
    each = only(report)
    assert locks(each) == {"person": "ACCESS EXCLUSIVE"}
    assert each.rewrites == ("person",)
    # Once for the rows, once for the index of the key.
    assert [(scan.table, scan.rows) for scan in each.scans] == [("person", 40000)]
    assert each.verdict >= Verdict.MIND
    assert "blocks reads and writes" in text_of(report)
    assert "rewrites person" in summary(report)


async def test_what_needs_no_rewrite_has_none(shop: Shop, empty_url: str) -> None:
    each = only(await tried(shop, empty_url, "ALTER TABLE person ALTER COLUMN name TYPE varchar(90)"))
    assert (each.rewrites, each.scans, each.indexes) == ((), (), ())


async def test_a_foreign_key_is_validated_by_reading_both(shop: Shop, empty_url: str) -> None:
    up = "ALTER TABLE person ADD CONSTRAINT lives FOREIGN KEY (city_id) REFERENCES city (id)"
    each = only(await tried(shop, empty_url, up))
    assert locks(each) == {"person": "SHARE ROW EXCLUSIVE", "city": "SHARE ROW EXCLUSIVE"}
    assert {scan.table: scan.rows for scan in each.scans}["person"] == 20000


async def test_not_null_reads_the_whole_table(shop: Shop, empty_url: str) -> None:
    each = only(await tried(shop, empty_url, "ALTER TABLE person ALTER COLUMN city_id SET NOT NULL"))
    assert locks(each) == {"person": "ACCESS EXCLUSIVE"}
    assert [(scan.table, scan.rows) for scan in each.scans] == [("person", 20000)]


async def test_an_index_blocks_writes_only(shop: Shop, empty_url: str) -> None:
    each = only(await tried(shop, empty_url, "CREATE INDEX person_age ON person (age)"))
    assert [(lock.name, lock.blocks) for lock in each.felt] == [("SHARE", "writes")]
    assert each.indexes == (("person", "person_age"),)


async def test_what_the_file_makes_itself_blocks_nobody(shop: Shop, empty_url: str) -> None:
    up = "CREATE TABLE fresh (id int); INSERT INTO fresh SELECT generate_series(1, 20000); CREATE INDEX ON fresh (id);"
    report = await tried(shop, empty_url, up)
    assert [each.locks for each in report.files[0].statements] == [(), (), ()]
    assert report.verdict is Verdict.OK


async def test_a_lock_that_is_held_on_is_told_where_it_was_taken(shop: Shop, empty_url: str) -> None:
    up = "ALTER TABLE person ADD a int; ALTER TABLE person ADD b int;"
    report = await tried(shop, empty_url, up)
    first, second = report.files[0].statements
    assert (locks(first), locks(second)) == ({"person": "ACCESS EXCLUSIVE"}, {})
    assert [(lock.table, since) for lock, since in second.held] == [("person", "1, statement 1")]
    assert first.held_ms > second.held_ms


async def test_numbers_that_were_drawn_are_told(shop: Shop, empty_url: str) -> None:
    report = await tried(shop, empty_url, "INSERT INTO person (name) SELECT 'x' FROM generate_series(1, 3000)")
    (moved,) = report.traces.sequences
    assert (moved.name, moved.before, moved.after) == ("person_id_seq", 20000, 23000)
    assert report.traces.dead == 3000
    assert await query(empty_url, "SELECT nextval('person_id_seq')") == [(23001,)]
    assert "person_id_seq moved from 20000 to 23000" in text_of(report)


async def test_its_own_rows_draw_no_number(shop: Shop, empty_url: str) -> None:
    report = await tried(shop, empty_url, "ALTER TABLE person ADD a int")
    assert report.traces.sequences == ()
    assert await query(empty_url, "SELECT last_value FROM aerich_id_seq") == [(1,)]


async def test_what_is_deferred_fails_before_it_is_believed(shop: Shop, empty_url: str) -> None:
    setup = f"""{PEOPLE}
        ALTER TABLE person ADD CONSTRAINT lives FOREIGN KEY (city_id) REFERENCES city (id)
            DEFERRABLE INITIALLY DEFERRED"""
    project = shop(f1_it=migration("UPDATE person SET city_id = 4711 WHERE id = 1"))
    await start(project)
    await execute(empty_url, setup)
    report = await again(project, empty_url)
    assert (report.status, report.at_commit) == (DryStatus.FAILED, True)
    assert summary(report).startswith("1 would fail at its COMMIT")
    assert report.fault is not None
    assert report.fault.code == "23503"


async def test_what_is_deferred_is_done_before_the_next_file(shop: Shop, empty_url: str) -> None:
    """In one transaction alone PostgreSQL would refuse: the table has pending trigger events."""
    setup = f"""{PEOPLE}
        ALTER TABLE person ADD CONSTRAINT lives FOREIGN KEY (city_id) REFERENCES city (id)
            DEFERRABLE INITIALLY DEFERRED"""
    late = "INSERT INTO person (id, name, city_id) VALUES (-1, 'x', 777); INSERT INTO city VALUES (777, 'late');"
    project = shop(
        f1_it=migration("UPDATE person SET city_id = 5 WHERE id = 1"),
        f2_alter=migration("ALTER TABLE person ADD a int"),
        f3_late=migration(late),
    )
    await start(project)
    await execute(empty_url, setup)
    assert (await again(project, empty_url)).is_ok


async def test_triggers_and_notifications_are_told(shop: Shop, empty_url: str) -> None:
    setup = f"""{PEOPLE}
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER told BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION tell()"""
    report = await tried(shop, empty_url, "UPDATE person SET age = 1 WHERE id = 1; NOTIFY people;", setup)
    assert report.traces.triggers == (("person", "told"),)
    assert report.traces.notifies
    assert "told of person" in text_of(report)


@pytest.mark.parametrize(
    "up",
    [
        "COPY person TO PROGRAM 'cat > /dev/null'",
        "SELECT dblink_exec('dbname=postgres', 'CREATE TABLE half (id int)')",
        "SELECT pg_terminate_backend(1)",
    ],
)
async def test_what_no_rollback_takes_back_is_not_run(shop: Shop, empty_url: str, up: str) -> None:
    report = await tried(shop, empty_url, up)
    assert report.status is DryStatus.FAILED
    assert report.fault is not None
    assert "cannot take this back" in report.fault.message


async def test_a_lock_that_is_not_had_names_who_holds_it(shop: Shop, empty_url: str) -> None:
    project = shop(f1_it=migration("ALTER TABLE person ADD a int"))
    await start(project)
    await execute(empty_url, PEOPLE)
    blocker = await connect(empty_url)
    try:
        await blocker.execute("BEGIN; SELECT * FROM person LIMIT 1")
        report = await again(project, empty_url)
    finally:
        await blocker.close()
    assert report.status is DryStatus.LOCKED_OUT
    assert report.wanted is not None
    assert (report.wanted.table, report.wanted.name) == ("person", "ACCESS EXCLUSIVE")
    assert [holder.pid for holder in report.holders] == [blocker.get_server_pid()]
    assert summary(report).startswith("ACCESS EXCLUSIVE on person was not had within 1 s")
    assert (await again(project, empty_url)).is_ok


async def test_it_gives_way_to_those_who_wait_for_it(shop: Shop, empty_url: str) -> None:
    """Nobody waits longer than two seconds for a dry run."""
    project = shop(f1_it=migration("ALTER TABLE person ADD a int; SELECT pg_sleep(9);"))
    await start(project)
    await execute(empty_url, PEOPLE)
    reader = await connect(empty_url)
    reading: list[asyncio.Task[object]] = []

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted) and event.index == 2:
            reading.append(asyncio.create_task(reader.fetch("SELECT * FROM person LIMIT 1")))

    try:
        report = await dry_run(await plan_of(project), listen)
        await reading[0]
    finally:
        await reader.close()
    assert report.status is DryStatus.IN_THE_WAY
    assert [holder.query for holder in report.holders] == ["SELECT * FROM person LIMIT 1"]
    assert summary(report).startswith("1 session waited 2 s for what 1 holds")


async def test_a_statement_that_takes_too_long_is_stopped(shop: Shop, empty_url: str) -> None:
    """Whatever limit the file sets itself."""
    report = await tried(shop, empty_url, "SET statement_timeout = 0; SELECT pg_sleep(600);")
    assert report.status is DryStatus.TOO_LONG
    assert summary(report).startswith("A statement took longer than 10 s in 1, statement 2 and was stopped")


async def test_while_an_upgrade_runs_nothing_is_tried(shop: Shop, empty_url: str) -> None:
    project = shop(f1_slow=migration("SELECT pg_sleep(600)"))
    await start(project)
    running = asyncio.Event()
    cancel = asyncio.Event()
    plan = await plan_of(project)

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted):
            running.set()

    first = asyncio.create_task(dry_run(plan, listen, cancel=cancel))
    await running.wait()
    second = await dry_run(plan)
    cancel.set()
    assert second.status is DryStatus.LOCK_HELD
    assert len(second.holders) == 1
    assert (await first).status is DryStatus.CANCELLED


async def test_a_role_that_may_not_write_aerichs_rows_is_found_out(shop: Shop, empty_url: str) -> None:
    name = f"poor_{uuid.uuid4().hex}"
    project = shop(f1_it=migration(f"SET LOCAL ROLE {name}; SELECT 1;"))
    await start(project)
    await execute(empty_url, f"CREATE ROLE {name}; GRANT SELECT ON aerich TO {name}")
    try:
        report = await again(project, empty_url)
    finally:
        await execute(empty_url, f"DROP OWNED BY {name}; DROP ROLE {name}")
    assert report.status is DryStatus.FAILED
    assert report.fault is not None
    assert "permission denied for table aerich" in report.fault.message


async def test_what_is_set_for_one_file_ends_with_it(shop: Shop, empty_url: str) -> None:
    project = shop(
        f1_set=migration("SET LOCAL TIME ZONE 'Asia/Tokyo'; SET LOCAL work_mem = '1MB';"),
        f2_uses=migration("UPDATE item SET name = 'x'; SELECT 1 / (current_setting('timezone') <> 'Asia/Tokyo')::int;"),
    )
    await start(project)
    report = await again(project, empty_url)
    assert (report.fault, report.status) == (None, DryStatus.MEASURED)


async def test_events_come_in_order(shop: Shop, empty_url: str) -> None:
    project = shop(f1_it=migration("SELECT 1"), f2_it=migration("SELECT 2"))
    await start(project)
    heard: list[Event] = []
    await dry_run(await plan_of(project), heard.append)
    assert [event.version for event in heard if isinstance(event, FileDone)] == ["1_it.py", "2_it.py"]
