"""What an export may hold: an allow-list of columns, each with the SQL that reads it.

Credentials are not on the list, so no option can ask for them. In the SQL `u` is a user, `a` the user's sign-in state
and `g` the user's roles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.browse.search.suggest import suggestion
from tui.transfer.errors import TransferError


class Kind(StrEnum):
    """How a column's values are written."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    MOMENT = "moment"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. `home` is the table that it is read from: u, a or g."""

    name: str
    kind: Kind
    home: str = "u"

    @property
    def sql(self) -> str:
        """The bare column."""
        return f"{self.home}.{self.name}"


COLUMNS: Final = (
    Column("id", Kind.NUMBER),
    Column("username", Kind.TEXT),
    Column("email", Kind.TEXT),
    Column("full_name", Kind.TEXT),
    Column("is_active", Kind.FLAG),
    Column("is_superuser", Kind.FLAG),
    Column("is_verified", Kind.FLAG),
    Column("must_change_password", Kind.FLAG),
    Column("has_usable_password", Kind.FLAG),
    Column("password_changed_at", Kind.MOMENT),
    Column("password_expires_at", Kind.MOMENT),
    Column("expires_at", Kind.MOMENT),
    Column("deactivated_at", Kind.MOMENT),
    Column("deactivation_reason", Kind.TEXT),
    Column("deleted_at", Kind.MOMENT),
    Column("created_at", Kind.MOMENT),
    Column("updated_at", Kind.MOMENT),
    Column("created_by_id", Kind.NUMBER),
    Column("version", Kind.NUMBER),
    Column("last_login_at", Kind.MOMENT, "a"),
    Column("failed_count", Kind.NUMBER, "a"),
    Column("locked_until", Kind.MOMENT, "a"),
    Column("roles", Kind.ROLES, "g"),
)
"""Everything that may be exported, in the order of the offer."""

BY_NAME: Final = {column.name: column for column in COLUMNS}

DEFAULT: Final = tuple(
    BY_NAME[name]
    for name in (
        "id",
        "username",
        "email",
        "full_name",
        "is_active",
        "is_verified",
        "must_change_password",
        "expires_at",
        "roles",
        "created_at",
        "last_login_at",
    )
)
"""What is exported when nothing is named. An import takes it back: nothing in it is refused there."""


def parse_columns(text: str) -> tuple[Column, ...]:
    """Return the columns of a list such as `id,username`; an empty text is DEFAULT. Raises TransferError."""
    names = [name.strip() for name in text.split(",")] if text.strip() else []
    for name in names:
        if name not in BY_NAME:
            hint = suggestion(name, sorted(BY_NAME), kind="Columns")
            raise TransferError(f"There is no column {name or '(empty)'} to export{hint}")
        if names.count(name) > 1:
            raise TransferError(f"The column {name} is named twice.")
    return tuple(BY_NAME[name] for name in names) or DEFAULT


def names_of(columns: Sequence[Column]) -> list[str]:
    """Return the header."""
    return [column.name for column in columns]
