"""The program itself, in a terminal, over a file that another process locks, and that is taken away while open."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import Peopled, _peopled_template, peopled
from tests.e2e.program import leave, name_under_cursor, press_until, shellback, wait_for_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["_peopled_template", "peopled"]

pytestmark = pytest.mark.sqlite_only

CONNECTED = "connected · Users"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else writes to it, and does not come to an end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def _edits(path: Path) -> int:
    with closing(sqlite3.connect(path)) as asking:
        found = asking.execute("SELECT count(*) FROM audit_events WHERE action = 'users.edit' AND outcome = 'ok'")
        return int(found.fetchone()[0])


def test_a_form_goes_through_a_file_that_is_locked_and_taken_away(peopled: Peopled, tmp_path: Path) -> None:
    path = Path(peopled.url.removeprefix("sqlite://"))
    before = _edits(path)
    with shellback(environment={**peopled.signed_in, "HOME": str(tmp_path)}, columns=110, rows=30) as terminal:
        name = name_under_cursor(wait_for_rows(terminal))
        terminal.wait_for(CONNECTED)
        terminal.press("e")
        terminal.wait_for("Edit user")
        press_until(terminal, "x", f"{name}x")
        terminal.press("ctrl+u")  # an x may have come twice
        terminal.write(f"{name}\t\t")
        terminal.press("ctrl+u")
        terminal.write("Ada Lovelace\t\t")  # on to where a second y is no letter of a field
        press_until(terminal, "ctrl+s", "->")
        with locked(path):  # for longer than anybody waits
            press_until(terminal, "y", "Writing ...")
            terminal.wait_for("waiting · Users")
            terminal.press("escape")
            terminal.wait_for("Still writing")
            terminal.wait_for("Another program is writing to this database. Nothing was changed", seconds=40)
            terminal.wait_for("Ada Lovelace")
        with locked(path):  # and for a moment
            press_until(terminal, "ctrl+s", "->")
            press_until(terminal, "y", "Writing ...")
            terminal.wait_for("waiting · Users")
        terminal.wait_for("Saved")
        terminal.wait_for(CONNECTED)

        kept = path.rename(path.with_name("kept.sqlite3"))
        terminal.press("ctrl+r")
        terminal.wait_for("lost, reconnecting")
        terminal.wait_for("The database file was moved or removed. Reconnecting.")
        path.write_bytes(b"")
        terminal.wait_for("Another file stands in the place of the database file")
        wait_for_rows(terminal)
        path.unlink()
        kept.rename(path)
        terminal.wait_for(CONNECTED)
        leave(terminal)
    assert _edits(path) == before + 1
    with closing(sqlite3.connect(path)) as after:
        assert after.execute("SELECT full_name FROM users WHERE username = ?", (name,)).fetchone() == ("Ada Lovelace",)
