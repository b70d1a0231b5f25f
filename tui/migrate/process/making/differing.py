"""Two catalogues compared, one line a difference. Names that databases choose themselves do not count. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from ..catalogues.catalogue import Catalogue, Table

_CHOSEN: Final = ("idx_", "uid_", "uidx_")


def lines(
    one: Catalogue,
    two: Catalogue,
    first: str,
    second: str,
    *,
    benign: Collection[tuple[str, str]] = (),
) -> list[str]:
    """What only one of them has. `benign`: columns (table, column) whose DEFAULT may be in either."""
    left, right = set(_facts(one, benign)), set(_facts(two, benign))
    found = [(fact, first) for fact in left - right] + [(fact, second) for fact in right - left]
    return [f"{fact}: only {place}" for fact, place in sorted(found)]


def only(catalogue: Catalogue, tables: Collection[str]) -> Catalogue:
    """The same with these tables alone."""
    return replace(Catalogue(), tables={name: table for name, table in catalogue.tables.items() if name in tables})


def as_models_can(catalogue: Catalogue, models: Catalogue) -> Catalogue:
    """Without what no model can ask for: triggers, checks, and indexes whose name Tortoise did not choose."""
    found = {}
    for name, table in catalogue.tables.items():
        other = models.tables.get(name, table)
        names = {each.name for each in other.indexes} | {each.name for each in other.uniques}
        found[name] = replace(
            table,
            triggers={},
            checks={},
            indexes=tuple(each for each in table.indexes if each.name in names or each.name.startswith(_CHOSEN)),
            uniques=tuple(
                each
                for each in table.uniques
                if each.form != "index" or each.name in names or each.name.startswith(_CHOSEN)
            ),
        )
    return replace(catalogue, tables=found)


def _facts(catalogue: Catalogue, benign: Collection[tuple[str, str]]) -> Iterator[str]:
    for name, table in catalogue.tables.items():
        yield f"table {name}"
        yield from (f"{name}: {fact}" for fact in _table(name, table, benign))
    for name, text in catalogue.views.items():
        yield f"view {name} as {_flat(text)}"
    yield from (f"sequence {name}" for name in catalogue.sequences)
    yield from (f"type {name} {text}" for name, text in catalogue.enums.items())


def _table(name: str, table: Table, benign: Collection[tuple[str, str]]) -> Iterator[str]:
    for title, column in table.columns.items():
        default = f" DEFAULT {column.default}" if column.default and (name, title) not in benign else ""
        null = "" if column.nullable else " NOT NULL"
        more = " ".join(filter(None, (column.counts, column.generated, column.collation)))
        yield f"column {title} {column.type}{null}{default} {more}".rstrip()
    yield f"primary key ({', '.join(table.primary)})"
    # A unique index and a unique constraint keep out the same rows.
    yield from (f"unique ({', '.join(each.columns)}) {each.note}".rstrip() for each in table.uniques)
    for key in table.foreign:
        yield f"key ({', '.join(key.columns)}) to {key.table} on delete {key.on_delete} on update {key.on_update}"
    yield from (f"check {_flat(text)}" for text in table.checks.values())
    for index in table.indexes:
        yield f"{'unique ' if index.unique else ''}index {_flat(index.text)}"
    yield from (f"trigger {title} {_flat(text)}" for title, text in table.triggers.items())
    yield from ((f"options {table.options}",) if table.options else ())


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
