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


def close_to(text: str, known: Sequence[str], meant: Mapping[str, str] = MappingProxyType({})) -> str | None:
    """Return what of the known was probably meant; `meant` has other words for it."""
    if text in meant:
        return meant[text]
    # A long text is close to nothing, and comparing it would take its length squared.
    return next(iter(get_close_matches(text, known, n=1)), None) if len(text) <= MOST_COMPARED else None


def suggestion(
    text: str, known: Sequence[str], *, kind: str, suffix: str = "", meant: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return `. Did you mean x?`, or `. <kind> are x, y` when nothing known is close to `text`."""
    close = close_to(text, known, meant)
    if close is not None:
        return f". Did you mean {close}{suffix}?"
    return f". {kind} are {', '.join(name + suffix for name in known)}"


def cut(text: str) -> str:
    """Return a typed text for a sentence: a long one is cut."""
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
