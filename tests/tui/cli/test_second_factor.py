"""`login` of an account with an authenticator: the code on the line after the password, or no session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from models import Account
from models.mfa_secrets import use_key_file
from models.operations import Actor, ActorKind, Secret, apply, plan_confirm_factor, plan_enrol
from tests.models.operations.mfa.phone import Phone
from tests.tui.cli.conftest import MARIA, Run, in_database

KEY = "a key of the tests, long enough for one"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELLBACK_MFA_KEY", KEY)
    use_key_file(None)


async def enrol() -> tuple[Phone, str]:
    """Maria's telephone, and a code that was not used."""
    maria = await Account.get(username="maria")
    me = Actor(maria.id, maria.username, ActorKind.CLI)
    outcome = await apply(await plan_enrol(me, "telephone", Secret(MARIA)))
    assert outcome.secret is not None, outcome.sentence
    phone = Phone(outcome.secret)
    assert (await apply(await plan_confirm_factor(me, Secret(await phone.code())))).is_ok
    return phone, await phone.code(1)


def test_the_code_is_read_from_the_line_after_the_password(staffed_url: str, run: Run) -> None:
    phone, code = in_database(staffed_url, enrol)
    alone = run("login", "--as", "maria", "--password-stdin", stdin=f"{MARIA}\n")
    assert (alone.code, alone.out) == (2, "")
    assert "put its code on the line after the password" in alone.err
    wrong = run("login", "--as", "maria", "--password-stdin", stdin=f"{MARIA}\nnot a code\n")
    assert (wrong.code, wrong.out) == (3, "")
    assert "do not open Shellback" in wrong.err
    done = run("login", "--as", "maria", "--password-stdin", stdin=f"{MARIA}\n{code}\n")
    assert (done.code, done.err) == (0, "")
    again = run("login", "--as", "maria", "--password-stdin", stdin=f"{MARIA}\n{code}\n")
    assert again.code == 3  # a code signs in once
    for ended in (alone, wrong, done, again):
        assert phone.secret not in ended.out + ended.err


def test_without_the_key_nobody_with_an_authenticator_is_let_in(
    staffed_url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, code = in_database(staffed_url, enrol)
    monkeypatch.delenv("SHELLBACK_MFA_KEY")
    ended = run("login", "--as", "maria", "--password-stdin", stdin=f"{MARIA}\n{code}\n")
    assert (ended.code, ended.out) == (3, "")
    assert "SHELLBACK_MFA_KEY" in ended.err
    assert "shellback rescue" in ended.err
    assert "Traceback" not in ended.err


def test_the_key_file_of_the_profile_is_used_and_others_may_not_read_it(
    staffed_url: str, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, code = in_database(staffed_url, enrol)
    monkeypatch.delenv("SHELLBACK_MFA_KEY")
    file = tmp_path / "mfa.key"
    file.write_text(f"# of the tests\n1: {KEY}\n")
    file.chmod(0o640)
    folder = Path(os.environ["SHELLBACK_CONFIG_DIR"])
    folder.mkdir(parents=True)
    config = folder / "config.toml"
    config.write_text(f'default_profile = "desk"\n[profiles.desk]\nurl = "{staffed_url}"\nmfa_key_file = "{file}"\n')
    config.chmod(0o600)
    monkeypatch.delenv("SHELLBACK_DATABASE_URL", raising=False)
    open_to_others = run("login", "--as", "maria", "--password-stdin", stdin=f"{MARIA}\n{code}\n")
    assert open_to_others.code == 3
    assert f"run chmod 600 {file}" in open_to_others.err
    assert KEY not in open_to_others.err
    file.chmod(0o600)
    assert run("login", "--as", "maria", "--password-stdin", stdin=f"{MARIA}\n{code}\n").code == 0
