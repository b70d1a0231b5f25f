"""Looking a password up in an offline file of breached ones.

The file is the one that the Have I Been Pwned downloader writes: one SHA-1 in capitals a line, `HASH:COUNT`, sorted. It
has 40 GB, so it is searched in place: 35 reads. No password and no part of its hash leaves the machine.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO


def is_breached(text: str, file: Path) -> bool:
    """Whether the file has the password. Raises OSError where it cannot be read, and UnicodeEncodeError for lone
    surrogates."""
    wanted = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, lines.seek(0, os.SEEK_END)
        # The line that is wanted begins in [low, high): a line belongs to every offset up to its beginning.
        while low < high:
            middle = (low + high) // 2
            line = _line_from(lines, middle)
            if line and line < wanted:
                low = middle + 1
            else:
                high = middle
        return _line_from(lines, low) == wanted


def _line_from(lines: BinaryIO, offset: int) -> bytes:
    """The hash of the first line that begins at or after `offset`; empty after the last one."""
    lines.seek(max(offset - 1, 0))
    if offset > 0:
        lines.readline()
    return lines.readline().split(b":", 1)[0].strip().upper()
