"""The keys of the list that open something of their own, and the module that knows each.

Such a module has `why_not(screen) -> str | None`, a sentence while its key does nothing, and `begin(screen)`. It is
imported when its key is first asked about, and reads of the screen `look`, `row`, `target` and `shell`; after a change
it calls `reload()`, and before one `once_allowed(go)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Final

VERBS: Final[Mapping[str, str]] = {
    "backups": "backups.verb",
    "history": "history.verb",
    "diff": "history.diff",
    "recover": "recover.verb",
    "write_sql": "sql.write",
    "edit": "sql.edit",
    "lint": "lint.verb",
    "revert": "revert.verb",
    "other_app": "other_app",
    "dry_run": "dry_run.verb",
    "stamp": "stamp.verb",
    "drift": "drift.verb",
    "make": "make.verb",
}
"""By action, as the key in `tui.keys` and the screen's `action_...` have it: the module below this folder."""


def verb(action: str) -> ModuleType:
    """The module behind a key. KeyError for an action that is none of these."""
    return import_module(f"tui.screens.migrations.{VERBS[action]}")
