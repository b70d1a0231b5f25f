"""Passwords made by the program: one to copy, one to read out on the telephone."""

from __future__ import annotations

import secrets
from typing import Final

ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0 and 1, which people mistake for one another."""

_GROUPS: Final = 4
_GROUP: Final = 5
_WORDS: Final = 6


def generate() -> str:
    """20 random characters in groups of 5, joined by hyphens that are part of the password: 99 bits, 23 characters."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def generate_words() -> str:
    """6 random words of the EFF's long list, joined by spaces: 77 bits. The list is the one that libpass ships.

    Spaces, because some of the words have a hyphen.
    """
    from passlib.pwd import genphrase  # reads a list of 7 776 words: only where somebody wants it

    return str(genphrase(wordset="eff_long", length=_WORDS, sep=" "))
