"""Texts in a CSV file that somebody opens in a spreadsheet: none of them is taken for a formula (CWE-1236)."""

from __future__ import annotations

from typing import Final

FORMULA: Final = "=+-@\t\n\r＝＋－＠"
"""First characters that make a spreadsheet calculate; the wide forms too, which some take for the narrow ones."""

BEFORE: Final = "' "
"""What may stand before such a character: quotes, and blanks, which some programs drop when they read a file."""

LOOKED_AT: Final = frozenset(FORMULA + BEFORE)
"""First characters of a text that `quoted` may change."""


def quoted(text: str) -> str:
    """Return the text with a quote before it where a spreadsheet would calculate.

    A text that has such quotes already gets one more, so that `unquoted` can take exactly one away again.
    """
    if text[:1] not in LOOKED_AT:
        return text
    bare = text.lstrip(BEFORE)
    return f"'{text}" if bare and bare[0] in FORMULA else text


def unquoted(text: str) -> str:
    """Return the text without the quote that `quoted` put before it, if it did."""
    bare = text.lstrip(BEFORE)
    return text[1:] if text.startswith("'") and bare and bare[0] in FORMULA else text
