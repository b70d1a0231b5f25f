"""What can be asked for by name: fields, states and things, each with the words that help, dialogs and completion say.

Data only. What a field means in SQL is in `tui.browse.conditions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class TextField(StrEnum):
    """Fields that hold a text."""

    USERNAME = "username"
    EMAIL = "email"
    NAME = "name"


class MomentField(StrEnum):
    """Fields that hold a moment."""

    CREATED = "created"
    UPDATED = "updated"
    LOGIN = "login"
    FAILED = "failed"
    LOCKED = "locked"
    EXPIRES = "expires"
    DEACTIVATED = "deactivated"
    DELETED = "deleted"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a name
    PASSWORD_EXPIRES = "password-expires"  # noqa: S105 - a name


class State(StrEnum):
    """What `is:` takes. Active, inactive and deleted divide all users among them; the others overlap."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    LOCKED = "locked"
    EXPIRED = "expired"
    DELETED = "deleted"
    SUPERUSER = "superuser"
    VERIFIED = "verified"
    MUST_CHANGE = "mustchange"
    PASSWORD_EXPIRED = "password-expired"  # noqa: S105 - a name
    NEVER_LOGGED_IN = "never-logged-in"
    LOOK_ALIKE = "look-alike"


class Thing(StrEnum):
    """What `has:` takes."""

    ROLE = "role"
    SESSION = "session"
    EMAIL = "email"
    MFA = "mfa"
    PASSWORD = "password"  # noqa: S105 - a name


@dataclass(frozen=True, slots=True)
class Said:
    """A value in words: as a clause, its opposite as a clause, and one line of help."""

    words: str
    opposite: str
    help: str


@dataclass(frozen=True, slots=True)
class Told:
    """A field of moments in words. `phrase` goes before "on 2026-01-31" and "less than 7 days ago"; `never` and `ever`
    are the clauses for none and any, None where there always is a moment. `ahead`: a span compares the time left until
    the moment, not the time since."""

    phrase: str
    help: str
    never: str | None = None
    ever: str | None = None
    ahead: bool = False


TEXTS: Final[Mapping[TextField, str]] = {
    TextField.USERNAME: "username",
    TextField.EMAIL: "e-mail",
    TextField.NAME: "full name",
}

MOMENTS: Final[Mapping[MomentField, Told]] = {
    MomentField.CREATED: Told("created", "when the account was made"),
    MomentField.UPDATED: Told("last changed", "when the account was last changed"),
    MomentField.LOGIN: Told("last login", "last login", "never logged in", "logged in at least once"),
    MomentField.FAILED: Told(
        "last failed sign-in", "last failed sign-in", "never failed to sign in", "failed to sign in at least once"
    ),
    MomentField.LOCKED: Told(
        "lock ends", "when the lock ends", "has no lock, past or present", "has a lock, past or present", ahead=True
    ),
    MomentField.EXPIRES: Told(
        "account ends", "when the account ends", "account has no end date", "account has an end date", ahead=True
    ),
    MomentField.DEACTIVATED: Told(
        "deactivated", "when the account was deactivated", "has no date of deactivation", "has a date of deactivation"
    ),
    MomentField.DELETED: Told("deleted", "when the account was deleted", "not deleted", "deleted at any time"),
    MomentField.PASSWORD_CHANGED: Told(
        "password changed",
        "when the password was last changed",
        "password never changed",
        "password changed once or more",
    ),
    MomentField.PASSWORD_EXPIRES: Told(
        "password expires",
        "when the temporary password expires",
        "password does not expire",
        "password expires at some time",
        ahead=True,
    ),
}

STATES: Final[Mapping[State, Said]] = {
    State.ACTIVE: Said("active", "not active", "may sign in as far as the staff decided; not deleted"),
    State.INACTIVE: Said("inactive", "not inactive", "deactivated, not deleted"),
    State.LOCKED: Said("locked now", "not locked", "locked out right now"),
    State.EXPIRED: Said("expired", "not expired", "the account's end date has passed"),
    State.DELETED: Said("deleted", "not deleted", "deleted, and can be restored"),
    State.SUPERUSER: Said("superuser", "not superuser", "may do everything"),
    State.VERIFIED: Said("e-mail verified", "e-mail not verified", "the e-mail address was verified"),
    State.MUST_CHANGE: Said(
        "must change the password", "need not change the password", "must choose a new password at the next sign-in"
    ),
    State.PASSWORD_EXPIRED: Said(
        "temporary password expired", "no expired temporary password", "the temporary password has expired"
    ),
    State.NEVER_LOGGED_IN: Said("never logged in", "logged in at least once", "has never signed in"),
    State.LOOK_ALIKE: Said(
        "username looks like another user's",
        "username looks like no other user's",
        "Cyrillic or Greek letters make it look like another",
    ),
}

THINGS: Final[Mapping[Thing, Said]] = {
    Thing.ROLE: Said("holds a role", "holds no role", "holds any role now"),
    Thing.SESSION: Said("has a live session", "has no live session", "is signed in somewhere: a session that is live"),
    Thing.EMAIL: Said("has an e-mail address", "has no e-mail address", "has an e-mail address"),
    Thing.MFA: Said("has a second factor", "has no second factor", "has a second factor"),
    Thing.PASSWORD: Said("can use a password", "cannot use a password", "can sign in with a password"),
}

FIELDS: Final[Mapping[str, str]] = {
    "is": "a state",
    "role": "holds the role",
    "has": "has one or more of something",
    **{field.value: words for field, words in TEXTS.items()},
    "id": "the id",
    **{field.value: told.help for field, told in MOMENTS.items()},
}
"""Every name that may stand before a colon, with one line of help."""

STATES_MEANT: Final[Mapping[str, State]] = {
    "admin": State.SUPERUSER,
    "administrator": State.SUPERUSER,
    "root": State.SUPERUSER,
    "blocked": State.LOCKED,
    "enabled": State.ACTIVE,
    "disabled": State.INACTIVE,
    "deactivated": State.INACTIVE,
    "removed": State.DELETED,
    "never": State.NEVER_LOGGED_IN,
}
"""Words that other programs have for a state."""

FIELDS_MEANT: Final[Mapping[str, str]] = {
    "status": "is",
    "state": "is",
    "group": "role",
    "login-name": TextField.USERNAME,
    "mail": TextField.EMAIL,
    "address": TextField.EMAIL,
    "fullname": TextField.NAME,
    "full-name": TextField.NAME,
    "full_name": TextField.NAME,
    "joined": MomentField.CREATED,
    "modified": MomentField.UPDATED,
    "changed": MomentField.UPDATED,
    "last-login": MomentField.LOGIN,
    "last_login": MomentField.LOGIN,
    "lastlogin": MomentField.LOGIN,
    "seen": MomentField.LOGIN,
}
"""Words that other programs have for a field."""
