"""Who is signed in to the interface, as far as screens need to know.

A guard rail only: every write reads the actor's rights again inside its transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.uptime import uptime

if TYPE_CHECKING:
    from datetime import datetime

    from models.operations import Actor, Secret, SignedIn


@dataclass(frozen=True, slots=True)
class Person:
    """The actor of every write, the names of the roles, what they allow, and the session's id.

    `token` is there where the interface opened the session itself, and ends it when it is left.
    """

    actor: Actor
    roles: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    is_superuser: bool = False
    token: Secret | None = None
    """Of a session that this interface opened, and ends when it is left; None for one that `login` opened."""
    session_id: int = 0
    expires_at: datetime | None = None
    """When the session ends by itself, by the clock of the database: for showing."""
    ends: float | None = None
    """The same, on the clock of `tui.uptime`: for acting on it."""

    def may(self, codename: str) -> bool:
        """Whether the roles held at sign-in allow it; the empty codename is allowed to everybody."""
        return not codename or self.is_superuser or codename in self.permissions

    def is_over(self, now: float) -> bool:
        """Whether the session has ended by itself; `now` is of `tui.uptime`."""
        return self.ends is not None and self.ends <= now

    @property
    def username(self) -> str:
        """The name to sign in with again."""
        return self.actor.label

    @property
    def who(self) -> str:
        """`maria (support)` for the header."""
        roles = "superuser" if self.is_superuser else ", ".join(self.roles)
        return f"{self.actor.label} ({roles})" if roles else self.actor.label


def person_of(signed: SignedIn) -> Person:
    """The person behind an open session."""
    permissions = signed.permissions
    return Person(
        actor=signed.actor,
        roles=tuple(source.role for source in permissions.sources),
        permissions=frozenset(str(codename) for codename in permissions.codenames),
        is_superuser=permissions.is_superuser,
        token=signed.token,
        session_id=signed.session_id,
        expires_at=signed.expires_at,
        ends=uptime() + signed.lasts.total_seconds(),
    )
