"""A line that is lost, a session that a file leaves changed, a transaction that is over too early: what is told then is
asked of the server. On a real server, some of it by way of a proxy."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest

from tests.faults.proxy import COMMIT, Fault, FaultProxy, Meeting
from tests.tui.migrate.conftest import ENDLESS, Shop
from tests.tui.migrate.projects import apply_all, execute, migration, plan_of, query, start, versions
from tui.migrate.process.sessions.fate import find_fate
from tui.migrate.process.sessions.session import Fate
from tui.migrate.process.sessions.silence import answered
from tui.migrate.running.apply import Event, RunStatus, apply_plan
from tui.migrate.running.events import StatementStarted

pytestmark = pytest.mark.postgres_only

TWO = {
    "f1_one": migration("INSERT INTO item (name) VALUES ('one')"),
    "f2_two": migration("INSERT INTO item (name) VALUES ('two')"),
}
ITEMS = "SELECT name FROM item ORDER BY id"
OUTCOMES = "SELECT version::text, outcome::text FROM shellback_migrations ORDER BY id"


def by_way_of(proxy: FaultProxy) -> str:
    return f"TORTOISE_ORM['connections']['default']['credentials'].update(host='127.0.0.1', port={proxy.port})\n"


@asynccontextmanager
async def losing(proxy: FaultProxy, fault: Fault) -> AsyncIterator[None]:
    """The next COMMIT meets the fault, and nothing after it."""
    proxy.lose_commit(fault)

    async def heal() -> None:
        await proxy.commit_seen.wait()
        proxy.fault = Fault.NONE

    healing = asyncio.create_task(heal())
    try:
        yield
        assert proxy.commit_seen.is_set()
    finally:
        healing.cancel()
        with suppress(asyncio.CancelledError):
            await healing


async def test_a_commit_that_landed_is_told_as_done(shop: Shop, empty_url: str, proxy: FaultProxy) -> None:
    project = shop(settings=by_way_of(proxy), f1_one=TWO["f1_one"])
    await start(project)
    async with losing(proxy, Fault.CUT_AT_COMMIT):
        outcome = await apply_all(project)
    assert (outcome.status, outcome.sentence, outcome.applied) == (
        RunStatus.DONE,
        "0 and 1 are applied.",
        ("1_one.py",),
    )
    assert outcome.notes == (
        "The connection was lost at COMMIT; asked over a new one, the server says that it was committed.",
    )
    assert await query(empty_url, ITEMS) == [("one",)]
    assert await query(empty_url, OUTCOMES) == [("1_one.py", "done")]


async def test_after_a_lost_commit_nothing_more_is_begun(shop: Shop, empty_url: str, proxy: FaultProxy) -> None:
    project = shop(settings=by_way_of(proxy), **TWO)
    await start(project)
    async with losing(proxy, Fault.CUT_AT_COMMIT):
        outcome = await apply_all(project)
    assert (outcome.status, outcome.applied) == (RunStatus.FAILED, ("1_one.py",))
    assert outcome.message.endswith("was committed. The rest was not begun.")
    assert (outcome.sentence, outcome.failed) == ("0 and 1 are applied.", None)
    assert await versions(empty_url) == ["0_init.py", "1_one.py"]
    again = await apply_all(project)
    assert again.status is RunStatus.DONE
    assert await query(empty_url, ITEMS) == [("one",), ("two",)]


async def test_a_commit_that_never_came_is_told_as_rolled_back(shop: Shop, empty_url: str, proxy: FaultProxy) -> None:
    project = shop(settings=by_way_of(proxy), **TWO)
    await start(project)
    async with losing(proxy, Fault.CUT_BEFORE_COMMIT):
        outcome = await apply_all(project)
    assert (outcome.status, outcome.failed, outcome.applied) == (RunStatus.FAILED, "1_one.py", ())
    assert outcome.sentence == "0 stays applied; 1 was rolled back."
    assert outcome.message == (
        "The connection was lost at COMMIT; asked over a new one, the server says that it was rolled back."
    )
    assert await query(empty_url, ITEMS) == []
    assert await query(empty_url, OUTCOMES) == [("1_one.py", "rolled back")]


async def test_a_commit_that_is_swallowed_is_not_waited_for_for_ever(
    shop: Shop, empty_url: str, proxy: FaultProxy
) -> None:
    """The line stays open, and the server has never heard of it: its transaction is ended, and then it is known."""
    project = shop(settings=by_way_of(proxy), **TWO)
    await start(project)
    async with losing(proxy, Fault.SWALLOW_COMMIT):
        outcome = await apply_all(project)
    assert (outcome.status, outcome.failed, outcome.applied) == (RunStatus.FAILED, "1_one.py", ())
    assert outcome.sentence == "0 stays applied; 1 was rolled back."
    assert await query(empty_url, ITEMS) == []
    again = await apply_all(project)
    assert again.status is RunStatus.DONE


async def test_a_statement_that_is_swallowed_is_not_waited_for_for_ever(
    shop: Shop, empty_url: str, proxy: FaultProxy
) -> None:
    project = shop(settings=by_way_of(proxy), **TWO)
    await start(project)
    proxy.meet(Meeting.SWALLOW, saying=b"INSERT INTO item")
    outcome = await apply_all(project)
    assert proxy.met.is_set()
    assert (outcome.status, outcome.failed, outcome.applied) == (RunStatus.FAILED, "1_one.py", ())
    assert outcome.sentence == "0 stays applied; 1 was rolled back."
    assert await query(empty_url, ITEMS) == []
    assert (await apply_all(project)).status is RunStatus.DONE


async def test_a_commit_whose_answer_is_held_back_is_told_as_done(
    shop: Shop, empty_url: str, proxy: FaultProxy
) -> None:
    project = shop(settings=by_way_of(proxy), f1_one=TWO["f1_one"])
    await start(project)
    proxy.meet(Meeting.SWALLOW_ANSWER, saying=COMMIT)
    outcome = await apply_all(project)
    assert proxy.met.is_set()
    assert (outcome.status, outcome.applied) == (RunStatus.DONE, ("1_one.py",))
    assert "the server says that it was committed" in outcome.notes[0]
    assert await query(empty_url, ITEMS) == [("one",)]


async def test_a_commit_that_takes_long_is_waited_for() -> None:
    """While the server works on it."""
    done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asked = 0

    async def is_at_work() -> bool:
        nonlocal asked
        asked += 1
        if asked == 20:
            done.set_result("COMMIT")
        return asked % 2 == 0

    def end() -> None:
        raise AssertionError("it was at work")

    assert await answered(done, is_at_work, end, every=0.01) == "COMMIT"


async def test_an_ended_backend_is_rolled_back_and_the_log_says_so(shop: Shop, empty_url: str) -> None:
    project = shop(f1_one=migration(f"INSERT INTO item (name) VALUES ('one'); {ENDLESS['postgres']}"))
    await start(project)
    tasks: list[asyncio.Task[Any]] = []
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%'"

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted) and "pg_sleep" in event.text:
            tasks.append(asyncio.create_task(query(empty_url, end)))

    outcome = await apply_plan(await plan_of(project), listen)
    await asyncio.gather(*tasks)
    assert (outcome.status, outcome.sentence) == (RunStatus.FAILED, "0 stays applied; 1 was rolled back.")
    assert outcome.notes == ()
    assert await query(empty_url, ITEMS) == []
    assert await query(empty_url, OUTCOMES) == [("1_one.py", "failed")]


async def test_who_cannot_be_asked_is_unknown() -> None:
    async def ask(*_: Any) -> Any:
        raise asyncpg.CannotConnectNowError("the database system is starting up")

    assert await find_fate(ask, "5", 1, seconds=0.2) is Fate.UNKNOWN


async def test_a_backend_that_keeps_the_transaction_open_is_ended_first() -> None:
    asked: list[tuple[Any, ...]] = []

    async def ask(*words: Any) -> Any:
        asked.append(words)
        return None if "terminate" in words[0] else "aborted" if len(asked) > 2 else "in progress"

    assert await find_fate(ask, "5", 77) is Fate.ABORTED
    assert [words[1:] for words in asked] == [("5",), (77, "5"), ("5",)]


async def test_what_a_file_sets_does_not_meet_the_next(shop: Shop, empty_url: str) -> None:
    sets = """
        SET lock_timeout = '7min'; SET statement_timeout = '8min'; SET default_transaction_isolation = 'serializable';
        LISTEN something; SELECT pg_advisory_lock(5); SET TIME ZONE 'Asia/Tokyo';"""
    looks = """
        DO $$ BEGIN
            IF current_setting('lock_timeout') <> '3s' OR current_setting('statement_timeout') <> '0'
                OR current_setting('transaction_isolation') <> 'read committed'
                OR EXISTS (SELECT FROM pg_listening_channels())
                OR EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
            THEN RAISE 'the session is not fresh'; END IF;
        END $$"""
    project = shop(f1_sets=migration(sets), f2_looks=migration(looks))
    await start(project)
    outcome = await apply_all(project)
    assert (outcome.status, outcome.message) == (RunStatus.DONE, "")


async def test_discard_all_takes_nothing_of_ours_away(shop: Shop, empty_url: str) -> None:
    project = shop(
        f1_one=TWO["f1_one"],
        f2_all=migration("DISCARD ALL; INSERT INTO item (name) VALUES ('x')", transaction=False),
        f3_two=TWO["f2_two"],
    )
    await start(project)
    outcome = await apply_all(project)
    assert (outcome.status, outcome.message, outcome.notes) == (RunStatus.DONE, "", ())
    assert await query(empty_url, OUTCOMES) == [("1_one.py", "done"), ("2_all.py", "done"), ("3_two.py", "done")]


@pytest.mark.parametrize(
    "hidden",
    ["DO $$ BEGIN COMMIT; END $$", "DO $$ BEGIN ROLLBACK; END $$", "CALL ends()"],
)
async def test_a_procedure_cannot_end_the_transaction(shop: Shop, empty_url: str, hidden: str) -> None:
    project = shop(f1_one=migration(f"INSERT INTO item (name) VALUES ('one'); {hidden}"))
    await start(project)
    await execute(empty_url, "CREATE PROCEDURE ends() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$")
    outcome = await apply_all(project)
    assert (outcome.status, outcome.code) == (RunStatus.FAILED, "2D000")
    assert outcome.sentence == "0 stays applied; 1 was rolled back."
    assert await query(empty_url, ITEMS) == []


async def test_a_file_that_ends_its_transaction_behind_our_back_is_found_out(shop: Shop, empty_url: str) -> None:
    behind = (
        "await db.execute_query(\"INSERT INTO item (name) VALUES ('kept')\"); await db._connection.execute('COMMIT')"
    )
    project = shop(f1_one=migration("SELECT 1/0", before=behind))
    await start(project)
    outcome = await apply_all(project)
    assert outcome.status is RunStatus.FAILED
    assert outcome.sentence == (
        "0 is applied. 1 ended its transaction itself: what it did before that is there; it is not recorded as applied."
    )
    assert await query(empty_url, ITEMS) == [("kept",)]
    assert await query(empty_url, OUTCOMES) == [("1_one.py", "partial")]
