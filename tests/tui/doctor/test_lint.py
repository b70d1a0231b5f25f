"""The program that checks PostgreSQL's general rules: there, missing, and broken."""

import sys
from pathlib import Path

import pytest

from tui.doctor.check import State
from tui.doctor.lint import check_lint


def test_it_is_installed_with_shellback() -> None:
    found = check_lint()
    assert (found.state, found.sentence.startswith("squawk ")) == (State.OK, True)


@pytest.mark.parametrize(("text", "said"), [(None, "squawk was not found"), ("#!/bin/sh\nexit 1\n", "does not run")])
def test_what_is_lost_without_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, said: str
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    if text is not None:
        (tmp_path / "squawk").write_text(text)
        (tmp_path / "squawk").chmod(0o755)
    found = check_lint()
    assert found.state is State.WARNING
    assert said in found.sentence
    assert "the lint of PostgreSQL migrations goes without its rules" in found.sentence
    assert found.todo.startswith("pip install squawk-cli")
