"""Whether the database itself holds this connection to anything, or the roles of Shellback are a guard rail only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.doctor.check import Check, ok, warning

if TYPE_CHECKING:
    from tui.database.role import ServerRole

NAME: Final = "role"
MAKE_TIERS: Final = "make a login for each tier: shellback grants"


ONE_FOR_ALL: Final = (
    "let the pooler pass each name on (no user= for the database in PgBouncer): one role for everybody is one tier for "
    "everybody, and the audit names that role only"
)


def check_role(role: ServerRole, given: str) -> Check:
    """Return the check of the role that the server takes this connection for; `given` is whom the URL names."""
    if role.is_held and role.login != given:
        sentence = f"The URL says {given}, and the server knows this connection as {role.who}: something between "
        return warning(NAME, f"{sentence}signs in under a name of its own.", ONE_FOR_ALL)
    if role.is_held:
        return ok(NAME, f"The server knows this connection as {role.who}, and enforces what it may do.")
    sentence = (
        f"The server knows this connection as {role.who}, which {role.why_not_held}. "
        "The roles inside Shellback are a guard rail only: whoever has this credential can do without them."
    )
    return warning(NAME, sentence, MAKE_TIERS)
