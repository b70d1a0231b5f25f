"""Undo: what one recorded operation wrote is put back, field by field, where it still holds.

``plan_undo(actor, which, *, reason="", ticket="") -> Plan``: an ordinary plan, made of the verb that does the opposite
and applied by `apply`. It names what it skips and why, and what cannot be undone. Its row of the audit has `undo_of`,
so that it can itself be undone.

A whole batch (a bulk, a changeset, an import) is undone by `models.operations.undo.batch`, which is not imported here:
most who undo take back one change.
"""

from models.operations.undo.events import NoSuchEvent
from models.operations.undo.planning import plan_undo

__all__ = ["NoSuchEvent", "plan_undo"]
