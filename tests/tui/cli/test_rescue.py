"""`shellback rescue`, as somebody at the database's host runs it when nobody can sign in any more."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, MfaFactor, User, UserAuthState, UserSession
from models.clock import database_now
from models.operations import Secret, verify_chain
from models.operations.rescue.place import why_not_from, why_not_owner
from models.operations.sign_in.answers import SignedIn
from models.operations.sign_in.entering import sign_in
from tests.e2e.terminal import Terminal
from tests.tui.cli.conftest import MARIA, Run, in_database

PASSWORD = re.compile(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}")
WHY = ("--reason", "everybody left")


def rescued(run: Run, username: str, *more: str) -> str:
    """Rescue; return the password."""
    ended = run("rescue", "--username", username, *WHY, "--yes", "--porcelain", *more)
    assert ended.code == 0, ended.err
    return ended.out.strip()


def signs_in(url: str, username: str, password: str) -> bool:
    async def attempt() -> bool:
        answer = await sign_in(username, Secret(password))
        return isinstance(answer, SignedIn) and answer.must_change_password and answer.permissions.is_superuser

    return in_database(url, attempt)


def changed(url: str, username: str, **columns: Any) -> None:
    async def change() -> None:
        async with in_transaction():
            assert await User.filter(username=username).update(**columns)

    in_database(url, change)


def events(url: str) -> list[AuditEvent]:
    async def read() -> list[AuditEvent]:
        assert (await verify_chain()).is_whole
        return await AuditEvent.filter(action="rescue").order_by("id")

    return in_database(url, read)


def test_a_superuser_who_can_sign_in_no_more_can(staffed_url: str, run: Run) -> None:
    async def break_it() -> None:
        now = await database_now(Account._meta.db)
        account = await Account.get(username="maria")
        async with in_transaction():
            await UserAuthState.filter(user_id=account.id).delete()
            await UserAuthState.create(user_id=account.id, failed_count=10, locked_until=now + timedelta(days=1))
            await MfaFactor.create(user_id=account.id, kind="totp", secret_encrypted=b"x")
            await UserSession.create(
                user_id=account.id, token_hash="t", kind="web", expires_at=now + timedelta(hours=1)
            )
            await User.filter(id=account.id).update(
                is_active=False,
                is_superuser=False,
                hashed_password="$argon2id$broken",
                expires_at=now - timedelta(days=1),
            )

    in_database(staffed_url, break_it)
    planned = run("rescue", "--username", "maria", *WHY, "--dry-run")
    assert planned.code == 0
    for said in (
        "is_superuser: no -> yes",
        "is_active: no -> yes",
        "authenticator will be removed",
        "will be ended",
        "failures and the lock are cleared",
        "reason: everybody left",
        "cannot be undone: the old password",
    ):
        assert said in planned.out, planned.out
    password = rescued(run, "Maria")
    assert signs_in(staffed_url, "maria", password)

    async def left() -> tuple[int, int]:
        return await MfaFactor.all().count(), await UserSession.filter(token_hash="t", revoked_at=None).count()

    assert in_database(staffed_url, left) == (0, 0)
    (event,) = events(staffed_url)
    assert (event.outcome, event.actor_kind, event.actor_id, event.target_label) == ("ok", "system", None, "maria")
    assert (event.reason, event.meta["removed_factors"]) == ("everybody left", 1)
    assert password not in repr([event.changes, event.meta])


def test_one_who_was_not_there_is_made(staffed_url: str, run: Run) -> None:
    password = rescued(run, "newboss")
    assert signs_in(staffed_url, "newboss", password)
    assert events(staffed_url)[0].changes["is_superuser"] == [None, True]


def test_a_deleted_one_comes_back_with_name_and_address(maria: str, run: Run) -> None:
    assert run("users", "delete", "alice", "--yes", "--reason", "x").code == 0
    password = rescued(run, "alice")
    assert signs_in(maria, "alice", password)

    async def alice() -> Account:
        return await Account.get(username="alice")

    account = in_database(maria, alice)
    assert (account.email, account.deleted_at, account.is_superuser) == ("alice@example.com", None, True)


def test_every_superuser_is_told_for_a_week(maria: str, run: Run) -> None:
    rescued(run, "bob")
    told = run("login", "--as", "maria", "--password-stdin", stdin=MARIA)
    assert told.code == 0
    assert "bob was made superuser by rescue, by " in told.err
    assert "0 min ago (everybody left)" in told.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--username", "maria", "--yes"), 2, "needs --reason"),
        (("--username", "maria", "--reason", "  ", "--yes"), 2, "needs --reason"),
        (("--username", "maria", "--reason", "x", "--yes"), 2, "--porcelain prints it"),
        (("--username", "maria", "--reason", "x"), 2, "add --yes"),
        (("--username", "a b", "--reason", "x", "--yes", "--porcelain"), 1, "Nothing was changed"),
        (("--reason", "x", "--yes"), 2, "--username"),
    ],
)
def test_mistakes(staffed_url: str, run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    ended = run("rescue", *words)
    assert (ended.code, said in ended.err) == (code, True), ended.err
    assert [event for event in events(staffed_url) if event.outcome == "ok"] == []


def test_nobody_at_all_says_init(database_url: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELLBACK_DATABASE_URL", database_url)
    ended = run("rescue", "--username", "maria", *WHY, "--yes", "--porcelain")
    assert (ended.code, "shellback init makes the first superuser" in ended.err) == (3, True)
    assert [event.outcome for event in events(database_url)] == ["denied"]


def test_an_empty_database_says_init(empty_url: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELLBACK_DATABASE_URL", empty_url)
    ended = run("rescue", "--username", "maria", *WHY, "--yes", "--porcelain")
    assert (ended.code, "shellback init" in ended.err) == (5, True)


def test_a_read_only_database_is_not_rescued(staffed_url: str, run: Run) -> None:
    ended = run("rescue", "--username", "maria", *WHY, "--yes", "--porcelain", "--read-only")
    assert (ended.code, "open read-only; nothing was changed" in ended.err) == (3, True)


def test_where_a_rescue_may_come_from() -> None:
    assert why_not_from(None, None) == ""
    assert why_not_from("127.0.0.1", "127.0.0.1") == ""
    assert why_not_from("::1", "::1") == ""
    assert "comes from 10.0.0.5 to 10.0.0.9" in why_not_from("10.0.0.5", "10.0.0.9")
    assert why_not_from("10.0.0.5", "127.0.0.1") != ""
    assert why_not_from("127.0.0.1", None) != ""


def test_whose_file_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.touch()
    assert why_not_owner(str(path), os.getuid()) == ""
    assert why_not_owner(str(path), 0) == ""
    assert f"this is user {os.getuid() + 77}" in why_not_owner(str(path), os.getuid() + 77)


@pytest.mark.sqlite_only
def test_somebody_else_on_the_host_is_refused_and_recorded(
    staffed_url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 77)
    ended = run("rescue", "--username", "maria", *WHY, "--yes", "--porcelain")
    assert (ended.code, ended.out) == (3, "")
    assert f"by root: this is user {os.getuid() + 77}" in ended.err
    assert [event.outcome for event in events(staffed_url)] == ["denied"]


@pytest.mark.parametrize(("answer", "code", "outcomes"), [("maria", 0, ["ok"]), ("y", 1, ["denied"])])
def test_on_a_terminal_the_name_is_typed_and_the_password_shown_once(
    staffed_url: str, answer: str, code: int, outcomes: list[str]
) -> None:
    with Terminal.python("-m", "tui", "rescue", "--username", "maria", *WHY, columns=120) as terminal:
        screen = terminal.wait_for("Type maria to rescue it:")
        assert "cannot be undone: the old password" in screen
        terminal.write(answer + "\n")
        assert terminal.wait_exit() == code
        shown = PASSWORD.findall(terminal.text())
    assert [event.outcome for event in events(staffed_url)] == outcomes
    assert len(shown) == (code == 0)
    if shown:
        assert signs_in(staffed_url, "maria", shown[0])
