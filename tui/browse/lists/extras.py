"""What only some lists show of a user: read for the rows of a page by their ids, and only when a column asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from tui.browse.lists.columns import BY_NAME
from tui.browse.sql import Sql, moment, rows

Extra = Mapping[str, Any]
"""Values by the names of their columns, moments aware and in UTC."""

NOTHING_MORE: Final[Extra] = MappingProxyType({})


async def load_extras(user_ids: Sequence[int], names: Sequence[str]) -> dict[int, Extra]:
    """Return the columns `names`, those of `extras_of`, of each user: one query by the keys of at most two tables."""
    if not user_ids or not names:
        return {}
    wanted = [BY_NAME[name] for name in names]
    state = " LEFT JOIN user_auth_state a ON a.user_id = u.id" if any(column.home == "a" for column in wanted) else ""
    read = ", ".join(f"{column.home}.{column.name}" for column in wanted)
    ids = Sql(", ".join("?" * len(user_ids)), tuple(user_ids))
    found = await rows(f"SELECT u.id, {read} FROM users u{state} WHERE u.id IN (" + ids + ")")
    return {row["id"]: {name: _value(name, row[name]) for name in names} for row in found}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "updated_at":
        return moment(value)
    return bool(value) if name == "is_verified" else value
