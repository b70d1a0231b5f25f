"""Files that are meant to hurt whoever looks at them: large, deep, poisoned. Nothing runs, nothing hangs."""

from __future__ import annotations

import base64
import threading
import zlib
from pathlib import Path

import pytest

from tests.tui.migrate.lint.files import file, lint, rules
from tui.migrate.lint import lint_files, linting
from tui.migrate.process.catalogues.described import LONGEST_STATE

ODD = {
    "parentheses": "(" * 100_000,
    "changes": "ALTER TABLE a " + "ADD b INT," * 10_000,
    "comments": "/*" * 50_000,
    "dollars": "$a$ " * 20_000,
    "quotes": "SELECT " + "'" * 99_999,
    "ignores": "-- lint: ignore " * 5_000,
    "tables": "CREATE TABLE a (" * 10_000,
    "controls": "\x01\u202e" * 1_000,
}


@pytest.mark.parametrize("dialect", ["postgres", "sqlite"])
@pytest.mark.parametrize("name", ODD)
def test_odd_sql_is_looked_through(name: str, dialect: str, tmp_path: Path) -> None:
    report = lint(file(tmp_path, ODD[name]), dialect=dialect)
    assert report.versions == ("1_change.py",)


def test_only_so_many_statements_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linting, "MOST_STATEMENTS", 10)
    report = lint(file(tmp_path, "SELECT 1;" * 11 + "DROP TABLE book;"), dialect="sqlite")
    assert "drops-data" not in rules(report)
    assert report.unchecked == ("1_change.py: only the first 10 statements were looked at.",)


def test_a_bomb_in_the_state_is_not_unpacked(tmp_path: Path) -> None:
    bomb = base64.b64encode(zlib.compress(b"[" + b" " * (LONGEST_STATE + 1))).decode()
    assert "broken-state" in rules(lint(file(tmp_path, "SELECT 1", models=bomb)))


def test_a_pickle_in_the_state_is_not_read(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    pickle = f"cbuiltins\nopen\n(S'{marker}'\nS'w'\ntR.".encode()
    for data in (pickle, b'{"models.a": {"__type__": "pickle", "table": "a"}}'):
        lint(file(tmp_path, "SELECT 1", models=base64.b64encode(zlib.compress(data)).decode()))
    assert not marker.exists()


def test_a_lint_that_is_stopped_says_so(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    report = lint_files([file(tmp_path, "DROP TABLE a")], "postgres", stop=stop)
    assert report.hits == ()
    assert "stopped" in " ".join(report.unchecked)
