"""`kill -9` of the worker and of Shellback at every stage: what the next start finds, and the ways on."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.crashing import applying
from tests.tui.migrate.projects import apply_all, connect, execute, migration, plan_of, query, start, url_of, versions
from tui.migrate.listing import Look, look
from tui.migrate.past.history import end_backend
from tui.migrate.past.journals import read_stories
from tui.migrate.past.recovery import Unfinished, Verdict
from tui.migrate.past.settling import NotSettled, settle
from tui.migrate.past.ways import Way, plan_way
from tui.migrate.process.sessions.holder import Holder, lock_path
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.migrate.source.consent import remember_consent
from tui.migrate.source.project import Project
from tui.migrate.states import State
from tui.settings import parse_url, state_dir

LOOSE = "CREATE TABLE one (id int); {endless}; CREATE TABLE three (id int)"
DOWN = "DROP TABLE three; DROP TABLE one"
SLOW = "1_slow.py"
KEEP_ON = {"sqlite": "", "postgres": "SET client_connection_check_interval = 0;"}
"""The server is not to notice that the client is gone."""


def states(found: Look) -> dict[str, State]:
    return {entry.version: entry.state for entry in found.listing.entries}


def only(found: Look) -> Unfinished:
    (one,) = found.unfinished
    return one


@pytest.fixture
async def cut(shop: Shop, endless: str) -> Project:
    """A file without a transaction that was killed in its second statement of three."""
    project = shop(f1_slow=migration(LOOSE.format(endless=endless), DOWN, transaction=False))
    await start(project)
    async with applying(project) as running:
        await running.until(endless[:20])
        await running.kill()
    await until_quiet(project)
    return project


async def until_left(project: Project, which: str) -> None:
    """Exactly one session of a worker's is like that."""
    question = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shellback migrate' AND {which}"
    while await query(url_of(project), question) != [(1,)]:  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0.05)


async def until_quiet(project: Project) -> None:
    """PostgreSQL notices after two seconds that nobody waits any more."""
    url = url_of(project)
    if parse_url(url).dialect == "postgres":
        question = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shellback migrate'"
        while await query(url, question) != [(0,)]:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)


def mended(project: Project, endless: str) -> None:
    """The statement that hung is made quick, and the log is told that the file was like that."""
    path = project.folder / SLOW
    path.write_text(path.read_text().replace(endless, "SELECT 1"))


# Stages --------------------------------------------------------------------------------------------------------------


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


def cut_the_journal(project: Project, turn: str) -> None:
    """Leaves what a journal holds when its worker is killed right before this line."""
    path = read_stories(project)[-1].path
    lines = path.read_text().splitlines()
    turns = [json.loads(line)["turn"] for line in lines]
    path.write_text("".join(f"{line}\n" for line in lines[: turns.index(turn)]))


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


# Ways on -------------------------------------------------------------------------------------------------------------


async def test_a_file_that_was_cut_off_is_told_with_its_ways(cut: Project, endless: str) -> None:
    found = await look(cut)
    one = only(found)
    assert states(found)[SLOW] is State.PARTIAL
    assert (one.verdict, one.version, one.done, one.begun, one.statements) == (Verdict.PARTIAL, SLOW, 1, 2, 3)
    assert one.sentence == (
        "1_slow.py: It stopped after statement 1 of 3; statement 2 was begun, and may be done or not."
    )
    assert one.statement.startswith(endless[:20])
    assert one.tell.endswith(".")
    assert one.ways[:5] == (Way.RESUME, Way.RESUME_AFTER, Way.MARK, Way.MARK_PENDING, Way.REVERT)
    assert found.plan().refusals[0].startswith("1_slow.py was cut off half-way.")


async def test_resumed_behind_what_is_done(cut: Project, empty_url: str) -> None:
    found = await look(cut)
    plan = plan_way(cut, found.listing, only(found), Way.RESUME_AFTER)
    outcome = await apply_plan(plan)
    assert (outcome.status, outcome.sentence) == (RunStatus.DONE, "0 and 1 are applied.")
    assert await query(empty_url, "SELECT count(*) FROM three") == [(0,)]
    found = await look(cut)
    assert (found.unfinished, states(found)[SLOW]) == ((), State.APPLIED)
    assert [(record.outcome, record.begun, record.done) for record in found.records] == [
        ("running", 2, 1),
        ("done", 3, 3),
    ]


async def test_resumed_with_the_statement_that_was_begun(shop: Shop, empty_url: str) -> None:
    up = "CREATE TABLE one (id int); INSERT INTO two VALUES (1); CREATE TABLE three (id int)"
    project = shop(f1_slow=migration(up, transaction=False))
    await start(project)
    assert (await apply_all(project)).status is RunStatus.FAILED
    await execute(empty_url, "CREATE TABLE two (id int)")
    found = await look(project)
    one = only(found)
    assert (one.done, one.begun, one.tell) == (
        1,
        2,
        "Look at the rows of two: a statement is done whole or not at all.",
    )
    assert (await apply_plan(plan_way(project, found.listing, one, Way.RESUME))).is_ok
    assert await query(empty_url, "SELECT id FROM two") == [(1,)]


async def test_recorded_by_hand(cut: Project, empty_url: str) -> None:
    found = await look(cut)
    refused = plan_way(cut, found.listing, only(found), Way.MARK)
    assert refused.refusals == ("A reason is needed: what is recorded is your word.",)
    outcome = await apply_plan(plan_way(cut, found.listing, only(found), Way.MARK, "three made by hand"))
    assert outcome.status is RunStatus.DONE
    assert await versions(empty_url) == ["0_init.py", SLOW]
    found = await look(cut)
    assert (found.unfinished, states(found)[SLOW]) == ((), State.FAKED)
    assert "three made by hand" in found.listing.find(SLOW)[0].note


async def test_undone_by_hand(cut: Project, empty_url: str) -> None:
    await execute(empty_url, "DROP TABLE one")
    found = await look(cut)
    assert (await apply_plan(plan_way(cut, found.listing, only(found), Way.MARK_PENDING, "dropped one"))).is_ok
    found = await look(cut)
    assert (found.unfinished, states(found)[SLOW]) == ((), State.PENDING)
    assert await versions(empty_url) == ["0_init.py"]
    assert found.plan().refusals == ()


async def test_reverted_statement_by_statement(cut: Project, empty_url: str) -> None:
    """The first of the downgrade fails, since what it undoes was never done: then it is still half done."""
    found = await look(cut)
    outcome = await apply_plan(plan_way(cut, found.listing, only(found), Way.REVERT))
    assert outcome.status is RunStatus.FAILED
    found = await look(cut)
    assert states(found)[SLOW] is State.PARTIAL
    await execute(empty_url, "CREATE TABLE three (id int)")
    outcome = await apply_plan(plan_way(cut, found.listing, only(found), Way.REVERT))
    assert outcome.status is RunStatus.DONE
    found = await look(cut)
    assert (found.unfinished, states(found)[SLOW]) == ((), State.PENDING)
    with pytest.raises(Exception, match="one"):
        await query(empty_url, "SELECT * FROM one")


async def test_a_file_that_was_edited_is_not_resumed(cut: Project, endless: str) -> None:
    mended(cut, endless)
    one = only(await look(cut))
    assert "The file was edited since" in one.sentence
    assert Way.RESUME not in one.ways
    assert Way.MARK in one.ways


@pytest.mark.sqlite_only
async def test_the_copy_from_before_is_a_way(cut: Project) -> None:
    one = only(await look(cut))
    assert one.ways[-1] is Way.RESTORE
    assert one.backup is not None
    assert one.backup.exists()
    one.backup.unlink()
    assert Way.RESTORE not in only(await look(cut)).ways


@pytest.mark.sqlite_only
async def test_the_copy_is_put_back_while_nobody_upgrades(cut: Project, empty_url: str) -> None:
    one = only(await look(cut))
    path = parse_url(empty_url).path
    assert path is not None
    other = Holder(lock_path(str(state_dir() / "migrations" / "locks"), str(path)))
    assert other.take() is None
    with pytest.raises(NotSettled, match="upgrades this database"):
        await settle(cut, one, Way.RESTORE)
    assert only(await look(cut)).verdict is Verdict.PARTIAL
    other.leave()
    assert "is as it was before the run" in await settle(cut, one, Way.RESTORE)
    found = await look(cut)
    assert (found.unfinished, states(found)[SLOW]) == ((), State.PENDING)


@pytest.mark.postgres_only
async def test_two_concurrent_indexes_that_were_cut_off_are_mended(shop: Shop, empty_url: str) -> None:
    """The second index waits for somebody's transaction; killed, it is left invalid, and resumed it is built again."""
    up = f"""{KEEP_ON["postgres"]}
        SET lock_timeout = 0;
        CREATE INDEX CONCURRENTLY item_a ON item (name);
        CREATE INDEX CONCURRENTLY IF NOT EXISTS held_b ON held (id);"""
    project = shop(f1_slow=migration(up, transaction=False))
    await start(project)
    await execute(empty_url, "CREATE TABLE held (id int)")
    holder = await connect(empty_url)
    try:
        await holder.execute("BEGIN; INSERT INTO held VALUES (1)")
        async with applying(project) as running:
            await running.until("held_b")
            invalid = "SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('held_b') AND NOT indisvalid"
            while await query(empty_url, invalid) == [(0,)]:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)
            await running.kill()
        one = (await look(project)).unfinished[0]
        assert one.verdict is Verdict.RUNNING
        assert one.backend is not None
        assert await end_backend(project, one.backend)
    finally:
        await holder.close()
    found = await look(project)
    one = only(found)
    assert (one.done, one.begun) == (3, 4)
    assert "valid" in one.tell
    assert (await apply_plan(plan_way(project, found.listing, one, Way.RESUME))).is_ok
    assert await query(empty_url, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'held_b'::regclass") == [(True,)]


async def test_journals_that_were_told_are_few(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.migrate.past.journals.KEPT", 2)
    project = shop(**{f"f{number}_n": migration("SELECT 1") for number in range(1, 5)})
    for number in range(5):
        assert (await apply_plan(await plan_of(project, str(number)))).is_ok
    assert len(read_stories(project)) == 3
