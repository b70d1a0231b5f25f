"""`-- lint: ignore RULE reason`: what it silences, and that it must say why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.migrate.lint.files import file, lint, only, rules
from tui.migrate.lint import Severity
from tui.migrate.lint import squawk as squawk_module

DROP = "ALTER TABLE book DROP name;"


@pytest.mark.parametrize(
    "sql",
    [
        f"-- lint: ignore drops-data nobody reads it\n{DROP}",
        f"--lint:ignore drops-data nobody reads it\n\n-- more\n{DROP}",
        f"{DROP} -- lint: ignore drops-data nobody reads it",
        f"{DROP} -- lint: ignore drops-data nobody reads it\nSELECT 1;",
        "ALTER TABLE book -- lint: ignore drops-data nobody reads it\n DROP name;",
        f"/* -- lint: ignore drops-data nobody reads it */ {DROP}",
    ],
)
def test_it_silences_the_statement_it_is_at(sql: str, tmp_path: Path) -> None:
    assert rules(lint(file(tmp_path, sql))) == []


def test_only_that_statement_and_that_rule(tmp_path: Path) -> None:
    sql = f"-- lint: ignore drops-data nobody reads it\n{DROP}\nALTER TABLE shelf DROP room;"
    hit = only(lint(file(tmp_path, sql)), "drops-data")
    assert hit.statement == 2
    sql = f"-- lint: ignore irreversible-drop it is gone\n{DROP}"
    assert rules(lint(file(tmp_path, sql, ""))) == ["drops-data"]


def test_a_comment_of_python_is_about_the_whole_file(tmp_path: Path) -> None:
    this = file(tmp_path, f"{DROP} ALTER TABLE shelf DROP room;", before="# lint: ignore drops-data both are unused")
    assert rules(lint(this)) == []


def test_without_a_reason_it_counts_for_nothing(tmp_path: Path) -> None:
    report = lint(file(tmp_path, f"-- lint: ignore drops-data\n{DROP}"))
    assert sorted(rules(report)) == ["drops-data", "ignore-without-reason"]
    assert only(report, "ignore-without-reason").severity is Severity.WARNING


def test_without_effect_it_is_told_itself(tmp_path: Path) -> None:
    report = lint(file(tmp_path, "-- lint: ignore drops-data nobody reads it\nSELECT 1;"))
    assert rules(report) == ["ignore-without-effect"]
    assert rules(lint(file(tmp_path, "-- lint: ignore dropz-data a typo\nSELECT 1;"))) == ["ignore-of-unknown-rule"]


def test_an_ignore_of_squawk_s_is_not_blamed_when_squawk_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    this = file(tmp_path, "-- lint: ignore renaming-table the code is ready\nALTER TABLE a RENAME TO b;")
    assert rules(lint(this)) == []
    monkeypatch.setattr(squawk_module, "find_squawk", lambda: None)
    assert rules(lint(this)) == []


def test_text_in_quotes_is_no_comment(tmp_path: Path) -> None:
    sql = "INSERT INTO notes VALUES ('\n-- lint: ignore drops-data really\n'); " + DROP
    assert rules(lint(file(tmp_path, sql))) == ["drops-data"]
