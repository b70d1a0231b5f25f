"""`changes`: staged from a prompt, committed as one, refused and stopped with codes that a script can tell apart."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, User
from models.operations import apply, plan_edit, verify_chain
from models.operations.changesets.staged import MOST, StagedEdit
from tests.models.operations.people import acting
from tests.tui.cli.conftest import Run, in_database
from tui.settings import parse_url, state_dir
from tui.staging import change, load, shelf_for


def stage(run: Run, user: str, *values: str) -> None:
    ended = run("changes", "stage", user, *[word for value in values for word in ("--set", value)])
    assert ended.code == 0, ended.err


def edited(url: str, username: str, **values: object) -> None:
    """Somebody else saves first."""

    async def go() -> None:
        maria = await Account.get(username="maria")
        outcome = await apply(await plan_edit(acting(maria), await Account.get(username=username), values))
        assert outcome.is_ok

    in_database(url, go)


def names(url: str) -> list[tuple[str, str | None]]:
    async def go() -> list[tuple[str, str | None]]:
        return [(user.username, user.email) for user in await Account.exclude(username="maria").order_by("id")]

    return in_database(url, go)


def test_staged_edits_are_listed_and_committed_together(run: Run, maria: str) -> None:
    stage(run, "alice", "full_name=Alice Jones")
    stage(run, "alice", "email=aj@example.com")
    stage(run, "bob", "username=robert", "is_verified=yes")
    assert names(maria)[0] == ("alice", "alice@example.com")

    listed = run("changes", "list")
    assert listed.code == 0
    assert "full_name: Alice -> Alice Jones" in listed.out
    assert "email: alice@example.com -> aj@example.com" in listed.out
    assert listed.out.splitlines()[-1] == "2 users, 4 fields to write"
    document = run("changes", "list", "--json").document
    assert document["problem"] is None
    assert [row["state"] for row in document["changeset"]["rows"]] == ["ready", "ready"]

    tried = run("changes", "commit", "--dry-run", "--json")
    assert tried.code == 0
    assert tried.document["plan"]["allowed"] is True
    assert names(maria)[0] == ("alice", "alice@example.com")

    ended = run("changes", "commit", "--yes", "--reason", "renaming day", "--ticket", "OPS-7", "--json")
    assert ended.code == 0
    assert ended.document["outcome"]["status"] == "ok"
    assert [row["state"] for row in ended.document["outcome"]["rows"]] == ["written", "written"]
    assert names(maria)[0] == ("alice", "aj@example.com")

    async def audited() -> list[tuple[str | None, str | None, str]]:
        assert (await verify_chain()).is_whole
        rows = await AuditEvent.exclude(batch_id=None).order_by("seq")
        assert len({row.batch_id for row in rows}) == 1
        return [(row.reason, row.ticket, row.actor_kind) for row in rows]

    assert in_database(maria, audited) == [("renaming day", "OPS-7", "cli")] * 2
    again = run("changes", "commit", "--yes")
    assert (again.code, again.out) == (0, "Nothing is staged.\n")


def test_names_are_swapped(run: Run, maria: str) -> None:
    first = run("changes", "stage", "alice", "--set", "username=bob")
    assert first.code == 0
    assert "Not ready to be committed: username: Another user has this username." in first.err
    stage(run, "bob", "username=alice")
    assert run("changes", "commit", "--yes").code == 0
    assert [name for name, _ in names(maria)] == ["bob", "alina", "alice"]


def test_a_conflict_stops_all_with_exit_4_and_names_each(run: Run, maria: str) -> None:
    for user in ("alice", "alina", "bob"):
        stage(run, user, "full_name=Mine")
    edited(maria, "alice", full_name="Theirs")
    edited(maria, "bob", full_name="Theirs")

    tried = run("changes", "commit", "--dry-run")
    assert tried.code == 4
    assert "full_name: Alice -> Mine, now Theirs by maria" in tried.out
    ended = run("changes", "commit", "--yes")
    assert ended.code == 4
    assert "Nothing was changed: 2 users changed meanwhile (alice #2 and bob #4)." in ended.err
    assert ended.out == ""
    document = run("changes", "commit", "--yes", "--json").document["outcome"]
    assert document["status"] == "conflict"
    assert [row["state"] for row in document["rows"]] == ["conflict", "ready", "conflict"]
    assert document["rows"][0]["conflicts"][0]["theirs"] == "Theirs"

    # Staging it again decides for one's own, on the row as it is now.
    assert run("changes", "discard", "bob", "--yes").code == 0
    assert run("changes", "discard", "alice", "--yes").code == 0
    stage(run, "alice", "full_name=Mine")
    assert run("changes", "commit", "--yes").code == 0


def test_a_rule_that_forbids_it_is_exit_3(run: Run, maria: str) -> None:
    ended = run("changes", "stage", "maria", "--set", "is_superuser=no")
    assert ended.code == 3
    assert "refused: You cannot take superuser from yourself" in ended.err
    assert "Nothing was staged of maria #1." in ended.err
    stage(run, "alice", "full_name=A")

    async def demote() -> None:
        async with in_transaction():
            await User.create(username="other", hashed_password="x", is_superuser=True)
            await User.filter(username="alice").update(is_superuser=True)
            await User.filter(username="maria").update(is_superuser=False)

    in_database(maria, demote)
    ended = run("changes", "list")
    assert ended.code == 3


@pytest.mark.parametrize("value", ["email=nowhere", "username=a b"])
def test_a_value_that_cannot_be_taken_is_not_staged(run: Run, maria: str, value: str) -> None:
    ended = run("changes", "stage", "alice", "--set", value)
    assert ended.code == 1
    assert "Nothing was staged of alice #2." in ended.err
    assert run("changes", "list").out == "Nothing is staged.\n"


def test_discarding_needs_to_be_agreed_to_and_names_who_is_not_staged(run: Run, maria: str) -> None:
    stage(run, "alice", "full_name=A")
    stage(run, "bob", "full_name=B")
    assert run("changes", "discard").code == 2
    missing = run("changes", "discard", "alina", "--yes", "--json")
    assert missing.code == 1
    assert missing.document["error"]["kind"] == "not_found"
    tried = run("changes", "discard", "--dry-run")
    assert tried.out.startswith("Would discard the staged edits of 2 users")
    assert run("changes", "discard", "alice", "--yes").out.startswith("Discarded the staged edits of 1 user.")
    document = run("changes", "discard", "--yes", "--json").document
    assert [each["target"]["label"] for each in document["discarded"]] == ["bob"]
    assert run("changes", "discard", "--yes").out == "Nothing is staged.\n"


def test_staging_what_is_so_already_takes_it_out(run: Run, maria: str) -> None:
    stage(run, "alice", "full_name=New")
    ended = run("changes", "stage", "alice", "--set", "full_name=Alice")
    assert ended.out == "Nothing differs: alice #2 is not staged.\n"
    assert run("changes", "list").out == "Nothing is staged.\n"


def test_read_only_refuses(run: Run, maria: str) -> None:
    stage(run, "alice", "full_name=New")
    assert run("changes", "stage", "bob", "--set", "full_name=B", "--read-only").code == 3
    ended = run("changes", "commit", "--yes", "--read-only")
    assert ended.code == 3
    assert "open read-only" in ended.err
    assert run("changes", "list", "--read-only").code == 0


def test_a_damaged_file_is_a_failure_that_is_said_once(run: Run, maria: str) -> None:
    stage(run, "alice", "full_name=New")
    shelf = shelf_for(state_dir(), parse_url(maria).identity, 1)
    assert len(load(shelf).edits) == 1
    shelf.path.write_text("{")
    ended = run("changes", "commit", "--yes", "--json")
    assert ended.code == 1
    assert ended.document["error"]["kind"] == "staging"
    assert run("changes", "list").code == 0


def test_nobody_signed_in_is_refused(run: Run, staffed_url: str) -> None:
    for words in (["list"], ["stage", "alice", "--set", "full_name=A"], ["commit", "--yes"], ["discard", "--yes"]):
        assert run("changes", *words).code == 3


def test_no_more_than_fit_are_staged(run: Run, maria: str) -> None:
    async def fill() -> None:
        people = [User(username=f"many{number:03}", hashed_password="x") for number in range(MOST)]
        async with in_transaction():
            for one in people:
                await one.save()
        accounts = await Account.filter(username__startswith="many").order_by("id")
        now = datetime.now(UTC)
        edits = tuple(StagedEdit.of(one, {"full_name": "New"}, now) for one in accounts)
        await asyncio.to_thread(change, shelf_for(state_dir(), parse_url(maria).identity, 1), lambda _: edits)

    in_database(maria, fill)
    ended = run("changes", "stage", "alice", "--set", "full_name=A")
    assert ended.code == 1
    assert "at most 500 users" in ended.err
    assert run("changes", "commit", "--yes").out == "Saved 500 fields of 500 users in one transaction.\n"
