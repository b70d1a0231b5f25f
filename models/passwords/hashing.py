"""Hashing and verifying: the one CryptContext, shared with the service.

Whether a password is good enough is asked in `models.passwords.policy`; which stored hashes are fit to verify, in
`models.passwords.stored`. Both functions here take 130 ms and 64 MiB: an event loop calls them through
`models.passwords.offload`.
"""

from __future__ import annotations

import secrets
import unicodedata
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final

from models.passwords.stored import BCRYPT_BYTES, SCHEMES, parse

if TYPE_CHECKING:
    from passlib.context import CryptContext

MAX_BYTES: Final = 4096
"""Bytes of UTF-8 that are hashed or verified at most: where libpass raises."""

NOBODYS: Final = "$argon2id$v=19$m=65536,t=3,p=4$LuW8t1aq9b63tpZyTsm5Nw$V6HIO2LjS0x84EzXCphg9oWCKVIdqcsj4knKqjqiK4E"
"""The hash of a random secret that nobody kept: verifying against it is what an unknown account costs."""


class Verdict(Enum):
    """What came of verifying a password."""

    OK = "ok"
    OK_REHASH = "ok, hash again"
    """Right, but stored under an older policy: the caller stores a new hash, `WHERE hashed_password = old`."""
    WRONG = "wrong"
    UNUSABLE_HASH = "unusable hash"
    """What is stored is not a hash that may be verified. To the person it is the same as WRONG."""
    REFUSED = "refused"
    """The text cannot be a password: over 4096 bytes, or not encodable."""

    @property
    def matches(self) -> bool:
        """Whether the person knew the password."""
        return self in {Verdict.OK, Verdict.OK_REHASH}


def hash_password(text: str) -> str:
    """The hash to store: argon2id of the NFC form, 97 characters.

    Raises ValueError, with a sentence that does not hold the text, for what cannot be hashed: over 4096 bytes, or a
    lone surrogate.
    """
    secret = _encode(unicodedata.normalize("NFC", text))
    if secret is None:
        raise ValueError(f"A password is text of at most {MAX_BYTES} bytes.")
    return str(hashing_policy().hash(secret))


def unusable_hash() -> str:
    """The hash of a random secret that is discarded here: no password matches, and every verifier understands it
    (a marker like `!` makes other verifiers raise)."""
    return str(hashing_policy().hash(secrets.token_bytes(32)))


def verify(text: str, stored: str | None) -> Verdict:
    """Whether `text` is the password of the stored hash; None is the account that does not exist. Never raises.

    An unknown account and a hash that cannot be verified cost one verify as well, so that neither shows by the time
    it takes. Hashes of other programs may be of the text as it was typed: that form is tried where it differs from NFC.
    """
    secrets_tried = forms_of(text)
    found = parse(stored) if stored is not None else None
    for position, secret in enumerate(secrets_tried):
        if secret is None:
            return Verdict.REFUSED
        cut = secret[:BCRYPT_BYTES] if found is not None and found.cuts else secret
        # No bcrypt hash is of a password with NUL: passlib never made one, and raises.
        if stored is None or found is None or (found.cuts and b"\0" in cut):
            spend_a_verify(secret)
            continue
        matches = _matches(cut, stored, found.scheme)
        if matches is None:
            # It fails fast, and must not be told from the others by that.
            spend_a_verify(secret)
            return Verdict.UNUSABLE_HASH
        if matches:
            old = position > 0 or cut != secret or is_old(stored, found.scheme)
            return Verdict.OK_REHASH if old else Verdict.OK
    return Verdict.UNUSABLE_HASH if stored is not None and found is None else Verdict.WRONG


def _matches(secret: bytes, stored: str, scheme: str) -> bool | None:
    """None where the library fails, whatever it raises: its message can hold the hash, so it goes no further."""
    try:
        return bool(hashing_policy().handler(scheme).verify(secret, stored))
    except Exception:  # noqa: BLE001 - see above; it fails closed
        return None


def spend_a_verify(secret: bytes) -> None:
    """Take as long as a verify does, for what cannot be verified."""
    _matches(secret, NOBODYS, "argon2")


def is_old(stored: str, scheme: str) -> bool:
    """Whether a hash was made under another policy than today's."""
    return scheme != "argon2" or bool(hashing_policy().needs_update(stored))


def forms_of(text: str) -> list[bytes | None]:
    """What may have been hashed of a text that was typed, the preferred form first; None for what cannot be."""
    return [_encode(form) for form in dict.fromkeys((unicodedata.normalize("NFC", text), text))]


def _encode(text: str) -> bytes | None:
    try:
        secret = text.encode()
    except UnicodeEncodeError:
        return None
    return secret if len(secret) <= MAX_BYTES else None


@cache
def hashing_policy() -> CryptContext:
    """The policy: argon2id, RFC 9106's second recommendation. Any difference of parameters means "hash again", so two
    programs on one database must share this module."""
    from passlib.context import CryptContext  # 30 ms: not at the start of a program that may never verify

    return CryptContext(
        schemes=list(SCHEMES),
        default="argon2",
        deprecated="auto",
        argon2__type="ID",
        argon2__memory_cost=65536,
        argon2__time_cost=3,
        argon2__parallelism=4,
        argon2__salt_size=16,
        argon2__digest_size=32,
    )
