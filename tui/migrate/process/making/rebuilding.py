"""A table of SQLite built anew, for what its ALTER TABLE cannot do: create, copy, drop, rename, and what hung on it.

Foreign keys are off meanwhile, or dropping the old table would take the rows of its children along. The script carries
its own transaction, since Aerich's `executescript` commits whatever was begun before. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from .state import NO_DEFAULT, Field, Model, columns, data_columns, references, relations, sql_type
from .tables import literal

BEFORE: Final = ("PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE")
AFTER: Final = ("COMMIT", "PRAGMA foreign_keys = ON")
GOES: Final = " goes with its values"
_NAME: Final = r"""(?:"{0}"|`{0}`|\[{0}\]|'{0}'|\b{0}\b)"""
_CREATE: Final = re.compile(
    r"""CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|'[^']+'|\w+)""", re.IGNORECASE
)
_OF_A_COLUMN: Final = ("nullable", "unique", "generated", "db_default")
_OF_A_KEY: Final = ("on_delete", "python_type", "db_constraint", "raw_field")


@dataclass(frozen=True, slots=True)
class Thing:
    """A row of `sqlite_master`: an index, a trigger or a view that somebody made."""

    kind: str
    name: str
    table: str
    sql: str


@dataclass(slots=True)
class Catalogue:
    """What a database has. Empty where none could be asked."""

    things: list[Thing] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)

    def table(self, name: str) -> str | None:
        """The statement that made a table."""
        return next((each.sql for each in self.things if each.kind == "table" and each.name == name), None)

    def of(self, table: str, *kinds: str) -> list[Thing]:
        return [each for each in self.things if each.kind in kinds and each.table == table]

    def naming(self, tables: Iterable[str]) -> list[Thing]:
        """Views, and triggers of other tables, that speak of one of these: a rename would find them broken."""
        patterns = [re.compile(_NAME.format(re.escape(table)), re.IGNORECASE) for table in tables]
        return [
            each
            for each in self.things
            if each.kind in ("view", "trigger") and any(pattern.search(each.sql) for pattern in patterns)
        ]


def why_rebuilt(old: Model, new: Model) -> list[str]:
    """What of a table SQLite cannot alter, in words; empty when Aerich's own statements do."""
    reasons: list[str] = []
    before = {each["name"]: each for each in columns(old)}
    after = {each["name"]: each for each in columns(new)}
    keys = {each["raw_field"] for each in [*references(old), *references(new)]}
    for name, now in after.items():
        was, column = before.get(name), now["db_column"]
        if was is None:
            if not now.get("nullable") and constant(now) is None:
                reasons.append(f"{column} is new, NOT NULL and has no default")
            continue
        if sql_type(was, "sqlite") != sql_type(now, "sqlite"):
            reasons.append(f"{column} becomes {sql_type(now, 'sqlite')}")
        reasons += [f"{column}: {_WORDS[part]}" for part in _OF_A_COLUMN if was.get(part) != now.get(part)]
    for name, was in before.items():
        if name not in after and (was.get("unique") or name in keys):
            reasons.append(f"{was['db_column']} goes, with a constraint on it")
    names = {each["name"]: each for each in relations(new)}
    others = {each["name"]: each for each in relations(old)}
    for name in sorted(names.keys() | others.keys()):
        one, two = others.get(name), names.get(name)
        if one is None or two is None:
            if (one or two or {}).get("db_constraint"):
                reasons.append(f"the foreign key {name} is {'new' if one is None else 'gone'}")
        elif any(one.get(part) != two.get(part) for part in _OF_A_KEY):
            reasons.append(f"the foreign key {name} changes")
    gone = {tuple(each) for each in old.get("unique_together") or ()} - {
        tuple(each) for each in new.get("unique_together") or ()
    }
    reasons += [f"UNIQUE ({', '.join(each)}) goes" for each in sorted(gone)]
    return reasons


_WORDS: Final = {
    "nullable": "NULL or NOT NULL changes",
    "unique": "UNIQUE changes",
    "generated": "how it is generated changes",
    "db_default": "its default changes",
}


def rebuild(
    create: str,
    indexes: Sequence[str],
    source: Sequence[str],
    target: Model | Sequence[str],
    table: str,
    *,
    values: Mapping[str, str],
    counts: bool,
) -> list[str]:
    """The statements for one table. `source` are the columns it has, `target` those it gets; `values` fill new ones.

    `counts`: its key counts up by itself and never gives a number twice, which the new one goes on with.
    """
    spare = f"{table}__new"
    wanted = [each["db_column"] for each in columns(target)] if isinstance(target, Mapping) else list(target)
    pairs = [(name, f'"{name}"') for name in wanted if name in source]
    pairs += [(name, values[name]) for name in wanted if name not in source and name in values]
    into = ", ".join(f'"{name}"' for name, _ in pairs)
    out = ", ".join(value for _, value in pairs)
    found = [
        _CREATE.sub(lambda _: f'CREATE TABLE "{spare}"', create.rstrip().rstrip(";"), count=1),
        f'INSERT INTO "{spare}" ({into}) SELECT {out} FROM "{table}"',  # noqa: S608 - names of the models
    ]
    if counts:
        found += [
            f"DELETE FROM sqlite_sequence WHERE name = '{spare}'",  # noqa: S608 - names of the models
            f"INSERT INTO sqlite_sequence SELECT '{spare}', seq FROM sqlite_sequence WHERE name = '{table}'",  # noqa: S608
        ]
    found += [f'DROP TABLE "{table}"', f'ALTER TABLE "{spare}" RENAME TO "{table}"', *indexes]
    return found


def fills(old: Model, new: Model) -> dict[str, str]:
    """For each new column the constant that the rows that are there get, as SQL."""
    before = {each["db_column"] for each in columns(old)}
    found = {}
    for each in data_columns(new):
        value = constant(each)
        if each["db_column"] not in before and value is not None:
            found[each["db_column"]] = literal(value)
    return found


def constant(field: Field) -> Any:
    """The value that rows without one get, None where only a program or nobody knows."""
    for value in (field.get("db_default", NO_DEFAULT), field.get("default")):
        if value is None or value == NO_DEFAULT:
            continue
        if isinstance(value, str) and (value.startswith("<function") or re.match(r"\w+\(", value)):
            continue
        return value
    return None


def around(tables: Sequence[str], catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """What is dropped before tables are rebuilt, and made again behind: views, and triggers that speak of them."""
    hung = {each.name: each for table in tables for each in catalogue.of(table, "trigger")}
    hung |= {each.name: each for each in catalogue.naming(tables)}
    ordered = [each for each in catalogue.things if each.name in hung and each.kind in ("view", "trigger")]
    drops = [f'DROP {each.kind.upper()} IF EXISTS "{each.name}"' for each in reversed(ordered)]
    return drops, [each.sql.rstrip().rstrip(";") for each in ordered]


def other_indexes(table: str, catalogue: Catalogue, known: Iterable[str], kept: Iterable[str]) -> list[str]:
    """Indexes that somebody made and no model knows, as far as the columns they name are still there."""
    gone = set(catalogue.columns.get(table, ())) - set(kept)
    patterns = [re.compile(_NAME.format(re.escape(column)), re.IGNORECASE) for column in gone]
    names = set(known)
    return [
        each.sql
        for each in catalogue.of(table, "index")
        if each.name not in names and not any(pattern.search(each.sql) for pattern in patterns)
    ]
