"""The fields of a user that a person may set, and what each takes. A bad value is a `FieldError`."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Final

from models.engines.errors import columns_of
from models.operations.plan import FieldError
from models.usernames import UsernameError, display_form, email_form, email_key, key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tortoise.exceptions import IntegrityError

    from models.user import AccountColumns

FULL_NAME_LENGTH: Final = 150

TEXT_FIELDS: Final = ("username", "email", "full_name")
FLAG_FIELDS: Final = ("is_verified", "is_superuser", "must_change_password")
TIME_FIELDS: Final = ("expires_at",)

EDITABLE: Final = (*TEXT_FIELDS, *FLAG_FIELDS, *TIME_FIELDS)
"""In the order of the form. State, roles and the password have verbs of their own."""

SECURITY_FIELDS: Final = frozenset({"is_superuser", "must_change_password", "expires_at"})
"""Never merged by themselves: written only to the version that the person saw."""

_COLUMN_FIELDS: Final = {"username": "username", "username_key": "username", "email": "email", "email_key": "email"}


def snapshot(account: AccountColumns) -> dict[str, object]:
    """Return the editable fields of a row as they are now."""
    return {name: getattr(account, name) for name in EDITABLE}


def cleaned(values: Mapping[str, object]) -> tuple[dict[str, object], tuple[FieldError, ...]]:
    """Return the values in the form in which they are stored, and what is wrong with the others."""
    good: dict[str, object] = {}
    errors: list[FieldError] = []
    for name, value in values.items():
        try:
            good[name] = _clean(name, value)
        except ValueError as error:  # UsernameError is one; each holds a sentence
            errors.append(FieldError(name, str(error)))
    return good, tuple(errors)


def stored(values: Mapping[str, object]) -> dict[str, object]:
    """Return the columns to write for these fields: the compared keys follow their names."""
    columns = dict(values)
    if "username" in values:
        columns["username_key"] = key(str(values["username"]))
    if "email" in values:
        columns["email_key"] = email_key(str(values["email"])) if values["email"] else None
    return columns


def taken(error: IntegrityError, values: Mapping[str, object]) -> tuple[FieldError, ...]:
    """Return the fields whose value somebody else has, by the constraint that refused the row; () for another one."""
    fields = sorted({_COLUMN_FIELDS[column] for column in columns_of(error) if column in _COLUMN_FIELDS})
    return tuple(taken_error(name) for name in fields if name in values)


def taken_error(name: str) -> FieldError:
    """Return the error of a value that must be unique and is not."""
    word = "username" if name == "username" else "e-mail address"
    return FieldError(name, f"Another user has this {word}. Choose another one.")


def names_of(values: Mapping[str, object]) -> tuple[str, ...]:
    """Return the texts that a password must not be: the person's own names."""
    return tuple(str(values[name]) for name in TEXT_FIELDS if values.get(name))


def unknown_fields(values: Iterable[str]) -> tuple[FieldError, ...]:
    """Return an error for each field that is not there to be edited."""
    return tuple(FieldError(name, f"{name} cannot be edited here.") for name in values if name not in EDITABLE)


def _clean(name: str, value: object) -> object:
    if name == "username":
        return display_form(_text(value))
    if name == "email":
        text = _text(value).strip()
        return email_form(text) if text else None
    if name == "full_name":
        return _full_name(_text(value))
    if name in FLAG_FIELDS:
        if not isinstance(value, bool):
            raise ValueError("This is either yes or no.")
        return value
    if value is not None and (not isinstance(value, datetime) or value.tzinfo is None):
        raise ValueError("This is a date and time with its zone, or nothing.")
    return value


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UsernameError("This is a text.")
    return value


def _full_name(text: str) -> str:
    form = " ".join(unicodedata.normalize("NFC", text).split())
    if len(form) > FULL_NAME_LENGTH:
        raise ValueError(f"A full name has at most {FULL_NAME_LENGTH} characters; this one has {len(form)}.")
    for position, character in enumerate(form, 1):
        if (
            unicodedata.category(character) in {"Cc", "Cs", "Co", "Zl", "Zp"}
            or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        ):
            raise ValueError(
                f"A full name cannot hold U+{ord(character):04X} (position {position}): it cannot be seen."
            )
    return form
