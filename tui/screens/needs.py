"""Which permission each key needs, for all screens: one table, made of the registry and of the verbs on one user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.permissions import Codename
from tui.keys import KEYS
from tui.screens.user.verbs import PERMISSIONS

_VERBS: Final = {
    name: PERMISSIONS[key.action]
    for name, key in KEYS.items()
    if key.group in ("users", "user") and key.action in PERMISSIONS
}
NEEDS: Final[Mapping[str, tuple[Codename, ...]]] = {
    **_VERBS,
    "users.changes": (Codename.USERS_EDIT,),
    "users.export": (Codename.USERS_EXPORT,),
    "users.import": (Codename.USERS_IMPORT,),
    "user.remove": (Codename.USERS_REVOKE_SESSIONS, Codename.USERS_RESET_MFA, *PERMISSIONS["delete_note"]),
    "list.bulk": (
        Codename.USERS_DEACTIVATE,
        Codename.USERS_UNLOCK,
        Codename.USERS_FORCE_CHANGE,
        Codename.USERS_REVOKE_SESSIONS,
        Codename.ROLES_GRANT,
        Codename.USERS_EDIT,
        Codename.USERS_DELETE,
    ),
    "roles.new": (Codename.ROLES_EDIT,),
    "roles.edit": (Codename.ROLES_EDIT,),
    "roles.delete": (Codename.ROLES_EDIT,),
    "roles.holders": (Codename.USERS_VIEW,),
    "changes.commit": (Codename.USERS_EDIT,),
    "migrations.try_and_write": (Codename.MIGRATIONS_MAKE,),
    "audit.verify": (Codename.AUDIT_VIEW,),
    "audit.undo": (Codename.AUDIT_VIEW,),
    "audit.export": (Codename.AUDIT_EXPORT,),
}
"""By id of the key; one of several is enough. A key that is not here needs none, or its screen asks."""
