"""What only PostgreSQL does: statements outside a transaction, tables that somebody holds, a server that goes on."""

import asyncio

import psutil
import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, connect, migration, plan_of, query, start, versions
from tui.migrate.listing import look
from tui.migrate.running.apply import Event, RunStatus, apply_plan
from tui.migrate.running.events import StatementDone, StatementStarted, Waiting

pytestmark = pytest.mark.postgres_only

TWO = """
        CREATE INDEX CONCURRENTLY one ON item (name);
        CREATE INDEX CONCURRENTLY two ON item (id, name);"""

VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('one')"


async def indexes(url: str) -> list[str]:
    rows = await query(url, "SELECT indexname::text FROM pg_indexes WHERE tablename = 'item' ORDER BY 1")
    return [name for (name,) in rows]


async def test_two_indexes_are_built_concurrently_in_one_file(shop: Shop, empty_url: str) -> None:
    project = shop(f1_indexes=migration(TWO, transaction=False))
    await start(project)
    outcome = await apply_all(project)
    assert (outcome.message, outcome.applied) == ("", ("1_indexes.py",))
    assert await indexes(empty_url) == ["item_pkey", "one", "two"]
    assert await versions(empty_url) == ["0_init.py", "1_indexes.py"]


async def test_half_a_file_without_a_transaction_says_what_remains(shop: Shop, empty_url: str) -> None:
    up = TWO.replace("(id, name)", "(id, nme)")
    project = shop(f1_indexes=migration(up, transaction=False))
    await start(project)
    outcome = await apply_all(project)
    assert (outcome.status, outcome.code) == (RunStatus.FAILED, "42703")
    assert outcome.sentence == (
        "0 stays applied; 1 runs outside a transaction: 1 of its 2 statements remains done, "
        "and it is not recorded as applied."
    )
    assert "goes on where it stopped" in outcome.next_step
    assert outcome.place.endswith("1_indexes.py:9")
    assert await indexes(empty_url) == ["item_pkey", "one"]
    assert await versions(empty_url) == ["0_init.py"]


async def test_an_index_that_an_earlier_attempt_left_broken_is_built_anew(shop: Shop, empty_url: str) -> None:
    unique = migration("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS one ON item (name)", transaction=False)
    project = shop(f1_unique=unique)
    await start(project)
    await query(empty_url, "INSERT INTO item (name) VALUES ('twice'), ('twice')")
    first = await apply_all(project)
    assert first.code == "23505"
    assert "twice" not in first.as_json()["message"]
    assert await query(empty_url, VALID) == [(False,)]
    await query(empty_url, "DELETE FROM item WHERE id = 1")
    second = await apply_all(project)
    assert (second.status, second.message) == (RunStatus.DONE, "")
    assert await query(empty_url, VALID) == [(True,)]
    assert await versions(empty_url) == ["0_init.py", "1_unique.py"]


async def test_a_wait_that_ends_in_time_is_no_failure(shop: Shop, empty_url: str) -> None:
    project = shop(f1_alter=migration('ALTER TABLE "item" ADD "n" int'))
    await start(project)
    blocker = await connect(empty_url)
    waiting = asyncio.Event()

    def listen(event: Event) -> None:
        if isinstance(event, Waiting):
            waiting.set()

    try:
        await blocker.execute("BEGIN; SELECT * FROM item")
        applying = asyncio.create_task(apply_plan(await plan_of(project), listen))
        await waiting.wait()
        await blocker.execute("COMMIT")
        assert (await applying).is_ok
    finally:
        await blocker.close()


async def test_nothing_of_ours_stays_on_the_server(shop: Shop, empty_url: str) -> None:
    project = shop(f1_bad=migration("SELECT 1; nonsense"))
    events: list[Event] = []
    await apply_plan(await plan_of(project), events.append)
    assert any(isinstance(event, StatementDone) for event in events)
    await look(project)
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    # A backend takes a moment to leave after its client did.
    for _ in range(100):
        left = await query(empty_url, f"SELECT application_name, query {others}")
        if not left:
            break
        await asyncio.sleep(0.05)
    assert left == []


async def test_the_statement_of_a_killed_worker_has_ended_when_that_is_told(
    shop: Shop, empty_url: str, endless: str
) -> None:
    """The server goes on for a while by itself; only when it has stopped is it known what was done."""
    project = shop(f1_slow=migration(endless))
    await start(project)

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted):
            (worker,) = [each for each in psutil.Process().children() if "main.py" in " ".join(each.cmdline())]
            worker.kill()

    outcome = await apply_plan(await plan_of(project), listen)
    running = await query(
        empty_url, "SELECT query FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND pid <> pg_backend_pid()"
    )
    assert (outcome.status, running) == (RunStatus.FAILED, [])


async def test_values_of_rows_stay_out_of_the_outcome(shop: Shop, empty_url: str) -> None:
    up = """INSERT INTO item (id, name) VALUES (7, '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA');
        ALTER TABLE item ADD CONSTRAINT short CHECK (length(name) < 3);"""
    project = shop(f1_check=migration(up))
    await start(project)
    outcome = await apply_all(project)
    assert outcome.code == "23514"
    assert "aGFzaA" not in f"{outcome.message}{outcome.detail}{outcome.hint}"


async def test_a_server_that_takes_no_changes_is_not_offered(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=migration("SELECT 1"))
    name = empty_url.rpartition("@/")[2].partition("?")[0]
    await query(empty_url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    found = await look(project)
    assert found.facts is not None
    assert not found.writable
    assert "takes no changes" in found.plan().refusals[0]
