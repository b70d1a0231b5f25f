"""What is to be made: which tiers, under which names, and for which application."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from models.permissions import SYSTEM_ROLES, Codename

NAME_BYTES: Final = 63
"""A longer name is cut by PostgreSQL, and two of them would be one role."""


class Tier(StrEnum):
    """Who works with Shellback, as the database tells them apart.

    Four are the seeded roles. `SUPERUSER` is for accounts that are superusers of Shellback: they edit roles and archive
    the audit. It is no superuser of PostgreSQL.
    """

    SUPPORT = "support"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    DBA = "dba"
    SUPERUSER = "superuser"

    @property
    def allowed(self) -> frozenset[Codename]:
        """What an account may hold at most to work under this tier; everything for a superuser."""
        return frozenset(Codename) if self is Tier.SUPERUSER else SYSTEM_ROLES[self.value].permissions


class BadName(ValueError):
    """A name that PostgreSQL would not keep as it is; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the SQL is to make. `owner` owns the application's tables, `audit_owner` those of the audit.

    `apps`: roles of the application itself, which goes on as before. `logins`: roles to make that may connect, for the
    one tier that is chosen. Raises `BadName`, and ValueError for logins of several tiers.
    """

    tiers: tuple[Tier, ...] = tuple(Tier)
    schema: str = "public"
    prefix: str = "shellback_"
    owner: str = ""
    audit_owner: str = ""
    apps: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.logins and len(self.tiers) != 1:
            raise ValueError("A login belongs to one tier: name it with --tier.")
        names = [self.schema, self.owner_role, self.audit_role, *self.apps, *self.logins, *map(self.role, Tier)]
        for name in names:
            if not name or not name.isprintable() or len(name.encode(errors="replace")) > NAME_BYTES:
                raise BadName(f"{name!r} is no name for a role: 1 to {NAME_BYTES} bytes, and nothing invisible.")
            if "$$" in name or "$do$" in name:
                raise BadName(f"{name} would end a quoted part of the SQL: no $$ and no $do$ in a name.")
        if self.owner_role == self.audit_role:
            raise BadName("The audit needs an owner of its own: whoever owns a table can take its triggers away.")
        made = [self.owner_role, self.audit_role, *map(self.role, Tier)]
        if len({*made, *self.logins, *self.apps}) != len(made) + len(set(self.logins)) + len(set(self.apps)):
            raise BadName("The owners, the tiers, the logins and the application need a role of their own each.")

    @property
    def owner_role(self) -> str:
        """Who owns the tables of the application, and makes new ones."""
        return self.owner or f"{self.prefix}owner"

    @property
    def audit_role(self) -> str:
        """Who owns the tables of the audit."""
        return self.audit_owner or f"{self.prefix}audit"

    def role(self, tier: Tier) -> str:
        """The role of a tier, which nobody signs in with."""
        return f"{self.prefix}{tier.value}"
