"""Staged edits as JSON and back. What cannot be exactly such a record is `Damaged`: nothing of it is guessed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from models.operations.changesets.staged import MOST, StagedEdit
from models.operations.plan import Target, json_value
from models.operations.values import EDITABLE, FLAG_FIELDS, TIME_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORMAT: Final = 1
USER: Final = "user"


class Damaged(ValueError):
    """Raised for a text that is no record of this database and person."""


def encode(edits: Iterable[StagedEdit], *, database: str, user_id: int) -> str:
    """Return the record. Lone surrogates and control characters become escapes of JSON."""
    return json.dumps(
        {
            "format": FORMAT,
            "database": database,
            "user_id": user_id,
            "edits": [
                {
                    "id": edit.user_id,
                    "username": edit.target.label,
                    "email": edit.target.email,
                    "version": edit.version,
                    "base": _plain(edit.base),
                    "touched": _plain(edit.touched),
                    "staged_at": edit.staged_at.isoformat(),
                }
                for edit in edits
            ],
        },
        indent=1,
    )


def decode(text: str, *, database: str, user_id: int) -> tuple[StagedEdit, ...]:
    """Return what is staged. Raises `Damaged`."""
    try:
        record = json.loads(text)
        if (record["format"], record["database"], record["user_id"]) != (FORMAT, database, user_id):
            raise Damaged("it belongs to something else")
        edits = tuple(_edit(each) for each in record["edits"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Damaged("it is no record of staged edits") from error
    if len(edits) > MOST or len({edit.user_id for edit in edits}) < len(edits):
        raise Damaged("it names too many users, or one of them twice")
    return edits


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {name: json_value(value) for name, value in values.items()}


def _edit(record: dict[str, Any]) -> StagedEdit:
    base, touched = _values(record["base"]), _values(record["touched"])
    if set(base) != set(EDITABLE):
        raise Damaged("a row is not whole")
    target = Target(
        USER,
        _number(record["id"]),
        _text(record["username"]),
        _number(record["version"]),
        None if record["email"] is None else _text(record["email"]),
    )
    return StagedEdit(target, base, touched, _moment(record["staged_at"]))


def _values(record: dict[str, Any]) -> dict[str, object]:
    return {name: _value(name, value) for name, value in record.items()}


def _value(name: str, value: object) -> object:
    if name not in EDITABLE:
        raise Damaged("it names a field that cannot be edited")
    if name in FLAG_FIELDS:
        if not isinstance(value, bool):
            raise Damaged("a flag is neither yes nor no")
        return value
    if value is None and name not in {"username", "full_name"}:
        return None
    return _moment(value) if name in TIME_FIELDS else _text(value)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Damaged("a number is none")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Damaged("a text is none")
    return value


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise Damaged("a time has no zone")
    return moment
