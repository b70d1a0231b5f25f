"""The key under which the secrets of authenticators are stored, and sealing and opening one. No database, no codes.

The key is a file that only its owner reads (`mfa_key_file` of the profile), or the environment's SHELLBACK_MFA_KEY:
one secret, or several as lines `tag: secret`. The last line encrypts, the ones before still open what they sealed.

Encrypting is passlib's `AppWallet` (AES-256 in counter mode), which opens anything with any key and answers noise. So
a seal is stored beside it: an HMAC over the owner's id and the ciphertext. It tells a wrong key, a cut or edited text
and a row copied to another account from a wrong code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT: Final = "SHELLBACK_MFA_KEY"
SHORTEST_KEY: Final = 32
"""Characters of a secret: 128 bits where it is hexadecimal."""
LARGEST_FILE: Final = 64 * 1024
LARGEST_STORED: Final = 4096
"""Bytes of a stored secret that are looked at; ours have about 300."""
FORMAT: Final = "shellback-totp-1"
FIRST_TAG: Final = "1"
COST: Final = 12
"""2^12 rounds over a key that is random and long anyway. More would let the time of a sign-in tell, beside that of one
password hash, how many authenticators somebody has."""

_TAG: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}", re.ASCII)

MAKE_ONE: Final = "Make one with: shellback mfa new-key FILE"


class MfaKeyError(Exception):
    """There is no key, or it cannot be used. `sentence` says what to do; it quotes nothing of the key."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Unreadable(Exception):
    """A stored secret that this key does not open: another program's, another key's, cut, or edited."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The secret of an authenticator. `is_old`: sealed with a key that is not the last one any more."""

    secret: bytes
    is_old: bool

    def __repr__(self) -> str:
        return "Opened(hidden)"


class MfaKeys:
    """The keys by tag, the last one for sealing. Never shows them."""

    __slots__ = ("_keys", "_tag")

    def __init__(self, keys: Mapping[str, str]) -> None:
        """Raises `MfaKeyError` for no key, a short one, or a tag that is none."""
        if not keys:
            raise MfaKeyError(f"The key for authenticators is empty. {MAKE_ONE}")
        for tag, key in keys.items():
            if _TAG.fullmatch(tag) is None:
                raise MfaKeyError(
                    "A tag of the key for authenticators is not a short word of a-z, 0-9, dot, dash or underscore."
                )
            if len(key) < SHORTEST_KEY:
                raise MfaKeyError(
                    f"A key for authenticators is shorter than {SHORTEST_KEY} characters. {MAKE_ONE}",
                )
        self._keys = {tag: key.encode("utf-8", "surrogateescape") for tag, key in keys.items()}
        self._tag = next(reversed(self._keys))

    def __repr__(self) -> str:
        return "MfaKeys(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled or copied")

    @property
    def tags(self) -> tuple[str, ...]:
        """The names of the keys, the one that seals last."""
        return tuple(self._keys)

    def seal(self, secret: bytes, user_id: int) -> bytes:
        """Return what is stored of a secret of this user. Takes 3 ms: call it in a thread."""
        encrypted = self._wallet().encrypt_key(secret)
        body = {"format": FORMAT, "key": encrypted, "seal": self._seal(self._tag, encrypted, user_id)}
        return json.dumps(body, separators=(",", ":")).encode("ascii")

    def open(self, stored: bytes, user_id: int) -> Opened:
        """Return the secret. Raises `Unreadable`, whatever the bytes are. Takes 3 ms: call it in a thread."""
        encrypted = self._sealed(stored, user_id)
        try:
            secret, is_old = self._wallet().decrypt_key(encrypted)
        except (ValueError, TypeError, KeyError):
            raise Unreadable from None
        if not secret:
            raise Unreadable
        return Opened(secret, is_old)

    def opens(self, stored: bytes, user_id: int) -> bool:
        """Whether `open` would return a secret. Decrypts nothing, and takes no time."""
        try:
            self._sealed(stored, user_id)
        except Unreadable:
            return False
        return True

    def _sealed(self, stored: bytes, user_id: int) -> dict[str, Any]:
        """Return the encrypted part once its seal is right: what costs time is only done for what we wrote."""
        try:
            body = json.loads(stored[:LARGEST_STORED].decode("ascii"))
            encrypted, seal, tag = body["key"], body["seal"], body["key"]["t"]
            if body["format"] != FORMAT or tag not in self._keys:
                raise Unreadable
            if not hmac.compare_digest(seal.encode(), self._seal(tag, encrypted, user_id).encode()):
                raise Unreadable
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Unreadable from None
        found: dict[str, Any] = encrypted
        return found

    def _seal(self, tag: str, encrypted: Mapping[str, Any], user_id: int) -> str:
        said = json.dumps([FORMAT, "seal of a second factor", user_id, encrypted], sort_keys=True)
        return base64.b64encode(hmac.digest(self._keys[tag], said.encode(), hashlib.sha256)).decode("ascii")

    def _wallet(self) -> Any:
        from passlib.totp import AppWallet  # 45 ms, and only staff with an authenticator need it

        return AppWallet(self._keys, default_tag=self._tag, encrypt_cost=COST)


def parse_keys(text: str) -> MfaKeys:
    """Return the keys of a file's text: one secret, or lines `tag: secret`; empty lines and # lines are skipped.

    Raises `MfaKeyError`, which names a line and quotes nothing of it.
    """
    keys: dict[str, str] = {}
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    told = [(number, line) for number, line in lines if line and not line.startswith("#")]
    for number, line in told:
        tag, colon, key = (part.strip() for part in line.partition(":"))
        if not colon:
            if len(told) > 1:
                raise MfaKeyError(f"Line {number} of the key for authenticators is not of the form `tag: secret`.")
            tag, key = FIRST_TAG, tag
        if tag in keys:
            raise MfaKeyError(f"Line {number} of the key for authenticators has a tag that stood before.")
        keys[tag] = key
    return MfaKeys(keys)


def read_key_file(path: Path) -> MfaKeys:
    """Return the keys of a file. Raises `MfaKeyError`: not there, not a file, readable by others, or no key in it."""
    return parse_keys(_private_text(path))


def add_key(path: Path) -> str:
    """Write a new random key as the last line of the file, which is made if it is not there; return its tag.

    The keys before stay, so that what they sealed still opens. Raises `MfaKeyError`, and OSError.
    """
    from models.private_files import whole_file

    before = ""
    tags: tuple[str, ...] = ()
    if path.exists():
        before = _private_text(path)
        keys = parse_keys(before)
        tags = keys.tags
        if ":" not in before:
            before = f"{FIRST_TAG}: {before.strip()}"
        before = before.rstrip("\n") + "\n"
    tag = str(max((int(tag) for tag in tags if tag.isdecimal()), default=0) + 1)
    with whole_file(path) as file:
        file.write(f"{before}{tag}: {secrets.token_urlsafe(32)}\n".encode())
    return tag


def use_key_file(path: Path | None) -> None:
    """Settle where the key is looked for from now on: this file, or the environment. Reads nothing yet."""
    _source.path, _source.keys = path, None


def use_keys(keys: MfaKeys | None) -> None:
    """Use these keys, which no file has (a demo's, a test's); None: look for them again."""
    _source.keys = keys


def mfa_keys() -> MfaKeys:
    """Return the keys as they are now: a file that was edited counts at once. Raises `MfaKeyError`."""
    if _source.keys is not None:
        return _source.keys
    if _source.path is not None:
        return read_key_file(_source.path)
    text = os.environ.get(ENVIRONMENT, "")
    if not text:
        raise MfaKeyError(
            f"There is no key for authenticators: set mfa_key_file in the profile, or {ENVIRONMENT}. {MAKE_ONE}"
        )
    return parse_keys(text)


@dataclass(slots=True)
class _Source:
    path: Path | None = None
    keys: MfaKeys | None = None


_source: Final = _Source()


def _private_text(path: Path) -> str:
    try:
        # Not waiting: a pipe laid there must not hold up a sign-in.
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise MfaKeyError(f"The key file {path} is not there. {MAKE_ONE}") from None
    except (OSError, ValueError):
        raise MfaKeyError(f"The key file {path} cannot be read.") from None
    try:
        mode = os.fstat(number).st_mode
        if not stat.S_ISREG(mode):
            raise MfaKeyError(f"The key file {path} is not a regular file.")
        if stat.S_IMODE(mode) & 0o077:
            raise MfaKeyError(f"The key file {path} can be read by others: run chmod 600 {path}.")
        raw = os.read(number, LARGEST_FILE + 1)
    except OSError:
        raise MfaKeyError(f"The key file {path} cannot be read.") from None
    finally:
        os.close(number)
    if len(raw) > LARGEST_FILE:
        raise MfaKeyError(f"The key file {path} is larger than {LARGEST_FILE} bytes, so it is no key.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise MfaKeyError(f"The key file {path} is not UTF-8 text.") from None
