"""What doctor says of the anchors' file and of the triggers."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.operations.audit.anchors import Place
from tui.doctor.anchors import check_anchors, check_triggers
from tui.doctor.check import State


def said(path: Path | None, *, journal: bool = False) -> tuple[State, str]:
    [check] = check_anchors(Place("db", path, journal))
    return check.state, check.sentence


def test_a_file_that_is_there_or_will_be(tmp_path: Path) -> None:
    path = tmp_path / "state" / "anchors.jsonl"
    assert said(path) == (State.OK, f"The anchors of the audit will go to {path}.")
    path.parent.mkdir()
    path.touch(0o600)
    assert said(path, journal=True) == (State.OK, f"The anchors of the audit go to {path} and the journal.")


@pytest.mark.parametrize(("mode", "what"), [(0o622, "Others can write"), (0o606, "Others can write")])
def test_a_file_that_others_can_write_proves_nothing(tmp_path: Path, mode: int, what: str) -> None:
    path = tmp_path / "anchors.jsonl"
    path.touch()
    path.chmod(mode)
    state, sentence = said(path)
    assert state is State.FAILED
    assert sentence.startswith(what)


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for path in (tmp_path, tmp_path / "link"):
        assert said(path)[0] is State.FAILED


def test_without_a_file_the_journal_is_enough() -> None:
    assert said(None, journal=True)[0] is State.OK
    assert said(None)[0] is State.FAILED


def test_a_trigger_that_is_missing_is_a_warning() -> None:
    assert check_triggers([]).state is State.OK
    check = check_triggers(["UPDATE of audit_events"])
    assert check.state is State.WARNING
    assert "UPDATE of audit_events" in check.sentence
