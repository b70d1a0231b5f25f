"""`users export`: what a script gets, and what it is told."""

from __future__ import annotations

import csv
import io
import json
import signal
from pathlib import Path

import pytest

from models import AuditEvent
from tests.tui.cli.conftest import Run, in_database
from tui.cli.progress import ProgressLine


def test_rows_go_to_a_pipe_and_nothing_else_does(maria: str, run: Run) -> None:
    ended = run("users", "export", "ali", "--columns", "id,username", "--order", "username-")
    assert (ended.code, ended.err) == (0, "")
    assert [row["username"] for row in csv.DictReader(io.StringIO(ended.out))] == ["alina", "alice"]


def test_a_file_is_written_and_said(maria: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "users.jsonl"
    ended = run("users", "export", "--output", str(path), "--json", "--reason", "asked")
    document = ended.document["exported"]
    assert (ended.code, document["rows"], document["format"]) == (0, 4, "jsonl")
    assert [json.loads(line)["username"] for line in path.read_text().splitlines()] == [
        "maria",
        "alice",
        "alina",
        "bob",
    ]
    again = run("users", "export", "--output", str(path))
    assert again.code == 1
    assert "--force" in again.err
    assert "Exported 4 rows" in run("users", "export", "--output", str(path), "--force").err

    async def recorded() -> list[str]:
        return [event.reason or "" for event in await AuditEvent.filter(action="users.export").order_by("seq")]

    assert in_database(maria, recorded) == ["asked", ""]


def test_ids_say_whom(maria: str, run: Run) -> None:
    for argv, stdin in ((("--ids", "4,2"), ""), (("--ids", "-"), "2\n4\n")):
        ended = run("users", "export", "--columns", "id", *argv, stdin=stdin)
        assert ended.out.split() == ["id", "2", "4"]


def test_what_makes_no_sense_is_said_before_anything_is_opened(maria: str, run: Run) -> None:
    for argv in (
        ("--columns", "hashed_password"),
        ("--order", "e-mail"),
        ("is:nothing",),
        ("--json",),
        ("ali", "--ids", "3"),
        ("--ids", "x"),
        ("--format", "xml"),
    ):
        ended = run("users", "export", *argv)
        assert ended.code == 2, argv
        assert "\n" in ended.err


def test_what_could_not_be_recorded_is_refused(maria: str, run: Run, tmp_path: Path) -> None:
    ended = run("users", "export", "--output", str(tmp_path / "u.csv"), "--read-only")
    assert ended.code == 3
    assert "read-only" in ended.err
    assert not (tmp_path / "u.csv").exists()


def test_nobody_exports_without_a_session(staffed_url: str, run: Run) -> None:
    assert run("users", "export").code == 3


def test_ctrl_c_leaves_no_file_and_says_so(
    maria: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.transfer.ranges.ROWS", 1)
    monkeypatch.setattr(ProgressLine, "say", lambda *_: signal.raise_signal(signal.SIGINT))
    folder = tmp_path / "out"
    folder.mkdir()
    ended = run("users", "export", "--output", str(folder / "u.csv"))
    assert ended.code == 130
    assert "nothing was exported, and no file is left" in ended.err
    assert [*folder.iterdir()] == []
    monkeypatch.undo()

    async def recorded() -> int:
        return await AuditEvent.filter(action="users.export").count()

    assert in_database(maria, recorded) == 0
