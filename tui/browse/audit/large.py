"""Documents of the audit that are too large for a page: cut by the database, before anything of them is read here.

A document of megabytes would have to be parsed at once, and two hundred of them held. The list needs the names of the
fields, a page the beginning of each value and how long it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tui.browse.audit.changes import FieldChange
from tui.browse.sql import Sql, dialect, rows
from tui.sanitise import Cut

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGE: Final = 100_000
"""Characters of JSON beyond which SQLite cuts a document."""
LARGE_STORED: Final = 20_000
"""Bytes as PostgreSQL stores them, beyond which it cuts one: it compresses by ninety at most, and to write out each as
text, only to measure it, would take a second."""
MOST_FIELDS: Final = 50
"""Fields that are shown of one that is."""
_NAME: Final = 100
_SHOWN: Final = 4_000
_IN_A_LIST: Final = "too large for a list"


def cut(column: str) -> str:
    """The expression for a JSON column in a list: the document itself, or of a large one the names of its fields; `[]`,
    which no event has, where it is no object."""
    if dialect() == "sqlite":
        # The first field only: SQLite would parse the whole text, a second for each of these rows.
        rest = f"substr({column}, 3, {_NAME})"
        first = f"substr({rest}, 1, instr({rest}, '\"') - 1)"
        return (
            f"CASE WHEN {column} IS NULL OR NOT {_is_large(column)} THEN {column}"
            f" WHEN substr({column}, 1, 2) = '{{\"' THEN json_object({first}, '{_IN_A_LIST}')"
            f" ELSE '[]' END AS {column}"
        )
    return (
        f"CASE WHEN {column} IS NULL OR NOT {_is_large(column)} THEN {column}"
        f" WHEN jsonb_typeof({column}) = 'object' THEN (SELECT jsonb_object_agg(left(name, {_NAME}), '{_IN_A_LIST}')"
        f" FROM (SELECT name FROM jsonb_object_keys({column}) name LIMIT {MOST_FIELDS}) fields)"
        f" ELSE '[]' END AS {column}"
    )


def size(column: str) -> str:
    """The expression for whether a JSON column is large: 1 or 0."""
    return f"CASE WHEN {_is_large(column)} THEN 1 ELSE 0 END"


def _is_large(column: str) -> str:
    if dialect() == "sqlite":
        return f"length({column}) > {LARGE}"
    return f"pg_column_size({column}) > {LARGE_STORED}"


async def changes_of(event_id: int) -> tuple[FieldChange, ...]:
    """The first fields of a large document of changes, each value with how long it is."""
    return tuple(
        FieldChange(str(found["name"]), _value(found, "before"), _value(found, "after"))
        if found["pair"]
        else FieldChange(str(found["name"]), None, _value(found, "itself"))
        for found in await rows(_pieces("changes", event_id))
    )


async def meta_of(event_id: int) -> dict[str, object]:
    """The same for what else is kept of an event."""
    return {str(found["name"]): _value(found, "itself") for found in await rows(_pieces("meta", event_id))}


def _pieces(column: str, event_id: int) -> Sql:
    if dialect() == "sqlite":
        one = f"SELECT key, value, type FROM audit_events, json_each({column}) WHERE audit_events.id = ?"
        parts = {"before": "json_extract(value, '$[0]')", "after": "json_extract(value, '$[1]')", "itself": "value"}
        is_pair = "type = 'array' AND json_array_length(value) = 2"
        texts = {name: f"CAST({part} AS TEXT)" for name, part in parts.items()}
        if_pair = {name: f"CASE WHEN {is_pair} THEN {texts[name]} END" for name in ("before", "after")}
    else:
        one = f"SELECT key, value FROM audit_events, jsonb_each({column}) WHERE id = ?"
        # Not beside each other: the length of what is no array is asked of an array only.
        is_pair = "CASE WHEN jsonb_typeof(value) = 'array' THEN jsonb_array_length(value) = 2 ELSE false END"
        texts = {"itself": "(value #>> '{}')"}
        if_pair = {"before": "(value ->> 0)", "after": "(value ->> 1)"}
    columns = [f"substr(key, 1, {_NAME}) AS name", f"{is_pair} AS pair"]
    for name, text in {**if_pair, "itself": texts["itself"]}.items():
        columns += [f"substr({text}, 1, {_SHOWN}) AS {name}", f"length({text}) AS {name}_length"]
    return Sql(f"SELECT {', '.join(columns)} FROM ({one} LIMIT {MOST_FIELDS}) fields", (event_id,))


def _value(found: Mapping[str, Any], name: str) -> object:
    text, whole = found[name], found[f"{name}_length"]
    return text if text is None or whole is None or whole <= _SHOWN else Cut(text, whole)
