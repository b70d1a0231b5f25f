"""What a stored hash says about itself, read before it is verified.

A stored hash is data: one that asks for 4 TiB of memory or 2^31 rounds is a way to stop the service, and one that was
cut to a byte or two matches almost anything. So the parameters are parsed here, strictly, and only hashes of a known
scheme with sane parameters reach the hashing library. Nothing is verified here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

MAX_ARGON2_MEMORY: Final = 1 << 20
"""KiB: 1 GiB."""
MAX_ARGON2_WORK: Final = 4 << 20
"""KiB times passes: about 4 s on one core."""
MAX_ARGON2_LANES: Final = 16
MAX_BCRYPT_COST: Final = 15
"""log2 of the rounds: about 3 s."""
MAX_PBKDF2_ROUNDS: Final = 5_000_000
"""About 3 s; Django's default of 2025 is 1.2 million."""
BCRYPT_BYTES: Final = 72
"""bcrypt reads no more of a password; libraries before bcrypt 5 cut it silently, bcrypt 5 raises."""


class Stored(NamedTuple):
    """A hash that may be verified."""

    scheme: str
    """The name of its handler in passlib."""
    cuts: bool
    """Whether only the first 72 bytes of the password count."""


_B64: Final = r"[A-Za-z0-9+/]"
_BCRYPT: Final = r"\$2[aby]\$(?P<cost>\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}"
_BCRYPT_SHA256: Final = (
    r"\$bcrypt-sha256\$(?:2[ab],(?P<old_cost>\d\d?)|v=2,t=2b,r=(?P<cost>\d\d?))"
    r"\$[./A-Za-z0-9]{21}[.Oeu]\$[./A-Za-z0-9]{31}"
)
# Salts of at least 8 and digests of at least 16 bytes: less is a hash that was cut.
_ARGON2: Final = (
    r"\$argon2(?:i|d|id)(?:\$v=(?:16|19))?\$m=(?P<memory>\d{1,10}),t=(?P<passes>\d{1,10}),p=(?P<lanes>\d{1,8})"
    rf"\${_B64}{{11,86}}\${_B64}{{22,86}}"
)

_SCHEMES: Final = tuple(
    (scheme, re.compile(pattern, re.ASCII))
    for scheme, pattern in (
        ("argon2", _ARGON2),
        ("bcrypt", _BCRYPT),
        ("bcrypt_sha256", _BCRYPT_SHA256),
        ("pbkdf2_sha256", r"\$pbkdf2-sha256\$(?P<rounds>[1-9]\d{0,9})\$[./A-Za-z0-9]{11,86}\$[./A-Za-z0-9]{43}"),
        ("django_pbkdf2_sha256", rf"pbkdf2_sha256\$(?P<rounds>[1-9]\d{{0,9}})\$[A-Za-z0-9]{{8,86}}\${_B64}{{43}}="),
        ("django_pbkdf2_sha1", rf"pbkdf2_sha1\$(?P<rounds>[1-9]\d{{0,9}})\$[A-Za-z0-9]{{8,86}}\${_B64}{{27}}="),
        ("django_argon2", "argon2" + _ARGON2),
        ("django_bcrypt", r"bcrypt\$" + _BCRYPT),
        ("django_bcrypt_sha256", r"bcrypt_sha256\$" + _BCRYPT),
    )
)

SCHEMES: Final = tuple(scheme for scheme, _ in _SCHEMES)
"""The handlers' names, the preferred one first."""


def parse(stored: str) -> Stored | None:
    """The scheme of a stored hash, or None where it cannot or must not be verified: unknown, malformed, cut, or with
    absurd parameters."""
    for scheme, pattern in _SCHEMES:
        match = pattern.fullmatch(stored)
        if match is not None:
            numbers = {name: int(value) for name, value in match.groupdict().items() if value is not None}
            return Stored(scheme, cuts=scheme in {"bcrypt", "django_bcrypt"}) if _sane(numbers) else None
    return None


class Fitness(StrEnum):
    """Whether what is stored can be verified at all, and what is the matter with it if not."""

    FIT = "fit"
    EMPTY = "empty"
    CUT = "cut"
    ABSURD = "absurd"
    FOREIGN = "foreign"


_BEGINNINGS: Final = ("$2", "bcrypt", "$bcrypt", "$argon2", "argon2", "$pbkdf2-", "pbkdf2_sha")


def fitness(stored: str) -> Fitness:
    """Return what `parse` makes of a stored hash, in one word. Nothing of the hash is in it, and nothing is verified.

    CUT begins like a hash that is known here and does not end like one; FOREIGN is of a scheme that is not.
    """
    if not stored:
        return Fitness.EMPTY
    if parse(stored) is not None:
        return Fitness.FIT
    if any(pattern.fullmatch(stored) for _, pattern in _SCHEMES):
        return Fitness.ABSURD
    return Fitness.CUT if stored.startswith(_BEGINNINGS) else Fitness.FOREIGN


def _sane(numbers: dict[str, int]) -> bool:
    if "memory" in numbers:
        memory, passes, lanes = numbers["memory"], numbers["passes"], numbers["lanes"]
        return (
            1 <= lanes <= MAX_ARGON2_LANES
            and 8 * lanes <= memory <= MAX_ARGON2_MEMORY
            and passes >= 1
            and memory * passes <= MAX_ARGON2_WORK
        )
    if "rounds" in numbers:
        return numbers["rounds"] <= MAX_PBKDF2_ROUNDS
    return 4 <= numbers.get("cost", numbers.get("old_cost", 0)) <= MAX_BCRYPT_COST
