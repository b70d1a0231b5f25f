"""Whom the server takes this connection for, and whether it holds that role to anything.

The roles inside Shellback are a boundary only where the database enforces them: for a role that can do what it likes
with the tables they are a guard rail. What makes the difference is asked here, in one query that any role may ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tui.database import Database

_ASK: Final = """
    SELECT session_user::text AS login, current_user::text AS name, r.rolsuper AS super, r.rolbypassrls AS bypass,
      COALESCE(pg_has_role((SELECT relowner FROM pg_class WHERE oid = to_regclass('audit_events')), 'USAGE'), false)
        AS owns_audit,
      COALESCE(pg_has_role((SELECT relowner FROM pg_class WHERE oid = to_regclass('users')), 'USAGE'), false)
        AS owns_users,
      COALESCE(row_security_active(to_regclass('users')), false) AS bound,
      ARRAY(
        SELECT g.rolname::text FROM pg_roles g
        WHERE g.oid <> r.oid AND pg_has_role(r.oid, g.oid, 'USAGE') AND NOT r.rolsuper ORDER BY 1
      ) AS member_of
    FROM pg_roles r WHERE r.rolname = current_user
"""


@dataclass(frozen=True, slots=True)
class ServerRole:
    """The role of a connection, as the server has it. Names are not yet safe to show.

    `bound`: row security of the users holds for it. `owns_*`: it can change the table itself, its triggers too.
    """

    name: str
    login: str
    is_superuser: bool
    bypasses: bool
    owns_users: bool
    owns_audit: bool
    bound: bool
    member_of: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        """Whether the database enforces what this role may do: the boundary is real."""
        return self.bound and not (self.is_superuser or self.bypasses or self.owns_users or self.owns_audit)

    @property
    def who(self) -> str:
        """`sara_login (shellback_support)`, or `app (as maria)` where another role was taken on."""
        if self.name != self.login:
            return f"{self.name} (as {self.login})"
        return f"{self.name} ({', '.join(self.member_of)})" if self.member_of else self.name

    @property
    def why_not_held(self) -> str:
        """Why it is not, as a part of a sentence: `is a superuser of PostgreSQL`; empty where it is."""
        if self.is_superuser:
            return "is a superuser of PostgreSQL"
        if self.owns_audit:
            return "owns the tables of the audit"
        if self.owns_users:
            return "owns the tables"
        if self.bypasses:
            return "passes by row security (BYPASSRLS)"
        return "" if self.bound else "is not bound by row security"


def only_its_tier(role: ServerRole | None) -> str:
    """Return who is not let in over this connection, as a sentence behind another; nothing where everybody is. It is
    the same for every name, so that it does not say who there is."""
    if role is None or not role.is_held:
        return ""
    return f" Over this connection, of {role.who}, only accounts of its tier are let in."


async def server_role(database: Database) -> ServerRole | None:
    """Ask the server. None for SQLite, which has no roles. Raises `DatabaseError`."""
    if database.dialect == "sqlite":
        return None
    rows: list[dict[str, Any]] = await database.client.execute_query_dict(_ASK)
    row = rows[0]
    return ServerRole(
        name=row["name"],
        login=row["login"],
        is_superuser=row["super"],
        bypasses=row["bypass"],
        owns_users=row["owns_users"],
        owns_audit=row["owns_audit"],
        bound=row["bound"],
        member_of=tuple(row["member_of"]),
    )
