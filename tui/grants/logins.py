"""Roles that may connect, for the tier that was chosen. Without a password: that is set where nobody reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.grants.choice import Tier
from tui.grants.quoting import comment, ident, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.grants.choice import Choice

CONNECTIONS: Final = 20
"""Connections of one login at once: a person at two terminals has some, and a loop that forgets them ends here."""

LIMITS: Final = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
"""What a login starts with. PostgreSQL takes them from the role that connects, never from one it is a member of."""

PLAIN: Final = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
"""What a role of ours never is. A new role is none of it; only a superuser of PostgreSQL may say so of another."""


def as_superuser(statement: str) -> str:
    """The statement, where a superuser of PostgreSQL runs it."""
    there = "IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)"
    return f"DO $do$ BEGIN {there} THEN {statement}; END IF; END $do$;"


def logins(choice: Choice) -> Iterator[str]:
    """The statements that make the logins of the choice, or bring them in line."""
    for name in choice.logins:
        role = ident(name)
        yield (
            f"DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal(name)})"
            f" THEN CREATE ROLE {role}; END IF; END $do$;"
        )
        yield f"ALTER ROLE {role} LOGIN INHERIT CONNECTION LIMIT {CONNECTIONS};"
        yield as_superuser(f"ALTER ROLE {role} {PLAIN}")
        yield f"GRANT {ident(choice.role(choice.tiers[0]))} TO {role};"
        for setting, value in LIMITS.items():
            if choice.tiers[0] is Tier.DBA and setting == "statement_timeout":
                continue  # a migration may take an hour
            yield f"ALTER ROLE {role} SET {setting} = {literal(value)};"
        yield f"-- Set its password yourself: \\password {comment(role)}"
