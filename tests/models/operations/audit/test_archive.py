"""Archives: what is moved is exactly what the file proves to hold, and an interruption anywhere loses nothing."""

from __future__ import annotations

import asyncio
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from models import Account, AuditArchive, AuditEvent
from models.operations import Actor, Outcome, Status, apply
from models.operations.audit import anchors
from models.operations.audit import archive as archiving
from models.operations.audit.archive import check_archive, finish_archives, plan_archive, run_archive
from models.operations.audit.archive_file import ArchiveFile, BadArchive, read_archive
from models.operations.audit.verify import verify_trail
from tests.models.operations.audit.test_audit import OPEN, write
from tests.models.operations.people import acting, set_columns, superuser, user
from tests.models.operations.raw import execute

if TYPE_CHECKING:
    from tui.database import Database

SOON = timedelta(days=1)


@pytest.fixture
async def actor(database: Database) -> Actor:
    return acting(await superuser())


async def archive(actor: Actor, path: Path, before: datetime | None = None) -> Outcome:
    return await run_archive(await plan_archive(actor, before or datetime.now(UTC) + SOON, path))


def files(folder: Path) -> list[str]:
    """The archives in a folder, and what is on its way to become one."""
    return sorted(entry.name for entry in folder.iterdir() if ".jsonl" in entry.name and "anchors" not in entry.name)


async def seqs() -> list[int]:
    return [int(str(seq)) for seq in await AuditEvent.all().order_by("seq").values_list("seq", flat=True)]


async def test_the_oldest_rows_move_into_a_file_that_proves_them(actor: Actor, tmp_path: Path) -> None:
    await write(5)
    rows = await AuditEvent.all().order_by("seq").values()
    path = tmp_path / "trail.jsonl"
    outcome = await archive(actor, path)
    assert outcome.status is Status.OK, outcome.sentence
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert files(tmp_path) == ["trail.jsonl"]
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["hash"] for line in lines] == [row["hash"] for row in rows]
    assert lines[1]["changes"] == rows[1]["changes"]
    kept = await AuditArchive.get()
    assert (kept.first_seq, kept.last_seq, kept.rows, kept.last_hash) == (1, 5, 5, rows[-1]["hash"])
    assert kept.file_name == "trail.jsonl"
    assert await seqs() == [6]
    event = await AuditEvent.get(seq=6)
    assert (event.action, event.outcome, event.prev_hash) == ("audit.archive", "ok", rows[-1]["hash"])
    assert event.meta["sha256"] == kept.file_sha256
    report = await verify_trail()
    assert report.is_whole
    assert (report.first_seq, report.archived_to, report.rows) == (6, 5, 1)


async def test_the_chain_goes_on_and_is_archived_again(actor: Actor, tmp_path: Path) -> None:
    await write(3)
    assert (await archive(actor, tmp_path / "one.jsonl")).is_ok
    await write(3)
    assert (await archive(actor, tmp_path / "two.jsonl")).is_ok
    assert read_archive(tmp_path / "two.jsonl").before == read_archive(tmp_path / "one.jsonl").last_hash
    assert await seqs() == [8]
    assert (await verify_trail()).is_whole


async def test_only_what_is_older_moves(actor: Actor, tmp_path: Path) -> None:
    await write(4)
    third = await AuditEvent.get(seq=3)
    cut = third.at
    outcome = await archive(actor, tmp_path / "trail.jsonl", cut)
    younger = await AuditEvent.filter(at__lt=cut).count()
    assert outcome.is_ok
    assert younger == 0
    assert 3 in await seqs()


async def test_nothing_old_enough_is_nothing_to_do(actor: Actor, tmp_path: Path) -> None:
    await write(2)
    outcome = await archive(actor, tmp_path / "trail.jsonl", datetime(2020, 1, 1, tzinfo=UTC))
    assert outcome.status is Status.UNCHANGED
    assert files(tmp_path) == []


async def test_who_is_no_superuser_archives_nothing(actor: Actor, tmp_path: Path) -> None:
    other = acting(await user("ada", "auditor"))
    await write(2)
    outcome = await archive(other, tmp_path / "trail.jsonl")
    assert outcome.status is Status.REFUSED
    assert "Only a superuser" in outcome.sentence
    assert files(tmp_path) == []
    assert await AuditEvent.filter(action="audit.archive", outcome="denied").count() == 1


async def test_who_lost_the_right_meanwhile_leaves_no_file(actor: Actor, tmp_path: Path) -> None:
    await write(2)
    plan = await plan_archive(actor, datetime.now(UTC) + SOON, tmp_path / "trail.jsonl")
    assert plan.is_allowed
    await set_columns(await Account.get(id=actor.user_id), is_superuser=False)
    outcome = await run_archive(plan)
    assert outcome.status is Status.REFUSED
    assert files(tmp_path) == []
    assert await AuditArchive.all().count() == 0


async def test_a_broken_trail_is_not_archived(database: Database, actor: Actor, tmp_path: Path) -> None:
    await write(4)
    await execute(database, OPEN[database.dialect] + "UPDATE audit_events SET reason = 'x' WHERE seq = 3")
    outcome = await archive(actor, tmp_path / "trail.jsonl")
    assert outcome.status is Status.ERROR
    assert "the content of row 3 is not what was written" in outcome.sentence
    assert files(tmp_path) == []
    assert await AuditArchive.all().count() == 0


async def test_a_file_of_somebody_else_is_left_alone(actor: Actor, tmp_path: Path) -> None:
    await write(2)
    path = tmp_path / "trail.jsonl"
    path.write_text("mine\n")
    outcome = await archive(actor, path)
    assert outcome.status is Status.ERROR
    assert path.read_text() == "mine\n"


async def test_interrupted_behind_the_file_it_is_taken_up_again(actor: Actor, tmp_path: Path) -> None:
    """The file got its name and the process ended: nothing was let go, and the same command goes on with the file."""
    await write(3)
    path = tmp_path / "trail.jsonl"
    plan = await plan_archive(actor, datetime.now(UTC) + SOON, path)
    await plan.step.prepare()
    assert path.exists()
    assert await AuditArchive.all().count() == 0
    stamp = path.stat().st_mtime_ns
    assert (await archive(actor, path)).is_ok
    assert path.stat().st_mtime_ns == stamp
    assert (await verify_trail()).is_whole


async def test_cancelled_while_it_is_written_it_leaves_nothing(actor: Actor, tmp_path: Path) -> None:
    await write(30)
    folder = tmp_path / "out"
    folder.mkdir()
    begun = asyncio.Event()
    plan = await plan_archive(actor, datetime.now(UTC) + SOON, folder / "trail.jsonl", progress=lambda _: begun.set())
    task = asyncio.create_task(run_archive(plan))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await AuditArchive.all().count() == 0
    assert [name for name in files(folder) if name != "trail.jsonl"] == []


async def test_a_long_trail_goes_in_parts_and_is_whole_between_them(
    actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(12)
    monkeypatch.setattr(archiving, "LET_GO_AT_ONCE", 5)
    outcome = await apply(await plan_archive(actor, datetime.now(UTC) + SOON, tmp_path / "trail.jsonl"))
    assert outcome.is_ok
    assert await seqs() == [*range(6, 14)]  # the rest of the archived rows, and the archive's own
    assert (await verify_trail()).is_whole
    assert await finish_archives() == 0
    assert await seqs() == [13]
    assert (await verify_trail()).is_whole


async def test_what_is_left_of_an_archive_is_still_checked(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(12)
    monkeypatch.setattr(archiving, "LET_GO_AT_ONCE", 5)
    await apply(await plan_archive(actor, datetime.now(UTC) + SOON, tmp_path / "trail.jsonl"))
    await execute(database, OPEN[database.dialect] + "UPDATE audit_events SET reason = 'x' WHERE seq = 9")
    bad = (await verify_trail()).bad
    assert bad is not None
    assert bad.seq == 9


async def test_two_archives_at_once_move_the_rows_once(actor: Actor, tmp_path: Path) -> None:
    await write(5)
    before = datetime.now(UTC) + SOON
    plans = [await plan_archive(actor, before, tmp_path / f"{number}.jsonl") for number in range(2)]
    outcomes = await asyncio.gather(*(run_archive(plan) for plan in plans))
    assert sorted(outcome.is_ok for outcome in outcomes) == [False, True]
    assert await AuditArchive.all().count() == 1
    assert len(files(tmp_path)) == 1
    assert (await verify_trail()).is_whole


async def test_an_anchor_is_left_and_agrees(actor: Actor, tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    anchors.begin(anchors.Place("db", path))
    await write(4)
    await anchors.leave_anchor()
    await write(4)
    assert (await archive(actor, tmp_path / "trail.jsonl")).is_ok
    found = list(anchors.read_lines(path))
    assert [anchor.why for anchor in found if anchor] == ["session", "archive"]
    report = await verify_trail(anchors=found, database="db")
    assert report.is_whole
    assert report.anchors is not None
    assert (report.anchors.agreed, report.anchors.archived) == (1, 1)


async def test_rows_that_no_archive_holds_are_not_let_go(database: Database, actor: Actor, tmp_path: Path) -> None:
    await write(3)
    assert (await archive(actor, tmp_path / "trail.jsonl")).is_ok
    await write(2)
    with pytest.raises(Exception, match="append-only"):
        await execute(database, "DELETE FROM audit_events")
    assert await seqs() == [4, 5, 6]


@pytest.mark.parametrize(
    "guise",
    [
        "CREATE TEMPORARY TABLE audit_archives (last_seq bigint); INSERT INTO audit_archives VALUES (1000000);",
        pytest.param(
            "CREATE SCHEMA other; SET search_path = other, public;"
            "CREATE TABLE other.audit_archives (last_seq bigint); INSERT INTO other.audit_archives VALUES (1000000);",
            marks=pytest.mark.postgres_only,
        ),
    ],
    ids=["temporary", "schema"],
)
async def test_another_table_of_that_name_lets_no_row_go(guise: str, database: Database, actor: Actor) -> None:
    """Who may delete, and make a table, is not who archives: the list that counts is the one beside the trail."""
    await write(3)
    trail = "main" if database.url.path is not None else "public"
    with pytest.raises(Exception, match="append-only"):
        await execute(database, f"{guise} DELETE FROM {trail}.audit_events")
    assert await seqs() == [1, 2, 3]


async def test_a_file_is_checked_against_the_database(actor: Actor, tmp_path: Path) -> None:
    await write(4)
    path = tmp_path / "trail.jsonl"
    assert (await archive(actor, path)).is_ok
    facts, problem = await check_archive(path)
    assert (facts.rows, problem) == (4, "")
    lines = path.read_bytes().splitlines(keepends=True)
    for broken, said in (
        ([lines[0], lines[2]], "Line 2: row 2 should stand there"),
        ([lines[0], lines[1].replace(b"users.edit", b"users.exit")], "the content of row 2"),
        ([lines[0], b"{}\n"], "Line 2 is not a row"),
        ([lines[0], b"\xff\n"], "Line 2 is not a row"),
        ([lines[0], lines[1][:-1]], "Line 2 is not a row"),
        ([], "empty"),
    ):
        path.write_bytes(b"".join(broken))
        with pytest.raises(BadArchive, match=said):
            await check_archive(path)
    path.write_bytes(b"".join(lines[:2]))
    assert "knows of no archive" in (await check_archive(path))[1]
    path.write_bytes(b"".join(lines[1:]))
    assert "The database has rows 1 to 4" in (await check_archive(path))[1]


def test_a_name_that_is_taken_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = ArchiveFile(tmp_path / "trail.jsonl")
    file.write([b"{}\n"])
    (tmp_path / "trail.jsonl").write_text("theirs")
    with pytest.raises(FileExistsError):
        file.name()
    file.abandon(named=True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["trail.jsonl"]
    assert (tmp_path / "trail.jsonl").read_text() == "theirs"
