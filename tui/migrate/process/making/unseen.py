"""What changed in the models and Aerich makes no statement of, or a wrong one: mended here, or told. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from .state import NO_DEFAULT, Field, Model, State, columns, data_columns, relations, sql_type
from .tables import literal

_SQL: Final = re.compile(r"SqlDefault\((?P<text>.*)\)", re.DOTALL)
_UNWRITTEN: Final = ("TextField", "UUIDField", "JSONField")


@dataclass(slots=True)
class Unseen:
    """Statements of our own, notes for the person, and whether the state alone has to be written."""

    up: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_only_state: bool = False


def mend(old: State, new: State, dialect: str, default_now: Callable[[str, str], str]) -> Unseen:
    """Changes `old` where Aerich would stumble, and says what is done instead.

    `default_now(model, field)` is the SQL of a default that the database has now, "" for none.
    """
    found = Unseen()
    for key in sorted(old.keys() & new.keys()):
        before, after = old[key], new[key]
        if before.get("managed") is False or after.get("managed") is False:
            continue
        was = {each["name"]: each for each in columns(before)}
        for now in data_columns(after):
            if (each := was.get(now["name"])) is not None:
                _defaults(found, key, after["table"], each, now, dialect, default_now)
                if dialect == "sqlite" and each.get("description") != now.get("description"):
                    each["description"] = now.get("description")
                    found.is_only_state = True
        if dialect == "postgres":
            _keys(before, after)
        _key_type(found, before, after, dialect)
    return found


def new_and_required(old: State, new: State, constant: Callable[[Field], Any]) -> list[str]:
    """Sentences on columns that rows must have and that have no value for the rows that are there."""
    found = []
    for key in sorted(old.keys() & new.keys()):
        before = {each["db_column"]: each for each in columns(old[key])}
        for each in data_columns(new[key]):
            place, was = f"{new[key]['table']}.{each['db_column']}", before.get(each["db_column"])
            if was is None and not each.get("nullable") and constant(each) is None:
                found.append(f"{place} is NOT NULL and has no default: this fails where the table has rows.")
            elif was is not None and was.get("nullable") and not each.get("nullable"):
                found.append(f"{place} becomes NOT NULL: this fails where a row has NULL in it.")
    return found


def shrunk(old: State, new: State, dialect: str) -> list[str]:
    """Sentences on columns that become shorter."""
    found = []
    for key in sorted(old.keys() & new.keys()):
        before = {each["db_column"]: each for each in columns(old[key])}
        for each in columns(new[key]):
            was = before.get(each["db_column"])
            if was is None:
                continue
            one, two = _length(was), _length(each)
            if one is not None and two is not None and two < one:
                how = (
                    "cuts longer values without a word" if dialect == "postgres" else "leaves longer values as they are"
                )
                found.append(
                    f"{new[key]['table']}.{each['db_column']} shrinks from {one} to {two} characters: it {how}."
                )
    return found


def sql_of_default(field: Field) -> str | None:
    """The SQL of a default as a state keeps it, "" for none, None where the state does not tell."""
    value = field.get("db_default", NO_DEFAULT)
    if value == NO_DEFAULT:
        return ""
    if isinstance(value, str):
        if value == "Now()":
            return "CURRENT_TIMESTAMP"
        if matched := _SQL.fullmatch(value):
            try:
                return str(ast.literal_eval(matched["text"]))
            except (SyntaxError, ValueError):
                return None
        if re.fullmatch(r"\w+\(.*\)", value, re.DOTALL):
            return None
    return "NULL" if value is None else literal(value)


def _defaults(
    found: Unseen, key: str, table: str, was: Field, now: Field, dialect: str, default_now: Callable[[str, str], str]
) -> None:
    place = f'ALTER TABLE "{table}" ALTER COLUMN "{now["db_column"]}"'
    if dialect == "postgres" and was.get("db_default") != now.get("db_default"):
        up, down = default_now(key, now["name"]), sql_of_default(was)
        found.up.append(f"{place} SET DEFAULT {up}" if up else f"{place} DROP DEFAULT")
        if down is None:
            found.notes.append(f"The default that {table}.{now['db_column']} had is not known: the way back drops it.")
        found.down.append(f"{place} SET DEFAULT {down}" if down else f"{place} DROP DEFAULT")
        was["db_default"] = now.get("db_default")
    if was.get("default") != now.get("default") and (dialect == "sqlite" or now["field_type"] in _UNWRITTEN):
        # A default of Python's: the database has none of it, and Aerich writes half a statement or raises.
        was["default"] = now.get("default")
        found.is_only_state = True


def _keys(before: Model, after: Model) -> None:
    """A foreign key that changes is dropped and added: Aerich only prints that it does nothing."""
    now = {each["name"]: each for each in relations(after)}
    for each in relations(before):
        other = now.get(each["name"])
        if other is not None and any(
            each.get(k) != other.get(k) for k in ("on_delete", "python_type", "db_constraint")
        ):
            each["name"] = f"{each['name']} (before)"


def _key_type(found: Unseen, before: Model, after: Model, dialect: str) -> None:
    """A key of another kind: Aerich changes integers only."""
    one, two = before["pk_field"], after["pk_field"]
    if dialect == "sqlite" or one["field_type"] == two["field_type"]:
        return
    if not (one["field_type"].endswith("IntField") and two["field_type"].endswith("IntField")):
        found.notes.append(f"The key of {after['table']} becomes {sql_type(two, dialect)}, which Aerich leaves to you.")


def _length(field: Field) -> int | None:
    length = (field.get("constraints") or {}).get("max_length")
    return length if isinstance(length, int) else None
