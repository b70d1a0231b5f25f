"""Usernames and e-mail addresses: the form that is stored, and the key that is compared.

The one place that says what a valid username is; the service imports the same. Whether a name is taken is a question to
the database and not asked here. The rules are about single characters: which whole names look alike is in
`models.lookalikes`, and `skeleton` is passed on from there.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from models.lookalikes import skeleton as skeleton

MAX_LENGTH: Final = 50
"""Characters in a username, after normalisation: the width of `users.username`."""

KEY_MAX_LENGTH: Final = 150
"""Characters of what a username is compared by: the width of `users.username_key`."""

EMAIL_MAX_LENGTH: Final = 254
"""Characters in an address (RFC 5321, 4.5.3.1.3): the width of `users.email`."""

_PUNCTUATION: Final = frozenset("._-@+")
_OF_HEADERS: Final = frozenset('<>()[]\\,;:"')
"""What sets addresses apart in a header of a mail (RFC 5322, 3.2.3): `x,boss@b.example` would be two of them."""
_MARKS: Final = frozenset({"Mn", "Mc"})
_ALLOWED: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"}) | _MARKS
_MAX_MARKS: Final = 2  # on one letter: what is shown keeps two as well (more is a "zalgo" name)

# Letters and marks that draw nothing: Default_Ignorable_Code_Point of Unicode that are not already Cf (unicodedata does
# not have the property), and the blanks of hieroglyphs and Khitan.
_INVISIBLE: Final = frozenset(
    map(
        chr,
        [
            0x034F,
            *range(0x115F, 0x1161),
            *range(0x17B4, 0x17B6),
            *range(0x180B, 0x1810),
            0x3164,
            *range(0xFE00, 0xFE10),
            0xFFA0,
            0x13441,
            0x13442,
            0x16FE4,
            *range(0xE0100, 0xE01F0),
        ],
    )
)


class UsernameError(ValueError):
    """A username or an address that may not be; `str()` is the sentence to show beside the field.

    The sentence never holds the offending character itself unless it can be seen: it may be printed anywhere.
    """


def display_form(text: str) -> str:
    """The username as it is stored and shown: `text` under NFKC.

    Letters and digits of any script with their marks, and `. _ - @ +`; 1 to 50 characters; nothing that cannot be
    seen. Raises UsernameError with a sentence that names what is wrong and where (positions count from 1).
    """
    form = unicodedata.normalize("NFKC", text)
    if not form:
        raise UsernameError("A username is needed.")
    if len(form) > MAX_LENGTH:
        raise UsernameError(f"A username has at most {MAX_LENGTH} characters; this one has {len(form)}.")
    marks = 0
    for position, character in enumerate(form, 1):
        category = unicodedata.category(character)
        if character in _INVISIBLE or (category not in _ALLOWED and character not in _PUNCTUATION):
            raise UsernameError(_refusal(character, position))
        marks = marks + 1 if category == "Mn" else 0
        if position == 1 and category in _MARKS:
            raise UsernameError(f"A username cannot begin with a combining mark ({_name(character)}).")
        if marks > _MAX_MARKS:
            raise UsernameError(f"A letter carries at most {_MAX_MARKS} marks; one too many is at position {position}.")
    return form


def key(text: str) -> str:
    """What a username is compared by: NFKC and casefold. Never raises, since old rows may hold any text.

    Idempotent: folding can leave text that NFKC changes again, so both are repeated until nothing moves.
    At most 150 characters for a valid username.
    """
    before, now = None, text
    while now != before:
        before, now = now, unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", now).casefold())
    return now


def lookup_key(text: str) -> str | None:
    """The key to look a username up by, or None where no account can have it: what is too long, holds NUL or a lone
    surrogate is refused by the column or by the driver. Never raises: it is for whatever somebody typed."""
    if len(text) > KEY_MAX_LENGTH:
        return None
    found = key(text)
    storable = all(character != "\0" and not "\ud800" <= character <= "\udfff" for character in found)
    return found if storable and len(found) <= KEY_MAX_LENGTH else None


def email_form(text: str) -> str:
    """The address as it is stored and shown: NFC, without spaces around it.

    Only what can be told from the text: one `@` with something on both sides, nothing blank or unseen, nothing that a
    mail's header reads as more than an address (so no quoted names either), at most 254 characters. Whether mail
    arrives is only known by sending some. Raises UsernameError with a sentence.
    """
    form = unicodedata.normalize("NFC", text).strip()
    if len(form) > EMAIL_MAX_LENGTH:
        raise UsernameError(f"An e-mail address has at most {EMAIL_MAX_LENGTH} characters; this one has {len(form)}.")
    for position, character in enumerate(form, 1):
        if character in _INVISIBLE or unicodedata.category(character)[0] in "CZ":
            raise UsernameError(f"An e-mail address cannot hold {_name(character)} (position {position}).")
        if character in _OF_HEADERS:
            raise UsernameError(f"An e-mail address cannot hold '{character}' (position {position}).")
    local, at, domain = form.rpartition("@")
    if not (at and local and domain) or "@" in local:
        raise UsernameError("An e-mail address looks like name@example.org.")
    return form


def email_key(text: str | None) -> str | None:
    """What an address is compared by, or None where there is none (several users may have none).

    The whole address is folded, the local part too: the standard lets it be case-sensitive, but no provider that
    matters is, and two accounts that differ in it only would be a way in.
    """
    folded = key((text or "").strip())
    return folded or None


def _refusal(character: str, position: int) -> str:
    if character.isspace():
        return f"A username cannot hold a space (position {position})."
    if character in _INVISIBLE or unicodedata.category(character)[0] in "CZ":
        return f"A username cannot hold {_name(character)} (position {position}): it cannot be seen."
    return f"'{character}' at position {position} is not allowed: letters, digits and . _ - @ + are."


def _name(character: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`: a character named without being written."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
