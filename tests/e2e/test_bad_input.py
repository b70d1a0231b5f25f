"""What cannot be opened, in the interface: one sentence on the screen, nothing made by mistake, a true exit status."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import crashed, leave, shellback, wait_for_rows
from tests.postgres import PostgresServer
from tests.tui.test_database import _users_who_need_a_password
from tui.database import open_database
from tui.settings import parse_url


def _refuses(url: str, said: str) -> None:
    with shellback("--url", url) as terminal:
        # The sentence is wrapped at the width of the screen.
        terminal.wait_until(lambda text: said in " ".join(text.split()), repr(said))
        assert "Traceback" not in terminal.text()
        terminal.press("q")
        assert terminal.wait_exit() == 5, crashed(terminal)
        assert terminal.modes_left_on() == set()


def test_a_mistyped_path_makes_nothing(tmp_path: Path) -> None:
    _refuses(f"sqlite://{tmp_path}/mistyped.sqlite3", "There is no database at")
    assert not (tmp_path / "mistyped.sqlite3").exists()


def test_a_directory(tmp_path: Path) -> None:
    _refuses(f"sqlite://{tmp_path}", "is a directory")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes\n" * 100)
    _refuses(f"sqlite://{path}", "is not an SQLite database")
    assert path.read_text().startswith("these are my notes")


def test_no_server(tmp_path: Path) -> None:
    _refuses(f"postgres://nobody@/app?host={tmp_path}", "Is the server running?")


def test_a_database_of_another_application(empty_url: str) -> None:
    asyncio.run(_run(empty_url, "CREATE TABLE invoices (id INTEGER PRIMARY KEY)"))
    _refuses(empty_url, "tables of another application")


def test_a_database_ahead_of_the_code(peopled: Peopled) -> None:
    row = "INSERT INTO aerich (version, app, content) VALUES ('99_20990101000000_later.py', 'models', '{}')"
    asyncio.run(_run(peopled.url, row))
    _refuses(peopled.url, "is newer than this Shellback")


@pytest.mark.postgres_only
async def test_a_wrong_password(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "wr0ng")
    place = f"host={postgres_server.host}&port={postgres_server.port}"
    async with _users_who_need_a_password(postgres_server):
        url = f"postgres://keyholder@/postgres?{place}"
        await asyncio.to_thread(_refuses, url, "refused the password of keyholder")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--url", "nonsense"), "looks like"),
        (("--url", "postgres://u:hunter2@h/d"), "command line"),
        (("--profile", "nonsense"), "no profile"),
        (("--url", "sqlite:///x", "--profile", "y"), "not both"),
    ],
)
def test_what_is_refused_before_anything_is_drawn(argv: tuple[str, ...], said: str) -> None:
    with shellback(*argv) as terminal:
        assert terminal.wait_exit() == 2, crashed(terminal)
        assert said in " ".join(terminal.text().split())
        assert b"hunter2" not in terminal.raw
        assert b"\x1b" not in terminal.raw


@pytest.mark.sqlite_only
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write every file")
def test_a_read_only_file_is_shown_and_not_written(peopled: Peopled) -> None:
    Path(peopled.url.removeprefix("sqlite://")).chmod(0o400)
    with shellback(environment=peopled.signed_in) as terminal:
        wait_for_rows(terminal)
        terminal.wait_for("read-only")
        leave(terminal)


def test_without_a_terminal() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tui"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("shellback: the interface needs a terminal")


def test_a_terminal_that_draws_nothing() -> None:
    with shellback(environment={"TERM": "dumb"}) as terminal:
        assert terminal.wait_exit() == 2, crashed(terminal)
        assert b"\x1b" not in terminal.raw


def test_a_tiny_terminal_says_so_and_grows(peopled: Peopled) -> None:
    with shellback(environment=peopled.signed_in, columns=20, rows=5) as terminal:
        terminal.wait_until(lambda screen: "too small" in screen and "LOCAL" in screen, "that it is too small")
        terminal.resize(80, 24)
        wait_for_rows(terminal)
        terminal.resize(20, 5)
        terminal.wait_for("too small")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0, crashed(terminal)
        assert terminal.modes_left_on() == set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal(number: signal.Signals, peopled: Peopled) -> None:
    with shellback(environment=peopled.signed_in) as terminal:
        wait_for_rows(terminal)
        terminal.signal(number)
        assert terminal.wait_exit(seconds=6) == 128 + number, crashed(terminal)
        assert terminal.modes_left_on() == set()


async def _run(url: str, sql: str) -> None:
    from tortoise.transactions import in_transaction

    async with await open_database(parse_url(url)), in_transaction() as client:
        await client.execute_query(sql)
