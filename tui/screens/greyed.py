"""Why a key cannot be used now: asked for the footer and the help, by the palette, and by whoever presses it.

One table, `needs`, says which permission a key needs, for all screens. A screen adds what only it knows (nothing under
the cursor) in `why_not`. The operation behind a key asks for itself, whatever stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.css.query import NoMatches

from tui.keys import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.screen import Screen

    from tui.app import ShellbackApp

SAYS_ITSELF: Final = frozenset(
    {
        *("users.stage", "changes.commit"),
        *("migrations.apply_next", "migrations.apply_to", "migrations.apply_all", "migrations.revert"),
        *("migrations.stamp", "migrations.make", "migrations.recover"),
    }
)
"""Keys that write and are not greyed here on a database that is read-only: their screens know more of it."""

READ_ONLY: Final = "Nothing can be written here: this database is open read-only."


def reason(screen: Screen[Any], action: str) -> str:
    """Return why the key of this action cannot be used on this screen now, in a sentence; nothing where it can."""
    from tui.screens.needs import NEEDS  # here: it brings the models, and the first paint comes first

    shell: Any = screen.app
    for name in _ids(screen, action):
        key = KEYS[name]
        needs = NEEDS.get(name, ())
        if needs and not any(shell.may(codename) for codename in needs):
            return lacking(key.label, *needs)
        if shell.read_only and (key.writes or name == "users.export") and name not in SAYS_ITSELF:
            return READ_ONLY
    own = getattr(screen, "why_not", None)
    try:
        return own(action) if own is not None else ""
    except NoMatches:
        return ""  # its footer asks before the rest of it is there, or when that is gone: nobody can press a key of it


def lacking(what: str, *codenames: str) -> str:
    """Return that something needs one of these permissions: `reset needs the permission users.reset_password, ...`."""
    if len(codenames) == 1:
        return f"{what} needs the permission {codenames[0]}, which your roles do not include."
    return f"{what} needs one of the permissions {', '.join(codenames)}, none of which your roles include."


def explained(screen: Screen[Any], action: str) -> str:
    """Return why a key that is greyed is; there is always something to say."""
    label = next((KEYS[name].label for name in _ids(screen, action)), action.replace("_", " "))
    return reason(screen, action) or f"{label} is not possible here now."


def say(shell: ShellbackApp, action: object, namespace: object) -> bool:
    """Say why, where the key that was just pressed is greyed on its screen; whether it was."""
    from textual.screen import Screen

    if not (isinstance(action, str) and isinstance(namespace, Screen) and namespace.is_attached):
        return False
    if namespace.check_action(action, ()) is not None:
        return False
    shell.warn(explained(namespace, action))
    return True


def _ids(screen: Screen[Any], action: str) -> Iterator[str]:
    """The keys of the registry that this screen binds to the action."""
    for bound in screen._bindings.key_to_bindings.values():
        for binding in bound:
            if binding.action == action and binding.id is not None and binding.id in KEYS:
                yield binding.id
                return
