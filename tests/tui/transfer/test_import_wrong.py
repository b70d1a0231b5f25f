"""Lines and files that cannot be taken are named, and what is wrong with them is said."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from models.operations import Status
from tests.models.operations.people import acting, set_columns, superuser, user
from tui.transfer.errors import TransferError
from tui.transfer.importing import apply_file
from tui.transfer.sheets import Format

if TYPE_CHECKING:
    from tui.database import Database
from tests.tui.transfer.texts import counts_of, errors_of, everybody, plan_text

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
    before = await everybody()
    last = "1,Root\n" if header.startswith("id") else "zoe" + "," * header.count(",") + "\n"
    planned = await plan_text(tmp_path / "u.csv", actor, f"{header}\n{row}\n{last}")
    assert counts_of(planned)[3] == 1
    assert sentence in errors_of(planned)[2]
    outcome = await apply_file(planned)
    planned.close()
    assert outcome.status is Status.REFUSED
    assert await everybody() == before


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
    planned = await plan_text(tmp_path / "u.csv", actor, text)
    errors = errors_of(planned)
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
    before = await everybody()
    if case == "json, not lines":
        planned = await plan_text(tmp_path / "u.jsonl", actor, content, **fields)
        assert sorted(errors_of(planned)) == [1, 3]
        planned.close()
    else:
        with pytest.raises(TransferError, match=sentence):
            await plan_text(tmp_path / "u.csv", actor, content, **fields)
    assert await everybody() == before


async def test_what_is_no_file_is_said(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    for path in (tmp_path, tmp_path / "none.csv", Path("/dev/zero")):
        with pytest.raises(TransferError):
            await plan_text(path, actor)


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
        await plan_text(path, actor)
    assert psutil.Process().memory_info().rss - before < 60_000_000
