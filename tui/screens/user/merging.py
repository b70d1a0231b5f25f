"""The row that a merge was decided on: what the person saw of it, so that a later change is noticed again. Pure."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING

from models.operations.values import TIME_FIELDS

if TYPE_CHECKING:
    from models import Account
    from models.operations import Json, Outcome


def as_seen(base: Account, fresh: Account, outcome: Outcome) -> Account:
    """Return `fresh` with the version of the conflict, theirs in the clashing fields, and in the other fields that the
    person touched what they touched."""
    seen = copy(fresh)
    seen.version = outcome.version or fresh.version
    for change in outcome.plan.changes:
        setattr(seen, change.field, getattr(base, change.field))
    for conflict in outcome.conflicts:
        setattr(seen, conflict.field, _value(conflict.field, conflict.theirs))
    return seen


def _value(field: str, theirs: Json) -> object:
    return datetime.fromisoformat(theirs) if field in TIME_FIELDS and isinstance(theirs, str) else theirs
