"""Who is signed in to the interface, as far as screens need to know.

A guard rail only: every write reads the actor's rights again inside its transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.operations.plan import Actor, Secret


@dataclass(frozen=True, slots=True)
class Person:
    """The actor of every write, the names of the roles, what they allow, and the session's token."""

    actor: Actor
    roles: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    is_superuser: bool = False
    token: Secret | None = None

    def may(self, codename: str) -> bool:
        """Whether the roles held at sign-in allow it; the empty codename is allowed to everybody."""
        return not codename or self.is_superuser or codename in self.permissions

    @property
    def who(self) -> str:
        """`maria (support)` for the header."""
        roles = "superuser" if self.is_superuser else ", ".join(self.roles)
        return f"{self.actor.label} ({roles})" if roles else self.actor.label
