"""A DBA's job, from the keyboard: look at a project's migrations, agree to its code, apply, and see that it is done."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import back, leave, press_until, shellback, wait_for_rows
from tests.tui.cli.test_migrate import aerich_project


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Another project that uses Aerich, with two pending files."""
    return aerich_project(tmp_path / "library")


def test_apply_a_projects_migrations(library: Path, peopled: Peopled) -> None:
    with shellback("--project", str(library), environment=peopled.signed_in) as terminal:
        wait_for_rows(terminal)
        terminal.press("3")
        terminal.wait_for("This runs Python from")
        press_until(terminal, "y", "2 pending")
        terminal.wait_for("CREATE TABLE")
        press_until(terminal, "A", "2 files to")
        terminal.wait_for("  0_20260101000000_init.py")
        press_until(terminal, "y", "0 and 1 are applied")
        back(terminal, "nothing pending")
        terminal.press("q")  # back to the users
        wait_for_rows(terminal)
        leave(terminal)
    with sqlite3.connect(library / "library.sqlite3") as connection:
        assert [row[1] for row in connection.execute("PRAGMA table_info(book)")] == ["id", "title", "year"]
    connection.close()


def test_our_own_migrations_are_shown_applied(peopled: Peopled) -> None:
    with shellback(environment=peopled.signed_in) as terminal:
        wait_for_rows(terminal)
        terminal.press("3")
        terminal.wait_until(
            lambda screen: all(text in screen for text in ("nothing pending", "init", "shellback")),
            "our own migrations",
        )
        terminal.press("1")
        wait_for_rows(terminal)
        leave(terminal)
