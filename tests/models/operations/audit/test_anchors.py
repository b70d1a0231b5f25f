# ruff: noqa: ASYNC240 - small files of a test, whose disk nobody waits for
"""Anchors: when one is left, that it is whole whoever writes at once, and that a failure is said and stops nothing."""

from __future__ import annotations

import asyncio
import multiprocessing
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from models import AuditEvent
from models.operations import Actor, ActorKind, AuditDraft, Target, record
from models.operations.audit import anchors
from models.operations.audit.writing import append, append_all
from models.operations.transactions import write_transaction
from tui.database import open_database
from tui.database.anchoring import anchor_place, database_name
from tui.settings import Profile, parse_url

if TYPE_CHECKING:
    from tui.database import Database

DRAFT = AuditDraft(Actor(1, "maria", ActorKind.CLI), "users.edit", Target("user", 1, "alice"))


def draft(number: int = 1) -> AuditDraft:
    return AuditDraft(DRAFT.actor, DRAFT.action, Target("user", number, "alice"))


@pytest.fixture
def path(database: Database, tmp_path: Path) -> Path:
    """Where the anchors of the open database go."""
    found = tmp_path / "outside" / "anchors.jsonl"
    anchors.begin(anchors.Place("db", found))
    return found


async def some_anchor(path: Path) -> None:
    """Waits until a thread has written one."""
    async with asyncio.timeout(10):
        while not is_there(path) or not kept(path):  # noqa: ASYNC110 - a thread tells nobody
            await asyncio.sleep(0.005)


def is_there(path: Path) -> bool:
    return path.exists()


def kept(path: Path) -> list[anchors.Anchor]:
    found = list(anchors.read_lines(path))
    assert None not in found
    return [anchor for anchor in found if anchor is not None]


async def test_an_anchor_at_the_end_says_what_the_last_row_is(database: Database, path: Path) -> None:
    await record(draft())
    await record(draft())
    assert not is_there(path)
    await anchors.leave_anchor()
    [anchor] = kept(path)
    assert (anchor.seq, anchor.hash) == (2, (await AuditEvent.get(seq=2)).hash)
    assert (anchor.database, anchor.why) == ("db", "session")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    await anchors.leave_anchor()
    assert len(kept(path)) == 1, "of the same row a second anchor says nothing new"


async def test_an_anchor_every_hundred_rows_however_they_are_written(database: Database, path: Path) -> None:
    for number in range(99):
        await record(draft(number))
    assert not is_there(path)
    await record(draft())
    await some_anchor(path)
    assert [(anchor.seq, anchor.why) for anchor in kept(path)] == [(100, "rows")]
    await write_transaction(
        lambda client: append_all(client, [replace(draft(n), op_id=DRAFT.op_id) for n in range(250)])
    )
    await anchors.leave_anchor()
    assert [anchor.seq for anchor in kept(path)] == [100, 350]
    assert kept(path)[-1].hash == (await AuditEvent.get(seq=350)).hash


async def test_what_is_rolled_back_is_never_anchored(database: Database, path: Path) -> None:
    async def fail(client: object) -> None:
        await append(client, draft())  # type: ignore[arg-type]
        raise LookupError

    with pytest.raises(LookupError):
        await write_transaction(fail)
    await anchors.leave_anchor()
    assert not is_there(path)


async def test_what_cannot_be_written_is_said_and_refuses_nothing(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    anchors.begin(anchors.Place("db", tmp_path / "file" / "anchors.jsonl"))
    assert await record(draft()) == 1
    await anchors.leave_anchor()
    assert "could not be written" in anchors.trouble()
    anchors.begin(anchors.Place("db", tmp_path / "good.jsonl"))
    await record(draft())
    await anchors.leave_anchor()
    assert anchors.trouble() == ""


async def test_a_link_laid_there_is_not_followed(database: Database, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("")
    (tmp_path / "anchors.jsonl").symlink_to(victim)
    anchors.begin(anchors.Place("db", tmp_path / "anchors.jsonl"))
    await record(draft())
    await anchors.leave_anchor()
    assert victim.read_text() == ""
    assert anchors.trouble()


async def test_without_file_and_journal_that_is_what_is_said(database: Database) -> None:
    anchors.begin(anchors.Place("db", None))
    await record(draft())
    await anchors.leave_anchor()
    assert anchors.trouble() == "No anchor of the audit is kept: there is neither a file nor a journal for it."


async def test_closing_the_database_leaves_one(database_url: str, tmp_path: Path) -> None:
    url = parse_url(database_url)
    place = anchor_place(url, Profile(), tmp_path)
    async with await open_database(url, anchored=place):
        await record(draft())
    assert place.path is not None
    assert [anchor.seq for anchor in kept(place.path)] == [1]
    assert kept(place.path)[0].database == database_name(url)


def test_the_name_of_a_database_has_no_user_in_it() -> None:
    one, other = (parse_url(f"postgres://{user}@localhost/app") for user in ("maria", "tom"))
    assert database_name(one) == database_name(other) == "postgres:localhost:5432/app"
    chosen = anchor_place(one, Profile(audit_anchors="/var/anchors"), Path("/state"))
    assert chosen.path == Path("/var/anchors")


def _lines(path: str, number: int) -> None:
    for line in range(50):
        anchors.write_line(Path(path), f'{{"process": {number}, "line": {line}, "pad": "{"x" * 300}"}}')


def test_processes_at_once_keep_their_lines_whole(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_lines, args=(str(path), number)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    lines = path.read_text().splitlines()
    assert len(lines) == 200
    assert all(line.startswith("{") and line.endswith("}") for line in lines)


def test_a_line_behind_one_that_was_cut_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    anchor = anchors.parse_line(
        f'{{"at": "2026-01-31T10:00:00+00:00", "database": "db", "seq": 1, "hash": "{"a" * 64}"}}'
    )
    assert anchor is not None
    path.write_text('{"at": "2026')
    path.chmod(0o600)
    anchors.write_line(path, anchor.line())
    assert list(anchors.read_lines(path)) == [None, anchor]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no anchor",
        "{",
        "[1]",
        '{"seq": 1}',
        '{"at": "yesterday", "database": "db", "seq": 1, "hash": "' + "a" * 64 + '"}',
        '{"at": "2026-01-31T10:00:00+00:00", "database": "db", "seq": true, "hash": "' + "a" * 64 + '"}',
        '{"at": "2026-01-31T10:00:00+00:00", "database": "db", "seq": -1, "hash": "' + "a" * 64 + '"}',
        '{"at": "2026-01-31T10:00:00+00:00", "database": "db", "seq": 1, "hash": "' + "A" * 64 + '"}',
        '{"at": "2026-01-31T10:00:00", "database": "db", "seq": 1, "hash": "' + "a" * 64 + '"}',
        "{" * 3000,
    ],
)
def test_what_is_no_anchor_is_none(text: str) -> None:
    assert anchors.parse_line(text) is None


def test_what_a_journal_puts_before_it_is_passed_over() -> None:
    line = f'{{"at": "2026-01-31T10:00:00+00:00", "database": "db", "seq": 7, "hash": "{"a" * 64}", "why": "rows"}}'
    anchor = anchors.parse_line(f"Jan 31 10:00:00 bastion shellback: audit anchor {line}")
    assert anchor is not None
    assert (anchor.seq, anchor.why) == (7, "rows")
