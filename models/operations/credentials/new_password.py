"""A password on its way in: generated, typed by its own owner, or none. Hashed off the loop, before any transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise.expressions import F

from models.operations.plan import REDACTED, REDACTED_CHANGED, Change, FieldError, Secret
from models.passwords import check_policy, generate, generate_words, hash_off_loop, unusable_hash_off_loop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class PasswordMethod(StrEnum):
    """How somebody else's password is set. Nobody chooses one for somebody else.

    LINK changes no password: its holder does (`models.operations.credentials.links`).
    """

    GENERATE = "generate"
    WORDS = "words"
    LINK = "link"
    DISABLE = "disable"


@dataclass(frozen=True, slots=True)
class MadePassword:
    """A hash ready to store. `shown` is the generated text, for the one time that it is shown."""

    hashed: str = field(repr=False)
    is_usable: bool
    shown: Secret | None = None


async def make_password(how: PasswordMethod | Secret) -> MadePassword:
    """Hash the given password, or one that is generated here. Takes 130 ms in the worker of `models.passwords`.

    Raises ValueError for LINK, which makes none.
    """
    if how is PasswordMethod.LINK:
        raise ValueError("a link makes no password")
    if isinstance(how, Secret):
        return MadePassword(await hash_off_loop(how.reveal()), is_usable=True)
    if how is PasswordMethod.DISABLE:
        return MadePassword(await unusable_hash_off_loop(), is_usable=False)
    shown = Secret(generate() if how is PasswordMethod.GENERATE else generate_words())
    return MadePassword(await hash_off_loop(shown.reveal()), is_usable=True, shown=shown)


def chosen_columns(made: MadePassword, now: datetime) -> dict[str, object]:
    """Return what is written to a user who chose this password: nothing temporary is left, every token ends."""
    return {
        "hashed_password": made.hashed,
        "has_usable_password": True,
        "must_change_password": False,
        "password_changed_at": now,
        "password_expires_at": None,
        "token_version": F("token_version") + 1,
        "version": F("version") + 1,
        "updated_at": now,
    }


def policy_errors(password: Secret, names: Sequence[str]) -> tuple[FieldError, ...]:
    """Return what is wrong with a chosen password, as errors of the field "password"."""
    return tuple(FieldError("password", sentence) for sentence in check_policy(password.reveal(), names=tuple(names)))


def hash_change() -> Change:
    """Return the fact that the hash changes, and nothing of it."""
    return Change("hashed_password", REDACTED, REDACTED_CHANGED)
