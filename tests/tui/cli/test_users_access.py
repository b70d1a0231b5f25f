"""Reset by link, lock and unlock, and the sessions of a user, from the command line."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, MfaFactor, OneTimeToken, User, UserAuthState, UserSession
from models.operations import Secret, Status, redeem_reset
from models.operations.service import ServiceSession, authenticate
from models.passwords import Verdict, hash_password, verify
from tests.tui.cli.conftest import Run, in_database

NEW = "seven gentle rivers meet"
OLD = "granite otter 42 lantern"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def _user(url: str, name: str) -> User:
    async def load() -> User:
        return await User.get(username=name)

    return in_database(url, load)


def _signed_in(url: str, name: str, number: int) -> list[int]:
    """The ids of sessions of the web service."""

    async def open_them() -> list[int]:
        async with in_transaction():
            await User.filter(username=name).update(
                hashed_password=hash_password(OLD), has_usable_password=True, must_change_password=False
            )
        opened = [await authenticate(name, Secret(OLD), address="10.0.0.4") for _ in range(number)]
        return [one.session_id for one in opened if isinstance(one, ServiceSession)]

    return in_database(url, open_them)


def _open(url: str) -> set[int]:
    async def load() -> set[int]:
        return {one.id for one in await UserSession.filter(revoked_at=None, kind="api")}

    return in_database(url, load)


def _profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    directory = tmp_path / "profiles"
    directory.mkdir()
    (directory / "config.toml").write_text(text)
    monkeypatch.setenv("SHELLBACK_CONFIG_DIR", str(directory))


def test_a_link_comes_from_the_profile_and_is_redeemed(
    maria: str, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _profile(monkeypatch, tmp_path, 'reset_url = "https://app.example/reset?token={token}"\n')
    before = _user(maria, "alice").hashed_password
    ended = run("users", "reset", "alice", "--method", "link", "--yes", "--porcelain")
    assert ended.code == 0, ended.err
    url = ended.out.strip()
    assert url.startswith("https://app.example/reset?token=")
    token = url.partition("=")[2]
    assert TOKEN.fullmatch(token)
    assert token not in ended.err
    assert "has a one-time link, which works until" in ended.err
    assert _user(maria, "alice").hashed_password == before

    async def redeem() -> tuple[Status, str]:
        status = (await redeem_reset(Secret(token), Secret(NEW))).status
        rows = [await AuditEvent.all().values(), await OneTimeToken.all().values(), await UserSession.all().values()]
        return status, json.dumps(rows, default=str)

    status, stored = in_database(maria, redeem)
    assert status is Status.OK
    assert token not in stored
    assert verify(NEW, _user(maria, "alice").hashed_password) is Verdict.OK


def test_without_a_template_the_bare_token_is_given_out(maria: str, run: Run) -> None:
    ended = run("users", "reset", "alice", "--method", "link", "--yes", "--porcelain", "--json")
    assert ended.code == 0
    assert TOKEN.fullmatch(ended.document["outcome"]["secret"])
    assert not TOKEN.search(run("users", "show", "alice", "--json").out)


def test_a_template_that_cannot_be_used_stops_every_command(
    maria: str, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _profile(monkeypatch, tmp_path, 'reset_url = "http://app.example/reset?token={token}"\n')
    ended = run("users", "reset", "alice", "--method", "link", "--yes", "--porcelain")
    assert ended.code == 2
    assert "line 1: reset_url must begin with https://" in ended.err


def test_a_link_needs_a_place_and_is_not_made_for_nothing(maria: str, run: Run) -> None:
    assert run("users", "reset", "alice", "--method", "link", "--yes").code == 2
    assert run("users", "deactivate", "alice", "--yes").code == 0
    ended = run("users", "reset", "alice", "--method", "link", "--yes", "--porcelain")
    assert (ended.code, ended.out) == (3, "")
    assert "a link would not work" in ended.err


def test_a_reset_takes_the_authenticators_along_when_told(maria: str, run: Run) -> None:
    async def enrol() -> None:
        alice = await Account.get(username="alice")
        async with in_transaction():
            await MfaFactor.create(user_id=alice.id, kind="totp", label="phone", secret_encrypted=b"x")

    async def factors() -> int:
        return await MfaFactor.all().count()

    in_database(maria, enrol)
    kept = run("users", "reset", "alice", "--method", "words", "--yes", "--porcelain")
    assert len(kept.out.split()) == 6
    assert in_database(maria, factors) == 1
    assert "1 authenticator will be removed" in run("users", "reset", "alice", "--reset-mfa", "--dry-run").out
    assert run("users", "reset", "alice", "--reset-mfa", "--yes", "--porcelain").code == 0
    assert in_database(maria, factors) == 0


def test_lock_and_unlock(maria: str, run: Run) -> None:
    alice = _user(maria, "alice")

    def state() -> UserAuthState:
        async def load() -> UserAuthState:
            return await UserAuthState.get(user_id=alice.id)

        return in_database(maria, load)

    ended = run("users", "lock", "alice", "--for", "7d", "--reason", "on leave", "--yes")
    assert ended.code == 0, ended.err
    assert "cannot sign in until" in ended.out
    first = state().locked_until
    assert first is not None
    assert state().lock_cause == "staff"
    assert "LOCKED" in run("users", "list", "alice").out
    assert run("users", "lock", "alice", "--for", "2w", "--yes").code == 0
    second = state().locked_until
    assert second is not None
    assert second - first > timedelta(days=6)
    assert run("users", "unlock", "alice", "--yes").code == 0
    assert state().locked_until is None
    assert _user(maria, "alice").is_active


@pytest.mark.parametrize("span", ["never", "0m", "soon", "1x", "", "2020-13-01"])
def test_a_lock_of_no_length_is_a_mistake(maria: str, run: Run, span: str) -> None:
    ended = run("users", "lock", "alice", f"--for={span}", "--yes")
    assert (ended.code, ended.out) == (2, "")


@pytest.mark.parametrize("span", ["60w", "2020-01-01", "2199-01-01"])
def test_a_lock_beyond_its_bounds_is_an_error(maria: str, run: Run, span: str) -> None:
    ended = run("users", "lock", "alice", "--for", span, "--yes")
    assert ended.code == 1
    assert "at most 365 days" in ended.err


def test_nobody_locks_their_own_account(maria: str, run: Run) -> None:
    assert run("users", "lock", "maria", "--yes").code == 3


def test_sessions_are_listed_and_ended_one_by_one(maria: str, run: Run) -> None:
    phone, desk, web = _signed_in(maria, "alice", 3)
    listed = run("users", "sessions", "alice", "--json").document
    assert [row["id"] for row in listed["sessions"]] == [web, desk, phone]
    assert {row["ip"] for row in listed["sessions"]} == {"10.0.0.4"}
    assert "token" not in json.dumps(listed)

    ended = run("users", "sessions", "alice", "--end", str(phone), "--reason", "lost telephone", "--yes")
    assert ended.code == 0, ended.err
    assert _open(maria) == {desk, web}
    assert run("users", "sessions", "alice", "--end", str(phone), "--yes").code == 0  # nothing to do
    assert "lost telephone" in run("users", "sessions", "alice", "--ended").out
    assert [row["id"] for row in run("users", "sessions", "alice", "--json").document["sessions"]] == [web, desk]

    assert run("users", "sessions", "alice", "--end-all", "--keep", str(web), "--yes").code == 0
    assert _open(maria) == {web}
    assert run("users", "sessions", "alice", "--end-all", "--yes").code == 0
    assert _open(maria) == set()
    assert _user(maria, "alice").token_version == 1
    assert "has no session that is open" in run("users", "sessions", "alice").out


def test_ones_own_session_is_marked_and_can_be_kept(maria: str, run: Run) -> None:
    mine = next(
        row["id"] for row in run("users", "sessions", "maria", "--json").document["sessions"] if row["this_one"]
    )
    assert "open (this one)" in run("users", "sessions", "maria").out
    assert run("users", "sessions", "maria", "--end-all", "--keep", str(mine), "--yes").code == 0
    assert run("users", "list").code == 0
    assert run("users", "sessions", "maria", "--end", str(mine), "--yes").code == 0
    assert run("users", "list").code == 3


def test_a_session_of_somebody_else_is_refused(maria: str, run: Run) -> None:
    (theirs,) = _signed_in(maria, "alice", 1)
    ended = run("users", "sessions", "bob", "--end", str(theirs), "--yes")
    assert ended.code == 3
    assert f"bob has no open session {theirs}" in ended.err
    assert _open(maria) == {theirs}


@pytest.mark.parametrize(
    "argv",
    [
        ("--keep", "1"),
        ("--end", "1", "--keep", "1", "--yes"),
        ("--end", "1", "--end-all"),
        ("--end", "0"),
        ("--yes",),
        ("--reason", "x"),
    ],
)
def test_what_does_not_go_together_is_a_mistake(maria: str, run: Run, argv: tuple[str, ...]) -> None:
    assert run("users", "sessions", "alice", *argv).code == 2


def test_a_name_that_looks_like_another_one_must_be_named_by_its_id(maria: str, run: Run) -> None:
    async def imitate() -> int:
        async with in_transaction():
            return (await User.create(username="аlice", hashed_password="x")).id

    other = in_database(maria, imitate)
    ended = run("users", "reset", "alice", "--yes", "--porcelain")
    assert (ended.code, ended.out) == (3, "")
    assert f"#{other}" in ended.err
    assert run("users", "reset", str(_user(maria, "alice").id), "--yes", "--porcelain").code == 0


@pytest.mark.parametrize(("option", "most"), [("--ticket", 100), ("--reason", 500)])
def test_a_text_that_the_audit_cannot_keep_is_refused(maria: str, run: Run, option: str, most: int) -> None:
    def events() -> list[Any]:
        async def load() -> list[Any]:
            return list(await AuditEvent.all().values_list("id"))

        return in_database(maria, load)

    before = events()
    ended = run("users", "lock", "alice", option, "x" * 10_000, "--yes")
    assert ended.code == 2
    assert f"at most {most} characters" in ended.err
    assert events() == before
