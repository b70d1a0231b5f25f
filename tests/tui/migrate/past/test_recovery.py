"""The ways on from a file that was cut off: resumed, recorded, undone, reverted, or the copy put back."""

import asyncio

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.crashing import applying
from tests.tui.migrate.past.cut_off import DOWN, KEEP_ON, LOOSE, SLOW, only, states, until_quiet
from tests.tui.migrate.projects import apply_all, connect, execute, migration, plan_of, query, start, versions
from tui.migrate.listing import look
from tui.migrate.past.history import end_backend
from tui.migrate.past.journals import read_stories
from tui.migrate.past.recovery import Verdict
from tui.migrate.past.settling import NotSettled, settle
from tui.migrate.past.ways import Way, plan_way
from tui.migrate.process.sessions.holder import Holder, lock_path
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.migrate.source.project import Project
from tui.migrate.states import State
from tui.settings import parse_url, state_dir


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


def mended(project: Project, endless: str) -> None:
    """The statement that hung is made quick, and the log is told that the file was like that."""
    path = project.folder / SLOW
    path.write_text(path.read_text().replace(endless, "SELECT 1"))


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
