"""What a database's catalogue says, as plain values that two databases can be compared by. Pure.

How it is read is in `postgres` and `sqlite`; how models describe themselves in `described`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column. Texts are as the database itself writes them."""

    type: str
    nullable: bool
    default: str | None = None
    counts: str = ""
    """How rows get their numbers: `serial`, `identity always`, `identity by default`, `autoincrement`, or ""."""
    generated: str = ""
    """The expression of a generated column, with `stored` or `virtual`."""
    collation: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique key on whole columns, as a constraint or as an index."""

    columns: tuple[str, ...]
    name: str = ""
    form: str = "constraint"
    note: str = ""
    """DEFERRABLE, NULLS NOT DISTINCT, an INCLUDE: what a plain key has not."""
    valid: bool = True


@dataclass(frozen=True, slots=True)
class ForeignKey:
    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]
    """Empty where SQLite leaves it to the parent's primary key."""
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    note: str = ""
    """DEFERRABLE, MATCH FULL, NOT VALID."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """`text` is all behind the table's name: method, columns or expressions, predicate."""

    name: str
    text: str
    unique: bool = False
    valid: bool = True
    columns: tuple[str, ...] = ()
    """Where it is nothing but columns."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its columns in their order."""

    columns: Mapping[str, Column]
    primary: tuple[str, ...] = ()
    uniques: tuple[Unique, ...] = ()
    foreign: tuple[ForeignKey, ...] = ()
    checks: Mapping[str, str] = field(default_factory=dict)
    """Text by name; exclusion constraints too."""
    indexes: tuple[Index, ...] = ()
    triggers: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    options: str = ""
    """`WITHOUT ROWID`, `STRICT`, `PARTITION BY ...`."""
    sql: str = ""
    """SQLite's CREATE TABLE."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The objects of one schema (PostgreSQL) or database (SQLite)."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    sequences: Mapping[str, str] = field(default_factory=dict)
    """Those that no column owns."""
    enums: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def catalogue_of(values: Mapping[str, Any]) -> Catalogue:
    """Back from `Catalogue.as_json`, with lists where JSON has no tuples."""
    return Catalogue(
        {name: table_of(each) for name, each in values["tables"].items()},
        dict(values["views"]),
        dict(values["sequences"]),
        dict(values["enums"]),
    )


def table_of(values: Mapping[str, Any]) -> Table:
    """One table back from JSON."""
    return Table(
        {name: Column(**each) for name, each in values["columns"].items()},
        tuple(values["primary"]),
        tuple(Unique(**{**each, "columns": tuple(each["columns"])}) for each in values["uniques"]),
        tuple(
            ForeignKey(**{**each, "columns": tuple(each["columns"]), "to": tuple(each["to"])})
            for each in values["foreign"]
        ),
        dict(values["checks"]),
        tuple(Index(**{**each, "columns": tuple(each["columns"])}) for each in values["indexes"]),
        dict(values["triggers"]),
        values["comment"],
        values["options"],
        values["sql"],
    )


def without_equal(sides: Mapping[str, Catalogue | None]) -> dict[str, Catalogue | None]:
    """The same without the tables that are equal in all that know them: most are, and nobody has to send them."""
    asked = [side for name, side in sides.items() if side is not None and name != "state"]
    names = {name for side in asked for name in side.tables}
    equal = {
        name
        for name in names
        if all(name in side.tables and side.tables[name] == asked[0].tables[name] for side in asked)
    }
    return {
        name: replace(side, tables={table: each for table, each in side.tables.items() if table not in equal})
        if side is not None
        else None
        for name, side in sides.items()
    }
