"""Who acts: signing in, the kept session, and what is refused without one."""

import hashlib
import json
import stat
from pathlib import Path

import pytest

from tests.tui.cli.conftest import MARIA, Run, in_database

KEPT = "home/state/sessions"


def test_login_keeps_a_session_and_whoami_knows_it(staffed_url: str, run: Run, tmp_path: Path) -> None:
    ended = run("login", "--as", "maria", "--password-stdin", stdin=MARIA + "\n")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Signed in as maria until ")
    (file,) = (tmp_path / KEPT).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shown = run("whoami", "--json").document
    assert shown["session"]["username"] == "maria"
    assert shown["session"]["is_superuser"] is True
    assert "superuser" in run("whoami").out


def test_the_username_is_found_whatever_its_case(staffed_url: str, run: Run) -> None:
    assert run("login", "--as", "MARIA", "--password-stdin", stdin=MARIA).code == 0


@pytest.mark.parametrize("username", ["maria", "alice", "nobody", "\u202e"])
def test_a_wrong_password_is_refused_with_one_text(username: str, staffed_url: str, run: Run, tmp_path: Path) -> None:
    ended = run("login", "--as", username, "--password-stdin", stdin="wrong wrong wrong\n")
    assert (ended.code, ended.out) == (3, "")
    assert "do not open Shellback" in ended.err
    assert not (tmp_path / KEPT).exists()


def test_an_ordinary_user_is_no_staff(staffed_url: str, run: Run) -> None:
    assert run("whoami").code == 3


@pytest.mark.parametrize(
    "argv",
    [
        ("users", "list"),
        ("users", "show", "1"),
        ("users", "unlock", "1", "--yes"),
        ("users", "create", "x", "--yes", "--porcelain"),
        ("roles", "list"),
        ("audit", "list"),
        ("audit", "verify"),
        ("whoami",),
    ],
)
def test_without_a_session_nothing_is_read_or_written(argv: tuple[str, ...], staffed_url: str, run: Run) -> None:
    ended = run(*argv)
    assert (ended.code, ended.out) == (3, "")
    assert "shellback login --as" in ended.err


def test_logout_ends_it_here_and_in_the_database(maria: str, run: Run, tmp_path: Path) -> None:
    (file,) = (tmp_path / KEPT).iterdir()
    kept = file.read_text()
    assert run("logout", "--json").document == {"ended": True}
    assert not file.exists()
    file.write_text(kept)
    file.chmod(0o600)
    ended = run("whoami")
    assert ended.code == 3
    assert "is over" in ended.err
    assert run("logout").out == "The session was over already.\n"
    assert run("logout").out.startswith("Nobody was signed in")


def test_a_token_for_automation(staffed_url: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = run("login", "--as", "maria", "--password-stdin", "--porcelain", stdin=MARIA).out.strip()
    assert len(token) > 40
    assert not (tmp_path / KEPT).exists()
    assert run("whoami").code == 3
    monkeypatch.setenv("SHELLBACK_TOKEN", token)
    assert run("whoami").code == 0
    ended = run("logout")
    assert (ended.code, "SHELLBACK_TOKEN" in ended.err) == (0, True)
    assert token not in run("whoami").err


def test_only_the_hash_of_the_token_is_in_the_database(maria: str, run: Run, tmp_path: Path) -> None:
    from models import UserSession

    (file,) = (tmp_path / KEPT).iterdir()
    token = json.loads(file.read_text())["token"]

    async def hashes() -> list[tuple[str, str]]:
        return [(row.token_hash, row.kind) for row in await UserSession.all()]

    assert (hashlib.sha256(token.encode()).hexdigest(), "tui") in in_database(maria, hashes)


@pytest.mark.parametrize(
    ("stdin", "said"),
    [("", "held no password"), ("\n", "held no password"), ("x" * 5000, "longer than 4096")],
    ids=["nothing", "an empty line", "too much"],
)
def test_what_is_no_password(stdin: str, said: str, staffed_url: str, run: Run) -> None:
    ended = run("login", "--as", "maria", "--password-stdin", stdin=stdin)
    assert ended.code == 2
    assert said in ended.err


def test_no_terminal_to_ask_on(staffed_url: str, run: Run) -> None:
    ended = run("login", "--as", "maria")
    assert ended.code == 2
    assert "--password-stdin" in ended.err


def test_a_token_of_one_database_is_not_sent_to_another(maria: str, run: Run, empty_url: str) -> None:
    ended = run("whoami", "--url", empty_url)
    assert ended.code == 3
    assert "Nobody is signed in" in ended.err
