"""Who else can reach the files."""

from pathlib import Path

import pytest

from tui.doctor.check import Check, State
from tui.doctor.files import check_files


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A configuration, a session and a database, each for its owner alone."""
    for directory in ("config", "state", "state/sessions", "data"):
        (tmp_path / "own" / directory).mkdir(mode=0o700, parents=True)
    for file in ("config/config.toml", "state/sessions/a.json", "state/sessions/b.json", "data/app.sqlite3"):
        (tmp_path / "own" / file).touch(mode=0o600)
    return tmp_path / "own"


def look(home: Path) -> dict[str, Check]:
    found = check_files(home / "config/config.toml", home / "state", home / "data/app.sqlite3")
    return {check.name: check for check in found}


def test_all_is_well(home: Path) -> None:
    found = look(home)

    assert set(found) == {"configuration", "state directory", "sessions", "database file"}
    assert {check.state for check in found.values()} == {State.OK}
    assert found["sessions"].sentence == "2 kept sessions, readable by you alone."


@pytest.mark.parametrize(
    ("file", "mode", "name", "state", "todo"),
    [
        ("config/config.toml", 0o620, "configuration", State.FAILED, "chmod go-w"),
        ("config", 0o777, "configuration", State.FAILED, "chmod go-w"),
        ("state", 0o755, "state directory", State.WARNING, "chmod 700"),
        ("state", 0o777, "state directory", State.FAILED, "chmod 700"),
        ("state/sessions/b.json", 0o640, "sessions", State.FAILED, "revoke-sessions"),
        ("data/app.sqlite3", 0o644, "database file", State.FAILED, "chmod 600"),
        ("data", 0o777, "database file", State.FAILED, "chmod go-w"),
    ],
)
def test_what_others_can_reach(home: Path, file: str, mode: int, name: str, state: State, todo: str) -> None:
    (home / file).chmod(mode)
    found = look(home)

    assert found[name].state is state
    assert todo in found[name].todo
    assert str(home / file) in found[name].sentence + found[name].todo
    assert {check.state for other, check in found.items() if other != name} == {State.OK}


def test_a_journal_that_others_can_read_is_found(home: Path) -> None:
    journal = home / "data/app.sqlite3-wal"
    journal.touch(mode=0o600)
    journal.chmod(0o644)

    assert look(home)["database file"].todo == f"chmod 600 {journal}"


def test_what_is_not_there_yet_is_no_fault(tmp_path: Path) -> None:
    found = look(tmp_path / "nothing")

    assert {check.state for check in found.values()} == {State.OK}
    assert "database file" not in found
