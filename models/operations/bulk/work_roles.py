"""Grant and revoke a role on many: a row added, renewed or removed for each, as `roles.grants` does for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from models.operations.bulk.rules import Rule
from models.operations.bulk.sql import Values, count_by_user, execute, ids_in, numbers
from models.operations.bulk.work import Changes, Meta, Writing, ids_of, update_users
from models.operations.refused import written_all
from models.operations.roles.grants import granted_until
from models.operations.text import clipped
from models.operations.transactions import is_postgres
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Json

_GRANT: Final = ("g.id", "g.expires_at")
_GRANTS: Final = "LEFT JOIN user_roles g ON g.user_id = u.id AND g.role_id = :value"
_HOLDS: Final = "(g.id IS NOT NULL AND (g.expires_at IS NULL OR g.expires_at > :now))"


@dataclass(frozen=True, slots=True)
class GrantWork:
    """As `roles.GrantStep`."""

    role_id: int
    role: str
    expires_at: datetime | None
    each_differs: ClassVar[bool] = False
    no_meta: ClassVar[Mapping[str, Json]] = {}
    irreversible: ClassVar[tuple[str, ...]] = ()

    @property
    def rule(self) -> Rule:
        """Who may be given the role, and does not have it."""
        return Rule(
            (Codename.ROLES_GRANT,),
            _HOLDS,
            _GRANT,
            join=_GRANTS,
            value=self.role_id,
            not_yourself=True,
            changes_roles=True,
        )

    def changes(self, row: Any, _now: datetime | None) -> Changes:
        """Return what changes on a row."""
        return {f"role:{self.role}": [_held(row), granted_until(self.expires_at)]}

    async def write_others(self, writing: Writing, rows: Sequence[Any]) -> Meta:
        """Add the grants, or renew those that have expired."""
        held = [row["c0"] for row in rows if row["c0"] is not None]
        fresh = [row["id"] for row in rows if row["c0"] is None]
        if held:
            await self._renew(writing, held)
        if fresh:
            await self._add(writing, fresh)
        return {}

    async def write_users(self, writing: Writing, rows: Sequence[Any]) -> None:
        """Bump the versions: a role is part of what a person saw."""
        await update_users(writing, ids_of(rows), {})

    async def _renew(self, writing: Writing, grants: Sequence[int]) -> None:
        values = Values()
        sets = (
            f"granted_by_id = {values(writing.actor.user_id)},"
            f" granted_by_label = {values(clipped(writing.actor.label, 100))},"
            f" granted_at = {values(writing.now)}, expires_at = {values(self.expires_at)}"
        )
        among = _grants_in(writing.client, values, grants)
        written_all(
            await execute(writing.client, f"UPDATE user_roles SET {sets} WHERE {among}", *values.given), len(grants)
        )

    async def _add(self, writing: Writing, users: Sequence[int]) -> None:
        client, values = writing.client, Values()
        postgres = is_postgres(client)
        given = [
            (self.role_id, "int"),
            (writing.actor.user_id, "int"),
            (clipped(writing.actor.label, 100), "text"),
            (writing.now, "timestamptz"),
            (self.expires_at, "timestamptz"),
        ]
        same_for_all = ", ".join(values(value) + (f"::{kind}" if postgres else "") for value, kind in given)
        ids = values(numbers(client, users))
        each = f"unnest({ids}::int[]) AS f(value)" if postgres else f"json_each({ids}) AS f"
        sql = (
            "INSERT INTO user_roles (user_id, role_id, granted_by_id, granted_by_label, granted_at, expires_at)"
            f" SELECT f.value, {same_for_all} FROM {each} RETURNING user_id"
        )
        written_all(len(await count_by_user(client, sql, *values.given)), len(users))


@dataclass(frozen=True, slots=True)
class RevokeWork:
    """As `roles.RevokeStep`."""

    role_id: int
    role: str
    each_differs: ClassVar[bool] = False
    no_meta: ClassVar[Mapping[str, Json]] = {}
    irreversible: ClassVar[tuple[str, ...]] = ()

    @property
    def rule(self) -> Rule:
        """Who may lose the role, and has it."""
        return Rule(
            (Codename.ROLES_GRANT,),
            "g.id IS NULL",
            _GRANT,
            join=_GRANTS,
            value=self.role_id,
            not_yourself=True,
            changes_roles=True,
        )

    def changes(self, row: Any, _now: datetime | None) -> Changes:
        """Return what changes on a row."""
        return {f"role:{self.role}": [_held(row), None]}

    async def write_others(self, writing: Writing, rows: Sequence[Any]) -> Meta:
        """Remove the grants."""
        values = Values()
        among = _grants_in(writing.client, values, [row["c0"] for row in rows])
        written_all(await execute(writing.client, f"DELETE FROM user_roles WHERE {among}", *values.given), len(rows))
        return {}

    async def write_users(self, writing: Writing, rows: Sequence[Any]) -> None:
        """Bump the versions: a role is part of what a person saw."""
        await update_users(writing, ids_of(rows), {})


def _grants_in(client: BaseDBAsyncClient, values: Values, grants: Sequence[int]) -> str:
    """Ids of grants are of 64 bits, those of users of 32."""
    if is_postgres(client):
        return f"id = ANY({values(list(grants))}::bigint[])"
    return ids_in(client, "id", values(numbers(client, grants)))


def _held(row: Any) -> str | None:
    if row["c0"] is None:
        return None
    until = row["c1"]
    return granted_until(datetime.fromisoformat(until) if isinstance(until, str) else until)
