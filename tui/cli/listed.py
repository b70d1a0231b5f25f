"""The columns of `users list`: what a table shows of a user, and what a document has when columns were named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from models.operations.plan import json_value
from tui.browse.lists.columns import BY_NAME
from tui.browse.lists.rows import row_document
from tui.cli.words import minute, state

if TYPE_CHECKING:
    from models.operations.plan import Json
    from tui.browse.lists.rows import UserRow

DEFAULT: Final = ("id", "username", "state", "roles", "last_login_at")
"""Columns of a table when neither a view nor a person names any."""

_NUMBERS: Final = frozenset({"id", "version", "failed_count"})


def header(names: Sequence[str]) -> tuple[str, ...]:
    """The titles; those of moments say that they are in UTC."""
    return tuple(f"{BY_NAME[name].label} (UTC)" if name.endswith("_at") else BY_NAME[name].label for name in names)


def numbers(names: Sequence[str]) -> tuple[str, ...]:
    """The titles of the columns of numbers."""
    return tuple(BY_NAME[name].label for name in names if name in _NUMBERS)


def cells(row: UserRow, names: Sequence[str], now: datetime) -> tuple[object, ...]:
    """What a table shows of a user."""
    values = row_document(row)
    return tuple(_cell(row, name, values.get(name), now) for name in names)


def chosen_json(row: UserRow, names: Sequence[str], now: datetime) -> dict[str, Json]:
    """The named values alone; `state` is the badges in words."""
    values = row_document(row)
    return {name: state(row, now) if name == "state" else json_value(values.get(name)) for name in names}


def _cell(row: UserRow, name: str, value: object, now: datetime) -> object:
    if name == "state":
        return state(row, now)
    if name == "roles":
        return ", ".join(row.roles) or "-"
    if name == "failed_count":
        return value or 0
    moment = row.extra.get(name) if name in row.extra else getattr(row, name, None)
    if isinstance(moment, datetime) or name == "last_login_at":
        return minute(moment if isinstance(moment, datetime) else None)
    if isinstance(value, bool):
        return "yes" if value else "-"
    return "-" if value in (None, "") else value
