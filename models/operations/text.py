"""Text on its way into the database, and the names of fields as people read them."""

from __future__ import annotations

from datetime import MAXYEAR, UTC
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

_LABELS: Final = {
    "email": "e-mail",
    "hashed_password": "password",
    "is_active": "active",
    "is_superuser": "superuser",
    "is_verified": "e-mail verified",
    "must_change_password": "must change password",
    "has_usable_password": "password sign-in",
    "expires_at": "account expires",
    "password_expires_at": "password expires",
    "deactivation_reason": "reason of deactivation",
}


def field_label(name: str) -> str:
    """Return the field as forms and sentences call it."""
    return _LABELS.get(name, name.replace("_", " "))


def clipped(text: str, length: int) -> str:
    """Return the text as a column takes it: bounded, without NUL and lone surrogates, which PostgreSQL refuses."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")[:length]


def listed(words: Sequence[str]) -> str:
    """Return "a", "a and b", or "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def grouped(number: int) -> str:
    """Return a whole number with its thousands apart: `1 204 551`."""
    return f"{number:,}".replace(",", " ")


def counted(number: int, noun: str) -> str:
    """Return "1 session" or "1 204 sessions"."""
    return f"{grouped(number)} {noun}{'' if number == 1 else 's'}"


def is_endless(at: datetime) -> bool:
    """Whether this is how a database says that something never ends: `infinity`, or the last year there is."""
    return at.year == MAXYEAR


def lasting(at: datetime, when: Callable[[datetime], str] | None = None) -> str:
    """Return `until 2026-03-03 14:30 UTC`, with `when` in its words; `for good` where there is no end."""
    return "for good" if is_endless(at) else f"until {(when or moment)(at)}"


def moment(at: datetime) -> str:
    """Return a time as a sentence of an operation says it: minutes, UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
