"""What can be said of an SQLite file before it is opened: SQLite itself would make a new one of a mistyped path."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from tui.database.errors import OpenError
from tui.settings.paths import default_database

if TYPE_CHECKING:
    from pathlib import Path

MAGIC: Final = b"SQLite format 3\x00"


def check_file(path: Path, *, create: bool, read_only: bool) -> tuple[bool, tuple[str, ...]]:
    """Whether to open it read-only, and warnings. Makes the directory (0700) of a file that may be created.

    Raises `OpenError`.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        if not create:
            raise OpenError(
                f"There is no database at {path}. Check the path, or create it with: shellback init --create."
            ) from None
        _make_directory(path.parent)
        return read_only, ()
    except NotADirectoryError:
        raise OpenError(f"A part of the path {path} is a file, not a directory.") from None
    except PermissionError:
        raise OpenError(f"You may not look into the directory of {path}.") from None
    except OSError as error:
        raise OpenError(f"{path} cannot be opened: {os.strerror(error.errno or 0)}.") from None
    if stat.S_ISDIR(found.st_mode):
        raise OpenError(f"{path} is a directory, not a database file.")
    if not stat.S_ISREG(found.st_mode):
        raise OpenError(f"{path} is not a regular file.")
    _check_header(path, found.st_size)
    warnings = []
    if found.st_mode & 0o077:
        reached = f"Other users of this machine can reach {path} (mode {stat.S_IMODE(found.st_mode):04o})"
        if path == default_database():  # ours alone; another one may be a service's too, and its group's
            raise OpenError(f"{reached}: run chmod 600 {path}.")
        warnings.append(f"{reached}: run chmod 600 on it.")
    if not read_only and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        read_only = True
        warnings.append(f"{path} is write-protected for you: opened read-only.")
    return read_only, tuple(warnings)


def _check_header(path: Path, size: int) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
    except PermissionError:
        raise OpenError(f"You may not read {path}.") from None
    except OSError as error:
        raise OpenError(f"{path} cannot be read: {os.strerror(error.errno or 0)}.") from None
    if size and head != MAGIC:
        raise OpenError(f"{path} is not an SQLite database. Check the path.")


def _make_directory(directory: Path) -> None:
    missing = [place for place in (directory, *directory.parents) if not place.exists()]
    try:
        # One by one: mkdir(parents=True) gives the mode to the last one only.
        for place in reversed(missing):
            place.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise OpenError(f"The directory {directory} cannot be made: {os.strerror(error.errno or 0)}.") from None
