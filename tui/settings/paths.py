"""Where Shellback keeps what is the user's own. Each place can be moved by the environment, for tests and bastions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import platformdirs

from tui.paths import expanded

APP: Final = "shellback"


def config_dir() -> Path:
    """`SHELLBACK_CONFIG_DIR`, else the system's place: profiles."""
    return _place("SHELLBACK_CONFIG_DIR", platformdirs.user_config_path(APP))


def data_dir() -> Path:
    """`SHELLBACK_DATA_DIR`, else the system's place: the embedded database."""
    return _place("SHELLBACK_DATA_DIR", platformdirs.user_data_path(APP))


def state_dir() -> Path:
    """`SHELLBACK_STATE_DIR`, else the system's place: sessions, journals, incident files."""
    return _place("SHELLBACK_STATE_DIR", platformdirs.user_state_path(APP))


def default_database() -> Path:
    """The embedded SQLite database, which is there whether or not anything was configured."""
    return data_dir() / "shellback.sqlite3"


def _place(name: str, default: Path) -> Path:
    chosen = os.environ.get(name)
    return expanded(chosen).absolute() if chosen else default
