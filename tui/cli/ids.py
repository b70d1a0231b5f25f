"""Users by their numbers, as a person or a program hands them over."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from tui.cli.failure import Failure, usage

LARGEST: Final = 2**31 - 1


def read_ids(text: str | None, file: str | None) -> list[int]:
    """Return the ids of `3,5,9`, of standard input (`-`), or of a file; commas, spaces and lines stand between them.

    Raises a usage failure that names the first word that is none, and `Failure` for a file that cannot be read.
    """
    if file is not None:
        try:
            text = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text"
            raise Failure(f"{file} cannot be read: {why}.") from None
    elif text == "-":
        text = sys.stdin.read()
    words = (text or "").replace(",", " ").split()
    for word in words:
        if not (word.isascii() and word.isdigit() and len(word) <= 10 and int(word) <= LARGEST):
            raise usage(f"{word[:40]!r} is not the number of a user")
    if not words:
        raise usage("There are no ids to work on")
    return list(map(int, words))
