"""Values as SQLite keeps them, put into the words of a file: a column at a time, since a call for each cell would take
longer than reading it. What nobody of ours wrote into a column goes out as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, Final

from models.spreadsheets import LOOKED_AT, quoted
from tui.browse.sql import moment
from tui.transfer.columns import Kind
from tui.transfer.sheets import SEPARATOR, UNIT, Format

Convert = Callable[[Sequence[Any]], Iterable[Any]]

_NOTHING: Final = type(None)
_TEXTS: Final = frozenset({str, _NOTHING})
_FIRST: Final = itemgetter(slice(1))
_WIDTH: Final = len("2026-03-01 09:00:00")
_UTC: Final = "+00:00"


def converter(kind: Kind, format_: Format) -> Convert:
    """Return what makes the cells of a column: for CSV what its writer takes, for JSON Lines whole JSON values."""
    return _CSV.get(kind, _as_is) if format_ is Format.CSV else _JSON[kind]


def _as_is(column: Sequence[Any]) -> Sequence[Any]:
    return column


# CSV ------------------------------------------------------------------------------------------------------------------


def _texts_csv(column: Sequence[Any]) -> Sequence[Any]:
    """Without carriage returns, which Python's CSV writer does not quote when lines end otherwise."""
    if _TEXTS.issuperset(map(type, column)):
        texts = list(filter(None, column))
        if LOOKED_AT.isdisjoint(map(_FIRST, texts)) and "\r" not in "".join(texts):
            return column
    return [None if text is None else _text_csv(text) for text in column]


def _text_csv(text: object) -> str:
    neutral = quoted(text if isinstance(text, str) else _as_text(text))
    return neutral.replace("\r", r"\r") if "\r" in neutral else neutral


def _moments_csv(column: Sequence[Any]) -> list[str | None]:
    """As PostgreSQL writes them in UTC: `2026-03-01 09:00:00.25+00`."""
    if not _TEXTS.issuperset(map(type, column)):
        return [None if stored is None else _moment_csv(stored) for stored in column]
    # Nearly all are whole seconds: cut without a call.
    return [
        None if text is None else f"{text[:_WIDTH]}+00" if text[_WIDTH:] == _UTC else _moment_csv(text)
        for text in column
    ]


def _moment_csv(stored: object) -> str:
    text = _utc(stored)
    return f"{_trimmed(text)}+00" if text else _as_text(stored)


def _roles_csv(column: Sequence[Any]) -> list[str | None]:
    return [None if stored is None else _held_csv(stored) for stored in column]


@lru_cache(1024)
def _held_csv(stored: str) -> str:
    return quoted(stored.replace(UNIT, SEPARATOR))


# JSON Lines -----------------------------------------------------------------------------------------------------------


def _texts_json(column: Sequence[Any]) -> Iterable[str]:
    if _TEXTS.issuperset(map(type, column)):
        if None not in column:
            return map(encode_basestring, column)
        return ["null" if text is None else encode_basestring(text) for text in column]
    return ["null" if text is None else encode_basestring(_as_text(text)) for text in column]


def _numbers_json(column: Sequence[Any]) -> list[str]:
    return ["null" if number is None else str(number) for number in column]


def _flags_json(column: Sequence[Any]) -> list[str]:
    return ["null" if flag is None else "true" if flag else "false" for flag in column]


def _moments_json(column: Sequence[Any]) -> list[str]:
    """As PostgreSQL writes them into JSON: `2026-03-01T09:00:00.25+00:00`."""
    return ["null" if stored is None else _moment_json(stored) for stored in column]


def _moment_json(stored: object) -> str:
    text = _utc(stored)
    if not text:
        return encode_basestring(_as_text(stored))
    return encode_basestring(f"{_trimmed(text)}+00:00".replace(" ", "T", 1))


def _roles_json(column: Sequence[Any]) -> list[str]:
    return ["[]" if not stored else _held_json(stored) for stored in column]


@lru_cache(1024)
def _held_json(stored: str) -> str:
    return json.dumps(stored.split(UNIT), ensure_ascii=False, separators=(",", ":"))


# Both -----------------------------------------------------------------------------------------------------------------


def _trimmed(text: str) -> str:
    """Without the zone, and without zeros at the end of a fraction."""
    return text[:-6].rstrip("0").rstrip(".") if "." in text else text[:-6]


def _utc(stored: object) -> str:
    """The form in which Tortoise writes a moment; another writer's is brought into it. Empty for what is no moment:
    SQLite keeps whatever somebody wrote."""
    if isinstance(stored, str) and stored.endswith("+00:00"):
        return stored
    try:
        read = moment(stored)
    except ValueError:
        return ""
    return read.isoformat(" ") if read is not None else ""


def _as_text(stored: object) -> str:
    return stored.decode("utf-8", "replace") if isinstance(stored, bytes) else str(stored)


_CSV: Final[dict[Kind, Convert]] = {Kind.TEXT: _texts_csv, Kind.MOMENT: _moments_csv, Kind.ROLES: _roles_csv}

_JSON: Final[dict[Kind, Convert]] = {
    Kind.NUMBER: _numbers_json,
    Kind.TEXT: _texts_json,
    Kind.FLAG: _flags_json,
    Kind.MOMENT: _moments_json,
    Kind.ROLES: _roles_json,
}
