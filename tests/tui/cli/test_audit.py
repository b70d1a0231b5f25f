"""`audit list` and `audit verify`."""

import sqlite3
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run


def test_the_newest_is_first_and_pages_meet(maria: str, run: Run) -> None:
    everything = run("audit", "list", "--json").document
    assert everything["next"] is None
    actions = [event["action"] for event in everything["events"]]
    assert actions[:3] == ["users.create"] * 3
    assert actions[-1] == "users.create_first_superuser"
    pages: list[object] = []
    following: list[str] = []
    while True:
        page = run("audit", "list", "--json", "--limit", "2", *following).document
        pages += page["events"]
        if page["next"] is None:
            break
        following = ["--before", str(page["next"])]
    assert pages == everything["events"]


def test_the_table_names_who_and_whom(maria: str, run: Run) -> None:
    ended = run("audit", "list", "--limit", "3")
    assert ended.out.splitlines()[0].split() == ["ID", "AT", "(UTC)", "WHO", "ACTION", "WHOM", "OUTCOME", "FIELDS"]
    assert "maria (cli)" in ended.out
    assert "--before" in ended.err


@pytest.mark.parametrize(("event", "code"), [("²", 2), ("1" * 18, 4), ("1" * 19, 4), ("9" * 60, 4), ("-1", 2)])
def test_what_is_no_event_is_said(event: str, code: int, maria: str, run: Run) -> None:
    ended = run("audit", "show", event)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(("shellback: ", "usage:"))


def test_a_whole_chain(maria: str, run: Run) -> None:
    shown = run("audit", "verify", "--json").document
    assert shown["whole"] is True
    assert shown["bad"] is None
    assert shown["rows"] == shown["tip"]["seq"] > 4
    assert run("audit", "verify").out.startswith(f"{shown['rows']} rows are as they were written.")


@pytest.mark.sqlite_only
def test_a_changed_row_is_named(maria: str, run: Run) -> None:
    path = Path(maria.removeprefix("sqlite://"))
    with sqlite3.connect(path) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        connection.execute("UPDATE audit_events SET target_label = 'somebody else' WHERE seq = 2")
    connection.close()
    ended = run("audit", "verify", "--json")
    assert ended.code == 1
    assert ended.document["bad"]["seq"] == 2
    assert "tampered" in ended.err


def test_the_audit_needs_its_permission(maria: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("roles", "grant", "alice", "support", "--yes").code == 0
    argv = ("users", "reset", "alice", "--no-must-change", "--expires", "never", "--yes", "--porcelain")
    password = run(*argv).out
    token = run("login", "--as", "alice", "--password-stdin", "--porcelain", stdin=password).out.strip()
    monkeypatch.setenv("SHELLBACK_TOKEN", token)
    for verb in ("list", "verify"):
        ended = run("audit", verb)
        assert ended.code == 3
        assert "audit.view" in ended.err
