"""What a person may choose as a password: NIST SP 800-63B-4, section 3.1.1.2.

Long enough, not too long, not one that others guess first. No rules of composition and no expiry: the standard forbids
both. Only what a person chooses is asked here; what the program generates is beyond it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from models.passwords.breached import is_breached
from models.passwords.common import LEET, ROWS, WHOLE, WORDS

MIN_LENGTH: Final = 15
MIN_LENGTH_WITH_MFA: Final = 8
MAX_LENGTH: Final = 256

_MAX_WORDS: Final = 2
_MAX_STRAYS: Final = 4
_MIN_RUN: Final = 3
_MIN_NAME: Final = 3
_BETWEEN: Final = frozenset(" .,-_+@")
_REPEATED: Final = re.compile(r"(.+?)\1+.{0,2}", re.DOTALL)
_ROWS: Final = tuple(row * 2 for each in ROWS for row in (each, each[::-1]))
_WORD_LENGTHS: Final = sorted({len(word) for word in WORDS})
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def check_policy(
    text: str, *, names: Iterable[str] = (), mfa_enforced: bool = False, breached: Path | None = None
) -> list[str]:
    """What is wrong with a password, as sentences to show beside the field; empty where it may be used.

    `names` are the user's own (username, full name, e-mail) and the service's. Every character counts as one, after
    NFC. `breached` is an offline file of breached passwords, where one is configured; raises OSError when it cannot be
    read, since a check that was asked for is never left out silently.
    """
    form = unicodedata.normalize("NFC", text)
    least = MIN_LENGTH_WITH_MFA if mfa_enforced else MIN_LENGTH
    if len(form) < least:
        return [f"Use at least {least} characters; this has {len(form)}. Several words are easiest to remember."]
    if len(form) > MAX_LENGTH:
        return [f"Use at most {MAX_LENGTH} characters; this has {len(form)}."]
    untypable = next((i for i, each in enumerate(form, 1) if unicodedata.category(each) in {"Cc", "Cs"}), None)
    if untypable is not None:
        return [f"The character at position {untypable} cannot be typed everywhere. Leave it out."]
    weakness = _weakness(form, names)
    if weakness is None and breached is not None and is_breached(form, breached):
        weakness = "This password is known from a breach of another service. Choose another one."
    return [] if weakness is None else [weakness]


def _weakness(form: str, names: Iterable[str]) -> str | None:
    folded = unicodedata.normalize("NFKC", form).casefold()
    if re.sub(r"[\s\-_.]", "", folded) in WHOLE:
        return "This is one of the passwords that are tried first. Choose another one."
    if _REPEATED.fullmatch(folded):
        return "This repeats one part. Choose something longer than that part."
    if any(folded in row for row in _ROWS):
        return "This follows the keyboard or the alphabet. Choose another one."
    own = {part for name in names for part in _parts_of(name)}
    if _is_guessable(folded, own):
        if any(part in folded for part in own):
            return "This is little more than your own name. Choose something that others do not know of you."
        return "This is made of what common passwords are made of. Add words of your own."
    return None


def _parts_of(name: str) -> Iterator[str]:
    """`Maria.Ruiz@example.org` -> mariaruiz, maria, ruiz, example and so on, folded; nothing of one or two letters."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    parts = re.split(r"[\W_]+", folded)
    return (part for part in (folded, "".join(parts), *parts) if len(part) >= _MIN_NAME)


def _is_guessable(folded: str, own: set[str]) -> bool:
    """Whether at most two common words, with names of the user's own, runs, years and at most four other characters
    are all there is. Three common words or more are a passphrase."""
    plain = folded.translate(LEET)
    # strays[words][end]: the fewest other characters with which folded[:end] is covered by so many common words.
    strays = [
        [0 if end == words == 0 else _MAX_STRAYS + 1 for end in range(len(folded) + 1)]
        for words in range(_MAX_WORDS + 1)
    ]
    for start in range(len(folded)):
        for length, common, other in _steps(folded, plain, start, own):
            for words in range(_MAX_WORDS + 1 - common):
                here = strays[words + common]
                here[start + length] = min(here[start + length], strays[words][start] + other)
    return any(covered[-1] <= _MAX_STRAYS for covered in strays)


def _steps(folded: str, plain: str, start: int, own: set[str]) -> Iterator[tuple[int, int, int]]:
    """What can be taken off at `start`: (characters, common words, other characters)."""
    yield 1, 0, folded[start] not in _BETWEEN
    yield from ((len(part), 0, 0) for part in own if folded.startswith(part, start))
    for length in _WORD_LENGTHS:
        if start + length > len(folded):
            break
        if folded[start : start + length] in WORDS or plain[start : start + length] in WORDS:
            yield length, 1, 0
    if _YEAR.match(folded, start):
        yield 4, 0, 0
    run = _run_at(folded, start)
    if run >= _MIN_RUN:
        yield run, 0, 0


def _run_at(folded: str, start: int) -> int:
    """Characters from `start` that are one repeated, or that follow a row of the keyboard or the alphabet."""
    same = next((end for end in range(start, len(folded)) if folded[end] != folded[start]), len(folded)) - start
    along = _MIN_RUN
    while start + along <= len(folded) and any(folded[start : start + along] in row for row in _ROWS):
        along += 1
    return max(same, along - 1)
