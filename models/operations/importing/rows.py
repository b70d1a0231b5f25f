"""One row of a file, as it comes in and as it is kept: cleaned by the rules of a form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from models.operations.plan import FieldError, json_value
from models.operations.text import field_label
from models.operations.values import cleaned
from models.usernames import email_key, key

FIELDS: Final = ("username", "email", "full_name", "is_verified", "must_change_password", "expires_at")
"""What an import may write, in the order of the form. Superuser, state, roles and password have verbs of their own."""

UNRANKED: Final = frozenset({"full_name", "is_verified"})
"""Fields that give nobody a way into the account: all others need the rank."""

LARGEST_ID: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What a file says on a line (counted from 1): an id, fields of FIELDS, and what is wrong with it already."""

    line: int
    user_id: int | None
    values: Mapping[str, object]
    errors: tuple[FieldError, ...] = ()


def kept(row: ImportRow) -> tuple[int, int | None, str | None, str | None, str, str | None]:
    """Return a row as the spool keeps it: line, id, username key, e-mail key, values as JSON, and its error."""
    given = {name: value for name, value in row.values.items() if name in FIELDS}
    if row.user_id is not None and not given.get("username"):
        given.pop("username", None)
    elif "username" not in given and not row.errors:
        given["username"] = ""
    good, errors = cleaned(given)
    wrong = [*row.errors, *errors]
    if row.user_id is not None and not 0 < row.user_id <= LARGEST_ID:
        wrong.append(FieldError("id", "This is no id of a user."))
    username = good.get("username")
    email = good.get("email")
    return (
        row.line,
        row.user_id if not wrong else None,
        key(str(username)) if username else None,
        email_key(str(email)) if email else None,
        json.dumps({name: json_value(value) for name, value in good.items()}, ensure_ascii=False),
        sentence_of(wrong) if wrong else None,
    )


def sentence_of(errors: list[FieldError]) -> str:
    """Return what is wrong with a row in one text: `e-mail: An e-mail address looks like ...`."""
    return " ".join(f"{field_label(error.field)}: {error.sentence}" for error in errors)


def values_of(text: str) -> dict[str, Any]:
    """Return the values that were kept as JSON."""
    values: dict[str, Any] = json.loads(text)
    if values.get("expires_at"):
        values["expires_at"] = datetime.fromisoformat(values["expires_at"])
    return values
