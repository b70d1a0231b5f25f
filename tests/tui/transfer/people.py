"""Users whose names try what names can try, for files in both directions."""

from __future__ import annotations

from tests.models.operations.people import set_columns, user
from tui.sanitise import sanitise

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''-1", "＝1", "-", '=HYPERLINK("x","y")')
"""What a spreadsheet would calculate, and what looks as if it had been neutralised already."""

ODD = (
    "a,b;c",
    'he said "no"',
    "back\\slash \\n \\.",
    "two\nlines",
    'two\r\nlines, "quoted"',
    "\x1b[31mred\x07",
    "a\u202eb",
    "zero\u200bwidth",
    "\x7f\x85",
    "tab\there",
    "'t Hart",
    "José Ärger 中村",
    "e\u0301\u0301\u0301",
    "\U000e0041tag",
    " blanks ",
    '{"a": 1}',
    "😀",
    "null",
    "\\.",
    "\x01\x02",
)
"""What acts on a terminal, hides, or has a meaning in a file."""


async def hostile_people() -> dict[str, str]:
    """Make one user for each odd full name; return the names by username."""
    names = {f"odd{number}": name for number, name in enumerate((*FORMULAS, *ODD))}
    for username, name in names.items():
        await set_columns(await user(username), full_name=name)
    return names


def visible(text: str) -> bool:
    """Whether a text shows everything that is in it."""
    return sanitise(text, 10**7) == text
