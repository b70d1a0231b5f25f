"""Locks, blockers and concurrent indexes of PostgreSQL: waited for, shown, ended, mended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, connect, execute, migration, plan_of, query, start, versions
from tests.tui.migrate.running.test_actions import plan_down
from tui.migrate.running.apply import Blockers, Event, RunOptions, RunStatus, apply_plan
from tui.migrate.running.events import Answered, Finished, Mended, Retrying, StatementStarted, Waiting

pytestmark = pytest.mark.postgres_only

ALTER = 'ALTER TABLE "item" ADD "n" int'
IMPATIENT = RunOptions(lock_timeout=0.5, retries=5)
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('one')"


@asynccontextmanager
async def blocked(url: str, sql: str = "SELECT * FROM item") -> AsyncIterator[asyncpg.Connection]:
    """Somebody else's transaction that has read the table, and stays open."""
    blocker = await connect(url)
    try:
        await blocker.execute("SET application_name = 'nightly report'")
        await blocker.execute(f"BEGIN; {sql}")
        yield blocker
    finally:
        await blocker.close()


async def test_it_is_tried_again_and_succeeds_once_the_lock_is_gone(shop: Shop, empty_url: str) -> None:
    project = shop(f1_alter=migration(f"INSERT INTO item (name) VALUES ('once');\n        {ALTER}"))
    await start(project)
    events: list[Event] = []
    async with blocked(empty_url) as blocker:
        pid = blocker.get_server_pid()
        retrying = asyncio.Event()

        def listen(event: Event) -> None:
            events.append(event)
            if isinstance(event, Retrying):
                retrying.set()

        applying = asyncio.create_task(apply_plan(await plan_of(project), listen, options=IMPATIENT))
        await retrying.wait()
        # While it pauses nothing of the file is there, and nobody waits behind it.
        assert await query(empty_url, "SELECT name FROM item") == []
        await blocker.execute("COMMIT")
        outcome = await applying
    assert (outcome.status, outcome.message) == (RunStatus.DONE, "")
    assert await query(empty_url, "SELECT name FROM item") == [("once",)]
    first = next(event for event in events if isinstance(event, Retrying))
    assert (first.attempt, first.of) == (1, 5)
    assert [holder.pid for holder in first.holders] == [pid]
    assert first.holders[0].application == "nightly report"


async def test_it_gives_up_in_time_and_says_who_it_was(shop: Shop, empty_url: str) -> None:
    project = shop(f1_alter=migration(ALTER))
    await start(project)
    async with blocked(empty_url) as blocker:
        pid = blocker.get_server_pid()
        events: list[Event] = []
        outcome = await apply_plan(await plan_of(project), events.append, options=RunOptions(2, 1))
        assert (outcome.status, outcome.code) == (RunStatus.FAILED, "55P03")
        assert [holder.pid for holder in outcome.holders] == [pid]
        assert outcome.holders[0].application == "nightly report"
        assert f"pid {pid} (postgres@local, idle in transaction" in outcome.holders[0].sentence()
        assert any(isinstance(event, Waiting) and event.on == "table" for event in events)
        assert max(event.attempt for event in events if isinstance(event, Retrying)) == 1
    assert outcome.sentence == "0 stays applied; 1 was rolled back."
    assert "Somebody's transaction holds the table" in outcome.next_step
    assert await versions(empty_url) == ["0_init.py"]
    assert (await apply_all(project)).is_ok


async def test_esc_ends_the_pause_as_well(shop: Shop, empty_url: str) -> None:
    project = shop(f1_alter=migration(ALTER))
    await start(project)
    cancel = asyncio.Event()

    def listen(event: Event) -> None:
        if isinstance(event, Retrying):
            cancel.set()

    async with blocked(empty_url):
        outcome = await apply_plan(await plan_of(project), listen, options=RunOptions(0.2, 5), cancel=cancel)
    assert outcome.status is RunStatus.CANCELLED
    assert outcome.sentence == "0 stays applied; 1 was rolled back."


async def test_whoever_is_in_the_way_can_be_ended(shop: Shop, empty_url: str) -> None:
    project = shop(f1_alter=migration(ALTER))
    await start(project)
    blockers = Blockers()
    answers: list[Answered] = []
    wishes: list[asyncio.Task[None]] = []

    async with blocked(empty_url) as blocker:
        pid = blocker.get_server_pid()

        def listen(event: Event) -> None:
            if isinstance(event, Waiting) and not wishes:
                assert [holder.pid for holder in event.holders] == [pid]
                wishes.append(asyncio.create_task(blockers.end(pid + 100_000, "terminate")))
                wishes.append(asyncio.create_task(blockers.end(pid, "terminate")))
            if isinstance(event, Answered):
                answers.append(event)

        outcome = await apply_plan(await plan_of(project), listen, blockers=blockers)
        assert outcome.is_ok
        assert [(answer.pid, answer.done) for answer in answers] == [(pid + 100_000, False), (pid, True)]
        assert "not in the way any more" in answers[0].sentence
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await blocker.execute("SELECT 1")


async def test_a_refusal_of_the_server_is_told(shop: Shop, empty_url: str) -> None:
    """The role that runs the files may not end the session of another one."""
    role = f"weak_{empty_url.rpartition('@/')[2][:20]}"
    project = shop(f1_alter=migration(ALTER))
    await start(project)
    await execute(
        empty_url,
        f"CREATE ROLE {role} LOGIN; GRANT {role} TO CURRENT_USER; ALTER TABLE item OWNER TO {role}; "
        f"ALTER TABLE aerich OWNER TO {role}; GRANT ALL ON SCHEMA public TO {role}",
    )
    settings = project.root / "settings.py"
    settings.write_text(settings.read_text().replace("'user': 'postgres'", f"'user': '{role}'"))
    blockers = Blockers()
    answers: list[Answered] = []
    wishes: list[asyncio.Task[None]] = []
    try:
        async with blocked(empty_url) as blocker:
            pid = blocker.get_server_pid()

            def listen(event: Event) -> None:
                if isinstance(event, Waiting) and not wishes:
                    wishes.append(asyncio.create_task(blockers.end(pid, "terminate")))
                if isinstance(event, Answered):
                    answers.append(event)

            outcome = await apply_plan(await plan_of(project), listen, blockers=blockers, options=RunOptions(2, 0))
            assert outcome.code == "55P03"
            assert await blocker.fetchval("SELECT 1") == 1
    finally:
        await execute(empty_url, f"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}")
    ((answer,)) = answers
    assert not answer.done
    assert f"PostgreSQL did not let this role end the session of pid {pid}: " in answer.sentence


async def test_a_cancelled_concurrent_index_is_told_and_mended(shop: Shop, empty_url: str) -> None:
    up = "CREATE INDEX CONCURRENTLY IF NOT EXISTS one ON item (name)"
    project = shop(f1_index=migration(up, transaction=False))
    await start(project)
    cancel = asyncio.Event()
    async with blocked(empty_url, "INSERT INTO item (name) VALUES ('x')"):

        def listen(event: Event) -> None:
            if isinstance(event, Waiting) and event.on == "table":
                cancel.set()

        outcome = await apply_plan(await plan_of(project), listen, cancel=cancel, options=RunOptions(0, 0))
    assert outcome.status is RunStatus.CANCELLED
    assert await query(empty_url, VALID) == [(False,)]
    assert outcome.notes == (
        "The index public.one is there but not valid. The next attempt drops it and builds it anew.",
    )
    events: list[Event] = []
    again = await apply_plan(await plan_of(project), events.append)
    assert (again.status, again.message) == (RunStatus.DONE, "")
    assert [event.index for event in events if isinstance(event, Mended)] == ["public.one"]
    assert await query(empty_url, VALID) == [(True,)]


async def test_only_the_statement_that_did_not_run_is_sent_again(shop: Shop, empty_url: str) -> None:
    up = f"INSERT INTO item (name) VALUES ('once');\n        {ALTER}"
    project = shop(f1_alter=migration(up, transaction=False))
    await start(project)
    events: list[Event] = []
    async with blocked(empty_url) as blocker:

        def listen(event: Event) -> None:
            events.append(event)
            if isinstance(event, Retrying):
                blocker.terminate()

        outcome = await apply_plan(await plan_of(project), listen, options=IMPATIENT)
    assert outcome.is_ok
    assert any(isinstance(event, Retrying) for event in events)
    assert await query(empty_url, "SELECT name FROM item") == [("once",)]


async def test_a_downgrade_can_drop_an_index_concurrently(shop: Shop, empty_url: str) -> None:
    """Aerich runs every downgrade in a transaction, where this fails."""
    up, down = "CREATE INDEX CONCURRENTLY one ON item (name)", "DROP INDEX CONCURRENTLY one"
    project = shop(f1_index=migration(up, down, transaction=False))
    await start(project)
    assert (await apply_plan(await plan_of(project))).is_ok
    outcome = await apply_plan(plan_down(project, ["0_init.py", "1_index.py"], "1_index.py"))
    assert (outcome.status, outcome.message) == (RunStatus.DONE, "")
    assert await query(empty_url, VALID) == []
    assert await versions(empty_url) == ["0_init.py"]


async def test_a_cancel_that_comes_too_late_counts_what_was_done(shop: Shop, empty_url: str) -> None:
    """Outside of a transaction: what is told is what the server did, not what was asked of it."""
    up = "SELECT pg_sleep(0.3);\n        SELECT pg_sleep(600);"
    project = shop(f1_slow=migration(up, transaction=False))
    await start(project)
    cancel = asyncio.Event()
    finished: list[Finished] = []

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted) and event.index == 2:
            cancel.set()
        if isinstance(event, Finished):
            finished.append(event)

    outcome = await apply_plan(await plan_of(project), listen, cancel=cancel)
    assert outcome.status is RunStatus.CANCELLED
    assert "1 of its 2 statements remains done" in outcome.sentence
    running = "SELECT query FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
    assert await query(empty_url, f"{running} AND pid <> pg_backend_pid()") == []
