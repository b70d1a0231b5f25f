"""What the interface remembers from one start to the next: the theme, the columns of the list of users.

A lost or broken file is an empty memory, and so is one that cannot be written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tui.terminal.incidents import state_directory

_FILE: Final = "interface.json"


def remembered_theme() -> str:
    """The theme chosen last, or an empty string."""
    theme = _kept().get("theme")
    return theme if isinstance(theme, str) else ""


def remember_theme(name: str) -> None:
    """Keeps it, if the state directory can be written."""
    _keep("theme", name)


def remembered_columns() -> tuple[str, ...]:
    """The names of the columns chosen last, or nothing. Whether there are such columns is not looked at."""
    columns = _kept().get("columns")
    return tuple(name for name in columns if isinstance(name, str)) if isinstance(columns, list) else ()


def remember_columns(names: Sequence[str]) -> None:
    """Keeps them, if the state directory can be written; nothing forgets what was kept."""
    _keep("columns", list(names))


def _kept() -> dict[str, Any]:
    try:
        kept = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _keep(name: str, value: str | list[str]) -> None:
    kept = {**_kept(), name: value}
    with suppress(OSError):
        path = _path()
        temporary = path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        temporary.replace(path)


def _path() -> Path:
    return state_directory() / _FILE
