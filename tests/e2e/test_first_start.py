"""From nothing to a first superuser who looks at the list of users, without a command typed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.e2e.program import leave, press_until, shellback
from tests.e2e.terminal import Terminal
from tests.tui.migrate.own import ALL_APPLIED, COUNT

PASSWORD = "granite otter 41 lantern"


def _make_it_ours(terminal: Terminal) -> None:
    terminal.wait_for(f"{COUNT} migrations of")
    terminal.press("A")
    terminal.wait_for(f"{COUNT} files to")
    press_until(terminal, "y", ALL_APPLIED.removesuffix("."))
    press_until(terminal, "escape", "Make the first superuser")
    terminal.write("maria")
    for text in ("\t", "\t", PASSWORD, "\t", PASSWORD):
        terminal.write(text)
    press_until(terminal, "ctrl+s", "maria (superuser)")
    screen = terminal.wait_for("1 user")
    assert "maria" in screen
    assert PASSWORD.encode() not in terminal.raw
    leave(terminal)


def test_on_an_empty_database(empty_url: str) -> None:
    # Wide, so that the header has room for who is signed in beside the path of a test's database.
    with shellback("--url", empty_url, columns=180) as terminal:
        _make_it_ours(terminal)


@pytest.mark.sqlite_only
def test_the_embedded_database_is_made(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with shellback(environment={"SHELLBACK_DATA_DIR": str(data)}, columns=180) as terminal:
        _make_it_ours(terminal)
    made = data / "shellback.sqlite3"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    with shellback(environment={"SHELLBACK_DATA_DIR": str(data)}) as terminal:
        terminal.wait_for("Password")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
