"""Why a verb on one user is refused whoever holds its permission: the user is a superuser, may more than whoever asks,
or is that person. Said before the key is pressed; the operation behind it asks for itself, under its locks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.operations.text import counted, listed
from models.permissions import outranks
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from tui.app import ShellbackApp

UNRANKED: Final = frozenset({"edit", "stage"})
"""Verbs that some of a user's columns take from anybody with the permission, but not those of a superuser."""
RANKED: Final = frozenset(
    {"reset", "lock", "active", "revoke_sessions", "delete", "grant", "revoke", "end_session", "remove_factor"}
)
OTHERS: Final = {
    "reset": "You cannot reset your own password here; M changes it with the old one.",
    "active": "You cannot deactivate your own account. Ask a colleague.",
    "delete": "You cannot delete your own account. Ask a colleague.",
    "remove_factor": "You cannot reset your own authenticators here; remove them with M.",
}
"""Verbs that nobody does to himself."""


def above(
    shell: ShellbackApp,
    verb: str,
    user_id: int,
    username: str,
    *,
    is_superuser: bool,
    held: AbstractSet[str] = frozenset(),
) -> str:
    """Return why this verb on this user is refused to the person who is signed in; nothing where it is not. `held` is
    what the user's roles allow, as far as it was read."""
    person = shell.person
    if person is None or verb not in RANKED | UNRANKED:
        return ""
    if user_id == person.actor.user_id:
        return OTHERS.get(verb, "")
    name = sanitise(username, 60)
    if is_superuser and not person.is_superuser:
        return f"{name} is a superuser; only a superuser may change that account."
    if verb in UNRANKED or outranks(person.permissions, person.is_superuser, held, is_superuser):
        return ""
    missing = sorted(held - person.permissions)
    return f"{name} holds {counted(len(missing), 'permission')} that you do not: {sanitise(listed(missing), 300)}."
