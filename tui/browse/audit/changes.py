"""What an audit row keeps of a change, read without raising: the trail is looked at when something is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

DEEPEST: Final = 50
"""Levels of a document that are read: Shellback writes four, and what walks through hundreds ends in an error."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after, as JSON keeps them."""

    field: str
    before: object
    after: object


def json_object(stored: object) -> dict[str, object] | None:
    """The object that a JSON column holds; empty for NULL, None when it is no JSON, no object, or nested too deeply."""
    if stored is None:
        return {}
    try:
        value = json.loads(stored) if isinstance(stored, str | bytes) else stored
    except (ValueError, RecursionError):
        return None
    if value is None:
        return {}
    return value if isinstance(value, dict) and not _is_deep(value) else None


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def field_changes(changes: Mapping[str, object]) -> tuple[FieldChange, ...]:
    """Each field of `{field: [before, after]}`; what is not such a pair stands as it is, never lost."""
    return tuple(
        FieldChange(field, *pair) if isinstance(pair, list) and len(pair) == 2 else FieldChange(field, None, pair)
        for field, pair in changes.items()
    )
