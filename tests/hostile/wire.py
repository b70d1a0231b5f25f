"""What a Textual program may write to a terminal, and nothing else: a parser of the raw bytes.

`foreign(raw)` is empty for an honest program. The grammar is that of Textual 8.2.8's driver and compositor, each
sequence in the form in which they write it; a sequence that data smuggled in is not among them, or stands where text
stands that was made visible.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

KNOWN: Final = re.compile(
    rb"\x1b\[(?:\d{1,3}(?:;\d{1,3})*)?m"  # colours
    rb"|\x1b\[\d{1,4};\d{1,4}H|\x1b\[H"  # where the next text goes
    rb"|\x1b\[\?(?:25|1000|1003|1004|1006|1015|1049|2004|2026|2048|7)[hl]"  # modes that the driver switches
    rb"|\x1b\[\?20(?:26|48)\$p|\x1b\[>(?:1|25)u|\x1b\[<u|\x1b\[\?u|\x1b\[c"  # what it asks once
    rb"|\x1b\]22;[a-z-]*\x07"  # the pointer's shape
)
_INVISIBLE: Final = re.compile(
    "[\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)

_NOT_PLAIN: Final = re.compile("[^\n -~\u2500-\u259f]+")
"""Neither ASCII that is seen nor a line or block of a box: most of a screen is not looked at letter by letter."""


def foreign(raw: bytes, *, least: int = 1) -> list[str]:
    """What in the bytes is neither a sequence of Textual nor text that a person can see.

    AssertionError where fewer than `least` sequences are found: then it was no program that drew.
    """
    rest, count = KNOWN.subn(b"\n", raw)
    assert count >= least, "nothing was drawn"
    try:
        text = rest.decode("utf-8")
    except UnicodeDecodeError as error:
        return [f"bytes that are no UTF-8: {rest[max(0, error.start - 40) : error.end + 40]!r}"]
    return in_text(text.replace("\r", "\n"))


def in_text(text: str) -> list[str]:
    """The characters of plain output that act, hide or pile up: with some text around them. Line feeds may be there."""
    found = []
    for run in _NOT_PLAIN.finditer(text):
        marks = 0
        for at, character in enumerate(run[0], run.start()):
            category = unicodedata.category(character)
            marks = marks + 1 if category in ("Mn", "Me") else 0
            acts = category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")
            if acts or marks > 2 or _INVISIBLE.match(character):
                found.append(ascii(text[max(0, at - 30) : at + 10]))
    return found
