"""What stops an export or an import, as one sentence that a person can act on."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SENTENCES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than this system lets it be",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.EROFS: "the disk is read-only",
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "part of its path is not a folder",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EIO: "the disk reports an error",
    errno.ELOOP: "its links lead in a circle",
}


class TransferError(Exception):
    """Ends an export or an import; nothing was changed, and no file has its final name.

    `sentence` may hold names of files and columns, which are not safe to show as they are.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def file_error(error: OSError, path: Path | str, deed: str) -> TransferError:
    """Return the failure of `deed` ("written") on a file, in words. Never the error's own text."""
    why = _SENTENCES.get(error.errno or 0, f"the system refuses it ({errno.errorcode.get(error.errno or 0, 'error')})")
    return TransferError(f"{path} cannot be {deed}: {why}.")
