"""What only a real terminal shows: prompts without echo, y/n, a password printed once; and what a pipe does."""

import os
import re
import signal
import subprocess
import sys

import pytest
from tortoise.transactions import in_transaction

from models import Account
from tests.e2e.terminal import Terminal
from tests.tui.cli.conftest import MARIA, in_database

PASSWORD = re.compile(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}")


def _shellback(*argv: str) -> Terminal:
    return Terminal.python("-m", "tui", *argv, columns=120)


def _version(url: str, name: str) -> int:
    async def load() -> int:
        return (await Account.get(username=name)).version

    return in_database(url, load)


def test_the_password_is_asked_for_and_not_echoed(staffed_url: str) -> None:
    with _shellback("login", "--as", "maria") as terminal:
        terminal.wait_for("Password of maria:")
        terminal.write(MARIA + "\n")
        terminal.wait_for("Signed in as maria until")
        assert terminal.wait_exit() == 0
        assert MARIA.encode() not in terminal.raw


@pytest.mark.parametrize(("answer", "code", "version"), [("y", 0, 2), ("n", 1, 1), ("", 1, 1)])
def test_a_write_asks_first(answer: str, code: int, version: int, maria: str) -> None:
    with _shellback("users", "edit", "alice", "--set", "full_name=Alice Jones") as terminal:
        screen = terminal.wait_for("(y/n)")
        assert "full_name: Alice -> Alice Jones" in screen
        terminal.write(answer + "\n")
        assert terminal.wait_exit() == code
    assert _version(maria, "alice") == version


def test_a_generated_password_is_shown_once(maria: str) -> None:
    with _shellback("users", "reset", "alice") as terminal:
        terminal.wait_for("Reset the password of alice")
        terminal.write("y\n")
        assert terminal.wait_exit() == 0
        assert len(PASSWORD.findall(terminal.text())) == 1


@pytest.mark.usefixtures("maria")
def test_interrupted_at_a_password_that_is_asked_for_again() -> None:
    with _shellback("confirm", "bulk") as terminal:
        terminal.wait_for("again:")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 130
        assert "Traceback" not in terminal.text()
        assert "interrupted" in terminal.text()


def test_interrupted_at_the_question(maria: str) -> None:
    with _shellback("users", "deactivate", "alice") as terminal:
        terminal.wait_for("(y/n)")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 130
        assert "Traceback" not in terminal.text()
        assert "interrupted" in terminal.text()
    assert _version(maria, "alice") == 1


def test_a_reader_that_leaves_is_no_error(maria: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "users", "list", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(30), said) == (128 + signal.SIGPIPE, b"")


def test_a_terminal_without_unicode(maria: str) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"}
    for argv in (["users", "edit", "alice", "--set", "full_name=Łukasz", "--yes"], ["users", "show", "alice"]):
        ended = subprocess.run(
            [sys.executable, "-m", "tui", *argv], capture_output=True, env=environment, timeout=30, check=True
        )
        assert ended.stderr == b""
    assert b"\\u0141ukasz" in ended.stdout


def test_a_hostile_name_in_a_question(maria: str) -> None:
    async def rename() -> None:
        async with in_transaction():
            await Account.filter(username="alice").update(email="\x1b]52;c;eA==\x07\u202e@x")

    in_database(maria, rename)
    with _shellback("users", "deactivate", "alice") as terminal:
        terminal.wait_for("(y/n)")
        assert b"\x1b" not in terminal.raw
        assert "\u202e".encode() not in terminal.raw


@pytest.mark.parametrize(("answer", "code", "left"), [("alice", 0, 0), ("y", 1, 1), ("", 1, 1)])
def test_a_hard_delete_asks_for_the_name(answer: str, code: int, left: int, maria: str) -> None:
    with _shellback("users", "delete", "alice", "--hard") as terminal:
        screen = terminal.wait_for("Type alice to delete it for good:")
        assert "cannot be undone" in screen
        terminal.write(answer + "\n")
        assert terminal.wait_exit() == code

    async def count() -> int:
        return await Account.filter(username="alice").count()

    assert in_database(maria, count) == left
