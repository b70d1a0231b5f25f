"""The SQL that would make the database as the models are, or the files where no model can say it. Pure; runs nothing.

It is a proposal for a person to read: large tables get the statements that lock least, and what loses rows says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.migrate.drift.facts import name_of_index, name_of_key, name_of_unique
from tui.migrate.drift.rebuild import rebuild
from tui.migrate.process.catalogues.catalogue import Catalogue, Column, ForeignKey, Index, Table, Unique
from tui.migrate.process.sql.names import quoted, quoted_list

if TYPE_CHECKING:
    from tui.migrate.drift.facts import Key
    from tui.migrate.drift.reasons import Case


@dataclass(frozen=True, slots=True)
class Fixes:
    """Writes the fix of each difference."""

    dialect: str
    models: Catalogue
    files: Catalogue | None
    database: Catalogue
    places: Mapping[str, str]

    def of(self, key: Key, case: Case) -> str:
        """The statements, each on lines of its own; "" where nothing in the database has to change."""
        if case.models == case.database:
            return ""
        kind, table, name = key
        want = self.models.tables.get(table)
        made = self.files.tables.get(table) if self.files is not None else None
        # Where the files say the same, theirs are the names that every other database has.
        if want is None or (
            case.files is not None and case.files != case.database and case.models in (None, case.files)
        ):
            want = made
        have = self.database.tables.get(table)
        if kind in ("view", "sequence", "enum"):
            return self._object(kind, table)
        if kind == "table":
            return (
                f"DROP TABLE {self._name(table)};  -- with all its rows" if want is None else self._create(table, want)
            )
        if want is None or have is None:
            return ""
        if self.dialect == "sqlite":
            return self._sqlite(kind, table, name, want, have)
        return self._postgres(kind, table, name, want, have)

    def _name(self, table: str) -> str:
        place = self.places.get(table) if self.dialect == "postgres" else None
        return f"{quoted(place)}.{quoted(table)}" if place else quoted(table)

    def _create(self, table: str, want: Table) -> str:
        if self.dialect == "sqlite" and want.sql:
            indexes = [self._index(table, each) for each in want.indexes]
            indexes += [self._unique_index(table, each) for each in want.uniques if each.form == "index"]
            return "\n".join([f"{want.sql};", *indexes])
        lines = [f"{quoted(name)} {_definition(column)}" for name, column in want.columns.items()]
        if want.primary:
            lines.append(f"PRIMARY KEY {_columns(want.primary)}")
        lines += [f"UNIQUE {_columns(each.columns)}" for each in want.uniques]
        lines += [f"FOREIGN KEY {_columns(each.columns)} {self._references(each)}" for each in want.foreign]
        lines += [*want.checks.values()]
        body = ",\n    ".join(lines)
        made = f"CREATE TABLE {self._name(table)} (\n    {body}\n);"
        return "\n".join([made, *(self._index(table, each) for each in want.indexes)])

    def _object(self, kind: str, name: str) -> str:
        wanted = getattr(self.files, f"{kind}s").get(name) if self.files is not None else None
        word = {"view": "VIEW", "sequence": "SEQUENCE", "enum": "TYPE"}[kind]
        if wanted is None:
            return f"DROP {word} {quoted(name)};"
        if kind == "view":
            if self.dialect == "sqlite":
                return f"DROP VIEW IF EXISTS {quoted(name)};\n{wanted};"
            return f"CREATE OR REPLACE VIEW {quoted(name)} AS {wanted}"
        if kind == "enum":
            return f"CREATE TYPE {quoted(name)} AS ENUM ({wanted});  -- or ALTER TYPE ... ADD VALUE, where it is there"
        return f"CREATE SEQUENCE {quoted(name)} AS {wanted};"

    # PostgreSQL ---------------------------------------------------------------------------------------------------

    def _postgres(self, kind: str, table: str, name: str, want: Table, have: Table) -> str:
        alter = f"ALTER TABLE {self._name(table)}"
        column = want.columns.get(name)
        match kind:
            case "column":
                if column is None:
                    return f"{alter} DROP COLUMN {quoted(name)};  -- with all its values"
                return f"{alter} ADD COLUMN {quoted(name)} {_definition(column)};{_fills(column)}"
            case "type" | "collation" if column is not None:
                collate = f" COLLATE {quoted(column.collation)}" if column.collation else ""
                cast = f" USING {quoted(name)}::{column.type}" if _cannot_cast(column, have.columns.get(name)) else ""
                return f"{alter} ALTER COLUMN {quoted(name)} TYPE {column.type}{collate}{cast};"
            case "null" if column is not None:
                return f"{alter} ALTER COLUMN {quoted(name)} {'DROP' if column.nullable else 'SET'} NOT NULL;"
            case "default" if column is not None:
                what = "DROP DEFAULT" if column.default is None else f"SET DEFAULT {column.default}"
                return f"{alter} ALTER COLUMN {quoted(name)} {what};"
            case "identity" if column is not None:
                what = "ADD GENERATED BY DEFAULT AS IDENTITY" if column.counts else "DROP IDENTITY IF EXISTS"
                return f"{alter} ALTER COLUMN {quoted(name)} {what};"
            case "generated" if column is not None:
                return f"{alter} DROP COLUMN {quoted(name)};\n{alter} ADD COLUMN {quoted(name)} {_definition(column)};"
            case "primary key":
                drop = f"{alter} DROP CONSTRAINT {quoted(f'{table}_pkey')};\n" if have.primary else ""
                return f"{drop}{alter} ADD PRIMARY KEY {_columns(want.primary)};" if want.primary else drop.strip()
        return self._postgres_keys(kind, table, name, want, have)

    def _postgres_keys(self, kind: str, table: str, name: str, want: Table, have: Table) -> str:
        alter = f"ALTER TABLE {self._name(table)}"
        match kind:
            case "unique":
                drop = [self._drop_unique(table, each) for each in have.uniques if name_of_unique(each.columns) == name]
                add = [
                    f"{alter} ADD{_constraint(each.name)} UNIQUE {_columns(each.columns)};"
                    for each in want.uniques
                    if name_of_unique(each.columns) == name
                ]
                return "\n".join(drop + add[:1])
            case "foreign key":
                drop = [
                    f"{alter} DROP CONSTRAINT {quoted(each.name)};"
                    for each in have.foreign
                    if name_of_key(each) == name
                ]
                add = [
                    f"{alter} ADD{_constraint(each.name)} FOREIGN KEY {_columns(each.columns)} "
                    f"{self._references(each)} NOT VALID;"
                    + (f"\n{alter} VALIDATE CONSTRAINT {quoted(each.name)};" if each.name else "")
                    for each in want.foreign
                    if name_of_key(each) == name
                ]
                return "\n".join(drop + add[:1])
            case "check":
                drop = [
                    f"{alter} DROP CONSTRAINT {quoted(label)};" for label, text in have.checks.items() if text == name
                ]
                add = [
                    f"{alter} ADD CONSTRAINT {quoted(label)} {text};"
                    for label, text in want.checks.items()
                    if text == name
                ]
                return "\n".join(drop or add)
            case "index":
                return self._indexes(table, name, want, have)
            case "trigger":
                text = want.triggers.get(name)
                drop = [f"DROP TRIGGER {quoted(name)} ON {self._name(table)};"] if name in have.triggers else []
                return "\n".join([*drop, *([f"{text.partition(chr(10))[0]};"] if text is not None else [])])
        return ""

    def _drop_unique(self, table: str, key: Unique) -> str:
        if key.form == "constraint":
            return f"ALTER TABLE {self._name(table)} DROP CONSTRAINT {quoted(key.name)};"
        return f"DROP INDEX CONCURRENTLY {self._index_name(table, key.name)};"

    def _references(self, key: ForeignKey) -> str:
        to = f" {_columns(key.to)}" if key.to else ""
        on_update = f" ON UPDATE {key.on_update}" if key.on_update != "NO ACTION" else ""
        return f"REFERENCES {self._name(key.table)}{to} ON DELETE {key.on_delete}{on_update}"

    # Indexes ------------------------------------------------------------------------------------------------------

    def _indexes(self, table: str, name: str, want: Table, have: Table) -> str:
        concurrently = " CONCURRENTLY" if self.dialect == "postgres" else ""
        drop = [
            f"DROP INDEX{concurrently} {self._index_name(table, each.name)};"
            for each in have.indexes
            if is_index(each, name)
        ]
        make = [self._index(table, each) for each in want.indexes if is_index(each, name)]
        return "\n".join([*drop, *make])

    def _index_name(self, table: str, name: str) -> str:
        place = self.places.get(table) if self.dialect == "postgres" else None
        return f"{quoted(place)}.{quoted(name)}" if place else quoted(name)

    def _index(self, table: str, index: Index) -> str:
        unique = "UNIQUE " if index.unique else ""
        concurrently = "CONCURRENTLY " if self.dialect == "postgres" else ""
        text = _columns(index.columns) if index.columns else index.text
        label = f"{quoted(index.name)} " if index.name else f"{quoted(f'idx_{table}_{index.columns[0]}'[:60])} "
        return f"CREATE {unique}INDEX {concurrently}{label}ON {self._name(table)} {text};"

    def _unique_index(self, table: str, key: Unique) -> str:
        return f"CREATE UNIQUE INDEX {quoted(key.name)} ON {quoted(table)} {_columns(key.columns)};"

    # SQLite -------------------------------------------------------------------------------------------------------

    def _sqlite(self, kind: str, table: str, name: str, want: Table, have: Table) -> str:
        match kind:
            case "index":
                return self._indexes(table, name, want, have)
            case "trigger":
                text = want.triggers.get(name)
                return f"{text};" if text is not None and name not in have.triggers else f"DROP TRIGGER {quoted(name)};"
            case "column":
                column = want.columns.get(name)
                if column is not None and (column.nullable or column.default is not None) and not column.generated:
                    return f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(name)} {_definition(column)};"
                if column is None and not _is_used(have, name):
                    return f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(name)};  -- with all its values"
            case "unique":
                loose = [each for each in have.uniques if name_of_unique(each.columns) == name and each.form == "index"]
                if loose:
                    return "\n".join(f"DROP INDEX {quoted(each.name)};" for each in loose)
                if not any(name_of_unique(each.columns) == name for each in have.uniques):
                    missing = next(each for each in want.uniques if name_of_unique(each.columns) == name)
                    return self._unique_index(
                        table, Unique(missing.columns, missing.name or f"uid_{table}_{missing.columns[0]}")
                    )
        return rebuild(table, want, have)


def is_index(index: Index, name: str) -> bool:
    """Whether this is the index that a fact of this name is about."""
    text = name_of_index(index)
    return name == text or name.startswith(f"{text} again (")


def _definition(column: Column) -> str:
    serial = {"integer": "SERIAL", "bigint": "BIGSERIAL", "smallint": "SMALLSERIAL"}
    kind = serial.get(column.type, column.type) if column.counts == "serial" else column.type
    words = [kind]
    if column.collation:
        words.append(f"COLLATE {quoted(column.collation)}")
    if not column.nullable:
        words.append("NOT NULL")
    if column.counts.startswith("identity"):
        words.append(f"GENERATED {column.counts.removeprefix('identity ').upper()} AS IDENTITY")
    if column.generated:
        expression, _, how = column.generated.rpartition(" ")
        words.append(f"GENERATED ALWAYS AS ({expression}) {how.upper()}")
    if column.default is not None:
        # SQLite's pragma leaves out the parentheses that an expression needs.
        is_call = "(" in column.default and "'" not in column.default[:1] and "::" not in column.default
        words.append(f"DEFAULT ({column.default})" if is_call else f"DEFAULT {column.default}")
    return " ".join(words)


def _is_used(table: Table, column: str) -> bool:
    """Whether a key stands on the column, or may: SQLite then does not drop it. Indexes are dropped before."""
    keys = [table.primary, *(each.columns for each in table.uniques), *(each.columns for each in table.foreign)]
    return any(column in each for each in keys) or any(column.lower() in text for text in table.checks.values())


def _fills(column: Column) -> str:
    if column.nullable or column.default is not None or column.counts or column.generated:
        return ""
    return "  -- fails where there are rows: add it without NOT NULL, fill it, then SET NOT NULL"


def _cannot_cast(want: Column, have: Column | None) -> bool:
    """Whether PostgreSQL would refuse to change the type by itself: from text to what is none."""
    texts = ("character", "text")
    return have is not None and have.type.startswith(texts) and not want.type.startswith(texts)


def _constraint(name: str) -> str:
    return f" CONSTRAINT {quoted(name)}" if name else ""


def _columns(names: Iterable[str]) -> str:
    return f"({quoted_list(names)})"
