"""The roles as lists and pages show them: what each allows, how many hold it, how it differs from its seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from models.clock import database_now
from models.operations.roles.impact import COUNTED, Bounded, bounded
from models.operations.roles.names import MOST_ROLES
from models.permissions import DESCRIPTIONS, Codename, seed_difference
from tui.browse.sql import Sql, connection, moment, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

KNOWN = {str(codename): DESCRIPTIONS[codename] for codename in Codename}
"""What each codename of this version allows, in the order in which they are shown."""

UNKNOWN = "not known to this version of Shellback"


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role. Texts are as stored, not yet safe to show. `holders` counts grants that have not expired."""

    id: int
    name: str
    description: str
    is_system: bool
    version: int
    codenames: frozenset[str]
    holders: Bounded

    @property
    def in_order(self) -> tuple[str, ...]:
        """What it allows, in the order of the registry; what this version does not know stands last."""
        known = [name for name in KNOWN if name in self.codenames]
        return (*known, *sorted(self.codenames - KNOWN.keys()))

    @property
    def unknown(self) -> tuple[str, ...]:
        """Codenames that this version does not know."""
        return tuple(sorted(self.codenames - KNOWN.keys()))

    @property
    def differences(self) -> tuple[str, ...]:
        """How a system role differs from what it was seeded with, in sentences; empty for every other role."""
        more, less, others = seed_difference(self.name, self.description, self.codenames, is_system=self.is_system)
        said = [f"it allows {', '.join(sorted(more))} besides"] if more else []
        said += [f"it lacks {', '.join(sorted(less))}"] if less else []
        return (*said, *others)

    def as_json(self) -> dict[str, Any]:
        """Return the role as a JSON object."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "is_system": self.is_system,
            "version": self.version,
            "permissions": list(self.in_order),
            "holders": self.holders.number,
            "more_holders": self.holders.more,
            "differs_from_seed": list(self.differences),
        }


_COLUMNS = "r.id, r.name, r.description, r.is_system, r.version"


async def load_role_rows() -> tuple[RoleRow, ...]:
    """Return every role by name, with its holders counted to a bound: three short queries."""
    return await _load(Sql(f" ORDER BY r.name, r.id LIMIT {MOST_ROLES + 1}"))


async def find_role(text: str) -> RoleRow | None:
    """Return the role of a name, exactly or but for its case, or of an id in digits; None where there is none.

    An exact name wins: made by hand, one can be digits or differ from another one in its case only.
    """
    by_case = await rows(Sql("SELECT id, name FROM roles ORDER BY id"))
    exact = [int(row["id"]) for row in by_case if row["name"] == text]
    numbered = [int(row["id"]) for row in by_case if str(row["id"]) == text]
    folded = [int(row["id"]) for row in by_case if str(row["name"]).casefold() == text.casefold()]
    for found in (exact, numbered, folded):
        if found:
            return await load_role_row(found[0])
    return None


async def load_role_row(role_id: int) -> RoleRow | None:
    """Return one role, or None."""
    found = await _load(Sql(" WHERE r.id = ?", (role_id,)))
    return found[0] if found else None


async def _load(which: Sql) -> tuple[RoleRow, ...]:
    now = await database_now(connection())
    counted = Sql(
        "(SELECT count(*) FROM (SELECT 1 FROM user_roles h WHERE h.role_id = r.id"
        f" AND (h.expires_at IS NULL OR h.expires_at > ?) LIMIT {COUNTED + 1}) c) AS holders",
        (now,),
    )
    found = await rows(f"SELECT {_COLUMNS}, " + counted + " FROM roles r" + which)
    only = " WHERE p.role_id = ?" if len(found) == 1 else ""
    held = Sql(f"SELECT p.role_id, p.codename FROM role_permissions p{only}", (found[0]["id"],) if only else ())
    codenames = _by_role(await rows(held) if found else ())
    return tuple(
        RoleRow(
            int(row["id"]),
            str(row["name"]),
            str(row["description"] or ""),
            bool(row["is_system"]),
            int(row["version"]),
            frozenset(codenames.get(int(row["id"]), ())),
            bounded(int(row["holders"])),
        )
        for row in found
    )


def _by_role(found: Iterable[Mapping[str, Any]]) -> dict[int, set[str]]:
    codenames: dict[int, set[str]] = {}
    for row in found:
        codenames.setdefault(int(row["role_id"]), set()).add(str(row["codename"]))
    return codenames


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a role, or held it: an expired grant is still there until it is renewed or taken away."""

    user_id: int
    username: str
    granted_by: str
    granted_at: datetime | None
    expires_at: datetime | None
    expired: bool


async def load_holders(role_id: int, *, after: int, limit: int) -> tuple[tuple[Holder, ...], bool]:
    """Return up to `limit` holders with an id above `after`, by id, and whether there are more."""
    now = await database_now(connection())
    found = await rows(
        Sql(
            "SELECT h.user_id, u.username, h.granted_by_label, h.granted_at, h.expires_at FROM user_roles h"
            " JOIN users u ON u.id = h.user_id WHERE h.role_id = ? AND h.user_id > ? ORDER BY h.user_id LIMIT ?",
            (role_id, after, limit + 1),
        )
    )
    return tuple(_holder(row, now) for row in found[:limit]), len(found) > limit


def _holder(row: Mapping[str, Any], now: datetime) -> Holder:
    until = moment(row["expires_at"])
    return Holder(
        int(row["user_id"]),
        str(row["username"]),
        str(row["granted_by_label"] or ""),
        moment(row["granted_at"]),
        until,
        until is not None and until <= now,
    )
