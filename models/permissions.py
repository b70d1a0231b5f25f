"""What may be done: the codenames, the seeded roles, and rank.

Pure rules only. Which roles a user holds is read by whoever has a connection; nothing here touches the database.
Codenames live in code and not in a table: a permission without code that asks for it means nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Codename(StrEnum):
    """Every permission there is. The value is what `role_permissions.codename` stores."""

    USERS_VIEW = "users.view"
    USERS_CREATE = "users.create"
    USERS_EDIT = "users.edit"
    USERS_DEACTIVATE = "users.deactivate"
    USERS_DELETE = "users.delete"
    USERS_RESET_PASSWORD = "users.reset_password"  # noqa: S105 - a codename
    USERS_UNLOCK = "users.unlock"
    USERS_FORCE_CHANGE = "users.force_change"
    USERS_REVOKE_SESSIONS = "users.revoke_sessions"
    USERS_RESET_MFA = "users.reset_mfa"
    USERS_EXPORT = "users.export"
    USERS_IMPORT = "users.import"
    ROLES_GRANT = "roles.grant"
    ROLES_EDIT = "roles.edit"
    AUDIT_VIEW = "audit.view"
    AUDIT_EXPORT = "audit.export"
    MIGRATIONS_VIEW = "migrations.view"
    MIGRATIONS_APPLY = "migrations.apply"
    MIGRATIONS_MAKE = "migrations.make"


DESCRIPTIONS: Final[Mapping[Codename, str]] = MappingProxyType(
    {
        Codename.USERS_VIEW: "See users, their state, roles and sessions",
        Codename.USERS_CREATE: "Create users",
        Codename.USERS_EDIT: "Edit names, e-mail and dates of users",
        Codename.USERS_DEACTIVATE: "Activate and deactivate users",
        Codename.USERS_DELETE: "Delete and restore users",
        Codename.USERS_RESET_PASSWORD: "Reset the password of a user",
        Codename.USERS_UNLOCK: "Lock and unlock users",
        Codename.USERS_FORCE_CHANGE: "Make a user change the password at the next sign-in",
        Codename.USERS_REVOKE_SESSIONS: "End the sessions of a user",
        Codename.USERS_RESET_MFA: "Remove the second factors of a user",
        Codename.USERS_EXPORT: "Export users to a file",
        Codename.USERS_IMPORT: "Import users from a file",
        Codename.ROLES_GRANT: "Grant and revoke roles",
        Codename.ROLES_EDIT: "Create roles and change what they allow",
        Codename.AUDIT_VIEW: "See who did what",
        Codename.AUDIT_EXPORT: "Export the audit trail",
        Codename.MIGRATIONS_VIEW: "See migrations and their state",
        Codename.MIGRATIONS_APPLY: "Apply and revert migrations",
        Codename.MIGRATIONS_MAKE: "Write new migrations",
    }
)
"""What each permission allows, as shown beside it. One entry a codename."""


@dataclass(frozen=True, slots=True)
class RoleSeed:
    """A role that every database starts with; its row has `is_system` set."""

    name: str
    description: str
    permissions: frozenset[Codename]


_SEEDS: Final = (
    RoleSeed(
        "operator",
        "Creates, edits and deletes users, and grants the roles it outranks",
        frozenset(
            {
                Codename.USERS_VIEW,
                Codename.USERS_CREATE,
                Codename.USERS_EDIT,
                Codename.USERS_DEACTIVATE,
                Codename.USERS_DELETE,
                Codename.USERS_RESET_PASSWORD,
                Codename.USERS_UNLOCK,
                Codename.USERS_FORCE_CHANGE,
                Codename.USERS_REVOKE_SESSIONS,
                Codename.USERS_RESET_MFA,
                Codename.USERS_EXPORT,
                Codename.USERS_IMPORT,
                Codename.ROLES_GRANT,
                Codename.AUDIT_VIEW,
            }
        ),
    ),
    RoleSeed(
        "support",
        "Gets people back in: resets, unlocks, sessions; never edits or deletes",
        frozenset(
            {
                Codename.USERS_VIEW,
                Codename.USERS_RESET_PASSWORD,
                Codename.USERS_UNLOCK,
                Codename.USERS_FORCE_CHANGE,
                Codename.USERS_REVOKE_SESSIONS,
            }
        ),
    ),
    RoleSeed(
        "auditor",
        "Reads users and the audit trail; changes nothing",
        frozenset(
            {Codename.USERS_VIEW, Codename.AUDIT_VIEW, Codename.AUDIT_EXPORT, Codename.MIGRATIONS_VIEW},
        ),
    ),
    RoleSeed(
        "dba",
        "Makes and applies migrations; does not see users",
        frozenset(
            {Codename.MIGRATIONS_VIEW, Codename.MIGRATIONS_APPLY, Codename.MIGRATIONS_MAKE, Codename.AUDIT_VIEW},
        ),
    ),
)

SYSTEM_ROLES: Final[Mapping[str, RoleSeed]] = MappingProxyType({seed.name: seed for seed in _SEEDS})
"""The seeded roles by name, in the order in which they are created."""


def seed_difference(
    name: str, description: str, codenames: Iterable[str], *, is_system: bool
) -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    """Return what a row of `roles` allows more and less than it was seeded with, and what else differs, in words.

    All three are empty for a role that is no system role and does not carry the name of one.
    """
    seed = SYSTEM_ROLES.get(name)
    if seed is None:
        unseeded = ("it is marked as a system role, and no such role is seeded",)
        return frozenset(), frozenset(), unseeded if is_system else ()
    held, seeded = frozenset(map(str, codenames)), frozenset(map(str, seed.permissions))
    words = []
    if not is_system:
        words.append("it is not marked as a system role")
    if description != seed.description:
        words.append("it is described otherwise")
    return held - seeded, seeded - held, tuple(words)


def outranks(
    actor_permissions: AbstractSet[str],
    actor_is_superuser: bool,
    target_permissions: AbstractSet[str],
    target_is_superuser: bool,
) -> bool:
    """Whether the actor may act on the target's credentials or roles.

    Only a superuser touches a superuser; anybody else needs every permission that the target holds. Without this,
    support resets an operator's password and signs in as the operator. Equals may act on each other. Stored codenames
    that this version does not know count like any other: they are never ignored.
    """
    if actor_is_superuser:
        return True
    return not target_is_superuser and target_permissions <= actor_permissions


def may_grant(actor_permissions: AbstractSet[str], actor_is_superuser: bool, role_permissions: Iterable[str]) -> bool:
    """Whether the actor may grant or revoke a role with these permissions: you grant only what you hold.

    That the actor may grant roles at all (`roles.grant`) and outranks the target are asked apart.
    """
    return actor_is_superuser or all(codename in actor_permissions for codename in role_permissions)
