"""The end of a sentence about a name that is not known: what was probably meant, or what there is."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


def suggestion(text: str, known: Sequence[str], *, kind: str, suffix: str = "") -> str:
    """Return `. Did you mean x`, or `. <kind> are x, y` when nothing known is close to `text`."""
    close = get_close_matches(text, known, n=1)
    if close:
        return f". Did you mean {close[0]}{suffix}"
    return f". {kind} are {', '.join(name + suffix for name in known)}"
