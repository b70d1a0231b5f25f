"""The demo's people as rows of the users tables, in the text that both databases take.

Moments are text as Tortoise writes them (`2026-03-01 10:00:00+00:00`), truth is 0 or 1. What hangs on a user beside the
state of the sign-ins is in `tui.demo.things`, what was done to the users in `tui.demo.history`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from models.operations.deletion.placeholders import placeholder
from tui.demo.lives import DAY, Life, World
from tui.demo.people import Person, person

Value = str | int | bytes | None
Row = tuple[Value, ...]

USER_COLUMNS: Final = (
    "id", "username", "username_key", "email", "email_key", "full_name", "hashed_password", "has_usable_password",
    "is_active", "is_superuser", "is_verified", "must_change_password", "password_changed_at", "password_expires_at",
    "token_version", "expires_at", "deactivated_at", "deactivation_reason", "deleted_at", "version", "created_at",
    "updated_at", "created_by_id",
)  # fmt: skip

AUTH_COLUMNS: Final = (
    "user_id", "last_login_at", "last_login_ip", "failed_count", "last_failed_at", "lockout_count", "locked_until",
    "lock_cause",
)  # fmt: skip

ROLE_COLUMNS: Final = ("user_id", "role_id", "granted_by_id", "granted_by_label", "granted_at", "expires_at")

ADMIN: Final = Person("admin", "admin", "Demo Administrator", "admin@mail.example", "admin@mail.example")
"""The demo's superuser, number 0."""

REASONS: Final = (
    "left the company",
    "requested by the user",
    "contract ended",
    "duplicate account",
    "no response to verification",
    "suspected takeover",
)

LOOK_ALIKES: Final = {1203: 1200, 7300: 7301}
"""Numbers of people whose username imitates somebody else's, and of whom they imitate."""

_MINUTES: Final = tuple(f" {minute // 60:02}:{minute % 60:02}:" for minute in range(1440))
_SECONDS: Final = tuple(f"{second:02}+00:00" for second in range(60))
_IMITATED: Final = str.maketrans("aceopxy", "асеорху")


def somebody(number: int, world: World) -> Person:
    """The person with this number, with the demo's superuser and the look-alikes among them."""
    if number == 0:
        return ADMIN
    if number in LOOK_ALIKES:
        real = person(LOOK_ALIKES[number], world.seed)
        return real._replace(
            username=real.username.translate(_IMITATED),
            username_key=real.username_key.translate(_IMITATED),
            email=f"no.reply{number}@mail.example",
            email_key=f"no.reply{number}@mail.example",
        )
    return person(number, world.seed)


def has_address(lived: Life) -> bool:
    """Whether somebody has an e-mail address, or had one before being deleted."""
    return lived.bits % 17 != 0


def user_row(number: int, who: Person, lived: Life, password_hash: str) -> Row:
    """The row of `users`; ids count from 1. A deleted user's name is free again, as soft deletion leaves it."""
    bits = lived.bits
    username, username_key, email, email_key = who.username, who.username_key, who.email, who.email_key
    addressed = has_address(lived)
    if lived.deleted is not None:
        username = username_key = placeholder(number + 1)
        addressed = False
    changes = lived.changes
    return (
        number + 1,
        username,
        username_key,
        email if addressed else None,
        email_key if addressed else None,
        who.full_name,
        password_hash,
        int(lived.usable),
        int(lived.is_active),
        int(lived.is_superuser),
        int(lived.is_verified),
        int(lived.temporary_until is not None),
        stamp(changes[-1] if lived.temporary_until is not None else lived.later if bits % 3 == 0 else None),
        stamp(lived.temporary_until),
        bits % 5 % 3,
        stamp(lived.expires),
        stamp(lived.deactivated),
        REASONS[bits % len(REASONS)] if lived.deactivated is not None else None,
        stamp(lived.deleted),
        1 + len(changes),
        stamp(lived.created),
        stamp(changes[-1] if changes else lived.created),
        maker(number, bits),
    )


def auth_row(number: int, lived: Life, world: World) -> Row | None:
    """The row of `user_auth_state`, or None for somebody who never tried to sign in."""
    if lived.last_login is None and not lived.failures and lived.locked_until is None:
        return None
    return (
        number + 1,
        stamp(lived.last_login),
        address(lived.bits) if lived.last_login is not None else None,
        lived.failures,
        stamp(lived.last_failed(world.now)),
        int(lived.locked_until is not None),
        stamp(lived.locked_until),
        lived.lock_cause,
    )


def role_row(number: int, lived: Life, roles: Mapping[str, int], granter: str) -> Row | None:
    """The row of `user_roles`; `roles` has the ids by name. One of four grants ends one day, some have ended."""
    if lived.role is None:
        return None
    ends = stamp(lived.created + 3 * 365 * DAY) if number > 8 and lived.bits >> 50 & 3 == 0 else None
    return number + 1, roles[lived.role], 1, granter, stamp(lived.changes[0]), ends


def maker(number: int, bits: int) -> int | None:
    """The id of who made the account, where it was not the person: the demo's superuser or an operator."""
    if number == 0:
        return None
    return 1 if number <= 8 else (1, 2, 3)[bits % 3] if bits % 4 == 0 else None


def stamp(moment: int | None) -> str | None:
    """A moment as Tortoise writes it on SQLite and as PostgreSQL reads it. From tables, since each row has several."""
    if moment is None:
        return None
    minute, second = divmod(moment, 60)
    day, minute = divmod(minute, 1440)
    return _day(day) + _MINUTES[minute] + _SECONDS[second]


@lru_cache(maxsize=10_000)
def _day(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()


def address(bits: int) -> str:
    """An address of the networks that documentation may use (RFC 5737, RFC 3849)."""
    if bits & 0xF00 == 0:
        return f"2001:db8:{bits >> 16 & 0xFFFF:x}::{bits >> 32 & 0xFFFF:x}"
    return f"{('192.0.2', '198.51.100', '203.0.113')[bits % 3]}.{(bits >> 16 & 0xFF) or 1}"
