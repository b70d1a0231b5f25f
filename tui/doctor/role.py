"""Whether the database itself holds this connection to anything, or the roles of Shellback are a guard rail only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.doctor.check import Check, ok, warning

if TYPE_CHECKING:
    from tui.database.role import ServerRole

NAME: Final = "role"
MAKE_TIERS: Final = "make a login for each tier: shellback grants"


def check_role(role: ServerRole) -> Check:
    """Return the check of the role that the server takes this connection for."""
    if role.is_held:
        return ok(NAME, f"The server knows this connection as {role.who}, and enforces what it may do.")
    sentence = (
        f"The server knows this connection as {role.who}, which {role.why_not_held}. "
        "The roles inside Shellback are a guard rail only: whoever has this credential can do without them."
    )
    return warning(NAME, sentence, MAKE_TIERS)
