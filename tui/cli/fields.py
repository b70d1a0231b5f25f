"""`--set field=value`: texts as typed, turned into the values that the operations take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from models.operations.values import EDITABLE, FLAG_FIELDS, TIME_FIELDS
from tui.cli.failure import usage

if TYPE_CHECKING:
    from collections.abc import Iterable

_FLAGS: Final = {"yes": True, "true": True, "no": False, "false": False}


def read_values(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """The fields with their values. Raises a usage failure for an unknown field, a field twice, or a bad form."""
    values: dict[str, object] = {}
    for field, text in pairs:
        if field not in EDITABLE:
            raise usage(f"There is no field {field} to set. Fields are {', '.join(EDITABLE)}")
        if field in values:
            raise usage(f"--set names {field} twice")
        values[field] = _value(field, text)
    return values


def _value(field: str, text: str) -> object:
    if field in FLAG_FIELDS:
        if text.lower() not in _FLAGS:
            raise usage(f"{field} is yes or no, not {text!r}")
        return _FLAGS[text.lower()]
    if field in TIME_FIELDS:
        return _moment(field, text) if text else None
    return text


def _moment(field: str, text: str) -> datetime:
    """A date is its beginning, and a time without a zone is UTC: the same command means the same everywhere."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise usage(f"{field} is a date (2027-01-31) or a time (2027-01-31T18:00+01:00), not {text!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
