"""`users delete` and `users restore`, as a script runs them and as a person at a terminal would."""

from __future__ import annotations

import pytest

from models import Account
from tests.tui.cli.conftest import Run, in_database


def _rows(url: str, **fields: object) -> list[Account]:
    async def load() -> list[Account]:
        return await Account.filter(**fields).order_by("id")

    return in_database(url, load)


def test_deleted_and_restored(maria: str, run: Run) -> None:
    (alice,) = _rows(maria, username="alice")
    ended = run("users", "delete", "alice", "--yes", "--reason", "left")
    assert (ended.code, ended.err) == (0, "")
    assert f"alice #{alice.id} is deleted and kept as deleted.{alice.id}" in ended.out
    again = run("users", "create", "alice", "--disable-password", "--yes")
    assert again.code == 0
    shown = run("users", "show", f"deleted.{alice.id}")
    assert "deleted" in shown.out
    taken = run("users", "restore", str(alice.id), "--yes")
    assert taken.code == 1
    assert "Another user has this username" in taken.err
    ended = run("users", "restore", str(alice.id), "--username", "alice.before", "--yes", "--json")
    assert ended.document["outcome"]["status"] == "ok"
    (back,) = _rows(maria, id=alice.id)
    assert (back.username, back.email, back.deleted_at) == ("alice.before", "alice@example.com", None)


def test_restored_without_an_address(maria: str, run: Run) -> None:
    (alice,) = _rows(maria, username="alice")
    run("users", "delete", "alice", "--yes")
    assert run("users", "restore", str(alice.id), "--email", "", "--yes").code == 0
    assert _rows(maria, id=alice.id)[0].email is None


def test_a_dry_run_of_a_hard_delete_lists_what_depends_on_it(maria: str, run: Run) -> None:
    run("roles", "grant", "alice", "support", "--yes")
    text = run("users", "delete", "alice", "--hard", "--dry-run")
    assert text.code == 0
    assert "also: roles: 1 will be deleted (user_roles.user_id)" in text.out
    assert "cannot be undone: the account is deleted for good: only a backup brings it back" in text.out
    plan = run("users", "delete", "alice", "--hard", "--dry-run", "--json").document["plan"]
    (roles,) = [one for one in plan["dependants"] if one["table"] == "user_roles" and one["rows"]]
    assert (roles["columns"], roles["on_delete"], roles["known"]) == (["user_id"], "deletes", True)
    assert _rows(maria, username="alice")


def test_a_hard_delete_wants_the_name_and_a_yes_is_not_enough(maria: str, run: Run) -> None:
    asked = run("users", "delete", "alice", "--hard", "--yes")
    assert (asked.code, "--confirm USERNAME" in asked.err) == (2, True)
    wrong = run("users", "delete", "alice", "--hard", "--confirm", "bob", "--yes")
    assert (wrong.code, "Type alice to confirm" in wrong.err) == (1, True)
    assert _rows(maria, username="alice")
    done = run("users", "delete", "alice", "--hard", "--confirm", "alice")
    assert (done.code, "is deleted for good" in done.out) == (0, True)
    assert not _rows(maria, username="alice")
    gone = run("users", "show", "alice")
    assert gone.code == 1


def test_confirm_without_hard_is_a_mistake(maria: str, run: Run) -> None:
    ended = run("users", "delete", "alice", "--confirm", "alice", "--yes")
    assert (ended.code, "--confirm belongs to --hard" in ended.err) == (2, True)
    assert _rows(maria, username="alice")


@pytest.mark.parametrize("verb", ["reset", "activate", "deactivate", "unlock", "revoke-sessions", "delete"])
def test_other_verbs_say_that_it_is_deleted(verb: str, maria: str, run: Run) -> None:
    (alice,) = _rows(maria, username="alice")
    run("users", "delete", "alice", "--yes")
    more = ("--porcelain",) if verb == "reset" else ()
    ended = run("users", verb, str(alice.id), "--yes", *more)
    assert ended.code != 0
    assert f"User #{alice.id} was deleted by maria" in ended.err
    assert "It can be restored." in ended.err


def test_nobody_deletes_themselves(maria: str, run: Run) -> None:
    ended = run("users", "delete", "maria", "--yes")
    assert (ended.code, "You cannot delete your own account" in ended.err) == (3, True)
