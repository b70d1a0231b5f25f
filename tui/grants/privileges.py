"""Which tier may do what to which columns. Row security narrows it to rows: `policies`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.grants.choice import Tier
from tui.grants.tables import ACCOUNT, EDITED, FACTOR, GRANT, HISTORY, PASSWORD, SESSION_END, STATE, TOKEN, VIEW

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Privilege:
    """One verb on one table; on all columns where none are named."""

    table: str
    verb: str
    columns: tuple[str, ...] = ()


def _own(table: str, *verbs: str) -> tuple[Privilege, ...]:
    return tuple(Privilege(table, verb) for verb in verbs)


_SIGN_IN: Final = (
    *_own("roles", "SELECT"),
    *_own("role_permissions", "SELECT"),
    *_own("user_roles", "SELECT"),
    *_own("user_auth_state", "SELECT", "INSERT"),
    Privilege("user_auth_state", "UPDATE", STATE),
    *_own("login_attempts", "INSERT"),
    *_own("user_sessions", "SELECT", "INSERT"),
    Privilege("user_sessions", "UPDATE", SESSION_END),
    *_own("step_ups", "SELECT", "INSERT", "UPDATE", "DELETE"),
    Privilege("one_time_tokens", "SELECT", TOKEN),
    Privilege("one_time_tokens", "UPDATE", ("revoked_at",)),
    Privilege("mfa_factors", "SELECT", FACTOR),
    *_own("mfa_factors", "INSERT", "DELETE"),
    Privilege("mfa_factors", "UPDATE", ("is_pending", "last_used_step", "last_used_at", "secret_encrypted")),
    Privilege("users", "SELECT", ACCOUNT),
    Privilege("users", "UPDATE", PASSWORD),
    *_own("audit_events", "INSERT"),
    *_own("audit_archives", "SELECT"),
    Privilege("aerich", "SELECT", ("id", "version", "app")),
)
"""What everybody needs to know the version of the schema, to sign in, to give the password again, and for the own
password and authenticators. On which rows is the policies' part: those of accounts of the own tier."""

_READS_USERS: Final = (
    *_own("login_attempts", "SELECT"),
    *_own("user_notes", "SELECT"),
    *_own("saved_views", "SELECT", "INSERT", "DELETE"),
    Privilege("saved_views", "UPDATE", VIEW),
)

_READS_AUDIT: Final = _own("audit_events", "SELECT")
_READS_HISTORY: Final = (Privilege("audit_events", "SELECT", HISTORY),)
_READS_MIGRATIONS: Final = (*_own("aerich", "SELECT"), *_own("shellback_migrations", "SELECT"))
_WRITES_NOTES: Final = (*_own("user_notes", "INSERT", "DELETE"), Privilege("user_notes", "UPDATE", ("pinned",)))
_MAKES_LINKS: Final = _own("one_time_tokens", "INSERT")

PRIVILEGES: Final[Mapping[Tier, tuple[Privilege, ...]]] = {
    Tier.SUPPORT: (*_SIGN_IN, *_READS_USERS, *_READS_HISTORY, *_WRITES_NOTES, *_MAKES_LINKS),
    Tier.OPERATOR: (
        *_SIGN_IN,
        *_READS_USERS,
        *_READS_AUDIT,
        *_WRITES_NOTES,
        *_MAKES_LINKS,
        *_own("users", "INSERT", "DELETE"),
        Privilege("users", "UPDATE", EDITED),
        *_own("user_roles", "INSERT", "DELETE"),
        Privilege("user_roles", "UPDATE", GRANT),
    ),
    Tier.AUDITOR: (*_SIGN_IN, *_READS_USERS, *_READS_AUDIT, *_READS_MIGRATIONS),
    Tier.DBA: (
        *_SIGN_IN,
        Privilege("login_attempts", "SELECT", ("id", "user_id", "created_at", "outcome", "ip", "user_agent")),
        *_READS_AUDIT,
        *_READS_MIGRATIONS,
    ),
    Tier.SUPERUSER: (
        *_SIGN_IN,
        *_READS_USERS,
        *_READS_AUDIT,
        *_READS_MIGRATIONS,
        *_WRITES_NOTES,
        *_MAKES_LINKS,
        *_own("users", "INSERT", "DELETE"),
        Privilege("users", "UPDATE", (*EDITED, "is_superuser")),
        *_own("user_roles", "INSERT", "DELETE"),
        Privilege("user_roles", "UPDATE", GRANT),
        *_own("roles", "INSERT", "UPDATE", "DELETE"),
        *_own("role_permissions", "INSERT", "UPDATE", "DELETE"),
        *_own("audit_events", "DELETE"),
        *_own("audit_archives", "INSERT"),
    ),
}
"""What each tier may do. Nothing else is granted to it."""

APPLICATION: Final = (
    *(
        Privilege(table, verb)
        for table in (
            "users",
            "roles",
            "role_permissions",
            "user_roles",
            "user_auth_state",
            "login_attempts",
            "user_sessions",
            "step_ups",
            "one_time_tokens",
            "mfa_factors",
            "user_notes",
            "saved_views",
        )
        for verb in ("SELECT", "INSERT", "UPDATE", "DELETE")
    ),
    *_own("audit_events", "SELECT", "INSERT"),
    *_own("audit_archives", "SELECT"),
)
"""What the application itself goes on doing: everything but rewriting the audit."""
