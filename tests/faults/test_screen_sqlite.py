"""The program itself, in a terminal, over a file that another process locks, whose disk is full, and that is taken away
while open. Its deadlines are shorter than those of a Shellback at work (`tests.faults.impatient`)."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import Peopled, peopled
from tests.e2e.program import first_name, leave, press_until, press_until_gone, wait_for_rows
from tests.faults.screen import CONNECTED, impatient
from tests.faults.small_disk import small_disk

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["peopled"]

pytestmark = pytest.mark.sqlite_only


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


def test_a_form_goes_through_a_file_that_is_locked_a_full_disk_and_a_file_that_is_taken_away(
    peopled: Peopled, tmp_path: Path
) -> None:
    with small_disk(16) as disk:
        path = Path(shutil.copy(peopled.url.removeprefix("sqlite://"), disk / "app.sqlite3"))
        path.chmod(0o600)
        before = _edits(path)
        name = _walk(Peopled(f"sqlite://{path}", peopled.username, peopled.password, peopled.token), path, tmp_path)
        assert _edits(path) == before + 1
        with closing(sqlite3.connect(path)) as after:
            found = after.execute("SELECT full_name FROM users WHERE username = ?", (name,)).fetchone()
        assert found == ("Ada Lovelace",)


def _walk(people: Peopled, path: Path, home: Path) -> str:
    """Whom it changed."""
    with impatient(people, home) as terminal:
        name = first_name(terminal)
        terminal.wait_for(CONNECTED)
        terminal.press("e")
        terminal.wait_for("Edit user")
        press_until(terminal, "x", f"{name}x")
        press_until(terminal, "ctrl+u", re.compile(r"username +│"))  # an x may have come twice
        terminal.write(f"{name}\t\t")
        press_until(terminal, "ctrl+u", re.compile(r"full name +│"))
        terminal.write("Ada Lovelace\t\t")  # on to where a second y is no letter of a field
        press_until(terminal, "ctrl+s", "->")
        with locked(path):  # for longer than anybody waits
            press_until(terminal, "y", "Writing ...")
            terminal.wait_for("waiting · Users")
            terminal.press("escape")
            terminal.wait_for("Still writing")
            terminal.wait_for("Another program is writing to this database. Nothing was changed")
            terminal.wait_for("Ada Lovelace")
        filler = path.with_name("filler")
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        press_until(terminal, "ctrl+s", "->")
        press_until(terminal, "y", "disk of the database file is full. Nothing was changed")
        filler.unlink()
        with locked(path):  # and for a moment
            press_until(terminal, "ctrl+s", "->")
            press_until(terminal, "y", "Writing ...")
        terminal.wait_for("Saved")
        terminal.wait_for(CONNECTED)

        kept = path.rename(path.with_name("kept.sqlite3"))
        terminal.press("ctrl+r")
        terminal.wait_for("lost, reconnecting")
        terminal.wait_for("The database file was moved or removed. Reconnecting.")
        path.write_bytes(b"")
        terminal.wait_for("Another file stands in the place of the database file")
        wait_for_rows(terminal)
        terminal.press("5")
        terminal.wait_for("lost since ")
        path.unlink()
        kept.rename(path)
        terminal.wait_for("connected since ")
        terminal.wait_for("last fault")
        press_until_gone(terminal, "1", "last fault")
        terminal.wait_for(CONNECTED)
        leave(terminal)
    return name
