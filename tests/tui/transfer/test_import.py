"""Imports: a file becomes a plan, and the plan what is in the database; or nothing changes and the reason is said."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from models import Account, AuditEvent, User
from models.operations import Status, apply, plan_edit, verify_chain
from models.operations.importing import ImportOutcome, ImportProgress, Stage, Verdict
from tests.models.operations.people import acting, set_columns, superuser, user
from tests.tui.browse.people import people
from tests.tui.transfer.people import hostile_people, visible
from tui.browse.lists.orders import parse_order
from tui.browse.search.query import parse
from tui.transfer.columns import DEFAULT
from tui.transfer.errors import TransferError
from tui.transfer.export import ExportRequest, export_users
from tui.transfer.importing import ImportRequest, PlannedImport, apply_file, plan_file, request_of, write_errors
from tui.transfer.sheets import Format

if TYPE_CHECKING:
    from models.operations import Actor
    from tui.database import Database


async def _plan(path: Path, actor: Actor, text: str | bytes | None = None, **fields: Any) -> PlannedImport:
    if text is not None:
        await asyncio.to_thread(path.write_bytes, text.encode() if isinstance(text, str) else text)
    return await plan_file(replace(request_of(path), **fields), actor)


async def _import(path: Path, actor: Actor, text: str | bytes | None = None, **fields: Any) -> ImportOutcome:
    planned = await _plan(path, actor, text, **fields)
    try:
        return await apply_file(planned)
    finally:
        planned.close()


def _counts(planned: PlannedImport) -> tuple[int, int, int, int]:
    counts = planned.plan.counts
    return counts[Verdict.CREATE], counts[Verdict.UPDATE], counts[Verdict.UNCHANGED], counts[Verdict.ERROR]


def _errors(planned: PlannedImport) -> dict[int, str]:
    return {row.line: row.error for row in planned.plan.spool.sample(Verdict.ERROR, 0, 100)}


async def _everybody() -> list[dict[str, Any]]:
    return list(await User.all().order_by("id").values())


@pytest.mark.parametrize("form", Format)
async def test_what_was_exported_is_unchanged(database: Database, tmp_path: Path, form: Format) -> None:
    actor = acting(await superuser())
    await people(50)
    if form is Format.JSONL:
        await hostile_people()
    path = tmp_path / f"users.{form}"
    # CSV shows what cannot be seen as escapes, so it is no way to carry such names.
    ids = [
        one.id
        for one in await Account.filter(deleted_at=None)
        if form is Format.JSONL or visible(one.username + (one.email or ""))
    ]
    request = ExportRequest(parse(""), parse_order("id"), DEFAULT, form, path, tuple(ids))
    await export_users(request, actor)
    planned = await _plan(path, actor)
    create, update, unchanged, errors = _counts(planned)
    assert (create, update, unchanged + errors) == (0, 0, len(ids))
    if form is Format.CSV:
        assert errors == 0
    planned.close()


async def test_a_file_creates_and_changes_exactly_what_was_shown(database: Database, tmp_path: Path) -> None:
    root = await superuser()
    ann = await user("ann", email="ann@old.example", full_name="Ann")
    bob = await user("Bob")
    carl = await user("carl", full_name="Carl")
    path = tmp_path / "users.csv"
    text = (
        "id,username,Mail,full_name,must_change_password,expires_at\n"
        f"{ann.id},annette,ann@new.example,Ann,true,2030-01-01 00:00:00+00\n"
        ',bob,,"Bob, the ""builder""",,\n'
        f"{carl.id},carl,,Carl,,\n"
        ",dora,dora@example.org,Dora,yes,\n"
    )
    planned = await _plan(path, acting(root), text, reason="moved")
    assert _counts(planned) == (1, 2, 1, 0)
    assert planned.plan.spool.sample(Verdict.UPDATE)[0].changes["username"] == ["ann", "annette"]
    before = await _everybody()
    assert [row["username"] for row in before] == ["root", "ann", "Bob", "carl"]
    outcome = await apply_file(planned)
    planned.close()
    assert (outcome.status, outcome.created, outcome.updated) == (Status.OK, 1, 2)
    now = {row["username"]: row for row in await _everybody()}
    assert list(now) == ["root", "annette", "Bob", "carl", "dora"]
    assert (now["annette"]["email"], now["annette"]["email_key"]) == ("ann@new.example", "ann@new.example")
    assert (now["annette"]["username_key"], now["annette"]["version"]) == ("annette", ann.version + 1)
    assert now["annette"]["must_change_password"] is True
    assert now["annette"]["expires_at"].isoformat() == "2030-01-01T00:00:00+00:00"
    assert now["annette"]["hashed_password"] == before[1]["hashed_password"]
    assert now["Bob"]["full_name"] == 'Bob, the "builder"'
    assert now["carl"] == before[3]
    dora = now["dora"]
    assert (dora["has_usable_password"], dora["must_change_password"], dora["is_active"]) == (False, True, True)
    assert dora["hashed_password"].startswith("$argon2id$")
    assert dora["created_by_id"] == root.id
    assert dora["id"] > bob.id

    events = await AuditEvent.filter(action="users.import").order_by("seq")
    assert [event.target_label for event in events] == ["users.csv", "annette", "Bob", "dora"] or [
        event.target_label for event in events
    ] == ["users.csv", "ann", "Bob", "dora"]
    assert {event.batch_id for event in events} == {planned.plan.op_id}
    assert {event.reason for event in events} == {"moved"}
    assert events[0].meta["created"] == 1
    assert events[0].meta["sha256"] == planned.plan.digest
    assert events[1].changes["email"] == ["ann@old.example", "ann@new.example"]
    assert (events[1].version_before, events[1].version_after) == (ann.version, ann.version + 1)
    assert (events[3].target_id, events[3].version_before) == (dora["id"], None)
    assert (await verify_chain()).is_whole


async def test_the_same_file_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    path = tmp_path / "users.csv"
    text = "username,email,full_name\n" + "".join(f"user{n:04},u{n}@example.org,U {n}\n" for n in range(2500))
    outcome = await _import(path, actor, text)
    assert (outcome.status, outcome.created) == (Status.OK, 2500)
    assert await Account.all().count() == 2501
    again = await _plan(path, actor)
    assert _counts(again) == (0, 0, 2500, 0)
    assert (await apply_file(again)).status is Status.UNCHANGED
    again.close()
    assert await AuditEvent.filter(action="users.import").count() == 2501
    assert (await verify_chain()).is_whole


async def test_planning_changes_nothing(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    await user("ann")
    before = await _everybody()
    planned = await _plan(tmp_path / "u.csv", actor, "username,full_name\nann,Ann\nnew,New\n")
    planned.close()
    assert await _everybody() == before
    assert not await AuditEvent.filter(action="users.import").exists()


WRONG_ROWS = {
    "username,email": {
        ",a@b.example": "A username is needed",
        "has space,": "cannot hold a space",
        "x" * 51 + ",": "at most 50 characters",
        "ok,no-address": "name@example.org",
        "nul\x00,": "zero character",
        "fine,a,b": "3 cells",
        "short": "1 cells",
        "zero\u200b,": "cannot be seen",
        "x," + "y" * 2000: "far more than fit",
        "ann2,ann@example.org": "e-mail address",
        "аnn,": "looks like ann",
        "gone,": "is deleted",
    },
    "id,full_name": {
        "4711,x": "no user #4711",
        "x,x": "no number",
        "99999999999,x": "no number",
        "0,x": "no id",
        "1," + "x" * 151: "at most 150",
    },
    "username,is_verified,expires_at": {
        "ann,maybe,": "true or false",
        "ann,,tomorrow": "with its zone",
        "ann,,2027-02-30 10:00+00": "with its zone",
        "ann,,2027-01-30 10:00": "with its zone",
    },
}


@pytest.mark.parametrize(
    ("header", "row", "sentence"),
    [(header, row, said) for header, rows in WRONG_ROWS.items() for row, said in rows.items()],
)
async def test_a_row_that_cannot_be_taken_is_named(
    database: Database, tmp_path: Path, header: str, row: str, sentence: str
) -> None:
    actor = acting(await superuser())
    await user("ann", email="ann@example.org", email_key="ann@example.org")
    gone = await user("gone")
    await set_columns(gone, deleted_at=gone.created_at)
    before = await _everybody()
    last = "1,Root\n" if header.startswith("id") else "zoe" + "," * header.count(",") + "\n"
    planned = await _plan(tmp_path / "u.csv", actor, f"{header}\n{row}\n{last}")
    assert _counts(planned)[3] == 1
    assert sentence in _errors(planned)[2]
    outcome = await apply_file(planned)
    planned.close()
    assert outcome.status is Status.REFUSED
    assert await _everybody() == before


async def test_what_stands_twice_names_both_lines(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    ann = await user("ann")
    text = (
        "id,username,email\n"
        f"{ann.id},,a@x.example\n"  # 2
        ",Ann,\n"  # 3: the same user by name
        ",new,b@x.example\n"  # 4
        ",NEW,\n"  # 5
        ",other,B@x.example\n"  # 6
        ",paypal,\n"  # 7
        ",раураl,\n"  # 8: looks like it
        ",fine,\n"
    )
    planned = await _plan(tmp_path / "u.csv", actor, text)
    errors = _errors(planned)
    assert sorted(errors) == [2, 3, 4, 5, 6, 7, 8]
    for line, other in ((2, 3), (3, 2), (4, 5), (5, 4), (6, 4), (7, 8), (8, 7)):
        assert f"line {other}" in errors[line]
    planned.close()


WRONG_FILES: dict[str, tuple[str | bytes, dict[str, Any], str]] = {
    "empty": ("", {}, "empty"),
    "blank": ("\n\n", {}, "empty"),
    "wrong delimiter": ("username;email\nann;x\n", {"delimiter": ","}, "Did you mean --delimiter ';'"),
    "latin-1": ("username,full_name\nann,Ann\nb,J\xe9\n".encode("latin-1"), {}, "Byte 0xE9 on line 3"),
    "utf-16 without mark": ("username\nann\n".encode("utf-16-le"), {}, "utf-16-le"),
    "utf-32": ("username\nann\n".encode("utf-32"), {}, "UTF-32"),
    "not that encoding": (b"\xff\xfe", {"encoding": "utf-8"}, "is not UTF-8"),
    "no such encoding": ("username\nann\n", {"encoding": "klingon"}, "no encoding"),
    "no text encoding": ("username\nann\n", {"encoding": "rot13"}, "no encoding"),
    "password": ("username,password\nann,x\n", {}, "never imported"),
    "ignored password": ("username,Pass-Word\nann,x\n", {"ignored": ("Pass-Word",)}, "never imported"),
    "hash": ("username,hashed_password\nann,x\n", {}, "never imported"),
    "superuser": ("username,is_superuser\nann,true\n", {}, "never imported"),
    "mapped to superuser": ("username,x\nann,true\n", {"mapping": (("x", "is_superuser"),)}, "never imported"),
    "unknown": ("username,emial\nann,x\n", {}, "Did you mean email?"),
    "mapped to nothing": ("username,x\nann,x\n", {"mapping": (("x", "nothing"),)}, "no field"),
    "no such column": ("username,x\nann,x\n", {"ignored": ("y",)}, "no column y"),
    "column twice": ("username,username\nann,x\n", {}, "2 times"),
    "field twice": ("username,mail,email\nann,x,y\n", {}, "both would be email"),
    "no name": ("username,\nann,x\n", {}, "has no name"),
    "nobody": ("email\nx@y.example\n", {}, "id or the username"),
    "nothing to write": ("id\n1\n", {}, "no column to write"),
    "open quote": ('username,full_name\nann,"Ann\nbob,Bob\n', {}, "never closed"),
    "open quote in the header": ('username,"full_name\nann,Ann\n', {}, "never closed"),
    "quote in the middle": ('username,full_name\nann,"A"b\n', {}, "closing quote"),
    "old line ends": ("username,full_name\rann,Ann\r", {}, "carriage return"),
    "long line": ("username,full_name\nann,Ann\nbob," + "x" * 1_100_000, {}, "Line 3 .* is longer"),
    "long record": ('username,full_name\nann,"' + "x\n" * 600_000, {}, "longer than 100000"),
    "json, not lines": ('[\n{"username": "ann"}\n]\n', {"format": Format.JSONL}, ""),
    "no json": ("username,full_name\n", {"format": Format.JSONL}, "no object"),
}


@pytest.mark.parametrize("case", WRONG_FILES)
async def test_a_file_that_cannot_be_read_is_said(database: Database, tmp_path: Path, case: str) -> None:
    actor = acting(await superuser())
    await user("ann")
    content, fields, sentence = WRONG_FILES[case]
    before = await _everybody()
    if case == "json, not lines":
        planned = await _plan(tmp_path / "u.jsonl", actor, content, **fields)
        assert sorted(_errors(planned)) == [1, 3]
        planned.close()
    else:
        with pytest.raises(TransferError, match=sentence):
            await _plan(tmp_path / "u.csv", actor, content, **fields)
    assert await _everybody() == before


async def test_what_is_no_file_is_said(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    for path in (tmp_path, tmp_path / "none.csv", Path("/dev/zero")):
        with pytest.raises(TransferError):
            await _plan(path, actor)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom", "cp1252"])
async def test_encodings_and_delimiters_are_found_out(database: Database, tmp_path: Path, encoding: str) -> None:
    actor = acting(await superuser())
    text = "username;Display Name\r\nann;José; no\r\n".replace("; no", "")
    data = ("\ufeff" + text).encode("utf-16-be") if encoding == "utf-16-be-bom" else text.encode(encoding)
    named = {"encoding": encoding} if encoding == "cp1252" else {}
    assert (await _import(tmp_path / "u.csv", actor, data, **named)).created == 1
    assert (await Account.get(username="ann")).full_name == "José"


async def test_a_gigabyte_in_one_line_takes_no_memory(database: Database, tmp_path: Path) -> None:
    import psutil

    actor = acting(await superuser())
    path = tmp_path / "u.csv"

    def make() -> None:
        with path.open("wb") as file:
            file.write(b"username,full_name\nann,")
            file.truncate(1 << 30)

    await asyncio.to_thread(make)
    before = psutil.Process().memory_info().rss
    with pytest.raises(TransferError, match=r"Line 2 .* longer"):
        await _plan(path, actor)
    assert psutil.Process().memory_info().rss - before < 60_000_000


async def test_json_lines_leave_what_they_do_not_name(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    ann = await user("ann", email="ann@example.org", full_name="Ann")
    rows: list[Any] = [
        {"id": ann.id, "email": None},
        {"username": "new", "is_verified": True, "roles": ["support"], "full_name": "=1+1"},
        {"username": "bad", "is_verified": "yes"},
        {"username": "bad2", "email": 5},
        {"id": True, "username": "bad3"},
        {"username": "bad4", "full_name": "\ud800"},
    ]
    text = (
        "\n".join(json.dumps(row) for row in rows) + '\n{"username": "x", "username": "y"}\n{"username": NaN}\n"x"\n\n'
    )
    planned = await _plan(tmp_path / "u.jsonl", actor, text)
    assert _counts(planned) == (1, 1, 0, 7)
    assert sorted(_errors(planned)) == [3, 4, 5, 6, 7, 8, 9]
    assert planned.columns.own == ("roles",)
    planned.close()
    done = await _import(tmp_path / "v.jsonl", actor, "\n".join(json.dumps(row) for row in rows[:2]))
    assert done.status is Status.OK
    now = await Account.get(id=ann.id)
    assert (now.email, now.full_name) == (None, "Ann")
    assert (await Account.get(username="new")).full_name == "=1+1"


async def test_a_user_who_changed_meanwhile_stops_all_of_it(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    ann, bob = await user("ann"), await user("bob")
    planned = await _plan(tmp_path / "u.csv", actor, "username,full_name\nann,Ann\nbob,Bob\nnew,New\n")
    await set_columns(bob, full_name="Robert", version=bob.version + 1)
    before = await _everybody()
    outcome = await apply_file(planned)
    planned.close()
    assert outcome.status is Status.CONFLICT
    assert outcome.conflicts == ((3, f"bob (#{bob.id}) was changed meanwhile."),)
    assert await _everybody() == before
    assert (await AuditEvent.get(action="users.import")).outcome == "conflict"
    del ann


async def test_a_name_that_came_meanwhile_stops_all_of_it(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    old = await user("old")
    planned = await _plan(tmp_path / "u.csv", actor, "username,email\npaypal,\nbank,\n")
    await user("раураl")
    outcome = await apply_file(planned)
    planned.close()
    assert outcome.status is Status.CONFLICT
    assert "looks like" in outcome.sentence
    assert not await Account.filter(username="bank").exists()
    del old


async def test_a_name_that_was_taken_by_a_rename_meanwhile_stops_all_of_it(database: Database, tmp_path: Path) -> None:
    root = await superuser()
    old = await user("old")
    planned = await _plan(tmp_path / "u.csv", acting(root), "username,email\npaypal,\nbank,\n")
    renamed = await apply(await plan_edit(acting(root), old, {"username": "раураl"}))
    assert renamed.status is Status.OK
    outcome = await apply_file(planned)
    planned.close()
    assert outcome.status is Status.CONFLICT
    assert f"(#{old.id})" in outcome.sentence
    assert not await Account.filter(username="bank").exists()


async def test_a_file_that_changes_under_it_is_refused(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    path = tmp_path / "u.csv"
    planned = await _plan(path, actor, "username,email\nann,\n")
    path.write_text("username,email\neve,\n")
    with pytest.raises(TransferError, match="was changed since"):
        await apply_file(planned)
    planned.close()
    assert await Account.all().count() == 1


async def test_who_may_not_is_refused_before_and_under_lock(database: Database, tmp_path: Path) -> None:
    boss = await superuser()
    helper = await user("helper", "support")
    planned = await _plan(tmp_path / "u.csv", acting(helper), "username,email\nann,\n")
    assert [refusal.code for refusal in planned.plan.refusals] == ["permission", "permission"]
    outcome = await apply_file(planned)
    planned.close()
    assert outcome.status is Status.REFUSED
    assert not await Account.filter(username="ann").exists()
    assert (await AuditEvent.get(action="users.import")).outcome == "denied"

    worker = await user("worker", "operator")
    await user("auditor", "auditor")
    text = "username,full_name,email\nroot,Root,\nauditor,Aud,aud@example.org\nhelper,Help,h@example.org\n"
    planned = await _plan(tmp_path / "v.csv", acting(worker), text)
    assert "superuser" in _errors(planned)[2]
    assert "holds permissions" in _errors(planned)[3]
    assert 4 not in _errors(planned)
    planned.close()

    planned = await _plan(tmp_path / "w.csv", acting(worker), "username,email\nann,\n")
    await set_columns(worker, is_active=False)
    assert (await apply_file(planned)).status is Status.REFUSED
    planned.close()
    del boss


async def test_a_cancelled_import_changes_nothing(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    text = "username,email\n" + "".join(f"user{n:04},\n" for n in range(1500))
    planned = await _plan(tmp_path / "u.csv", actor, text)

    def stop(progress: ImportProgress) -> None:
        if progress.stage is Stage.RECORDING:
            task.cancel()

    task = asyncio.create_task(apply_file(planned, stop))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await Account.all().count() == 1
    assert (await apply_file(planned)).created == 1500
    planned.close()


async def test_more_than_one_transaction_takes_is_done_in_several(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.operations.importing.parts.ATOMIC", 4)
    actor = acting(await superuser())
    for number in range(6):
        await user(f"old{number}")
    text = "username,full_name\n" + "".join(f"old{n},X\nnew{n},Y\n" for n in range(6))
    outcome = await _import(tmp_path / "u.csv", actor, text)
    assert (outcome.status, outcome.created, outcome.updated) == (Status.OK, 6, 6)
    events = await AuditEvent.filter(action="users.import")
    assert len({event.op_id for event in events}) == 4
    assert len({event.batch_id for event in events}) == 1
    assert len(events) == 12 + 4


async def test_the_constraints_of_the_database_are_heard(database: Database, tmp_path: Path, dialect: str) -> None:
    from tests.models.operations import raw

    actor = acting(await superuser())
    for number in range(5):
        await user(f"old{number}")
    await raw.execute(
        database,
        "CREATE TRIGGER t BEFORE UPDATE ON users WHEN NEW.full_name = 'No' BEGIN SELECT RAISE(ABORT, 'no'); END;"
        if dialect == "sqlite"
        else "ALTER TABLE users ADD CONSTRAINT no CHECK (full_name <> 'No')",
    )
    text = "username,full_name\nold0,Yes\nold1,No\nold2,Yes\nold3,No\nold4,Yes\n"
    planned = await _plan(tmp_path / "u.csv", actor, text)
    assert _counts(planned) == (0, 3, 0, 2)
    assert sorted(_errors(planned)) == [3, 5]
    path = tmp_path / "errors.csv"
    assert await write_errors(planned.plan, path) == 2
    assert path.read_text().splitlines()[0] == "line,username,error"
    planned.close()


async def test_changing_the_file_while_it_is_read_is_noticed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = acting(await superuser())
    path = tmp_path / "u.csv"
    text = "username,email\n" + "".join(f"user{n:04},\n" for n in range(1500))
    await asyncio.to_thread(path.write_text, text)

    def append(_: ImportProgress) -> None:
        with path.open("a") as file:
            file.write("eve,\n")

    request: ImportRequest = request_of(path)
    with pytest.raises(TransferError, match="while it was read"):
        await plan_file(request, actor, append)
