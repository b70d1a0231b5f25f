"""The columns that a list of users can show: their names, and what has to be read for them.

A name is that of the same value in the documents and exports, so that a view's columns mean the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tui.browse.search.suggest import suggestion


class ColumnError(ValueError):
    """A column that there is not; `str()` is one plain sentence."""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column. `label` is its title; `home` is the table that it is read from besides what every list reads: u for
    users, a for the sign-in state, empty when there is nothing more to read."""

    name: str
    label: str
    words: str
    home: str = ""


COLUMNS: Final = (
    ListColumn("id", "ID", "id"),
    ListColumn("username", "USERNAME", "username"),
    ListColumn("state", "STATE", "state"),
    ListColumn("roles", "ROLES", "roles"),
    ListColumn("last_login_at", "LAST LOGIN", "last login"),
    ListColumn("email", "E-MAIL", "e-mail"),
    ListColumn("full_name", "NAME", "full name"),
    ListColumn("created_at", "CREATED", "created"),
    ListColumn("last_login_ip", "LOGIN FROM", "address of the last login", "a"),
    ListColumn("failed_count", "FAILURES", "failed sign-ins since the last login", "a"),
    ListColumn("locked_until", "LOCKED UNTIL", "locked until"),
    ListColumn("expires_at", "EXPIRES", "end of the account"),
    ListColumn("password_expires_at", "PASSWORD UNTIL", "end of the temporary password"),
    ListColumn("must_change_password", "MUST CHANGE", "must change the password"),
    ListColumn("is_verified", "VERIFIED", "e-mail verified", "u"),
    ListColumn("deleted_at", "DELETED", "deleted"),
    ListColumn("updated_at", "CHANGED", "last changed", "u"),
    ListColumn("version", "VERSION", "version of the row"),
)
"""Every one, in the order of the offer."""

BY_NAME: Final = {column.name: column for column in COLUMNS}

PINNED: Final = ("id", "username")
"""Always there, and first: whom a row is about."""

DEFAULT: Final = tuple(column.name for column in COLUMNS[:8])


def chosen_columns(names: Iterable[object]) -> tuple[str, ...]:
    """Return the columns that somebody chose, with the pinned ones first; what is not known is left out.

    For what was kept: by an older or newer program, or changed by hand. Nothing chosen is DEFAULT.
    """
    known = [name for name in dict.fromkeys(map(str, names)) if name in BY_NAME and name not in PINNED]
    return (*PINNED, *known) if known else DEFAULT


def parse_columns(text: str) -> tuple[str, ...]:
    """Return the columns of a list such as `id,username,email`, as they were named. Raises ColumnError."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in BY_NAME:
            hint = suggestion(name, sorted(BY_NAME), kind="Columns")
            raise ColumnError(f"There is no column {name or '(empty)'} to list{hint}")
        if names.count(name) > 1:
            raise ColumnError(f"The column {name} is named twice.")
    return tuple(names)


def extras_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of these that no list reads by itself, in the order of the offer."""
    return tuple(column.name for column in COLUMNS if column.home and column.name in names)
