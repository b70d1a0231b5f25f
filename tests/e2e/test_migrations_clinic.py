"""A project with two apps, from the keyboard: both are looked at, tried, applied, compared, taken back, remembered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import back, leave, press_until, press_until_gone, shellback, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.projects.copies import Copy, copy_clinic

pytestmark = pytest.mark.sqlite_only


@pytest.fixture(params=[False, True], ids=["one file", "two files"])
def clinic(tmp_path: Path, request: pytest.FixtureRequest) -> Copy:
    """Two apps in one file, and in one file each: then billing's rows are in the other's."""
    return copy_clinic(tmp_path / "clinic", apart=request.param)


@pytest.fixture
def terminal(clinic: Copy, peopled: Peopled) -> Iterator[Terminal]:
    """The list of the first app by name, its code agreed to."""
    environment = {**peopled.signed_in, **clinic.environment}
    with shellback("--project", str(clinic.root), environment=environment, columns=110, rows=32) as running:
        wait_for_rows(running)
        running.press("3")
        running.wait_for("This runs Python from")
        press_until(running, "y", "4 pending")
        yield running


def choose(terminal: Terminal, app: str, key: str) -> None:
    """Another app, by `o`; `key` (home, end) moves to it. A dialog takes no key in its first 300 ms, and says nothing
    of it, so that the key is pressed more often each time."""
    shown = f"clinic ({app})"
    for times in range(1, 60, 10):
        press_until(terminal, "o", "Migrations of which app?")
        for _ in range(times):
            terminal.press(key)
            terminal.text()
        press_until_gone(terminal, "enter", "Migrations of which app?")
        with suppress(AssertionError):
            terminal.wait_until(lambda screen: shown in screen, shown, seconds=5)
            return
    raise AssertionError(f"{shown} was not chosen:\n{terminal.text()}")


def apply_all(terminal: Terminal, done: str) -> str:
    press_until(terminal, "A", "all or nothing")
    press_until(terminal, "y", done)
    screen = terminal.wait_for("Done")
    back(terminal, "nothing pending")
    return screen


def test_both_apps(terminal: Terminal, clinic: Copy) -> None:
    choose(terminal, "records", "end")
    terminal.wait_for("3 pending")
    terminal.wait_for("patient_insurer")
    apply_all(terminal, "0 to 2 are applied")

    choose(terminal, "billing", "home")
    terminal.wait_for("4 pending")
    # Tried first, on a copy: nothing is there yet.
    press_until(terminal, "d", "dry run of 0")
    terminal.wait_for("which is gone")
    back(terminal, "4 pending")
    apply_all(terminal, "0 to 3 are applied")
    with closing(sqlite3.connect(clinic.environment["CLINIC_BILLING"])) as file:
        assert file.execute("SELECT price FROM tariff ORDER BY code").fetchall() == [
            ("45.00",),
            ("80.00",),
            ("120.50",),
        ]

    press_until(terminal, "x", "No drift")
    back(terminal, "nothing pending")
    press_until(terminal, "h", "History")
    terminal.wait_until(lambda screen: "reminders" in screen and "invoice_paid_on" in screen, "what was run")
    back(terminal, "nothing pending")
    terminal.press("3", "q")
    wait_for_rows(terminal)
    leave(terminal)


def test_back_to_an_earlier_file(terminal: Terminal, clinic: Copy) -> None:
    choose(terminal, "records", "end")
    terminal.wait_for("3 pending")
    apply_all(terminal, "0 to 2 are applied")
    terminal.press("g", "j")
    press_until(terminal, "r", "Lost for good")
    terminal.wait_until(lambda screen: "ALTER TABLE" in screen and "insurer" in screen, "its SQL")
    back(terminal, "nothing pending")
