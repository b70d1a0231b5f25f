"""Canaries: secrets that went through the real program, searched for in everything that it leaves behind.

A password that was generated, a link, a password typed to sign in and one typed as one's own new: none of them may be
in the bytes of the terminal (but where it was revealed or copied), in a log at DEBUG, in the audit, in the database, in
an incident file, in `TEXTUAL_LOG`, in a command line or in the environment of a child. A hash and a fingerprint stand
in their columns and nowhere else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tortoise.transactions import in_transaction

from models import OneTimeToken, Role, User, UserRole
from models.operations import PasswordMethod, ResetOptions, Secret, Status, redeem_reset
from tests.e2e.bench import Bench, make_bench, within
from tests.e2e.conftest import Peopled
from tests.e2e.program import (
    crashed,
    first_name,
    give_password,
    leave,
    press_until,
    press_until_gone,
    sign_in,
    wait_for_rows,
)
from tests.e2e.terminal import Terminal
from tests.e2e.traces import (
    TOKEN_HASH,
    database_bytes,
    found_in,
    places_of,
    process_texts,
    spellings,
)

PASSWORD = re.compile(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}")
TOKEN = re.compile(r"token=([A-Za-z0-9_-]{43})")
OWN = "seven gentle rivers meet at dusk"
OVERWRITTEN = b"\x1b]52;c;" + base64.b64encode(b" ") + b"\x07"


@pytest.fixture
def bench(peopled: Peopled, tmp_path: Path) -> Bench:
    return make_bench(peopled, tmp_path / "bench")


def test_a_generated_password_is_shown_where_it_was_asked_for_and_nowhere_else(bench: Bench) -> None:
    before = bench.hashes()
    with bench.program() as terminal:
        name = first_name(terminal)
        terminal.press("p")
        terminal.wait_until(lambda text: "Reset password" in text and f"{name}   #" in text, "whose password it is")
        press_until(terminal, "ctrl+s", "r reveals")
        masked = len(terminal.raw)
        found = PASSWORD.search(press_until(terminal, "r", PASSWORD))
        assert found is not None
        secret = found[0]
        assert found_in(terminal.raw[:masked], [secret]) == []
        assert found_in(process_texts(terminal.pid), [secret]) == []

        press_until_gone(terminal, "r", secret)
        hidden = len(terminal.raw)
        press_until(terminal, "c", "Sent the password to the terminal's clipboard")
        copied = terminal.raw[hidden:]
        assert secret.encode() not in copied  # copied, not shown: only OSC 52 carries it
        assert copied.count(base64.b64encode(secret.encode())) >= 1
        press_until_gone(terminal, "escape", "Shown once")
        terminal.wait_gone("Reset password")
        closed = len(terminal.raw)
        # Nothing is left to reveal or to copy: c is the key of the staged changes again.
        terminal.press("r")
        press_until(terminal, "c", "Nothing is staged")
        press_until(terminal, "1", name)
        leave(terminal)
        after = terminal.raw[closed:]
        assert found_in(after, [secret]) == []
        # Thirty seconds have not passed: leaving overwrites the terminal's clipboard itself.
        assert OVERWRITTEN in after
    bench.check_silence([secret], before | bench.hashes())


def test_a_link_is_in_no_log_and_the_database_knows_only_its_hash(bench: Bench) -> None:
    before = bench.hashes()
    with bench.program() as terminal:
        name = first_name(terminal)
        terminal.press("p")
        terminal.wait_until(lambda text: "Reset password" in text and f"{name}   #" in text, "whose password it is")
        press_until(terminal, "ctrl+y", "Sent the command line")  # keys count from now on
        terminal.press("tab", "tab", "tab", "space")  # Cancel, the button, the first method, the link beside it
        terminal.wait_for("--method link")
        press_until(terminal, "ctrl+s", "r reveals")
        masked = len(terminal.raw)
        screen = press_until(terminal, "r", "https://app.example/reset?token=")
        found = TOKEN.search("".join(re.findall("│ │ (.*?) *│", screen)))  # the inside of the dialog, wrapped
        assert found is not None, screen
        token = found[1]
        assert found_in(terminal.raw[:masked], [token]) == []
        assert found_in(process_texts(terminal.pid), [token]) == []
        press_until_gone(terminal, "escape", "Shown once")
        terminal.wait_gone("Reset password")
        leave(terminal)
    bench.check_silence([token], before | bench.hashes())
    stored = hashlib.sha256(token.encode()).hexdigest()
    assert places_of(bench.people.url, [stored]) == {stored: {TOKEN_HASH}}
    assert within(bench.people, lambda: redeem_reset(Secret(token), Secret(OWN))).status is Status.OK
    bench.check_silence([token, OWN], before | bench.hashes())


def test_the_passwords_of_a_sign_in_and_of_ones_own_are_nowhere(bench: Bench) -> None:
    """A colleague was given a password, types it to sign in, and chooses one of their own."""
    before = bench.hashes()

    async def make_staff() -> str:
        async with in_transaction():
            user = await User.filter(is_superuser=False, is_active=True, deleted_at=None).order_by("id").first()
            assert user is not None
            await UserRole.filter(user_id=user.id).delete()
            await UserRole.create(user_id=user.id, role_id=(await Role.get(name="operator")).id)
            await User.filter(id=user.id).update(expires_at=None)
        return str(user.username)

    name = within(bench.people, make_staff)
    done = bench.command("users", "reset", f"name:{name}", "--unlock", "--yes", "--porcelain")
    assert done.returncode == 0, done.stderr
    given = done.stdout.strip()
    assert PASSWORD.fullmatch(given)
    assert given not in done.stderr
    middle = bench.hashes()

    with bench.program(signed_in=False) as terminal:
        terminal.wait_for("Password")
        sign_in(terminal, name, "a wrong canary in this box")
        terminal.wait_for("do not open Shellback")
        give_password(terminal, given)
        terminal.wait_for("Choose a new password")
        press_until(terminal, "ctrl+s", "Type the new password.")  # keys count from now on
        terminal.write(OWN)
        terminal.wait_until(lambda text: _dots(text) == [len(OWN)], "the first of the two")
        press_until(terminal, "enter", "Type the new password.")
        terminal.wait_until(lambda _: _types_into_the_second(terminal), "the cursor in the second")
        terminal.write(f"{OWN}\r")
        wait_for_rows(terminal)
        secrets = [given, OWN, "a wrong canary in this box"]
        assert found_in(process_texts(terminal.pid), secrets) == []
        leave(terminal)
        assert found_in(terminal.raw, secrets) == []
    bench.check_silence(secrets, before | middle | bench.hashes())


def _dots(screen: str) -> list[int]:
    """How much stands in each masked field that is not empty."""
    return [len(found) for found in re.findall("•+", screen)]


def _types_into_the_second(terminal: Terminal) -> bool:
    terminal.write("x")
    terminal.wait_until(lambda text: sum(_dots(text)) == len(OWN) + 1, "one character more")
    is_there = _dots(terminal.text()) == [len(OWN), 1]
    terminal.press("backspace")
    terminal.wait_until(lambda text: _dots(text) == [len(OWN)], "that character gone")
    return is_there


def test_a_crash_while_a_secret_is_open_leaves_nothing_of_it(bench: Bench) -> None:
    before = bench.hashes()
    canary = bench.home.parent / "canary"
    with bench.program(LOUD_CRASH="1", LOUD_CANARY=str(canary)) as terminal:
        name = first_name(terminal)
        terminal.press("p")
        terminal.wait_until(lambda text: "Reset password" in text and f"{name}   #" in text, "whose password it is")
        press_until(terminal, "ctrl+s", "r reveals")
        terminal.settle()
        terminal.press("r")
        assert terminal.wait_exit() == 1, crashed(terminal)
        secret = canary.read_text()
        assert PASSWORD.fullmatch(secret)
        assert found_in(terminal.raw, [secret]) == []
        assert "internal error (RuntimeError)" in terminal.raw.decode(errors="replace")
    incidents = list((bench.home / "state").glob("incident-*"))
    assert incidents
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in incidents)
    bench.check_silence([secret], before | bench.hashes())


def test_the_command_line_prints_a_secret_in_one_place_and_reads_one_from_standard_input(bench: Bench) -> None:
    before = bench.hashes()

    async def somebody() -> str:
        user = await User.filter(is_superuser=False, is_active=True, deleted_at=None).order_by("id").first()
        assert user is not None
        return str(user.id)

    user_id = within(bench.people, somebody)
    secrets = []
    for method in (PasswordMethod.GENERATE, PasswordMethod.WORDS, PasswordMethod.LINK):
        for form in ((), ("--json",)):
            done = bench.command("users", "reset", user_id, "--method", method, "--yes", "--porcelain", *form)
            assert done.returncode == 0, done.stderr
            secret = json.loads(done.stdout)["outcome"]["secret"] if form else done.stdout.strip()
            assert found_in(done.stderr.encode(), [secret]) == []
            secrets.append(urlsplit(secret).query.partition("=")[2] if method is PasswordMethod.LINK else secret)
    assert all(len(secret) > 20 for secret in secrets)

    login = ("login", "--as", bench.people.username, "--password-stdin")
    wrong = bench.command(*login, stdin="a wrong canary in this box\n", signed_in=False)
    right = bench.command(*login, stdin=f"{bench.people.password}\n", signed_in=False)
    assert (wrong.returncode, right.returncode) == (3, 0)
    typed = ["a wrong canary in this box", bench.people.password]
    for done in (wrong, right):
        assert found_in((done.stdout + done.stderr).encode(), typed) == []
    for chosen in (("users", "reset", user_id), login[:3]):
        refused = bench.command(*chosen, "--password", "a canary in argv")
        assert refused.returncode == 2
        assert "a canary in argv" not in refused.stdout + refused.stderr
    shown = bench.command("users", "show", user_id, "--json", "--history", "50").stdout
    shown += bench.command("audit", "list", "--json").stdout + bench.command("users", "list", "--json").stdout
    assert found_in(shown.encode(), [*secrets, *typed]) == []
    assert [one for one in before | bench.hashes() if one in shown] == []
    bench.check_silence([*secrets, *typed], before | bench.hashes())


@pytest.mark.postgres_only
def test_the_command_that_gives_the_password_is_given_no_credential(bench: Bench) -> None:
    """`password_command` needs the environment of its person, not the session of Shellback."""
    seen = bench.home / "seen-by-child"
    script = bench.home / "give.sh"
    script.write_text(f'#!/bin/sh\nenv > "{seen}"\necho "$0 $*" >> "{seen}"\necho password\n')
    script.chmod(0o700)
    config = bench.home / "config" / "config.toml"
    config.write_text(f'[profiles.desk]\nurl = "{bench.people.url}"\npassword_command = "{script}"\n')
    environment = {**os.environ, **bench.environment()}
    del environment["SHELLBACK_DATABASE_URL"]
    environment["SHELLBACK_MFA_KEY"] = "1: a canary of a key"
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.loud", "--profile", "desk", "users", "list", "--limit", "1"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    child = seen.read_text()
    assert "HOME=" in child or "PATH=" in child, done.stderr
    assert bench.people.token not in child
    assert "a canary of a key" not in child


def test_what_a_search_for_leaks_would_find() -> None:
    """The search itself: a canary that leaked in any of its spellings is found."""
    secret = "abcde-fghij-klmno-pqrst"
    for leaked in spellings(secret):
        assert found_in(b"... " + leaked + b" ...", [secret])
    assert found_in(b"nothing", [secret]) == []


def test_a_link_of_the_past_stays_out_of_what_is_dumped(bench: Bench) -> None:
    """Ten resets leave ten rows of links at most, each with hashes only."""

    async def many() -> list[str]:
        from models.operations import apply, plan_reset
        from models.operations.plan import Actor, ActorKind

        root = await User.get(username=bench.people.username)
        target = await User.filter(is_superuser=False, is_active=True, deleted_at=None).order_by("id").first()
        assert target is not None
        actor = Actor(root.id, root.username, ActorKind.CLI)
        tokens = []
        for _ in range(3):
            outcome = await apply(await plan_reset(actor, target.id, ResetOptions(PasswordMethod.LINK)))
            assert outcome.secret is not None
            tokens.append(outcome.secret.reveal())
        assert await OneTimeToken.filter(user_id=target.id, revoked_at=None, used_at=None).count() == 1
        return tokens

    tokens = within(bench.people, many)
    assert found_in(database_bytes(bench.people.url), tokens) == []
