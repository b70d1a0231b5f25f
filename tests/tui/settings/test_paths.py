"""Where Shellback keeps what is the user's own."""

from pathlib import Path

import pytest

from tui.settings import config_dir, data_dir, default_database, state_dir


def test_the_places_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"SHELLBACK_{name}_DIR", str(tmp_path / name))
    assert (config_dir(), data_dir(), state_dir()) == (tmp_path / "CONFIG", tmp_path / "DATA", tmp_path / "STATE")
    assert default_database() == tmp_path / "DATA" / "shellback.sqlite3"
    monkeypatch.delenv("SHELLBACK_DATA_DIR")
    assert data_dir().name == "shellback"
