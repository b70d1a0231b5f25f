"""A database that is older than its migrations, from the keyboard: what is there is stamped, the rest applied and
compared, and what was done last is taken back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import back, leave, press_until, shellback, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.projects.copies import Copy, copy_brownfield

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def workshop(tmp_path: Path) -> Copy:
    """The workshop's database as it was found."""
    return copy_brownfield(tmp_path / "workshop")


@pytest.fixture
def terminal(workshop: Copy, peopled: Peopled) -> Iterator[Terminal]:
    """The list, the project's code agreed to."""
    environment = {**peopled.signed_in, **workshop.environment}
    with shellback("--project", str(workshop.root), environment=environment, columns=120, rows=50) as running:
        wait_for_rows(running)
        running.press("3")
        running.wait_for("This runs Python from")
        press_until(running, "y", "8 pending")
        yield running


def ask(workshop: Copy, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(workshop.environment["WORKSHOP_DATABASE"])) as file:
        return file.execute(sql).fetchall()


def give_a_reason(terminal: Terminal, reason: str) -> None:
    """A dialog takes no key in its first 300 ms: its first letter is pressed until it is there."""
    press_until(terminal, reason[0], re.compile(rf"Why \(kept in the history\):[^\n]*\n[^│]*│ +{reason[0]}"))
    terminal.write(reason[1:])
    terminal.wait_for(reason[1:].split()[-1])


def test_from_an_old_database_to_the_last_file(terminal: Terminal, workshop: Copy) -> None:
    # What is there already is found by comparing; its file is recorded and not run.
    terminal.press("f")  # once: pressed again, it looks again
    terminal.wait_for("Stamp what is there already")
    terminal.wait_for("old stuff 2016")
    give_a_reason(terminal, "made by hand in 2014")
    press_until(terminal, "ctrl+s", "Done")
    back(terminal, "7 pending")
    terminal.wait_for("FAKED")
    assert ask(workshop, "SELECT count(*) FROM customers") == [(4,)]

    # A table that is dropped is data that is lost: the lint says so, where it stands and before anything runs.
    press_until(terminal, "l", "irreversible-drop")
    back(terminal, "7 pending")
    press_until(terminal, "A", "Apply 1, 2, 3, 4, 5, 6 and 7")
    # The last line of what was found, where there is nothing to tick; else the name is to be typed.
    shown = terminal.wait_until(
        lambda screen: "A checked copy of the file" in screen and "looking at lint" not in screen, "what was found"
    )
    typed = "Type " in shown
    if typed:
        terminal.write("workshop.sqlite3")
        terminal.wait_for("workshop.sqlite3")
    press_until(terminal, "ctrl+s" if typed else "y", "Done")
    terminal.wait_for("0 to 7 are applied")
    back(terminal, "nothing pending")

    # The rows of a parent that was built anew kept their children, the one that refers to nobody too.
    assert ask(workshop, 'SELECT count(*) FROM "order"') == [(5,)]
    assert ask(workshop, 'SELECT "e-mail" FROM customers WHERE id = 2') == [(None,)]
    assert ask(workshop, 'SELECT state FROM "order" WHERE id = 3') == [("waiting for parts",)]

    press_until(terminal, "x", "order_by_customer")
    back(terminal, "nothing pending")
    press_until(terminal, "h", "by hand in 2014")
    back(terminal, "nothing pending")


def test_the_last_one_is_taken_back(terminal: Terminal, workshop: Copy) -> None:
    terminal.press("f")  # once: pressed again, it looks again
    terminal.wait_for("Stamp what is there already")
    give_a_reason(terminal, "found like this")
    press_until(terminal, "ctrl+s", "Done")
    back(terminal, "7 pending")
    press_until(terminal, "a", "Apply 1")
    press_until(terminal, "y", "Done")
    back(terminal, "6 pending")
    terminal.press("g")
    press_until(terminal, "r", "Lost for good")
    terminal.wait_until(lambda screen: "DROP TABLE IF EXISTS" in screen and "appointments" in screen, "its SQL")
    back(terminal, "6 pending")
    terminal.press("q")
    wait_for_rows(terminal)
    leave(terminal)
    assert ask(workshop, "SELECT version FROM aerich ORDER BY id")[-1] == ("1_20250212104713_appointments.py",)
