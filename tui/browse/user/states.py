"""What state a user is in, as the badges of a list and as a sentence. Pure; times are put into words by the caller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Weight(StrEnum):
    """How much a badge asks for attention."""

    PLAIN = "plain"
    CAUTION = "caution"
    DANGER = "danger"


class Facts(Protocol):
    """The columns that decide on the state; a `UserRow` has them, and so can anything else."""

    @property
    def is_active(self) -> bool: ...
    @property
    def is_superuser(self) -> bool: ...
    @property
    def must_change_password(self) -> bool: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def deleted_at(self) -> datetime | None: ...
    @property
    def locked_until(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Badge:
    """One word of state."""

    word: str
    weight: Weight = Weight.PLAIN


def badges(user: Facts, now: datetime, end: Callable[[datetime], str]) -> tuple[Badge, ...]:
    """Return the badges of a user at a moment, the gravest first; `active` when there is none.

    `end` writes when a lock ends: `14:30`, `3 Mar`, `2099`.
    """
    found = []
    if user.deleted_at is not None:
        found.append(Badge("DELETED", Weight.DANGER))
    elif not user.is_active:
        found.append(Badge("INACTIVE", Weight.DANGER))
    if user.locked_until is not None and user.locked_until > now:
        found.append(Badge(f"LOCKED {end(user.locked_until)}", Weight.CAUTION))
    if user.expires_at is not None and user.expires_at <= now:
        found.append(Badge("EXPIRED", Weight.CAUTION))
    if user.must_change_password:
        found.append(Badge("must change"))
    if user.is_superuser:
        found.append(Badge("super"))
    if not found or (user.is_superuser and len(found) == 1):
        found.insert(0, Badge("active"))
    return tuple(found)
