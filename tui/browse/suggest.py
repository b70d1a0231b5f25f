"""What is wrong with a query, where, and what was probably meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

MOST_COMPARED: Final = 60
"""Characters of a text that is compared with names."""

MOST_SHOWN: Final = 40
"""Characters of a typed text that a sentence repeats."""


class QueryError(ValueError):
    """A query that cannot be run. `position` counts characters from 0; `message` is one plain sentence."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(message)
        self.position = position
        self.message = message


def suggestion(
    text: str, known: Sequence[str], *, kind: str, suffix: str = "", meant: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return `. Did you mean x?`, or `. <kind> are x, y` when nothing known is close to `text`.

    `meant` has other words for what is known.
    """
    # A long text is close to nothing, and comparing it would take its length squared.
    close = get_close_matches(text, known, n=1) if len(text) <= MOST_COMPARED else []
    close = [meant[text]] if text in meant else close
    if close:
        return f". Did you mean {close[0]}{suffix}?"
    return f". {kind} are {', '.join(name + suffix for name in known)}"


def cut(text: str) -> str:
    """Return a typed text for a sentence: a long one is cut."""
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
