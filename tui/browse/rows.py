"""One user as a list shows it: the columns that are read, never the hash, and where the row stands in its order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from tui.browse.sql import moment

USER_COLUMNS = (
    "id",
    "username",
    "username_key",
    "email",
    "email_key",
    "full_name",
    "is_active",
    "is_superuser",
    "must_change_password",
    "expires_at",
    "deleted_at",
    "password_expires_at",
    "created_at",
    "version",
)
STATE_COLUMNS = ("last_login_at", "locked_until")

COLUMNS = ", ".join([*(f"u.{name}" for name in USER_COLUMNS), *(f"a.{name}" for name in STATE_COLUMNS)])
"""What every list reads, of users `u` and user_auth_state `a`."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an order: the segment, and the values of its keys as the database gave them."""

    segment: int
    key: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class UserRow:
    """One user of a list. Texts are as stored, not yet safe to show; moments are aware and in UTC."""

    id: int
    username: str
    email: str | None
    full_name: str
    is_active: bool
    is_superuser: bool
    must_change_password: bool
    expires_at: datetime | None
    deleted_at: datetime | None
    password_expires_at: datetime | None
    created_at: datetime | None
    last_login_at: datetime | None
    locked_until: datetime | None
    version: int
    roles: tuple[str, ...]
    position: Position


def user_row(record: Mapping[str, Any], roles: tuple[str, ...], position: Position) -> UserRow:
    """Return the row for a record of COLUMNS."""
    return UserRow(
        id=record["id"],
        username=record["username"],
        email=record["email"],
        full_name=record["full_name"],
        is_active=bool(record["is_active"]),
        is_superuser=bool(record["is_superuser"]),
        must_change_password=bool(record["must_change_password"]),
        expires_at=moment(record["expires_at"]),
        deleted_at=moment(record["deleted_at"]),
        password_expires_at=moment(record["password_expires_at"]),
        created_at=moment(record["created_at"]),
        last_login_at=moment(record["last_login_at"]),
        locked_until=moment(record["locked_until"]),
        version=record["version"],
        roles=roles,
        position=position,
    )


def row_document(row: UserRow) -> dict[str, object]:
    """Return a row as a JSON document: every column that a list has, moments in UTC."""
    return {
        column.name: value.isoformat() if isinstance(value := getattr(row, column.name), datetime) else value
        for column in fields(row)
        if column.name != "position"
    }
