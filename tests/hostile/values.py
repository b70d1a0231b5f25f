"""One hostile value a column: a mark that no other value has, then as much of everything nasty as the column takes."""

from __future__ import annotations

from typing import Final

PIECES: Final = (
    "\x1b]52;c;UFdO\x07",  # OSC 52: writes the clipboard
    "[@click=app.quit]",  # an action link
    "\x9b2J\x9d0;t\x9c",  # C1: CSI and OSC in one character each
    "[/nope][b]",  # markup that ends what is not open
    "\x1b[2J\x1b[H",  # clears the screen
    "\u202e\u2066",  # bidi
    "\x1b]0;owned\x07",  # the title
    "\u200b\u2060\ufeff\u00ad",  # zero width
    "\x1b]8;;http://x\x1b\\",  # a link
    "e" + "\u0301" * 12,  # zalgo
    "\x1bP1$r\x1b\\\x1bc",  # DCS, and a reset
    "\x07\x08\r\n\x0e\x05",  # bell, backspace, lines, shift out, answerback
    "\U000e0041\U000e0001",  # tags
    "\u2028\u2029\x85",  # separators of lines
    "山\ufeff｜ﷺ😀",  # wide, and one that is drawn long
    "👩\u200d🚀❤\ufe0f🇩🇪",  # emoji: joined, chosen, paired
    "\u3164\u00a0\u2800",  # blanks that are no spaces
    "=1+2$(x)`",  # a formula, a shell
    "$u{0}%s\\",  # what templates replace
    "\x1b[?1049l\x1b[6n",  # leaves the screen, asks for an answer
    "\x1b[<u\x1b[?1000h",  # modes of the keyboard and the mouse
)

OF_SQLITE: Final = ("\0", b"\xff\xc3(\xed\xa0\x80")
"""What PostgreSQL refuses: NUL, and bytes that are no UTF-8 (half characters among them)."""

HEAVY: Final = "Z" + "\u0301\u0489\u20dd" * 70
"""Hundreds of combining marks on one letter."""


def mark(number: int) -> str:
    """What is looked for on the screen: of letters and digits only, so that nothing of it is ever escaped."""
    return f"h{number:02}H"


def hostile(number: int, length: int, *, sqlite: bool, turn: int = 0) -> str | bytes:
    """The value of the column with this number, of at most `length` characters; another one for each `turn`.

    The pieces begin at another one for each column, so that each stands near the front somewhere: a list shows no more.
    """
    text = mark(number)
    turn = (number + 10 * sqlite + turn) % len(PIECES)
    for piece in (*PIECES[turn:], *PIECES[:turn], HEAVY):
        text += piece[: max(0, length - len(text))]
    if not sqlite or length < 12:
        return text
    raw = OF_SQLITE[1] if number % 2 else b"\0"
    assert isinstance(raw, bytes)
    head, tail = text[:4].encode(), text[4 : length - len(raw)].encode()
    return head + raw + tail
