"""What a draft does, by table and in words. Pure; texts are safe to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui.migrate.process.sql.ddl import what_does
from tui.migrate.process.sql.deed import Change, Deed, Kind, Verb
from tui.migrate.process.sql.statements import is_held_by_the_session, split
from tui.sanitise import sanitise


@dataclass(frozen=True, slots=True)
class Operation:
    """One statement or one change of it. `loses`: rows or values are gone for good afterwards."""

    table: str
    words: str
    loses: bool = False


def operations(script: str, dialect: str, rebuilt: Mapping[str, Sequence[str]] | None = None) -> tuple[Operation, ...]:
    """In the order of the script. The steps of a table that SQLite builds anew are one operation, and what it loses."""
    rebuilt = rebuilt or {}
    found: list[Operation] = []
    indexes: dict[str, str] = {}
    deeds = [what_does(each.text, dialect) for each in split(script, dialect)]
    tables = sorted({table for deed in deeds for table in deed.tables}, key=len, reverse=True)
    for statement in split(script, dialect):
        if is_held_by_the_session(statement.text):
            continue
        deed = what_does(statement.text, dialect)
        table = deed.tables[0] if deed.tables else indexes.get(deed.name) or _by_name(deed.name, tables)
        plain = table.removesuffix("__new")
        if plain in rebuilt and _is_of_rebuild(deed):
            if not any(each.table == plain and each.words == _REBUILT for each in found):
                found.append(Operation(sanitise(plain, 100), _REBUILT))
                gone = [each.removesuffix(GOES) for each in rebuilt[plain] if each.endswith(GOES)]
                found += [
                    Operation(sanitise(plain, 100), f"drop {sanitise(each, 100)} with its values", True)
                    for each in gone
                ]
            continue
        if deed.reads == ("sqlite_sequence",) or table == "sqlite_sequence":
            continue
        if deed.kind is Kind.CREATE_INDEX:
            indexes[deed.name] = table
        found += [Operation(sanitise(table, 100), sanitise(words, 200), loses) for words, loses in _words(deed)]
    return tuple(found)


GOES: Final = " goes with its values"
"""As `process.making.rebuilding` has it."""
_RENAMED: Final = "rename it to "
_REBUILT: Final = "build anew, with its rows"


def _by_name(index: str, tables: Sequence[str]) -> str:
    """The table in an index's name, as Tortoise makes it up: dropping one does not say whose it is."""
    return next((table for table in tables if f"_{table[:11]}_" in index), "")


def by_table(found: Sequence[Operation]) -> dict[str, list[Operation]]:
    """The same, each table once, in the order in which they come first; what is renamed is under its old name."""
    names: dict[str, str] = {}
    grouped: dict[str, list[Operation]] = {}
    for each in found:
        table = names.get(each.table, each.table)
        grouped.setdefault(table, []).append(each)
        if each.words.startswith(_RENAMED):
            names[each.words.removeprefix(_RENAMED)] = table
    return grouped


def _is_of_rebuild(deed: Deed) -> bool:
    if deed.kind in (Kind.CREATE_TABLE, Kind.DROP_TABLE, Kind.INSERT):
        return True
    return deed.kind is Kind.ALTER_TABLE and any(change.verb is Verb.RENAME_TABLE for change in deed.changes)


def _words(deed: Deed) -> list[tuple[str, bool]]:
    if deed.kind is Kind.ALTER_TABLE and deed.changes:
        return [_change(change) for change in deed.changes]
    columns = f" on {', '.join(deed.columns)}" if deed.columns else ""
    match deed.kind:
        case Kind.CREATE_TABLE:
            return [(f"create it with {len(deed.defined)} columns", False)]
        case Kind.DROP_TABLE:
            return [("drop it with all its rows", True)]
        case Kind.CREATE_INDEX:
            return [(f"create {'unique ' if deed.unique else ''}index {deed.name}{columns}", False)]
        case Kind.DROP_INDEX:
            return [(f"drop index {deed.name}", False)]
    said = deed.words.lower() if " " in deed.words else deed.kind
    return [(f"{said} {deed.name}".strip(), deed.is_destructive)]


def _change(change: Change) -> tuple[str, bool]:
    match change.verb:
        case Verb.ADD_COLUMN:
            null = " NOT NULL" if change.not_null else ""
            default = f" DEFAULT {change.default}" if change.default else ""
            return f"add {change.column} {change.type}{null}{default}", False
        case Verb.DROP_COLUMN:
            return f"drop {change.column} with its values", True
        case Verb.RENAME_COLUMN:
            return f"rename {change.column} to {change.to}", False
        case Verb.RENAME_TABLE:
            return f"{_RENAMED}{change.to}", False
        case Verb.SET_TYPE:
            return f"make {change.column} {change.type}", False
        case _:
            return f"{change.verb} {change.column}".strip() + (f" to {change.default}" if change.default else ""), False
