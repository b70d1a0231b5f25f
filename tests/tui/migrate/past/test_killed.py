"""`kill -9` of the worker and of Shellback at every stage: what the next start finds."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.crashing import applying
from tests.tui.migrate.past.cut_off import DOWN, KEEP_ON, LOOSE, SLOW, cut_the_journal, only, states, until_quiet
from tests.tui.migrate.projects import apply_all, connect, execute, migration, query, start, url_of, versions
from tui.migrate.listing import look
from tui.migrate.past.history import end_backend
from tui.migrate.past.recovery import Verdict
from tui.migrate.past.ways import Way
from tui.migrate.source.consent import remember_consent
from tui.migrate.source.project import Project
from tui.migrate.states import State
from tui.settings import parse_url


async def until_left(project: Project, which: str) -> None:
    """Exactly one session of a worker's is like that."""
    question = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shellback migrate' AND {which}"
    while await query(url_of(project), question) != [(1,)]:  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0.05)


@asynccontextmanager
async def locked(url: str) -> AsyncIterator[None]:
    """What every upgrade waits for before its first file, held by somebody."""
    parsed = parse_url(url)
    if parsed.path is not None:
        connection = sqlite3.connect(parsed.path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.close()
        return
    from tui.migrate.process.runs.log_reading import LOCK_CLASS, lock_key

    postgres = await connect(url)
    try:
        await postgres.execute(f"SELECT pg_advisory_lock({LOCK_CLASS}, {lock_key('models')})")
        yield
    finally:
        await postgres.close()


async def test_before_the_lock(shop: Shop, empty_url: str) -> None:
    project = shop(f1_slow=migration("CREATE TABLE one (id int)"))
    await start(project)
    async with locked(empty_url), applying(project) as running:
        await running.until("Waiting")
        await running.kill()
    found = await look(project)
    one = only(found)
    assert (one.verdict, one.ways) == (Verdict.NOT_BEGUN, (Way.SEEN,))
    assert one.sentence.endswith("was cut off: nothing was changed.")
    assert states(found)[SLOW] is State.PENDING
    assert (await apply_all(project)).sentence == "0 and 1 are applied."


async def test_in_the_middle_of_a_statement(shop: Shop, empty_url: str, endless: str) -> None:
    project = shop(f1_slow=migration(f"CREATE TABLE one (id int); {endless}"))
    await start(project)
    async with applying(project) as running:
        await running.until(endless[:20])
        await running.kill()
    await until_quiet(project)
    found = await look(project)
    one = only(found)
    assert one.verdict is Verdict.ROLLED_BACK
    assert one.sentence.endswith("was cut off: nothing was changed, 1_slow.py was rolled back.")
    assert await versions(empty_url) == ["0_init.py"]
    assert states(found)[SLOW] is State.PENDING


@pytest.mark.postgres_only
async def test_a_statement_that_goes_on_without_us_can_be_ended(shop: Shop, endless: str) -> None:
    project = shop(f1_slow=migration(f"{KEEP_ON['postgres']} {endless}"))
    await start(project)
    async with applying(project) as running:
        await running.until("pg_sleep")
        # It is told before it is sent: without this the server would see its client go, and roll back.
        await until_left(project, "state = 'active' AND query LIKE '%pg_sleep%'")
        await running.kill()
    # The server has noticed that the other connection of the dead worker is gone.
    await until_left(project, "true")
    one = only(await look(project))
    assert (one.verdict, one.ways) == (Verdict.RUNNING, (Way.END,))
    assert "pg_sleep" in one.statement
    assert one.backend is not None
    assert await end_backend(project, one.backend)
    assert not await end_backend(project, one.backend)
    assert only(await look(project)).verdict is Verdict.ROLLED_BACK


async def test_between_two_files(shop: Shop, endless: str) -> None:
    """After the COMMIT of one, in the middle of the next."""
    project = shop(f1_good=migration("CREATE TABLE one (id int)"), f2_slow=migration(endless))
    await start(project)
    async with applying(project) as running:
        await running.until(endless[:20])
        await running.kill()
    await until_quiet(project)
    one = only(await look(project))
    assert one.verdict is Verdict.ROLLED_BACK
    assert one.sentence.endswith("1_good.py is applied; 2_slow.py was rolled back.")


@pytest.mark.postgres_only
async def test_in_the_middle_of_a_commit_that_lands(shop: Shop, empty_url: str) -> None:
    """COMMIT was sent and waits; nobody hears how it ends."""
    up = f"""{KEEP_ON["postgres"]}
        CREATE TABLE waits (id int);
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER late AFTER INSERT ON waits DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION wait();
        SET lock_timeout = 0;
        INSERT INTO waits VALUES (1);"""
    project = shop(f1_slow=migration(up))
    await start(project)
    holder = await connect(empty_url)
    try:
        await holder.execute("SELECT pg_advisory_lock(7)")
        async with applying(project) as running:
            await running.until("Committing")
            waits = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%COMMIT' AND wait_event_type = 'Lock'"
            while await holder.fetchval(waits) == 0:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)
            await running.kill()
        assert only(await look(project)).verdict is Verdict.RUNNING
    finally:
        await holder.close()
    await until_quiet(project)
    one = only(await look(project))
    assert one.verdict is Verdict.FINISHED
    assert one.sentence.endswith("all of it is done: 1_slow.py is applied.")
    assert states(await look(project))[SLOW] is State.APPLIED


@pytest.mark.sqlite_only
async def test_in_the_middle_of_a_commit_that_does_not_land(shop: Shop, empty_url: str) -> None:
    """A reader keeps COMMIT waiting; the next one who opens the file undoes what was written."""
    project = shop(f1_slow=migration("CREATE TABLE one (id int)"))
    await start(project)
    path = parse_url(empty_url).path
    assert path is not None
    reader = sqlite3.connect(path, isolation_level=None)
    assert reader.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM item").fetchall()
    try:
        async with applying(project) as running:
            await running.until("Committing")
            await running.kill()
    finally:
        reader.close()
    assert only(await look(project)).verdict is Verdict.ROLLED_BACK
    assert await versions(empty_url) == ["0_init.py"]


async def test_after_the_commit_and_before_the_journals_line(shop: Shop) -> None:
    project = shop(f1_slow=migration("CREATE TABLE one (id int)"))
    await start(project)
    await apply_all(project)
    assert (await look(project)).unfinished == ()
    cut_the_journal(project, "done")
    one = only(await look(project))
    assert one.verdict is Verdict.FINISHED
    assert one.sentence.endswith("all of it is done: 1_slow.py is applied.")


async def test_after_the_last_statement_without_a_transaction_and_before_the_log(shop: Shop, empty_url: str) -> None:
    """Aerich's row is there, ours still says "running"."""
    project = shop(f1_slow=migration("CREATE TABLE one (id int)", transaction=False))
    await start(project)
    await apply_all(project)
    await execute(empty_url, "UPDATE shellback_migrations SET outcome = 'running', aerich_id = NULL")
    cut_the_journal(project, "committing")
    found = await look(project)
    assert only(found).verdict is Verdict.FINISHED
    assert states(found)[SLOW] is State.APPLIED


async def test_when_only_shellback_is_killed_the_worker_rolls_back(shop: Shop, endless: str) -> None:
    project = shop(f1_slow=migration(endless))
    await start(project)
    async with applying(project) as running:
        await running.until(endless[:20])
        await running.kill_only_the_program()
    found = await look(project)
    one = only(found)
    assert one.verdict is Verdict.ROLLED_BACK
    assert "ended with nobody there to be told" in one.sentence
    assert [(record.version, record.outcome) for record in found.records] == [(SLOW, "cancelled")]


async def test_a_run_that_goes_on_is_not_unfinished(shop: Shop, endless: str) -> None:
    project = shop(f1_slow=migration(LOOSE.format(endless=endless), transaction=False))
    await start(project)
    async with applying(project) as running:
        await running.until(endless[:20])
        found = await look(project)
        await running.kill()
    assert found.unfinished == ()
    assert states(found)[SLOW] is State.PENDING
    assert "It runs now" in found.listing.find(SLOW)[0].note


@pytest.mark.postgres_only
async def test_another_host_sees_a_run_and_where_it_was_cut_off(
    shop: Shop, endless: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a journal: the table and the lock say it all."""
    project = shop(f1_slow=migration(LOOSE.format(endless=endless), DOWN, transaction=False))
    await start(project)
    async with applying(project) as running:
        await running.until(endless[:20])
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("SHELLBACK_STATE_DIR", str(tmp_path / "elsewhere"))
            remember_consent(project)
            found = await look(project)
        await running.kill()
    assert (found.unfinished, states(found)[SLOW]) == ((), State.PENDING)
    await until_quiet(project)
    monkeypatch.setenv("SHELLBACK_STATE_DIR", str(tmp_path / "elsewhere"))
    one = only(await look(project))
    assert (one.verdict, one.done, one.begun, one.statements) == (Verdict.PARTIAL, 1, 2, 3)
