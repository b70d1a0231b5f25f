"""What the interface remembers from one start to the next: the theme. A lost or broken file is an empty memory."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui.terminal.incidents import state_directory

_FILE: Final = "interface.json"


def remembered_theme() -> str:
    """The theme chosen last, or an empty string."""
    try:
        kept = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    theme = kept.get("theme") if isinstance(kept, dict) else None
    return theme if isinstance(theme, str) else ""


def remember_theme(name: str) -> None:
    """Keeps it, if the state directory can be written."""
    with suppress(OSError):
        path = _path()
        temporary = path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"theme": name}, file)
        temporary.replace(path)


def _path() -> Path:
    return state_directory() / _FILE
