"""`users why` and `users notes` from the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import LoginAttempt, User, UserAuthState, UserNote
from models.clock import database_now
from models.operations.transactions import connection
from tests.tui.cli.conftest import in_database

if TYPE_CHECKING:
    from tests.tui.cli.conftest import Run


async def _lock() -> int:
    now = await database_now(connection())
    async with in_transaction():
        alice = await User.get(username="alice")
        await UserAuthState.filter(user_id=alice.id).delete()
        await UserAuthState.create(
            user_id=alice.id, failed_count=10, locked_until=now + timedelta(minutes=14), lock_cause="failures"
        )
        await LoginAttempt.create(
            user_id=alice.id, username_tried="alice", outcome="wrong, now locked", ip="10.0.0.4", created_at=now,
            user_agent="\x1b[31mF\u202e",
        )  # fmt: skip
    return alice.id


def test_why_says_what_stops_and_the_command_that_mends_it(maria: str, run: Run) -> None:
    user_id = in_database(maria, _lock)
    ended = run("users", "why", "alice")
    assert ended.code == 1, ended.err
    first, *lines = ended.out.splitlines()
    assert first.startswith("alice cannot sign in: locked until ")
    assert " UTC after 10 failed sign-ins, the last from 10.0.0.4" in first
    assert f"         shellback users unlock {user_id}" in lines
    assert run("users", "unlock", str(user_id), "--yes").code == 0
    again = run("users", "why", str(user_id))
    assert "cannot sign in: locked" not in again.out


def test_why_as_a_document(maria: str, run: Run) -> None:
    user_id = in_database(maria, _lock)
    ended = run("users", "why", "alice", "--json")
    found = json.loads(ended.out)["why"]
    assert (ended.code, found["can_sign_in"], found["user"]["id"]) == (1, False, user_id)
    assert found["obstacles"][0] == "locked"
    stops = [finding for finding in found["findings"] if finding["bearing"] == "stops"]
    assert stops[0]["mend"] == f"shellback users unlock {user_id}"
    assert stops[0]["needs"] == "users.unlock"
    assert found["attempts"][0]["agent"] == "\x1b[31mF\u202e"
    assert "\x1b" not in ended.out


def test_why_of_nobody_names_who_is_near_and_fails(maria: str, run: Run) -> None:
    ended = run("users", "why", "alcie")
    assert (ended.code, ended.out) == (1, "Nobody is called alcie. Nearest: alice.\n")
    found = json.loads(run("users", "why", "alcie", "--json").out)["why"]
    assert [named["username"] for named in found["near"]] == ["alice"]
    assert run("users", "why", "999999").out == "There is no user #999999.\n"


def test_nothing_stops_is_exit_0(maria: str, run: Run) -> None:
    ended = run("users", "why", "maria")
    assert ended.code == 0, ended.out
    assert ended.out.startswith("Nothing stops maria: the password or the client is the cause")


def test_notes_are_added_listed_pinned_and_deleted(maria: str, run: Run) -> None:
    added = run("users", "notes", "alice", "add", "calls on Mondays\n\x1b[31mred", "--yes")
    assert added.code == 0, added.err
    (note,) = json.loads(run("users", "notes", "alice", "--json").out)["notes"]
    assert (note["body"], note["author"], note["pinned"]) == ("calls on Mondays\n\x1b[31mred", "maria", False)
    assert run("users", "notes", "alice", "pin", str(note["id"]), "--yes").code == 0
    listed = run("users", "notes", "alice").out
    assert "maria  pinned" in listed
    assert "  calls on Mondays\n  \\x1b[31mred\n" in listed
    assert run("users", "notes", "alice", "unpin", str(note["id"]), "--yes").code == 0
    assert run("users", "notes", "alice", "delete", str(note["id"]), "--yes").code == 0
    assert run("users", "notes", "alice").out == "no notes\n"


def test_a_note_comes_from_standard_input(maria: str, run: Run) -> None:
    assert run("users", "notes", "alice", "add", "-", "--pinned", "--yes", stdin="one\ntwo\n").code == 0

    async def bodies() -> list[tuple[str, bool]]:
        return [(note.body, note.pinned) for note in await UserNote.all()]

    assert in_database(maria, bodies) == [("one\ntwo", True)]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add",), 2),
        (("add", "-"), 2),
        (("pin",), 2),
        (("pin", "x"), 2),
        (("pin", "0"), 2),
        (("delete", "9" * 30), 2),
        (("list", "x"), 2),
        (("pin", "1", "--pinned"), 2),
        (("rename", "1"), 2),
        (("pin", "4711", "--yes"), 4),
        (("add", "", "--yes"), 1),
        (("add", "x" * 4001, "--yes"), 1),
    ],
)
def test_what_makes_no_sense_is_not_done(maria: str, run: Run, words: tuple[str, ...], code: int) -> None:
    assert run("users", "notes", "alice", *words).code == code


def test_a_dry_run_writes_nothing(maria: str, run: Run) -> None:
    ended = run("users", "notes", "alice", "add", "x", "--dry-run")
    assert ended.code == 0
    assert "users.add_note" in ended.out
    assert run("users", "notes", "alice").out == "no notes\n"
