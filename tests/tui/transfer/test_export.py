"""Exports: what is in the file, what the file is, and that nothing is left where there is none."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import resource
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from models import Account, AuditEvent
from models.engines.errors import DatabaseError
from models.operations.context import Stopped
from models.spreadsheets import unquoted
from tests.models.operations import raw
from tests.models.operations.people import acting, superuser, user
from tests.tui.browse.people import people
from tests.tui.transfer.people import FORMULAS, hostile_people, visible
from tui.browse.lists.orders import OrderBy, parse_order
from tui.browse.lists.pages import open_source
from tui.browse.lists.statements import after_key
from tui.browse.search.query import parse
from tui.browse.sql import NOTHING
from tui.sanitise import sanitise
from tui.transfer.columns import BY_NAME, COLUMNS, DEFAULT, parse_columns
from tui.transfer.errors import TransferError
from tui.transfer.export import ExportRequest, export_users
from tui.transfer.ranges import Writer, end_sql
from tui.transfer.sheets import Format, Sheet

if TYPE_CHECKING:
    from tui.database import Database

ORDERS = [f"{sign}{by}" for by in OrderBy for sign in ("", "-")]


def _request(path: Path | None, query: str = "", order: str = "id", **fields: Any) -> ExportRequest:
    form = fields.pop("format", Format.CSV)
    columns = fields.pop("columns", DEFAULT)
    return ExportRequest(parse(query), parse_order(order), columns, form, path, **fields)


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def _json(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def _ids(query: str, order: str) -> list[int]:
    source = await open_source(parse(query), parse_order(order))
    found: list[int] = []
    edge = None
    while True:
        page = await source.page(edge, 1000, forward=True)
        found += [row.id for row in page.rows]
        edge = page.edge
        if edge is None:
            return found


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("query", ["", "ann", "role:support -is:active"])
async def test_a_file_has_the_rows_of_the_list_in_its_order(
    database: Database, tmp_path: Path, order: str, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.transfer.ranges.ROWS", 7)
    monkeypatch.setattr("tui.transfer.export.IDS", 5)
    actor = acting(await superuser())
    await people(60)
    path = tmp_path / "users.csv"
    done = await export_users(_request(path, query, order), actor)
    ids = [int(row["id"]) for row in _csv(path)]
    assert ids == await _ids(query, order)
    assert (done.rows, done.size) == (len(ids), path.stat().st_size)
    assert ids


async def test_both_formats_say_what_is_stored(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    await people(40)
    sheet, lines = tmp_path / "u.csv", tmp_path / "u.jsonl"
    await export_users(_request(sheet, columns=COLUMNS), actor)
    await export_users(_request(lines, columns=COLUMNS, format=Format.JSONL), actor)
    stored = {account.id: account for account in await Account.all()}
    for row, document in zip(_csv(sheet), _json(lines), strict=True):
        account = stored.pop(document["id"])
        assert list(row) == list(document) == [column.name for column in COLUMNS]
        assert document["username"] == account.username
        assert row["username"] == sanitise(account.username)
        assert document["email"] == account.email
        assert document["is_active"] is account.is_active
        assert row["is_active"] == ("true" if account.is_active else "false")
        assert document["roles"] == [name for name in row["roles"].split(";") if name]
        for name in ("created_at", "expires_at"):
            value = getattr(account, name)
            assert (datetime.fromisoformat(document[name]) if document[name] else None) == value
            assert row[name] == ("" if value is None else document[name].replace("T", " ").removesuffix(":00"))
    assert not stored


async def test_a_spreadsheet_calculates_nothing_and_a_terminal_does_nothing(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    names = await hostile_people()
    path = tmp_path / "users.csv"
    await export_users(_request(path), actor)
    text = path.read_text(encoding="utf-8")
    assert all(visible(line) for line in text.splitlines())
    rows = _csv(path)
    assert len(rows) == len(names) + 1
    for row in rows[1:]:
        name, cell = names[row["username"]], row["full_name"]
        assert not cell.startswith(tuple("=+-@\t\r\n＝"))
        if name in FORMULAS:
            assert cell.startswith("'")
        if visible(name):
            assert unquoted(cell) == name


async def test_json_lines_lose_nothing_and_act_on_nothing(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    names = await hostile_people()
    path = tmp_path / "users.jsonl"
    await export_users(_request(path, format=Format.JSONL), actor)
    assert {row["username"]: row["full_name"] for row in _json(path)} == {"root": "", **names}
    for line in path.read_text(encoding="utf-8").split("\n"):
        assert not set("\x1b\x07\x7f\x85\u202e\u200b\U000e0041\r\t") & set(line)


@pytest.mark.sqlite_only
async def test_a_part_begins_where_the_last_one_ended_and_not_at_the_bound_of_the_query(database: Database) -> None:
    (stretch,) = (await open_source(parse("id:>=10"), parse_order("id"))).access.stretches
    after = after_key(stretch.segment, (50_000,), forward=True)
    part = Writer(Sheet(DEFAULT, Format.CSV), "sqlite", datetime.now(UTC)).part(stretch, after, NOTHING)
    for sql in (end_sql(stretch.segment, after), part):
        assert sql.text.count("u.id >") == 1  # given two, SQLite begins at the first and reads all rows between them
        assert 50_000 in sql.parameters


async def test_marked_users_are_exported_whatever_the_query(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    await people(30)
    path = tmp_path / "users.csv"
    marked = (9, 3, 17, 5, 4711)
    await export_users(_request(path, "nobody", "-username", marked=marked), actor)
    found = [int(row["id"]) for row in _csv(path)]
    assert found == [number for number in await _ids("", "-username") if number in marked]
    assert len(found) == 4


async def test_the_file_is_its_owners_and_replaces_nothing_unasked(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    path = tmp_path / "users.csv"
    await export_users(_request(path), actor)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("mine")
    with pytest.raises(TransferError, match="there already"):
        await export_users(_request(path), actor)
    assert path.read_text() == "mine"
    await export_users(_request(path, force=True), actor)
    assert path.read_text().startswith("id,")
    assert _left(tmp_path) == ["users.csv"]
    for wrong in (tmp_path, tmp_path / "none" / "u.csv", Path("/dev/null")):
        with pytest.raises(TransferError):
            await export_users(_request(wrong, force=True), actor)


async def test_a_name_that_is_taken_meanwhile_is_left_alone(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    path = tmp_path / "users.csv"
    with pytest.raises(TransferError, match="meanwhile"):
        await export_users(_request(path), actor, lambda _: path.write_text("theirs"))
    assert path.read_text() == "theirs"
    assert _left(tmp_path) == ["users.csv"]


async def test_a_full_disk_leaves_no_file(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    await people(60)
    folder = tmp_path / "out"
    folder.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(TransferError, match="larger than"):
            await export_users(_request(folder / "users.csv"), actor)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert _left(folder) == []
    assert not await AuditEvent.filter(action="users.export").exists()


async def test_a_cancelled_export_leaves_no_file_and_the_database_free(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.transfer.ranges.ROWS", 5)
    actor = acting(await superuser())
    await people(30)
    folder = tmp_path / "out"
    folder.mkdir()
    task = asyncio.create_task(export_users(_request(folder / "users.csv"), actor, lambda _: task.cancel()))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _left(folder) == []
    assert not await AuditEvent.filter(action="users.export").exists()
    assert (await export_users(_request(folder / "users.csv"), actor)).rows == 31


async def test_all_of_it_is_one_moment(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.transfer.ranges.ROWS", 5)
    actor = acting(await superuser())
    await people(30)
    loop = asyncio.get_running_loop()
    changed: list[asyncio.Task[None]] = []

    async def change() -> None:
        await raw.execute(database, "UPDATE users SET full_name = 'later'")

    def meanwhile(_: object) -> None:
        if not changed:
            changed.append(loop.create_task(change()))

    path = tmp_path / "users.csv"
    await export_users(_request(path), actor, meanwhile)
    await changed[0]
    assert {row["full_name"] for row in _csv(path)} == {""}
    await export_users(_request(path, force=True), actor)
    assert {row["full_name"] for row in _csv(path)} == {"later"}


async def test_an_export_is_recorded_with_what_went_out(database: Database, tmp_path: Path) -> None:
    root = await superuser()
    await people(20)
    done = await export_users(
        _request(tmp_path / "u.csv", "is:active", "-created", reason="asked for", ticket="T1"), acting(root)
    )
    event = await AuditEvent.get(action="users.export")
    assert (event.seq, event.outcome, event.reason, event.ticket) == (done.seq, "ok", "asked for", "T1")
    assert event.meta["rows"] == done.rows
    assert event.meta["columns"] == [column.name for column in DEFAULT]
    assert "active" in event.meta["query"]
    assert event.meta["path"] == str(tmp_path / "u.csv")


async def test_who_may_not_export_gets_no_file_and_a_record(database: Database, tmp_path: Path) -> None:
    await superuser()
    helper = await user("helper", "support")
    with pytest.raises(Stopped, match=r"users\.export"):
        await export_users(_request(tmp_path / "u.csv"), acting(helper))
    assert "u.csv" not in _left(tmp_path)
    assert (await AuditEvent.get(action="users.export")).outcome == "denied"


async def test_what_cannot_be_recorded_does_not_go_out(database: Database, tmp_path: Path, dialect: str) -> None:
    actor = acting(await superuser())
    folder = tmp_path / "out"
    folder.mkdir()
    await raw.execute(database, REFUSES_AUDIT[dialect])
    with pytest.raises(DatabaseError):
        await export_users(_request(folder / "u.csv"), actor)
    assert _left(folder) == []


REFUSES_AUDIT = {
    "sqlite": "CREATE TRIGGER t BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'no'); END;",
    "postgres": "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; END$$;"
    "CREATE TRIGGER t BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION no();",
}


async def test_a_pipe_gets_everything_once_it_is_recorded(database: Database) -> None:
    done = await export_users(_request(None), acting(await superuser()))
    assert done.spool is not None
    into = io.BytesIO()
    done.spool.pour(into)
    done.spool.abandon()
    assert into.getvalue().decode().splitlines()[1].startswith("1,root,")


def test_credentials_cannot_be_asked_for() -> None:
    assert "hashed_password" not in BY_NAME
    for name in ("hashed_password", "password", "token_version", "", "id,id", "idd"):
        with pytest.raises(TransferError):
            parse_columns(name or ",")


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("shellback.sqlite3"))


@pytest.mark.sqlite_only
async def test_what_sqlite_keeps_and_no_writer_of_ours_wrote_goes_out_as_it_is(
    database: Database, tmp_path: Path
) -> None:
    actor = acting(await superuser())
    await user("ann")
    await raw.execute(
        database,
        "UPDATE users SET full_name = x'41ff', email = CAST(x'42ff' AS TEXT), expires_at = 'some day',"
        " created_at = '2026-01-02 03:04:05' WHERE username = 'ann'",
    )
    for form in Format:
        path = tmp_path / f"u.{form}"
        await export_users(_request(path, format=form), actor)
        ann = (_csv(path) if form is Format.CSV else _json(path))[1]
        assert (ann["full_name"], ann["email"], ann["expires_at"]) == ("A\ufffd", "B\ufffd", "some day")
        assert ann["created_at"][:19].replace("T", " ") == "2026-01-02 03:04:05"
