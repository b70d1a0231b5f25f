"""Text that somebody else wrote, made fit for a terminal, a log line or a JSON document.

One rule: nothing acts, nothing hides, nothing disappears. A character that would act on the terminal or could not be
seen is written as its escape (`\\u202e`), so two different names never look the same because of it. Pure and free of
the interface: the command line, logs and exports use it as it is; widgets go through `tui.terminal.safe`.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from typing import Final, Self

MAX_MARKS: Final = 2
"""Combining marks kept on one letter: enough for Vietnamese, Hebrew and Thai, too few to climb over other rows."""

ELLIPSIS: Final = "…"

_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, format (bidi, zero width, tags), surrogates, private use, unassigned, line and paragraph separators."""

_MARKS: Final = frozenset({"Mn", "Me", "Mc"})

_WORD: Final = re.compile(r"\S+")
_URL_USER: Final = re.compile(r"://[^\s/:@?#]*:")

_BLANKS: Final = re.compile(r"[ \t\n\r\f\v]+")

_SHORT: Final = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


class Cut(str):
    """The beginning of a text of `whole` characters: the rest was left where it is kept."""

    __slots__ = ("whole",)
    whole: int

    def __new__(cls, text: str, whole: int) -> Self:
        made = super().__new__(cls, text)
        made.whole = whole
        return made


def _escapes(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(point) for first, last in ranges for point in range(first, last + 1))


_INVISIBLE: Final = _escapes(
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x11FF),  # Hangul fillers and the jamo that join the one before them
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors
    (0x2800, 0x2800),  # braille blank
    (0x3164, 0x3164),  # Hangul filler
    (0xD7B0, 0xD7FB),  # jamo that join
    (0xFE00, 0xFE0F),  # variation selectors: VS16 doubles a character's width in some terminals
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0x1F1E6, 0x1F1FF),  # regional indicators: a pair is a flag, two or four cells wide
    (0x1F3FB, 0x1F3FF),  # skin tones: join the emoji before them
    (0xE0100, 0xE01EF),  # variation selectors supplement
)
"""Printable by category, yet without a width that all terminals agree on."""


def sanitise(value: object, limit: int = 512) -> str:
    """`value` as one line of visible text of at most `limit` characters.

    What is longer is cut at its end, where a `…` stands. What only its escapes make longer is cut in its middle: after
    a name of nothing but escapes a sentence still says what happened. None is the empty string; other objects are shown
    as `str()` gives them. Backslashes are left alone, so the result is for reading, not for decoding. Raises nothing
    but what `str(value)` raises.
    """
    text = value if isinstance(value, str) else "" if value is None else str(value)
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    return _visible(text, limit)


def sanitise_block(value: object, limit: int = 100_000) -> str:
    """`value` as lines of visible text (SQL, a note): line feeds stay, tabs become spaces, the rest as `sanitise`."""
    text = value if isinstance(value, str) else "" if value is None else str(value)
    lines = (
        sanitise(line.replace("\t", "    "), limit) for line in text[: limit + 1].replace("\r\n", "\n").split("\n")
    )
    block = "\n".join(lines)
    return block if len(block) <= limit and len(text) <= limit else block[: limit - 1] + ELLIPSIS


def one_line(text: str) -> str:
    """`text` with its blanks and line ends drawn together. Other separators stay, so that `sanitise` can show them."""
    return _BLANKS.sub(" ", text).strip(" ")


def shell_word(text: str) -> str:
    """`text` as one word of a command line, to be read, copied and pasted into a shell: nothing in it acts before the
    shell has it. Where something would, it is in the quotes `$'...'` of bash, zsh and ksh."""
    if sanitise(text, len(text)) == text:
        return shlex.quote(text)
    pieces = []
    marks, bare = 0, True
    for character in text:
        escaped, marks, bare = _is_escaped(character, marks, bare=bare)
        if 0xDC80 <= ord(character) <= 0xDCFF:  # a byte of a file's name that is no UTF-8
            pieces.append(f"\\x{ord(character) - 0xDC00:02x}")
        elif escaped:
            # Not `\x9b` for U+009B: to a shell that is a byte.
            pieces.append(f"\\u{ord(character):04x}" if 0x80 <= ord(character) < 0x100 else _escape(character))
        else:
            pieces.append(f"\\{character}" if character in "\\'" else character)
    return f"$'{''.join(pieces)}'"


def without_passwords(text: str) -> str:
    """`text` with three dots for the password of each URL in it: what was typed in the wrong place is quoted."""
    return _WORD.sub(_without_password, text) if "://" in text else text


def _without_password(found: re.Match[str]) -> str:
    """To the last @: a password may have one, and a slash, that nobody has encoded. In one pass, whatever the word."""
    word = found[0]
    last = word.rfind("@")
    user = _URL_USER.search(word, 0, last) if last >= 0 else None
    return f"{word[: user.end()]}...{word[last:]}" if user is not None else word


def hidden_characters(text: str) -> list[tuple[int, str]]:
    """Where `sanitise` writes an escape: position, counted from 1, and code point (`U+202E`) of each such character."""
    found: list[tuple[int, str]] = []
    if text.isascii() and text.isprintable():
        return found
    marks, bare = 0, True
    for position, character in enumerate(text, 1):
        escaped, marks, bare = _is_escaped(character, marks, bare=bare)
        if escaped:
            found.append((position, f"U+{ord(character):04X}"))
    return found


def stand_ins(text: str) -> str:
    """`text` with U+FFFD for each character that `sanitise` would escape: as many characters as before, for a field in
    which the cursor has to find its place."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks, bare = 0, True
    for character in text:
        escaped, marks, bare = _is_escaped(character, marks, bare=bare)
        shown.append("\ufffd" if escaped else character)
    return "".join(shown)


def _is_escaped(character: str, marks: int, *, bare: bool) -> tuple[bool, int, bool]:
    """Whether a character is written as its escape; then marks on the letter so far, and whether there is none."""
    category = unicodedata.category(character)
    if category in _MARKS and character not in _INVISIBLE:
        return bare or marks + 1 > MAX_MARKS, marks + 1, bare
    hidden = _is_hidden(character, category)
    return hidden, 0, hidden


def _visible(text: str, limit: int) -> str:
    pieces: list[str] = []
    marks = 0
    bare = True  # no letter yet that a mark could stand on
    for character in text[: limit + 1]:
        escaped, marks, bare = _is_escaped(character, marks, bare=bare)
        pieces.append(_escape(character) if escaped else character)
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    return _cut(pieces, limit) if len(text) > limit else _cut_in_the_middle(pieces, limit)


def _is_hidden(character: str, category: str) -> bool:
    if category == "Zs":
        return character != " "  # a no-break space would make two names look the same
    return category in _HIDDEN_CATEGORIES or character in _INVISIBLE


def _escape(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    point = ord(character)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _cut(pieces: list[str], limit: int) -> str:
    """The first whole pieces that leave room for the ellipsis: an escape is never cut in half."""
    length = sum(map(len, pieces))
    while pieces and length > limit - 1:
        length -= len(pieces.pop())
    return ("".join(pieces) + ELLIPSIS)[:limit]


def _cut_in_the_middle(pieces: list[str], limit: int) -> str:
    """The first and the last whole pieces, half of the room each."""
    tail: list[str] = []
    room = (limit - 1) // 2
    while len(pieces[-1]) <= room:
        room -= len(pieces[-1])
        tail.append(pieces.pop())
    while tail and unicodedata.category(tail[-1][0]) in _MARKS:
        tail.pop()  # it would stand on the ellipsis
    end = "".join(reversed(tail))
    return _cut(pieces, limit - len(end)) + end
