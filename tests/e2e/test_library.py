"""The example project of the README: its script makes what it says, and Shellback applies what is pending in it."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

LIBRARY = Path(__file__).parents[2] / "examples" / "library"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the project, its database fresh."""
    copy = tmp_path / "library"
    shutil.copytree(LIBRARY, copy, ignore=shutil.ignore_patterns("*.sqlite3*", "__pycache__"))
    subprocess.run([sys.executable, "reset.py"], cwd=copy, check=True, stdout=subprocess.DEVNULL)
    return copy


def shellback(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "tui", *arguments], capture_output=True, text=True, check=False)


def states(project: Path) -> list[tuple[str, str]]:
    """The state and the name of every migration."""
    answer = shellback("migrate", "status", "--project", str(project), "--trust", "--json")
    document: dict[str, Any] = json.loads(answer.stdout)
    return [(row["state"], row["name"]) for row in document["migrations"]]


def tables(project: Path) -> set[str]:
    with closing(sqlite3.connect(project / "library.sqlite3")) as file:
        return {name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_reset_leaves_two_applied_two_pending_and_somebody_to_lend_to(library: Path) -> None:
    with closing(sqlite3.connect(library / "library.sqlite3")) as file:
        applied = [row[0].split("_", 2)[2] for row in file.execute("SELECT version FROM aerich ORDER BY id")]
        assert applied == ["init.py", "members_and_loans.py"]
        assert file.execute("SELECT count(*) FROM loans WHERE returned_at IS NULL").fetchone() == (1,)
    assert "reservations" not in tables(library)


def test_shellback_shows_and_applies_what_is_pending(library: Path) -> None:
    assert states(library) == [
        ("applied", "init"),
        ("applied", "members_and_loans"),
        ("pending", "book_isbn"),
        ("pending", "due_dates_and_reservations"),
    ]
    done = shellback("migrate", "apply", "--project", str(library), "--trust", "--yes")
    assert done.returncode == 0, done.stderr
    assert "reservations" in tables(library)
    assert {state for state, _ in states(library)} == {"applied"}
