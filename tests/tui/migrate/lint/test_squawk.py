"""Squawk as the lint runs it: its findings at the lines of the file, and what happens when it is not there."""

from __future__ import annotations

import stat
import sys
import threading
from pathlib import Path

import pytest

from tests.tui.migrate.lint.files import LARGE, file, lint, only, rules
from tui.migrate.lint import squawk
from tui.migrate.lint.squawk import SquawkFailed, find_squawk, run_squawk
from tui.migrate.lint.squawk_rules import LEFT_OUT, TAKEN


def test_it_comes_with_us() -> None:
    found = find_squawk()
    assert found is not None
    assert found.parent == Path(sys.executable).parent


@pytest.mark.parametrize(
    ("sql", "rule", "rewrite"),
    [
        ("CREATE INDEX i ON book (a)", "require-concurrent-index-creation", "CREATE INDEX CONCURRENTLY i ON book (a);"),
        ("DROP INDEX i", "require-concurrent-index-deletion", "DROP INDEX CONCURRENTLY i;"),
        (
            "ALTER TABLE book ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES author (id)",
            "adding-foreign-key-constraint",
            'REFERENCES author (id) NOT VALID;\n-- in a later file:\nALTER TABLE "book" VALIDATE CONSTRAINT "f";',
        ),
        ("ALTER TABLE book ALTER a SET NOT NULL", "adding-not-nullable-field", 'CHECK ("a" IS NOT NULL) NOT VALID;'),
        ("ALTER TABLE book ALTER a TYPE BIGINT", "changing-column-type", "a new column beside the old one"),
        ("ALTER TABLE book RENAME TO volume", "renaming-table", ""),
        ("ALTER TABLE book RENAME a TO b", "renaming-column", ""),
        ("ALTER TABLE book ADD CONSTRAINT u UNIQUE (a)", "disallowed-unique-constraint", "UNIQUE USING INDEX"),
    ],
)
def test_what_it_finds_is_told_with_what_to_write(sql: str, rule: str, rewrite: str, tmp_path: Path) -> None:
    hit = only(lint(file(tmp_path, f"\n    SELECT 1;\n    {sql};\n"), sizes={"book": LARGE}), rule)
    assert hit.statement == 2
    assert sql in hit.path.read_text().splitlines()[hit.line - 1] if hit.path and hit.line else False
    assert rewrite in hit.rewrite
    assert hit.why


def test_style_that_aerich_always_trips_is_left_out(tmp_path: Path) -> None:
    assert rules(lint(file(tmp_path, 'CREATE TABLE "a" ("id" SERIAL PRIMARY KEY, "n" VARCHAR(50), "i" INT)'))) == []
    assert not set(TAKEN) & set(LEFT_OUT)


def test_places_are_counted_in_bytes_and_lines() -> None:
    (found,) = run_squawk([("SELECT 'äö😀';\nSELECT 'ü'; ALTER TABLE a RENAME TO b;", True)])
    assert isinstance(found, list)
    (rename,) = (each for each in found if each.rule == "renaming-table")
    assert rename.offset == "SELECT 'äö😀';\nSELECT 'ü'; ALTER TABLE a ".__len__()


def test_many_scripts_each_get_their_own() -> None:
    scripts = [(f"ALTER TABLE t{n} RENAME TO u{n};", n % 2 == 0) for n in range(250)]
    answers = run_squawk(scripts, server="15.18 (Debian)")
    assert all(isinstance(each, list) and "renaming-table" in {f.rule for f in each} for each in answers)


def test_a_script_that_is_too_large_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(squawk, "MOST_BYTES", 100)
    large, small = run_squawk([("SELECT 1; " * 50, True), ("ALTER TABLE a RENAME TO b", True)])
    assert isinstance(large, str)
    assert "too large" in large
    assert small


def _fake(tmp_path: Path, script: str) -> Path:
    path = tmp_path / "squawk"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 7", "status 7"),
        ("echo nonsense", "did not answer with JSON"),
        ("echo 'null'", ""),
        ("exec sleep 60", "did not end within"),
    ],
)
def test_its_failure_is_a_sentence_and_the_lint_goes_on(
    script: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = _fake(tmp_path, script)
    monkeypatch.setattr(squawk, "find_squawk", lambda: program)
    monkeypatch.setattr(squawk, "SECONDS", 0.5)
    report = lint(file(tmp_path, "CREATE INDEX CONCURRENTLY i ON a (b)"))
    assert rules(report) == ["not-in-a-transaction"]
    assert said in " ".join(report.unchecked)
    assert bool(said) is bool(report.unchecked)


def test_its_absence_is_said_and_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(squawk, "find_squawk", lambda: None)
    report = lint(file(tmp_path, "ALTER TABLE a RENAME TO b"))
    assert report.unchecked == (squawk.MISSING,)
    assert "pip install squawk-cli" in squawk.MISSING
    assert lint(file(tmp_path, "SELECT 1"), dialect="sqlite").unchecked == ()


def test_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _fake(tmp_path, "exec sleep 60")
    monkeypatch.setattr(squawk, "find_squawk", lambda: program)
    stop = threading.Event()
    stop.set()
    with pytest.raises(SquawkFailed, match="stopped"):
        run_squawk([("SELECT 1", True)], stop=stop)


def test_a_project_s_own_configuration_is_followed(tmp_path: Path) -> None:
    config = tmp_path / ".squawk.toml"
    config.write_text('excluded_rules = ["renaming-table"]\n')
    (found,) = run_squawk([("ALTER TABLE a RENAME TO b", True)], config=config)
    assert isinstance(found, list)
    assert "renaming-table" not in {each.rule for each in found}
    config.write_text("this is not toml")
    with pytest.raises(SquawkFailed):
        run_squawk([("ALTER TABLE a RENAME TO b", True)], config=config)


def test_what_it_cannot_parse_does_not_block(tmp_path: Path) -> None:
    report = lint(file(tmp_path, "ALTER TABLE a FROBNICATE b"))
    assert rules(report) == ["syntax-error"]
    assert not report.has_errors
