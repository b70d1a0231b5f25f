"""A file that is there whole or not at all, and that only its owner may read.

It grows under a temporary name beside its place, reaches the disk, and only then gets its name. Whatever goes wrong
before leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, BinaryIO

from models.private_files import open_beside, sync_folder
from tui.paths import expanded
from tui.transfer.errors import TransferError, file_error


class _Growing:
    """What is written piece by piece. `place` stands in what is said when it cannot."""

    def __init__(self, file: IO[bytes], place: Path | str) -> None:
        self._file = file
        self._place = place
        self._lock = Lock()

    def write(self, data: bytes) -> None:
        """Add to the end. Blocks: call it in a thread."""
        try:
            with self._lock:
                written = memoryview(data)
                while written:
                    written = written[self._file.write(written) :]
        except OSError as error:
            raise file_error(error, self._place, "written") from error

    def begin_again(self) -> None:
        """Forget what was written, also by a thread whose caller was cancelled. Blocks."""
        try:
            with self._lock:
                self._file.seek(0)
                self._file.truncate()
        except OSError as error:
            raise file_error(error, self._place, "written") from error


class PrivateFile(_Growing):
    """A file on its way to `path`. Every method raises TransferError; `abandon` nothing."""

    def __init__(self, path: Path, *, force: bool) -> None:
        self._path = expanded(path).absolute()
        self._force = force
        if self._path.is_dir():
            raise TransferError(f"{path} is a folder: name a file in it.")
        if os.path.lexists(self._path) and not force:
            raise TransferError(f"{path} is there already. Name another file, or choose to replace it (--force).")
        if force and self._path.exists() and not self._path.is_file():
            raise TransferError(f"{path} is not a plain file, and is left alone.")
        try:
            self._partial, number = open_beside(self._path)
            file = os.fdopen(number, "wb", buffering=0)
        except OSError as error:
            raise file_error(error, path, "written") from error
        super().__init__(file, self._path)

    @property
    def label(self) -> str:
        """The path, as the audit keeps it."""
        return str(self._path)

    def settle(self) -> None:
        """Bring it to the disk; it has no name yet. Blocks."""
        try:
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise file_error(error, self._path, "written") from error

    def name(self) -> None:
        """Give it its name, in one step. Blocks."""
        try:
            if self._force:
                self._partial.replace(self._path)
            else:
                self._take_free_name()
            sync_folder(self._path.parent)
        except FileExistsError:
            raise TransferError(f"{self._path} was made by somebody else meanwhile, and is left alone.") from None
        except OSError as error:
            raise file_error(error, self._path, "written") from error

    def _take_free_name(self) -> None:
        """A link fails where the name is taken; a rename would replace. Some disks know no links."""
        try:
            os.link(self._partial, self._path)
        except FileExistsError:
            raise
        except OSError:
            if os.path.lexists(self._path):
                raise FileExistsError from None
            self._partial.rename(self._path)
        else:
            self._partial.unlink()

    def abandon(self) -> None:
        """Leave nothing behind; after `name` it does nothing."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._partial.unlink()


class Spool(_Growing):
    """A file without a name, for a pipe: the reader gets it once it is whole and recorded."""

    label = "-"

    def __init__(self) -> None:
        place = tempfile.gettempdir()
        try:
            file = tempfile.TemporaryFile(prefix="shellback-", buffering=0)  # noqa: SIM115 - closed in abandon
        except OSError as error:
            raise file_error(error, place, "written") from error
        super().__init__(file, place)

    def settle(self) -> None:
        """Nothing has to reach the disk."""

    def name(self) -> None:
        """It never has a name."""

    def pour(self, into: BinaryIO) -> None:
        """Copy everything into a stream. Raises OSError of the stream."""
        self._file.seek(0)
        shutil.copyfileobj(self._file, into, 1 << 20)

    def abandon(self) -> None:
        """Let it vanish."""
        with suppress(OSError):
            self._file.close()
