"""One user as a list shows it: the columns that are read, never the hash, and where the row stands in its order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from tui.browse.lists.extras import NOTHING_MORE, Extra
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

TESTED_USER_COLUMNS = (
    *USER_COLUMNS,
    "is_verified",
    "has_usable_password",
    "updated_at",
    "deactivated_at",
    "password_changed_at",
)
TESTED_STATE_COLUMNS = (*STATE_COLUMNS, "last_failed_at")
"""Those and what only the terms of a query look at: what every subquery that stands for a table must have."""

COLUMNS = ", ".join([*(f"u.{name}" for name in USER_COLUMNS), *(f"a.{name}" for name in STATE_COLUMNS)])
"""What every list reads, of users `u` and user_auth_state `a`."""


class Position(NamedTuple):
    """A place in an order: the segment, and the values of its keys as the database gave them."""

    segment: int
    key: tuple[Any, ...]


class UserRow(NamedTuple):
    """One user of a list. Texts are as stored, not yet safe to show; moments are aware and in UTC.

    A tuple, since a page makes 200 of them between two keys: 0.08 ms, where a frozen dataclass takes 0.4 ms.
    """

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
    extra: Extra = NOTHING_MORE  # what only lists with such a column have read


def user_row(record: Iterable[Any], roles: tuple[str, ...], position: Position, extra: Extra = NOTHING_MORE) -> UserRow:
    """Return the row for a record of COLUMNS, read in their order.

    200 of them are made for a page. By name instead of in order they would take twice as long; most moments are NULL,
    and not asking about those is a tenth of it.
    """
    (
        user_id, username, _, email, _, full_name, active, superuser, must_change, expires_at, deleted_at,
        password_expires_at, created_at, version, last_login_at, locked_until,
    ) = record  # fmt: skip
    return UserRow(
        user_id,
        username,
        email,
        full_name,
        bool(active),
        bool(superuser),
        bool(must_change),
        None if expires_at is None else moment(expires_at),
        None if deleted_at is None else moment(deleted_at),
        None if password_expires_at is None else moment(password_expires_at),
        moment(created_at),
        None if last_login_at is None else moment(last_login_at),
        None if locked_until is None else moment(locked_until),
        version,
        roles,
        position,
        extra,
    )


def row_document(row: UserRow) -> dict[str, object]:
    """Return a row as a JSON document: every column that was read, moments in UTC."""
    values = {**row._asdict(), **row.extra}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
        if name not in ("position", "extra")
    }
