"""What an audit row keeps of a change, read without raising: the trail is looked at when something is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after, as JSON keeps them."""

    field: str
    before: object
    after: object


def json_object(stored: object) -> dict[str, object] | None:
    """The object that a JSON column holds; empty for NULL, None when it is no JSON or no object."""
    if stored is None:
        return {}
    try:
        value = json.loads(stored) if isinstance(stored, str | bytes) else stored
    except (ValueError, RecursionError):
        return None
    if value is None:
        return {}
    return value if isinstance(value, dict) else None


def field_changes(changes: Mapping[str, object]) -> tuple[FieldChange, ...]:
    """Each field of `{field: [before, after]}`; what is not such a pair stands as it is, never lost."""
    return tuple(
        FieldChange(field, *pair) if isinstance(pair, list) and len(pair) == 2 else FieldChange(field, None, pair)
        for field, pair in changes.items()
    )
