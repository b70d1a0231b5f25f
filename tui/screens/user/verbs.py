"""What can be done to one user from the list and from the user's page: which permission it needs, which screen does it.

The screens are imported when they are first wanted. What they end with is told in a toast; whoever opened them reads
the row again.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from models.permissions import Codename

if TYPE_CHECKING:
    from textual.screen import Screen

    from models.operations import Outcome
    from tui.app import ShellbackApp

PERMISSIONS: Final = {
    "edit": Codename.USERS_EDIT,
    "stage": Codename.USERS_EDIT,
    "new": Codename.USERS_CREATE,
    "reset": Codename.USERS_RESET_PASSWORD,
    "lock": Codename.USERS_UNLOCK,
    "active": Codename.USERS_DEACTIVATE,
    "revoke_sessions": Codename.USERS_REVOKE_SESSIONS,
    "delete": Codename.USERS_DELETE,
    "grant": Codename.ROLES_GRANT,
    "revoke": Codename.ROLES_GRANT,
}
_SCREENS: Final = {
    "edit": "tui.screens.user.edit:EditScreen",
    "stage": "tui.screens.user.edit:EditScreen",
    "new": "tui.screens.user.edit:EditScreen",
    "reset": "tui.screens.user.reset:ResetScreen",
    "lock": "tui.screens.user.lifecycle:UnlockDialog",
    "active": "tui.screens.user.lifecycle:ActivationDialog",
    "revoke_sessions": "tui.screens.user.lifecycle:SessionsDialog",
    "delete": "tui.screens.user.deleting:DeleteDialog",
    "grant": "tui.screens.user.grant:RoleDialog",
    "revoke": "tui.screens.user.grant:RoleDialog",
}
_STAGING: Final = {"stage": {"staging": True}}
"""What the screen takes besides, where the verb itself says it."""
KEYS: Final = (
    "users.edit",
    "users.stage",
    "users.reset",
    "users.lock",
    "users.revoke_sessions",
    "users.active",
    "users.delete",
)
"""Ids of the keys that act on one user."""


def may(shell: ShellbackApp, verb: str) -> bool:
    """Whether the person may do this at all. Staging may be asked for on a read-only database too: it says why not."""
    return (verb == "stage" or not shell.launch.read_only) and shell.may(PERMISSIONS[verb])


def start(shell: ShellbackApp, verb: str, user_id: int | None, then: Callable[[], object], **more: object) -> None:
    """Open the screen of a verb on one user (None: a new one); `then` runs when something was done.

    `more` is what the screen takes besides: the role that is taken away. A user with a change of which nobody knows yet
    whether it happened takes no other one: that is settled first.
    """
    if verb == "stage" and shell.staged.refusal:
        shell.warn(shell.staged.refusal)
        return
    unsettled = shell.unsettled.get(user_id) if user_id is not None else None
    screen: Screen[Any]
    if unsettled is not None:
        from tui.screens.unsettled import UnsettledDialog

        screen = UnsettledDialog(unsettled)
    else:
        module, _, name = _SCREENS[verb].partition(":")
        screen = getattr(import_module(module), name)(user_id, **_STAGING.get(verb, {}), **more)

    def ended(outcome: Outcome | None) -> None:
        if outcome is not None:
            then()

    shell.push_screen(screen, ended)
