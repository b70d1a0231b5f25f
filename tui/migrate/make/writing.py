"""Writing a new file: whole or not at all, never over another, with a number that nobody took meanwhile."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui.migrate.source.files import number_of, read_files

if TYPE_CHECKING:
    from tui.migrate.source.project import Project


class NotWritten(Exception):
    """Nothing was written. `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def write(project: Project, version: str, text: str, base: str | None) -> Path:
    """Writes the file and returns its path. `base` is the last file when the draft was made.

    A second one that makes a migration of this folder waits meanwhile. Blocks for some milliseconds: call it in a
    thread. Raises NotWritten.
    """
    folder = project.folder
    try:
        with _alone(folder):
            taken = [file for file in read_files(project) if file.number is not None]
            last = taken[-1].version if taken else None
            if last != base:
                raise NotWritten(
                    f"{last or 'Nothing'} is the last file now, and this was made from {base or 'none'}. Make it again."
                )
            number = number_of(version)
            if twins := [file.version for file in taken if file.number == number]:
                raise NotWritten(f"{twins[0]} has the number {number} already. Make it again.")
            return _put(folder, version, text, taken[-1].path if taken else None)
    except OSError as error:
        raise NotWritten(f"{folder / version} was not written: {_why(error)}.") from None


def put(folder: Path, version: str, text: str) -> Path:
    """Writes the file into a folder that is made if need be, never over another. Raises NotWritten."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _put(folder, version, text, None)
    except OSError as error:
        raise NotWritten(f"{folder / version} was not written: {_why(error)}.") from None


def why_not_writable(project: Project) -> str:
    """Why no file can be put into the folder, in a sentence; "" when one can."""
    folder = project.folder
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"You may not write to {folder}."
    if project.is_own and not any((place / ".git").exists() for place in (folder, *folder.parents)):
        return "This Shellback is an installed copy: its own migrations are made in a checkout of its sources."
    return ""


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time in this folder. The lock goes with the process."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        # The entry of the new file, too.
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put(folder: Path, version: str, text: str, neighbour: Path | None) -> Path:
    final = folder / version
    partial = folder / f".{version}.{os.getpid()}.partial"
    mode = stat.S_IMODE(neighbour.stat().st_mode) & 0o666 if neighbour is not None else 0o666 & ~_umask()
    descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        # A link fails where a file is; a rename would replace it.
        os.link(partial, final)
    except FileExistsError:
        raise NotWritten(f"{final} is there already. Nothing was written.") from None
    finally:
        partial.unlink(missing_ok=True)
    return final


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _why(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "the folder cannot be written to"
        case _:
            return error.strerror or type(error).__name__
