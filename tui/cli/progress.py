"""One line on standard error that says how far a long command is, rewritten in place; nothing where nobody looks."""

from __future__ import annotations

import sys
from time import monotonic
from typing import Final, Self

from tui.sanitise import sanitise

EVERY: Final = 0.1
"""Seconds between two writes: a terminal far away should not be what takes the time."""


class ProgressLine:
    """Use as a context manager: the line is gone at its end."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def say(self, text: str) -> None:
        """Show a line, unless one was shown just now."""
        if self._shown and monotonic() >= self._next:
            self._next = monotonic() + EVERY
            sys.stderr.write(f"\r\x1b[K{sanitise(text, 78)}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown and self._next:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
