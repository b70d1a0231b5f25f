"""What surrounds a command in its process: the password library that is installed, and what libraries log."""

import subprocess
import sys

import pytest

from tests.tui.cli.conftest import MARIA, Run

BOTH = "Both passlib and libpass are installed, and overwrite each other. Uninstall both, then install libpass."
LOGS = """
import logging, sys
import tui.cli.dispatch as program

def command(args):
    try:
        raise ValueError("a row of the database")
    except ValueError:
        logging.getLogger("asyncpg.pool").warning("lost", exc_info=True)
    return 0

program.command_of = lambda name: command
sys.exit(program.dispatch(["whoami"]))
"""


@pytest.mark.parametrize(
    "argv",
    [
        ("login", "--as", "maria", "--password-stdin"),
        ("init", "--username", "ada", "--password-stdin", "--yes"),
        ("users", "list"),
    ],
)
def test_nothing_is_opened_with_a_password_library_that_verifies_wrongly(
    argv: tuple[str, ...], maria: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.passwords.library_problem", lambda: BOTH)
    ended = run(*argv, stdin=MARIA + "\n")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"shellback: {BOTH}\n"


def test_what_a_library_logs_is_not_printed() -> None:
    done = subprocess.run([sys.executable, "-c", LOGS], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
