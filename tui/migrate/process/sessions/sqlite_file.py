"""The file of an SQLite database: whether there is one, whether it may be written, and whether it is still the same."""

from __future__ import annotations

import os
from pathlib import Path


class FileMoved(Exception):
    """Another file has the database's name by now."""


def is_file(filename: str) -> bool:
    """Whether the database is an ordinary path: neither in memory nor a URI of SQLite."""
    return filename != ":memory:" and not filename.startswith("file:")


def require(filename: str, create: bool) -> None:
    """Makes a missing file where `create`, for nobody else to read; else raises FileNotFoundError."""
    path = Path(filename).absolute()
    if not is_file(filename) or path.exists():
        return
    if not create:
        raise FileNotFoundError(f"There is no database at {path}.")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def why_read_only(filename: str) -> str:
    """Why nothing can be written to it, in a sentence; "" where something can."""
    if not is_file(filename):
        return ""
    path = Path(filename)
    barred = next((each for each in (path, path.parent) if not os.access(each, os.W_OK)), None)
    return f"You may not write to {barred}." if barred is not None else ""


class NamedFile:
    """The file that had the database's name when this was made. `label`: its whole path, as it is told."""

    def __init__(self, filename: str) -> None:
        self.is_file = is_file(filename)
        self.label = str(Path(filename).absolute()) if self.is_file else filename
        self._opened = self._identity()

    def refuse_moved(self) -> None:
        """Raises FileMoved: what is written to a file that has lost its name is lost with it."""
        if self._identity() != self._opened:
            raise FileMoved(f"{self.label} is not the file that was opened any more: somebody replaced or removed it.")

    def _identity(self) -> tuple[int, int] | None:
        """Which file has the name now; None for none, and for a database that is none."""
        if not self.is_file:
            return None
        try:
            found = Path(self.label).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
