"""`mfa` and `users mfa`: one's own authenticators, somebody else's, and the key."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from models import Account, AuditEvent, MfaFactor
from models.mfa_secrets import read_key_file, use_key_file
from models.operations import Secret
from tests.e2e.terminal import Terminal
from tests.models.operations.mfa.phone import Phone, foreign
from tests.tui.cli.conftest import MARIA, Run, in_database

KEY = "a key of the tests, long enough for one"
BASE32 = re.compile(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELLBACK_MFA_KEY", KEY)
    use_key_file(None)


def code_of(url: str, phone: Phone, ahead: int = 0) -> str:
    async def now() -> str:
        return await phone.code(ahead)

    return in_database(url, now)


def factors(url: str) -> list[tuple[int, str, bool]]:
    async def load() -> list[tuple[int, str, bool]]:
        return [(factor.id, factor.label, factor.is_pending) for factor in await MfaFactor.all().order_by("id")]

    return in_database(url, load)


def added(url: str, run: Run) -> Phone:
    ended = run("mfa", "add", "vault", "--porcelain", "--password-stdin", stdin=f"{MARIA}\n")
    assert ended.code == 0, ended.err
    assert "shellback mfa confirm" in ended.err
    assert ended.out.count("\n") == 1
    phone = Phone(Secret(ended.out.strip()))
    assert phone.secret not in ended.err
    confirmed = run("mfa", "confirm", "--code-stdin", stdin=f"{code_of(url, phone)}\n")
    assert confirmed.code == 0, confirmed.err
    return phone


def test_a_script_adds_lists_and_removes_its_own(maria: str, run: Run) -> None:
    assert "You have no authenticator" in run("mfa", "list").out
    phone = added(maria, run)
    [(factor_id, _, pending)] = factors(maria)
    assert not pending
    listed = run("mfa", "list")
    assert re.search(rf"{factor_id}\s+totp\s+vault\s+asked for", listed.out)
    assert phone.secret not in run("mfa", "list", "--json").out
    wrong = run("mfa", "remove", str(factor_id), "--password-stdin", stdin="not this one at all\n")
    assert wrong.code == 3
    assert run("mfa", "remove", str(factor_id), "--password-stdin", stdin=f"{MARIA}\n").code == 0
    assert factors(maria) == []


def test_wrong_codes_passwords_names_and_a_missing_key_add_nothing(
    maria: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("mfa", "confirm", "--code-stdin", stdin="123456\n").code == 3
    assert run("mfa", "confirm", "--code-stdin", stdin="").code == 2
    assert run("mfa", "add", "vault").code == 2  # no terminal to show it on
    for name, password, code in ((" ", MARIA, 1), ("x" * 10_000, MARIA, 1), ("vault", "not this one", 3)):
        ended = run("mfa", "add", name, "--porcelain", "--password-stdin", stdin=f"{password}\n")
        assert (ended.code, ended.out) == (code, "")
    assert factors(maria) == []
    monkeypatch.delenv("SHELLBACK_MFA_KEY")
    keyless = run("mfa", "add", "vault", "--porcelain", "--password-stdin", stdin=f"{MARIA}\n")
    assert keyless.code == 3
    assert "shellback mfa new-key FILE" in keyless.err
    assert run("--read-only", "mfa", "add", "vault", "--porcelain", "--password-stdin", stdin=MARIA).code == 3


def test_a_colleague_lists_and_resets_those_of_a_user(maria: str, run: Run) -> None:
    async def enrol() -> tuple[int, int, int]:
        alice = await Account.get(username="alice")
        return alice.id, (await foreign(alice, "\x1b]0;key")).id, (await foreign(alice, "other")).id

    user_id, first, second = in_database(maria, enrol)
    listed = run("users", "mfa", "list", "alice")
    assert "cannot be read here" in listed.out
    assert "\x1b" not in listed.out
    assert [row["readable"] for row in run("users", "mfa", "list", "alice", "--json").document["factors"]] == [
        False,
        False,
    ]
    assert run("users", "mfa", "reset", "alice", "--factor", "999999", "--yes").code == 3
    dry = run("users", "mfa", "reset", "alice", "--dry-run")
    assert dry.code == 0
    assert len(factors(maria)) == 2
    one = run("users", "mfa", "reset", "alice", "--factor", str(first), "--yes", "--reason", "lost")
    assert one.code == 0
    assert [factor_id for factor_id, _, _ in factors(maria)] == [second]
    assert run("users", "mfa", "reset", str(user_id), "--yes").code == 0
    assert run("users", "mfa", "reset", str(user_id), "--yes").code == 0  # nothing to do is no failure
    assert "has no authenticator" in run("users", "mfa", "list", "alice").out
    assert run("users", "mfa", "reset", "maria", "--yes").code == 3  # one's own: with the password, under mfa
    assert run("users", "mfa", "reset", "nobody", "--yes").code == 1


def test_new_key_makes_a_private_file_and_adds_to_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mfa.key"
    first = run("mfa", "new-key", str(file))
    assert first.code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    assert before.strip().partition(": ")[2] not in first.out + first.err
    assert run("mfa", "new-key", str(file)).code == 0
    assert file.read_text().startswith(before)
    assert read_key_file(file).tags == ("1", "2")
    file.chmod(0o644)
    refused = run("mfa", "new-key", str(file))
    assert refused.code == 1
    assert "chmod 600" in refused.err
    assert run("mfa", "new-key", str(tmp_path / "no" / "such" / "folder")).code == 1
    assert run("mfa", "new-key", str(tmp_path)).code == 1


def test_on_a_terminal_the_secret_is_gone_once_its_code_was_given(maria: str) -> None:
    with Terminal.python("-m", "tui", "mfa", "add", "telephone", columns=120) as terminal:
        terminal.wait_for("Password of maria:")
        terminal.write(MARIA + "\n")
        screen = terminal.wait_for("The six digits it shows:")
        found = BASE32.search(screen)
        assert found is not None
        assert screen.count("█") > 50
        secret = found[0].replace(" ", "")
        phone = Phone(Secret(f"otpauth://totp/Shellback:maria?secret={secret}"))
        terminal.write("000\n")
        terminal.wait_for("telephone is right")
        terminal.write(code_of(maria, phone) + "\n")
        assert terminal.wait_exit() == 0
        after = terminal.text()
        assert "sign-in asks for a code of it" in after
        assert BASE32.search(after) is None
    assert [pending for _, _, pending in factors(maria)] == [False]

    async def trail() -> str:
        return str([vars(event) for event in await AuditEvent.all()])

    assert secret not in in_database(maria, trail)


def test_doctor_says_whether_the_key_opens_what_is_stored(
    maria: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finding() -> tuple[str, str]:
        checks = run("doctor", "--json").document["doctor"]["checks"]
        [found] = [check for check in checks if check["name"] == "authenticators"]
        return found["state"], found["sentence"]

    assert finding() == ("ok", "The key is there, and none is enrolled.")
    added(maria, run)
    assert finding() == ("ok", "The key is there, and opens 1 authenticator.")

    async def of_the_service() -> None:
        await foreign(await Account.get(username="alice"), "app", "totp")

    in_database(maria, of_the_service)
    assert finding() == ("warning", "1 authenticator of the newest 2 cannot be read here.")
    monkeypatch.delenv("SHELLBACK_MFA_KEY")
    state, sentence = finding()
    assert state == "failed"
    assert "Nobody with one is let in" in sentence
