"""What can be done to one user from the list and from the user's page: which permission it needs, which screen does it.

The screens are imported when they are first wanted. What they end with is told in a toast; whoever opened them reads
the row again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from models.permissions import Codename

if TYPE_CHECKING:
    from textual.screen import Screen

    from models.operations import Outcome
    from tui.app import ShellbackApp

_NOTES: Final = (Codename.USERS_EDIT, Codename.USERS_RESET_PASSWORD)
PERMISSIONS: Final[Mapping[str, tuple[Codename, ...]]] = {
    "edit": (Codename.USERS_EDIT,),
    "stage": (Codename.USERS_EDIT,),
    "new": (Codename.USERS_CREATE,),
    "reset": (Codename.USERS_RESET_PASSWORD,),
    "why": (Codename.USERS_VIEW,),
    "lock": (Codename.USERS_UNLOCK,),
    "active": (Codename.USERS_DEACTIVATE,),
    "revoke_sessions": (Codename.USERS_REVOKE_SESSIONS,),
    "delete": (Codename.USERS_DELETE,),
    "grant": (Codename.ROLES_GRANT,),
    "revoke": (Codename.ROLES_GRANT,),
    "end_session": (Codename.USERS_REVOKE_SESSIONS,),
    "remove_factor": (Codename.USERS_RESET_MFA,),
    "note": _NOTES,
    "pin": _NOTES,
    "delete_note": _NOTES,
    "undo": (Codename.AUDIT_VIEW,),
}
"""By verb; one of them is enough. The operation asks for what the very change needs, whatever stands here."""
READS: Final = frozenset({"why"})
"""Verbs that write nothing."""
_SCREENS: Final = {
    "edit": "tui.screens.user.edit:EditScreen",
    "stage": "tui.screens.user.edit:EditScreen",
    "new": "tui.screens.user.edit:EditScreen",
    "reset": "tui.screens.user.reset:ResetScreen",
    "lock": "tui.screens.user.locking:LockDialog",
    "active": "tui.screens.user.lifecycle:ActivationDialog",
    "revoke_sessions": "tui.screens.user.lifecycle:SessionsDialog",
    "delete": "tui.screens.user.deleting:DeleteDialog",
    "grant": "tui.screens.user.grant:RoleDialog",
    "revoke": "tui.screens.user.grant:RoleDialog",
    "why": "tui.screens.user.why:WhyScreen",
    "end_session": "tui.screens.user.lifecycle:SessionDialog",
    "remove_factor": "tui.screens.user.factors:FactorDialog",
    "note": "tui.screens.user.notes:NoteDialog",
    "pin": "tui.screens.user.notes:PinDialog",
    "delete_note": "tui.screens.user.notes:DeleteNoteDialog",
    "undo": "tui.screens.user.undo:UndoDialog",
}
_STAGING: Final = {"stage": {"staging": True}}
"""What the screen takes besides, where the verb itself says it."""
KEYS: Final = (
    "users.edit",
    "users.stage",
    "users.reset",
    "users.why",
    "users.lock",
    "users.revoke_sessions",
    "users.active",
    "users.delete",
)
"""Ids of the keys that act on one user."""


def may(shell: ShellbackApp, verb: str) -> bool:
    """Whether the person may do this at all. Staging may be asked for on a read-only database too: it says why not."""
    writes = verb not in READS and verb != "stage"
    return not (writes and shell.launch.read_only) and any(shell.may(codename) for codename in PERMISSIONS[verb])


def refusal(shell: ShellbackApp, verb: str) -> str:
    """Return the sentence for a person who may not do it."""
    if shell.launch.read_only:
        return "This database is opened read-only."
    return f"This needs the permission {' or '.join(PERMISSIONS[verb])}."


def start(shell: ShellbackApp, verb: str, user_id: int | None, then: Callable[[], object], **more: object) -> None:
    """Open the screen of a verb on one user (None: a new one); `then` runs when something was done.

    `more` is what the screen takes besides: the role that is taken away. A user with a change of which nobody knows yet
    whether it happened takes no other one: that is settled first.
    """
    if verb == "stage" and shell.staged.refusal:
        shell.warn(shell.staged.refusal)
        return
    unsettled = shell.unsettled.get(user_id) if user_id is not None and verb not in READS else None
    batch = shell.doubts.batch_of(user_id) if user_id is not None and verb not in READS else None
    screen: Screen[Any]
    if batch is not None:
        from tui.screens.unsettled import UnsettledBatchDialog

        screen = UnsettledBatchDialog(batch)
    elif unsettled is not None:
        from tui.screens.unsettled import UnsettledDialog

        screen = UnsettledDialog(unsettled)
    else:
        module, _, name = _SCREENS[verb].partition(":")
        screen = getattr(import_module(module), name)(user_id, **_STAGING.get(verb, {}), **more)

    def ended(outcome: Outcome | bool | None) -> None:
        if outcome or verb in READS:  # something may have been done from there
            then()

    shell.push_screen(screen, ended)


def explain(shell: ShellbackApp, who: int | str, then: Callable[[], object]) -> None:
    """Open the screen that says why a user, or a name that was typed, does not sign in; `then` runs behind it."""
    from tui.screens.user.why import WhyScreen

    shell.push_screen(WhyScreen(who), lambda _: then())
