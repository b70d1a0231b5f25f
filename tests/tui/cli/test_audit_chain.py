"""`audit verify` with its anchors and `audit archive`, through the door a script uses."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run


def anchor_file(state: Path) -> Path:
    [found] = (state / "anchors").glob("*.jsonl")
    return found


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "home" / "state"


def tamper(url: str, sql: str) -> None:
    connection = sqlite3.connect(url.removeprefix("sqlite://"))
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{trigger}"')
    connection.execute(sql)
    connection.commit()
    connection.close()


def test_every_command_that_writes_leaves_an_anchor(maria: str, run: Run, state: Path) -> None:
    assert run("audit", "list").code == 0
    assert list(state.glob("anchors/*")) == [], "who only reads leaves none"
    assert run("users", "lock", "bob", "--yes").code == 0
    shown = run("audit", "verify", "--json").document
    assert shown["anchors"]["agreed"] == shown["anchors"]["read"] == 1
    assert shown["anchors"]["latest"]["seq"] == shown["tip"]["seq"]
    assert anchor_file(state).stat().st_mode & 0o777 == 0o600
    assert run("users", "unlock", "bob", "--yes").code == 0
    ended = run("audit", "verify")
    assert "2 of 2 anchors" in ended.out
    assert ended.code == 0


def test_without_an_anchor_no_more_is_claimed_than_was_checked(maria: str, run: Run) -> None:
    ended = run("audit", "verify")
    assert ended.code == 0
    assert "No anchor was compared" in ended.out


@pytest.mark.sqlite_only
def test_a_cut_tail_is_found_by_the_anchor(maria: str, run: Run, state: Path) -> None:
    assert run("users", "lock", "bob", "--yes").code == 0
    tamper(maria, "DELETE FROM audit_events WHERE seq = (SELECT max(seq) FROM audit_events)")
    ended = run("audit", "verify", "--anchors", str(anchor_file(state)), "--json")
    assert ended.code == 1
    assert ended.document["bad"] is None
    assert "its tail was cut off" in ended.document["anchors"]["bad"][0]["problem"]
    assert "disagrees" in ended.err
    assert "Nothing refuses DELETE of audit_events" in ended.err
    failure = run("audit", "list", "action:audit.verify", "--json").document["events"]
    assert failure[0]["outcome"] == "error"


def test_anchors_that_are_not_there_are_an_error_where_they_were_named(maria: str, run: Run, tmp_path: Path) -> None:
    ended = run("audit", "verify", "--anchors", str(tmp_path / "none.jsonl"))
    assert ended.code == 1
    assert "is not there" in ended.err


def test_anchors_of_another_database_are_counted_and_left_out(maria: str, run: Run, tmp_path: Path) -> None:
    other = {"at": "2026-01-31T10:00:00+00:00", "database": "other", "seq": 1, "hash": "a" * 64}
    path = tmp_path / "anchors.jsonl"
    path.write_text(json.dumps(other) + "\nno anchor\n")
    shown = run("audit", "verify", "--anchors", str(path), "--json").document
    assert shown["whole"] is True
    assert (shown["anchors"]["foreign"], shown["anchors"]["unreadable"], shown["anchors"]["agreed"]) == (1, 1, 0)


def test_since_a_row(maria: str, run: Run) -> None:
    whole = run("audit", "verify", "--json").document
    shown = run("audit", "verify", "--since", "3", "--json").document
    assert shown["first"] == 3
    assert shown["rows"] == whole["rows"] - 2


def test_the_oldest_rows_are_archived_and_the_file_is_checked(maria: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "trail.jsonl"
    rows = run("audit", "verify", "--json").document["rows"]
    planned = run("audit", "archive", "--before", "tomorrow", "--to", str(path), "--dry-run")
    assert planned.code == 0
    assert f"rows 1 to {rows}" in planned.out
    assert not path.exists()
    ended = run("audit", "archive", "--before", "tomorrow", "--to", str(path), "--yes", "--ticket", "T-1")
    assert ended.code == 0, ended.err
    assert "SHA-256" in ended.out
    assert len(path.read_text().splitlines()) == rows
    shown = run("audit", "verify", "--json").document
    assert (shown["whole"], shown["archived_to"], shown["rows"]) == (True, rows, 1)
    checked = run("audit", "verify", "--archive", str(path), "--json")
    assert checked.code == 0
    assert checked.document["archive"]["rows"] == rows
    path.write_bytes(path.read_bytes().replace(b"users.create", b"users.deleet", 1))
    broken = run("audit", "verify", "--archive", str(path))
    assert broken.code == 1
    assert "is not the archive that was made: Line" in broken.err


def test_nothing_is_old_enough(maria: str, run: Run, tmp_path: Path) -> None:
    ended = run("audit", "archive", "--keep", "400d", "--to", str(tmp_path / "trail.jsonl"), "--yes")
    assert ended.code == 0
    assert "Nothing to change" in ended.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say how much"),
        (("--before", "2026-01-01", "--keep", "1d"), "Say how much"),
        (("--keep", "soon"), "--keep: a span is a number and a unit"),
        (("--before", "31.12.2025"), "--before: 31.12.2025 is no date"),
    ],
)
def test_what_says_no_time_is_told(maria: str, run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    ended = run("audit", "archive", *words, "--to", str(tmp_path / "trail.jsonl"), "--yes")
    assert ended.code == 2
    assert said in ended.err


def test_a_query_a_page_an_event_and_an_export(maria: str, run: Run, tmp_path: Path) -> None:
    created = run("audit", "list", "action:users.create actor:maria", "--json").document["events"]
    assert [event["target"]["label"] for event in created if event["action"] == "users.create"] == [
        "bob",
        "alina",
        "alice",
    ]
    assert run("audit", "list", "--query=-actor:maria", "--json").code == 0
    wrong = run("audit", "list", "actr:maria")
    assert wrong.code == 2
    assert "Did you mean actor:?" in wrong.err
    shown = run("audit", "show", str(created[0]["id"]))
    assert "users.create" in shown.out
    assert "username: nothing -> bob" in shown.out
    by_operation = run("audit", "show", created[0]["op_id"], "--json").document["events"]
    assert [event["id"] for event in by_operation] == [created[0]["id"]]
    assert run("audit", "show", "999999").code == 4
    assert run("audit", "show", "bob").code == 2
    path = tmp_path / "trail.jsonl"
    ended = run("audit", "export", "action:users.create", "--output", str(path), "--json")
    assert ended.code == 0, ended.err
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert (
        len(lines)
        == ended.document["exported"]["rows"]
        == len(run("audit", "list", "action:users.create", "--json").document["events"])
    )
    assert path.stat().st_mode & 0o777 == 0o600
    [event] = run("audit", "list", "action:audit.export", "--json").document["events"]
    assert event["meta"]["rows"] == len(lines)
    csv = run("audit", "export", "target:bob")
    assert csv.out.splitlines()[0].startswith("seq,at,actor")
    assert "users.create" in csv.out
