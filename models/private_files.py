"""Files that only their owner reads, and that are whole or not there under their name, also after a loss of power."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODE = 0o600


def open_beside(path: Path) -> tuple[Path, int]:
    """Make a new file of mode 0600 in the folder of `path`; return its own name and its descriptor, for writing.

    Raises OSError.
    """
    partial = path.with_name(f".{path.name[:40]}.{uuid4().hex[:12]}.partial")
    # O_EXCL follows no link: what somebody laid there is never written to.
    return partial, os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)


def sync_folder(folder: Path) -> None:
    """Make the names in it last. Some disks cannot; the files are whole all the same."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file of mode 0600 that gets its name when the block is left well; else nothing stays of it.

    Raises OSError, also for a full disk: then there is no file, or the one before.
    """
    partial, number = open_beside(path)
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            partial.unlink()
        raise
    sync_folder(path.parent)
