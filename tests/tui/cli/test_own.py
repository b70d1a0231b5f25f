"""`confirm` and `passwd`, and how a command that needs the password again says so."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from tortoise.transactions import in_transaction

from models import Account, StepUp, User, UserRole, UserSession
from models.operations.sign_in.proofs import EVERY_CLASS
from models.passwords import verify
from tests.e2e.terminal import Terminal
from tests.tui.cli.conftest import MARIA, Run, in_database
from tui.cli.arguments.own import CLASSES

NEW = "a sentence that nobody guesses"


def _roles_of(url: str, username: str) -> int:
    async def count() -> int:
        return await UserRole.filter(user_id=(await Account.get(username=username)).id).count()

    return in_database(url, count)


def _kinds(url: str) -> set[str]:
    async def kinds() -> set[str]:
        return {row.kind for row in await StepUp.all()}

    return in_database(url, kinds)


def test_the_classes_are_those_of_the_operations() -> None:
    assert set(CLASSES) == EVERY_CLASS


def test_without_a_terminal_it_names_what_to_do_and_that_does_it(unproven: str, run: Run) -> None:
    refused = run("roles", "grant", "alice", "support", "--yes")
    assert refused.code == 3
    assert "shellback confirm roles --password-stdin" in refused.err
    assert _roles_of(unproven, "alice") == 0

    given = run("confirm", "roles", "--password-stdin", "--json", stdin=MARIA)
    assert given.code == 0
    until = datetime.fromisoformat(given.document["confirmed"]["expires_at"])
    assert timedelta(minutes=4) < until - datetime.now(UTC) <= timedelta(minutes=5, seconds=5)
    assert run("roles", "grant", "alice", "support", "--yes").code == 0
    assert run("users", "delete", "bob", "--hard", "--confirm", "bob").code == 3
    assert _kinds(unproven) == {"roles"}


@pytest.mark.parametrize(
    ("argv", "kind"),
    [
        (("roles", "revoke", "alice", "support", "--yes"), "roles"),
        (("users", "delete", "alice", "--hard", "--confirm", "alice"), "delete"),
        (("roles", "create", "desk", "--allow", "users.view", "--yes"), "roles"),
    ],
)
def test_each_command_names_its_class(argv: tuple[str, ...], kind: str, maria: str, run: Run) -> None:
    assert run("roles", "grant", "alice", "support", "--yes").code == 0
    in_database(maria, _forget)
    refused = run(*argv)
    assert (refused.code, refused.out) == (3, "")
    assert f"shellback confirm {kind} " in refused.err


def test_a_dry_run_needs_no_password_and_says_that_one_is_asked_for(unproven: str, run: Run) -> None:
    shown = run("roles", "grant", "alice", "support", "--dry-run")
    assert shown.code == 0
    assert "asks for your password again: shellback confirm roles" in shown.out


def test_what_is_so_already_asks_for_nothing(maria: str, run: Run) -> None:
    assert run("roles", "grant", "alice", "support", "--yes").code == 0
    in_database(maria, _forget)
    again = run("roles", "grant", "alice", "support", "--yes")
    assert (again.code, again.err) == (0, "")


async def _forget() -> None:
    async with in_transaction() as client:
        await StepUp.all().using_db(client).delete()


def test_a_wrong_password_confirms_nothing(unproven: str, run: Run) -> None:
    ended = run("confirm", "bulk", "--password-stdin", stdin="not this one at all")
    assert (ended.code, ended.err) == (3, "shellback: This is not your password.\n")
    assert _kinds(unproven) == set()


def test_on_a_terminal_it_is_asked_for_and_not_echoed(unproven: str) -> None:
    with Terminal.python("-m", "tui", "roles", "grant", "alice", "support", columns=120) as terminal:
        terminal.wait_for("Password of maria again:")
        terminal.write("not this one at all\n")
        terminal.wait_for("This is not your password.")
        terminal.wait_until(lambda screen: screen.count("Password of maria again:") == 2, "the second question")
        terminal.write(MARIA + "\n")
        terminal.wait_for("(y/n)")
        terminal.write("y\n")
        assert terminal.wait_exit() == 0
        assert MARIA.encode() not in terminal.raw
    assert _roles_of(unproven, "alice") == 1


def test_nothing_typed_at_the_prompt_does_nothing(unproven: str) -> None:
    with Terminal.python("-m", "tui", "roles", "grant", "alice", "support", columns=120) as terminal:
        terminal.wait_for("Password of maria again:")
        terminal.write("\n")
        assert terminal.wait_exit() == 1
    assert _roles_of(unproven, "alice") == 0


def test_whoami_says_what_is_confirmed_and_until_when(unproven: str, run: Run) -> None:
    assert "confirmed  nothing" in run("whoami").out
    run("confirm", "export", "--password-stdin", stdin=MARIA)
    told = run("whoami", "--json").document["session"]
    assert set(told["confirmed"]) == {"export"}
    assert "expires_at" in told
    assert "confirmed  export until" in run("whoami").out


# Changing it --------------------------------------------------------------------------------------------------------


def _is_hers(url: str, password: str) -> bool:
    async def hashed() -> str:
        return (await User.get(username="maria")).hashed_password

    return verify(password, in_database(url, hashed)).matches


def test_passwd_changes_it_and_keeps_this_session_alone(maria: str, run: Run) -> None:
    assert run("login", "--as", "maria", "--password-stdin", "--porcelain", stdin=MARIA).code == 0
    changed = run("passwd", "--password-stdin", stdin=f"{MARIA}\n{NEW}\n")
    assert (changed.code, changed.err) == (0, "")
    assert changed.out.startswith("Your password is changed")
    assert _is_hers(maria, NEW)

    async def open_ones() -> int:
        return await UserSession.filter(revoked_at=None).count()

    assert in_database(maria, open_ones) == 1
    assert run("whoami").code == 0


@pytest.mark.parametrize(
    ("stdin", "code", "said"),
    [
        (f"wrong wrong wrong\n{NEW}\n", 3, "not right"),
        (f"{MARIA}\nshort\n", 1, "at least 15 characters"),
        (f"{MARIA}\n{MARIA}\n", 1, "the password you have"),
        (f"{MARIA}\n", 2, "held no password"),
        ("", 2, "held no password"),
    ],
)
def test_passwd_says_why_it_changed_nothing(stdin: str, code: int, said: str, maria: str, run: Run) -> None:
    ended = run("passwd", "--password-stdin", stdin=stdin)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert MARIA not in ended.err
    assert _is_hers(maria, MARIA)


def test_passwd_asks_for_both_on_a_terminal(maria: str) -> None:
    with Terminal.python("-m", "tui", "passwd", columns=120) as terminal:
        terminal.wait_for("Current password of maria:")
        terminal.write(MARIA + "\n")
        terminal.wait_for("New password:")
        terminal.write(NEW + "\n")
        terminal.wait_for("The same again:")
        terminal.write(NEW + "\n")
        terminal.wait_for("Your password is changed")
        assert terminal.wait_exit() == 0
        assert NEW.encode() not in terminal.raw
    assert _is_hers(maria, NEW)


def test_who_must_change_the_password_can(maria: str, run: Run) -> None:
    async def force() -> None:
        async with in_transaction() as client:
            await User.filter(username="maria").using_db(client).update(must_change_password=True)

    in_database(maria, force)
    assert run("whoami").code == 3
    assert run("passwd", "--password-stdin", "--json", stdin=f"{MARIA}\n{NEW}\n").code == 0
    assert json.loads(run("whoami", "--json").out)["session"]["username"] == "maria"
