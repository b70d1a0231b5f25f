"""One-time codes of an authenticator (TOTP, RFC 6238): its secret, the text an app reads, which step a code is of.

Six digits, 30 s, SHA-1: what every authenticator app takes. Pure: no database, no key, no clock of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import datetime

STEP: Final = 30
"""Seconds."""
DRIFT: Final = 1
"""Steps before and after now that are taken: clocks of telephones differ, and typing takes time (RFC 6238, 5.2)."""
DIGITS: Final = 6
ISSUER: Final = "Shellback"
LONGEST_TYPED: Final = 20
"""Characters of a typed code that are looked at: six digits, and spaces or dashes between them."""

_TYPED: Final = re.compile(r"(?:[ -]*[0-9]){6}[ -]*", re.ASCII)


def new_secret() -> bytes:
    """Return 20 random bytes, as long as the hash (RFC 4226, section 4)."""
    import secrets

    return secrets.token_bytes(20)


def enrolment_uri(secret: bytes, username: str, issuer: str = ISSUER) -> str:
    """Return the `otpauth://` text that an authenticator app reads from a QR code. It holds the secret."""
    text: str = _totp(secret).to_uri(label=_plain(username) or "account", issuer=_plain(issuer) or ISSUER)
    return text


def typed_secret(uri: str) -> str:
    """Return the secret of such a text in base32, in groups of four, to be typed where no camera is."""
    from passlib.totp import TOTP

    text: str = TOTP.from_uri(uri).pretty_key(sep=" ")
    return text


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the step that the code is of, within one step of `now`; None for a wrong one, whatever it is.

    Spaces and dashes between the six digits do not count; digits of other scripts are not digits.
    """
    from passlib.exc import TokenError

    if len(code) > LONGEST_TYPED or _TYPED.fullmatch(code) is None:
        return None
    try:
        step: int = _totp(secret).match(code, int(now.timestamp()), window=DRIFT * STEP).counter
    except TokenError:
        return None
    return step


def _totp(secret: bytes) -> Any:
    from passlib.totp import TOTP

    return TOTP(key=secret, format="raw", digits=DIGITS, period=STEP)


def _plain(text: str) -> str:
    """A name that the format takes: no colon, and nothing that a QR code's reader may stumble over."""
    return text.encode("utf-8", "replace").decode().replace(":", " ").strip()[:64]
