"""A catalogue taken apart into single facts that can be held against each other. Pure.

A fact is (kind, table, name) -> what is there, in words. What a column is, is told only of a column that is there, and
so on down: a missing table is one fact and not fifty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui.migrate.process.catalogues.catalogue import Catalogue, Column, ForeignKey, Index, Table

Key = tuple[str, str, str]
"""Kind, table, name."""

DESCRIBED: Final = frozenset({"table", "column", "type", "null", "primary key", "unique", "foreign key", "index"})
"""The kinds that models know of themselves."""

_SQLITE_SAME: Final = {"INTEGER": "INT", "BOOLEAN": "BOOL"}
"""Types that SQLite keeps in the same way."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One side. `is_exact` False: it comes from a description, and knows only `DESCRIBED`."""

    values: Mapping[Key, str]
    is_exact: bool = True

    def knows(self, key: Key) -> bool:
        """Whether that a fact is not here means that there is none."""
        if self.is_exact:
            return True
        # An expression, a method or a predicate is beyond a description.
        return key[0] in DESCRIBED and not (key[0] == "index" and not _is_columns(key[2]))


def facts_of(catalogue: Catalogue, tables: Iterable[str] | None = None, *, is_exact: bool = True) -> Facts:
    """The facts of these tables, of all by default, and of views, sequences and enums when all are asked for."""
    chosen = catalogue.tables if tables is None else [name for name in tables if name in catalogue.tables]
    found: dict[Key, str] = {}
    for name in chosen:
        found.update(_of_table(name, catalogue.tables[name]))
    if tables is None:
        for kind, objects in (
            ("view", catalogue.views),
            ("sequence", catalogue.sequences),
            ("enum", catalogue.enums),
        ):
            found.update({(kind, name, ""): text for name, text in objects.items()})
    if not is_exact:
        found = {key: value for key, value in found.items() if key[0] in DESCRIBED}
    return Facts(found, is_exact)


def _of_table(table: str, values: Table) -> Iterator[tuple[Key, str]]:
    yield ("table", table, ""), f"{len(values.columns)} column{'' if len(values.columns) == 1 else 's'}"
    for name, column in values.columns.items():
        yield from _of_column(table, name, column)
    yield ("order", table, ""), ", ".join(values.columns)
    if values.primary:
        yield ("primary key", table, ""), name_of_unique(values.primary)
    yield from _of_keys(table, values)
    for text in values.checks.values():
        yield ("check", table, text), text
    yield from _of_indexes(table, values)
    for name, text in values.triggers.items():
        yield ("trigger", table, name), text
    if values.comment:
        yield ("comment", table, ""), values.comment
    if values.options:
        yield ("options", table, ""), values.options


def _of_keys(table: str, values: Table) -> Iterator[tuple[Key, str]]:
    for unique in values.uniques:
        note = f" {unique.note}" if unique.note else ""
        yield ("unique", table, name_of_unique(unique.columns)), f"unique{note}{'' if unique.valid else ' INVALID'}"
        yield ("unique form", table, name_of_unique(unique.columns)), unique.form
        if unique.name:
            yield ("unique name", table, name_of_unique(unique.columns)), unique.name
    for key in values.foreign:
        on_update = f" ON UPDATE {key.on_update}" if key.on_update != "NO ACTION" else ""
        to = f" {name_of_unique(key.to)}" if key.to else ""
        note = f" {key.note}" if key.note else ""
        text = f"REFERENCES {key.table}{to} ON DELETE {key.on_delete}{on_update}{note}"
        yield ("foreign key", table, name_of_key(key)), text
        if key.name:
            yield ("foreign name", table, name_of_key(key)), key.name


def _of_indexes(table: str, values: Table) -> Iterator[tuple[Key, str]]:
    seen: dict[str, int] = {}
    for index in values.indexes:
        text = name_of_index(index)
        seen[text] = seen.get(text, 0) + 1
        name = text if seen[text] == 1 else f"{text} again ({seen[text]})"
        yield ("index", table, name), "there" if index.valid else "INVALID"
        if index.name:
            yield ("index name", table, name), index.name


def _of_column(table: str, name: str, column: Column) -> Iterator[tuple[Key, str]]:
    yield ("column", table, name), words_of(column)
    yield ("type", table, name), column.type
    yield ("null", table, name), "NULL" if column.nullable else "NOT NULL"
    for kind, value in (
        ("default", column.default or ""),
        ("identity", column.counts),
        ("generated", column.generated),
        ("collation", column.collation),
        ("comment", column.comment),
    ):
        if value:
            yield (kind, table, name), value


def words_of(column: Column) -> str:
    """`varchar(50) NOT NULL DEFAULT ''`, as it is shown where the whole column is missing."""
    words = [column.type, "" if column.nullable else "NOT NULL"]
    if column.default is not None:
        words.append(f"DEFAULT {column.default}")
    words += [column.counts, f"GENERATED {column.generated}" if column.generated else ""]
    return " ".join(word for word in words if word)


def is_same(kind: str, one: str | None, other: str | None) -> bool:
    """Whether two texts of a kind mean the same."""
    if one == other:
        return True
    if one is None or other is None:
        return False
    if kind in ("table", "column"):
        # That both are there is all that this fact says; what they are is told by the others.
        return True
    if kind == "foreign key" and ("(" in one) != ("(" in other):
        return _without_columns(one) == _without_columns(other)
    if kind == "default":
        return plain_default(one) == plain_default(other)
    return False


def is_spelling(kind: str, one: str | None, other: str | None) -> bool:
    """Whether two types of SQLite are two words for the same."""
    return kind == "type" and _SQLITE_SAME.get(one or "", one) == _SQLITE_SAME.get(other or "", other)


def plain_default(text: str) -> str:
    """SQLite keeps a default as it was written: `True`, `true` and `1` are one value."""
    return {"true": "1", "false": "0", "(true)": "1", "(false)": "0"}.get(text.lower(), text)


def name_of_unique(columns: Iterable[str]) -> str:
    """A unique key goes by its columns: `(title, price)`."""
    return f"({', '.join(columns)})"


def name_of_key(key: ForeignKey) -> str:
    """A foreign key by its columns and where it leads: `(author_id) to author`."""
    return f"{name_of_unique(key.columns)} to {key.table}"


def name_of_index(index: Index) -> str:
    """An index by what it is on, since names differ: `UNIQUE (title)`. A second one on the same has a number behind."""
    return f"{'UNIQUE ' if index.unique else ''}{name_of_unique(index.columns) if index.columns else index.text}"


def _is_columns(index: str) -> bool:
    return index.startswith("(") and index.endswith(")") and index.count("(") == 1


def _without_columns(text: str) -> str:
    """A key that names no columns leads to the primary key."""
    if "(" not in text:
        return text
    begin, end = text.index("("), text.index(")")
    return text[: begin - 1] + text[end + 1 :]
