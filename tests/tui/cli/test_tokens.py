"""The kept session: 0600, one a database, refused when others could have read it."""

import stat
from pathlib import Path

import pytest

from tui.cli import tokens
from tui.cli.failure import Failure


def test_a_session_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tokens.keep(tmp_path / "state", "sqlite:/a.db", "the-token", "maria")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert tokens.find(tmp_path / "state", "sqlite:/a.db") == tokens.Kept("the-token", "maria")
    assert "the-token" not in repr(tokens.find(tmp_path / "state", "sqlite:/a.db"))
    assert [*path.parent.iterdir()] == [path]


def test_a_session_belongs_to_one_database(tmp_path: Path) -> None:
    tokens.keep(tmp_path, "postgres:app@db1:5432/app", "one", "maria")
    assert tokens.find(tmp_path, "postgres:app@db2:5432/app") is None


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens.keep(tmp_path, "d", "one", "maria")
    monkeypatch.setenv("SHELLBACK_TOKEN", "two")
    assert tokens.find(tmp_path, "d") == tokens.Kept("two", from_environment=True)


def test_a_session_that_others_can_read_is_refused(tmp_path: Path) -> None:
    tokens.keep(tmp_path, "d", "one", "maria").chmod(0o644)
    with pytest.raises(Failure, match="can be read by others") as refusal:
        tokens.find(tmp_path, "d")
    assert refusal.value.exit_code == 3
    assert "one" not in refusal.value.sentence.split()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"token": 1}', "\x00"])
def test_a_damaged_session_is_a_sentence(tmp_path: Path, content: str) -> None:
    path = tokens.keep(tmp_path, "d", "one", "maria")
    path.write_text(content)
    with pytest.raises(Failure, match="damaged"):
        tokens.find(tmp_path, "d")


def test_forgetting_twice_is_fine(tmp_path: Path) -> None:
    tokens.keep(tmp_path, "d", "one", "maria")
    tokens.forget(tmp_path, "d")
    tokens.forget(tmp_path, "d")
    assert tokens.find(tmp_path, "d") is None
