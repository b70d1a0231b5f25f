"""From nothing to a first superuser who looks at the list of users, without a command typed."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from tests.e2e.program import back, crashed, leave, press_until, shellback, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.tui.migrate.own import ALL_APPLIED, COUNT

PASSWORD = "granite otter 41 lantern"


def _make_it_ours(terminal: Terminal) -> None:
    terminal.wait_for(f"{COUNT} migrations of")
    press_until(terminal, "A", f"{COUNT} files to")
    press_until(terminal, "y", ALL_APPLIED.removesuffix("."))
    back(terminal, "Make the first superuser")
    terminal.write("maria")
    for text in ("\t", "\t", PASSWORD, "\t", PASSWORD):
        terminal.write(text)
    dots = "•" * len(PASSWORD)
    terminal.wait_until(lambda screen: "maria" in screen and screen.count(dots) == 2, "all that was typed")
    press_until(terminal, "ctrl+s", "maria (superuser)")
    terminal.wait_until(lambda screen: re.search(r"\b1 user\b", screen) is not None, "the list")
    wait_for_rows(terminal, 1)
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
        assert terminal.wait_exit() == 0, crashed(terminal)
