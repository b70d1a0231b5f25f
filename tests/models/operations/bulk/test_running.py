"""Batches: stopped, killed, resumed; conflicts, demotions, refusals on the way; nothing lost and nothing done twice."""

from __future__ import annotations

import asyncio
import csv
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, User, UserRole
from models.operations.bulk import (
    BulkProgress,
    BulkStatus,
    Deactivate,
    ForceChange,
    GrantRole,
    JournalError,
    RowResult,
    SoftDelete,
    Verdict,
    apply_bulk,
    export_results,
    freeze_ids,
    pending_jobs,
    plan_bulk,
    resume,
    retry,
)
from models.operations.bulk.plan import BulkPlan
from tests.models.operations.bulk.crowd import check, crowd, recorded
from tests.models.operations.people import acting, superuser, user
from tests.models.operations.raw import execute
from tui.database import Database
from tui.sanitise import sanitise


@pytest.fixture
def batches_of_20(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BulkPlan, "batch_size", property(lambda _: 20))
    monkeypatch.setattr(BulkPlan, "is_atomic", property(lambda _: False))


async def test_ten_thousand_and_one_are_batches(database: Database) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(10_001)
    plan = await plan_bulk(actor, await freeze_ids(ids), ForceChange())
    assert (plan.is_atomic, plan.batch_size, plan.changing, plan.confirmation) == (False, 10_000, 10_001, "10001")
    told: list[BulkProgress] = []
    outcome = await apply_bulk(plan, progress=told.append)
    assert (outcome.status, outcome.counts) == (BulkStatus.DONE, {RowResult.OK: 10_001})
    assert [one.done for one in told] == [0, 10_000, 10_001]
    assert told[1].seconds_left is not None
    assert await Account.filter(must_change_password=True, version=2).count() == 10_001
    assert await recorded(plan.op_id) == 10_001
    await check(ids)


async def test_ten_thousand_are_one_transaction_and_one_bad_row_undoes_all(database: Database) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(200)
    plan = await plan_bulk(actor, await freeze_ids(ids), ForceChange())
    await refuse_row(database, ids[150])
    outcome = await apply_bulk(plan)
    assert outcome.status is BulkStatus.FAILED
    assert outcome.sentence.count("Nothing was changed.") == 1
    assert outcome.count(RowResult.PENDING) == 200
    assert await Account.filter(must_change_password=True).count() == 0
    assert await recorded(plan.op_id) == 0
    await check(ids)


@pytest.mark.usefixtures("batches_of_20")
async def test_an_error_in_a_later_batch_takes_nothing_back(database: Database) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(60)
    plan = await plan_bulk(actor, await freeze_ids(ids), GrantRole("support"))
    await refuse_grant(database, ids[30])
    outcome = await apply_bulk(plan)
    assert (outcome.status, outcome.count(RowResult.OK)) == (BulkStatus.FAILED, 20)
    assert "20 done" in outcome.sentence
    assert "Nothing was changed" not in outcome.sentence
    assert "Nothing of that batch was changed" in outcome.sentence
    await check(ids)


async def refuse_grant(database: Database, user_id: int) -> None:
    """A rule of the application's own that is no constraint: it ends the batch, whoever is in it."""
    when = f"WHEN (NEW.user_id = {user_id})"
    if database.dialect == "sqlite":
        # An expression that cannot be computed: an error, and none of a constraint.
        raising = "SELECT abs(NEW.user_id * 0 - 9223372036854775807 - 1)"
        await execute(database, f"CREATE TRIGGER own_rule BEFORE INSERT ON user_roles {when} BEGIN {raising}; END;")
        return
    await execute(
        database,
        "CREATE FUNCTION own_rule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'own rule'; END $$;"
        f"CREATE TRIGGER own_rule BEFORE INSERT ON user_roles FOR EACH ROW {when} EXECUTE FUNCTION own_rule();",
    )


@pytest.mark.usefixtures("batches_of_20")
async def test_in_batches_only_the_bad_row_fails(database: Database) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(90)
    plan = await plan_bulk(actor, await freeze_ids(ids), ForceChange())
    await refuse_row(database, ids[33])
    outcome = await apply_bulk(plan)
    assert outcome.counts == {RowResult.OK: 89, RowResult.ERROR: 1}
    assert dict(outcome.rows())[ids[33]] is Verdict.FAILED
    again = await retry(outcome)
    assert (again.total, again.changing) == (1, 1)
    await check(ids)


async def refuse_row(database: Database, user_id: int) -> None:
    """A rule of the application's own that one row breaks once it is written."""
    if database.dialect == "sqlite":
        await execute(
            database,
            "CREATE TRIGGER own_rule BEFORE UPDATE ON users WHEN NEW.id = "
            f"{user_id} AND NEW.must_change_password BEGIN SELECT RAISE(ABORT, 'own rule'); END;",
        )
    else:
        await execute(database, f"ALTER TABLE users ADD CHECK (id <> {user_id} OR NOT must_change_password)")


@pytest.mark.usefixtures("batches_of_20")
async def test_cancelled_between_batches_it_goes_on(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(95)
    plan = await plan_bulk(actor, await freeze_ids(ids), Deactivate())
    cancel = asyncio.Event()
    journal = tmp_path / "one.bulk"

    def stop(progress: BulkProgress) -> None:
        if progress.done >= 40:
            cancel.set()

    stopped = await apply_bulk(plan, progress=stop, cancel=cancel, journal=journal)
    assert (stopped.status, stopped.counts) == (BulkStatus.STOPPED, {RowResult.OK: 40, RowResult.PENDING: 55})
    assert await recorded(plan.op_id) == 40
    (job,) = pending_jobs(tmp_path)
    assert (job.done, job.total, job.is_running, job.op_id) == (40, 95, False, plan.op_id)
    done = await apply_bulk(stopped.plan, journal=journal)
    assert (done.status, done.counts) == (BulkStatus.DONE, {RowResult.OK: 95})
    assert await recorded(plan.op_id) == 95
    assert pending_jobs(tmp_path) == ()
    await check(ids)


@pytest.mark.postgres_only  # where the database's own file would have the same limit there is nothing to tell
@pytest.mark.usefixtures("batches_of_20")
async def test_a_full_disk_stops_it_and_what_was_written_is_said(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(95)
    plan = await plan_bulk(actor, await freeze_ids(ids), Deactivate())
    journal, limits = tmp_path / "one.bulk", resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(_: BulkProgress) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (journal.stat().st_size, limits[1]))

    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        outcome = await apply_bulk(plan, progress=fill, journal=journal)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert (outcome.status, outcome.count(RowResult.OK)) == (BulkStatus.FAILED, 20)
    assert "20 done" in outcome.sentence
    assert "The journal of this bulk cannot be written: File too large." in outcome.sentence
    assert (await AuditEvent.get(target_type="bulk")).outcome == "error"
    done = await apply_bulk(await resume(journal, actor), journal=journal)
    assert done.counts == {RowResult.OK: 95}
    await check(ids)


@pytest.mark.parametrize(("where", "written"), [("between", 40), ("within", 40), ("committed", 60)])
@pytest.mark.usefixtures("batches_of_20")
async def test_killed_it_goes_on_and_does_nothing_twice(
    database: Database, database_url: str, tmp_path: Path, where: str, written: int
) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(95)
    journal = tmp_path / "one.bulk"
    command = [sys.executable, "-m", "tests.models.operations.bulk.killed", database_url, str(journal), where]
    process = await asyncio.to_thread(subprocess.run, command, check=False, capture_output=True, text=True)
    assert process.returncode == -signal.SIGKILL, process.stderr
    (job,) = pending_jobs(tmp_path)
    assert (job.total, job.is_running) == (95, False)
    assert await recorded(job.op_id) == written
    assert await Account.filter(is_active=False).count() == written
    plan = await resume(journal, actor)
    assert (plan.done, plan.changing, plan.excluded, plan.reason) == (written, 95 - written, (), "killed")
    outcome = await apply_bulk(plan, journal=journal)
    assert (outcome.status, outcome.counts) == (BulkStatus.DONE, {RowResult.OK: 95})
    assert await recorded(plan.op_id) == 95
    await check(ids)
    assert pending_jobs(tmp_path) == ()


async def test_a_journal_is_of_one_account_and_one_database(database: Database, tmp_path: Path) -> None:
    boss, other = await superuser("boss"), await superuser("other")
    ids = await crowd(3)
    await apply_bulk(await plan_bulk(acting(boss), await freeze_ids(ids[:1]), ForceChange()))
    plan = await plan_bulk(acting(boss), await freeze_ids(ids), Deactivate())
    cancel = asyncio.Event()
    cancel.set()
    journal = tmp_path / "one.bulk"
    await apply_bulk(plan, cancel=cancel, journal=journal)
    assert journal.stat().st_mode & 0o777 == 0o600
    with pytest.raises(JournalError, match="begun by boss"):
        await resume(journal, acting(other))
    whole = journal.read_bytes()
    for name, content, sentence in (
        ("cut.bulk", whole[: whole.index(b"\n") + 5], "is cut"),
        ("none.bulk", b"{}\n", "no journal"),
        ("other.bulk", whole.replace(plan.database.encode(), b"0" * 64), "another database"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(JournalError, match=sentence):
            await resume(tmp_path / name, acting(boss))
    torn = tmp_path / "torn.bulk"
    torn.write_bytes(whole + b'{"places":[[0,1]],"verd')
    assert (await resume(torn, acting(boss))).changing == 3


@pytest.mark.usefixtures("batches_of_20")
async def test_who_is_demoted_between_batches_is_stopped(database: Database) -> None:
    boss = await superuser("boss")
    await superuser("other")
    ids = await crowd(95)
    plan = await plan_bulk(acting(boss), await freeze_ids(ids), Deactivate())

    def demote(progress: BulkProgress) -> None:
        if progress.done == 40:  # to its end, before the next batch begins
            sql = f"UPDATE users SET is_superuser = FALSE WHERE id = {boss.id}"
            with ThreadPoolExecutor(1) as apart:
                apart.submit(lambda: asyncio.run(execute(database, sql))).result()

    outcome = await apply_bulk(plan, progress=demote)
    assert outcome.status is BulkStatus.REFUSED
    assert "users.deactivate" in outcome.sentence
    assert outcome.count(RowResult.OK) == await recorded(plan.op_id) == 40
    (summary,) = await AuditEvent.filter(op_id=plan.op_id, target_type="bulk")
    assert (summary.outcome, summary.meta["reasons"]["ok"]) == ("denied", outcome.count(RowResult.OK))
    await check(ids)


async def test_who_may_not_is_refused_and_recorded(database: Database) -> None:
    actor = acting(await user("clerk", "support"))
    ids = await crowd(3)
    plan = await plan_bulk(actor, await freeze_ids(ids), Deactivate())
    assert (plan.is_allowed, plan.changing, plan.samples) == (False, 0, ())
    outcome = await apply_bulk(plan)
    assert outcome.status is BulkStatus.REFUSED
    (event,) = await AuditEvent.filter(op_id=plan.op_id)
    assert (event.outcome, event.target_type, event.meta["refusals"]) == ("denied", "bulk", ["permission"])
    grant = await plan_bulk(acting(await user("op", "operator")), await freeze_ids(ids), GrantRole("dba"))
    assert [str(one.code) for one in grant.refusals] == ["grant_without_holding"]
    assert not (await plan_bulk(actor, await freeze_ids(ids), GrantRole("nothing"))).is_allowed


async def test_two_bulks_at_once_never_take_the_last_superuser(database: Database) -> None:
    supers = [await superuser(f"s{number}") for number in range(4)]
    ids = [one.id for one in supers]
    plans = [await plan_bulk(acting(one), await freeze_ids(ids), Deactivate()) for one in supers]
    outcomes = await asyncio.gather(*(apply_bulk(plan) for plan in plans))
    assert await Account.filter(is_superuser=True, is_active=True).count() == 1
    assert [outcome.status for outcome in outcomes].count(BulkStatus.DONE) == 1
    assert {outcome.status for outcome in outcomes} == {BulkStatus.DONE, BulkStatus.REFUSED}
    await check(ids)


async def test_the_last_superuser_without_an_end_stays(database: Database) -> None:
    from datetime import UTC, datetime, timedelta

    boss = await superuser("boss", expires_at=datetime.now(UTC) + timedelta(days=1))
    others = [await superuser(f"s{number}") for number in range(3)]
    plan = await plan_bulk(acting(boss), await freeze_ids([boss.id, *(one.id for one in others)]), Deactivate())
    assert {one.verdict: one.labels for one in plan.excluded} == {
        Verdict.YOURSELF: ("boss",),
        Verdict.LASTING_SUPERUSER: ("s2",),
    }
    outcome = await apply_bulk(plan)
    assert outcome.reasons() == {Verdict.OK: 2, Verdict.YOURSELF: 1, Verdict.LASTING_SUPERUSER: 1}
    assert (await Account.get(id=others[2].id)).is_active


async def test_who_changed_meanwhile_is_left_out_and_a_retry_takes_it_up(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(8)
    plan = await plan_bulk(actor, await freeze_ids(ids), Deactivate(), reason="moved")
    await execute(database, f"UPDATE users SET version = version + 1, full_name = 'x' WHERE id = {ids[0]}")
    await execute(database, f"UPDATE users SET is_active = FALSE, version = version + 1 WHERE id = {ids[1]}")
    await execute(database, f"DELETE FROM users WHERE id = {ids[2]}")
    outcome = await apply_bulk(plan)
    assert outcome.reasons() == {Verdict.OK: 5, Verdict.UNCHANGED: 1, Verdict.CHANGED: 1, Verdict.GONE: 1}
    assert (outcome.failures, outcome.is_ok) == (2, False)
    (summary,) = await AuditEvent.filter(op_id=plan.op_id, target_type="bulk")
    assert (summary.outcome, summary.batch_id) == ("conflict", plan.op_id)
    path = tmp_path / "results.csv"
    assert await export_results(outcome, path, sanitise, only={RowResult.CONFLICT}) == 2
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["username"], row["reason"]) for row in rows] == [
        (str(ids[0]), "u000000", "changed since it was selected"),
        (str(ids[2]), "", "no longer there"),
    ]
    again = await retry(outcome)
    assert (again.total, again.changing, again.reason) == (2, 1, "moved")
    assert [one.verdict for one in again.excluded] == [Verdict.GONE]
    assert (await apply_bulk(again)).reasons() == {Verdict.OK: 1, Verdict.GONE: 1}
    assert (await Account.get(id=ids[0])).is_active is False


async def test_applied_twice_it_is_done_once(database: Database) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(5)
    plan = await plan_bulk(actor, await freeze_ids(ids), ForceChange())
    first, second = await apply_bulk(plan), await apply_bulk(plan)
    assert first.counts == second.counts == {RowResult.OK: 5}
    assert await recorded(plan.op_id) == 5
    await check(ids)


async def test_cancelling_the_task_leaves_nothing_half_done(database: Database) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(400)
    plan = await plan_bulk(actor, await freeze_ids(ids), Deactivate())
    for turns in range(1, 60, 7):
        task = asyncio.ensure_future(apply_bulk(plan))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await recorded(plan.op_id) in {0, 400}
        assert await Account.filter(is_active=False).count() == await recorded(plan.op_id)
    assert (await apply_bulk(plan)).counts == {RowResult.OK: 400}
    await check(ids)


async def test_a_name_that_is_taken_is_not_a_way_to_stop_a_deletion(database: Database) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(4)
    await user(f"deleted.{ids[1]}")
    outcome = await apply_bulk(await plan_bulk(actor, await freeze_ids(ids), SoftDelete()))
    assert outcome.counts == {RowResult.OK: 4}
    names = [row.username for row in await Account.filter(id__in=ids).order_by("id")]
    assert names == [f"deleted.{ids[0]}", f"deleted.{ids[1]}.2", f"deleted.{ids[2]}", f"deleted.{ids[3]}"]


async def test_a_session_that_is_over_writes_nothing(database: Database) -> None:
    from dataclasses import replace

    actor = replace(acting(await superuser("boss")), session_id=4711)
    plan = await plan_bulk(actor, await freeze_ids(await crowd(2)), Deactivate())
    assert [str(one.code) for one in plan.refusals] == ["actor_inactive"]


async def test_roles_and_edits_at_the_same_time_keep_every_version(database: Database) -> None:
    boss, other = acting(await superuser("boss")), acting(await superuser("other"))
    ids = await crowd(120)
    selection = await freeze_ids(ids)
    plans: list[Any] = [
        await plan_bulk(boss, selection, GrantRole("support")),
        await plan_bulk(other, selection, Deactivate()),
        await plan_bulk(other, selection, ForceChange()),
    ]
    outcomes = await asyncio.gather(*(apply_bulk(plan) for plan in plans))
    assert sorted(outcome.count(RowResult.OK) for outcome in outcomes) == [0, 0, 120]
    assert sorted(outcome.count(RowResult.CONFLICT) for outcome in outcomes) == [0, 120, 120]
    assert await UserRole.filter(user_id__in=ids).count() == outcomes[0].count(RowResult.OK)
    await check(ids)


async def test_names_that_a_spreadsheet_or_a_terminal_would_run_are_text(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser("boss"))
    ids = await crowd(2)
    async with in_transaction():
        await User.filter(id=ids[0]).update(username='=HYPERLINK("x"),\n"y')
        await User.filter(id=ids[1]).update(username="\x1b]0;owned\x07a\u202eb")
    outcome = await apply_bulk(await plan_bulk(actor, await freeze_ids(ids), ForceChange()))
    path = tmp_path / "results.csv"
    await export_results(outcome, path, sanitise)
    with path.open(newline="") as file:
        names = [row["username"] for row in csv.DictReader(file)]
    assert names == ['\'=HYPERLINK("x"),\\n"y', "\\x1b]0;owned\\x07a\\u202eb"]
    with pytest.raises(OSError, match="No such file"):
        await export_results(outcome, tmp_path / "nowhere" / "results.csv", sanitise)
    assert not (tmp_path / "nowhere").exists()
