"""Whether somebody else could have put a program into a project's migrations. Looks at file modes, reads nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tui.settings.foreign import other_writers

_OTHERS: Final = stat.S_IWOTH | stat.S_IWGRP


def why_not_trusted(root: Path, folder: Path) -> str | None:
    """A sentence naming the first path that others may write to, or None.

    Looked at: the project's root, its pyproject.toml, each folder down to the migrations, and the files there.
    """
    for path in _paths(root, folder):
        try:
            found = os.stat(path)  # noqa: PTH116 - a thousand files: pathlib takes three times as long
        except OSError:
            continue
        if found.st_mode & _OTHERS and (who := other_writers(found)):
            return (
                f"{who} may write to {path}, and applying runs what is in there as you. "
                f"Refused: run chmod go-w on it after looking at the files."
            )
    return None


def _paths(root: Path, folder: Path) -> Iterator[Path | str]:
    yield root
    yield root / "pyproject.toml"
    if folder.is_relative_to(root):
        for part in reversed(folder.relative_to(root).parents):
            yield root / part
    else:
        yield folder.parent
    yield folder
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from sorted(entry.path for entry in entries if entry.name.endswith(".py"))
