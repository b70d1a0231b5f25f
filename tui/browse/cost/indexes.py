"""Which indexes lists, searches and deletions need, which of them a database lacks, and the statements that make those.

What is needed comes from the models themselves, and from "contains", for which PostgreSQL has trigrams. What there is
comes from the catalogue (`catalogue.py`): nothing is assumed of a database that somebody made by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tortoise.fields import Field
from tortoise.indexes import Index as ModelIndex
from tortoise.models import Model

import models
from models.indexes import where_set
from tui.browse.cost.catalogue import Index, load_indexes
from tui.browse.lists.orders import SERVED_BY, Order, OrderBy
from tui.browse.sql import Sql, connection, dialect, rows

LISTED: Final = ("users", "user_auth_state")
"""The tables whose indexes the orders walk."""

TRIGRAM_CLASSES: Final = ("gin_trgm_ops", "gist_trgm_ops")
SEARCHED: Final = ("username_key", "email_key")
"""The columns of users in which "contains" searches."""

NAMES: Final = ("full_name",)
"""The one in which `name:` does. Its index is offered to those who search so, and asked of nobody else."""

EXTENSION: Final = "CREATE EXTENSION IF NOT EXISTS pg_trgm;"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An index that is relied upon. `trigram` columns are searched for what they contain; one `where_set` finds what
    refers to a user who is deleted, and walks no list."""

    table: str
    columns: tuple[str, ...]
    name: str
    unique: bool = False
    trigram: bool = False
    where_set: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """An index that is missing or broken. `sentence` says which and what it is for; `sql` are the statements that mend
    it, each ended by a semicolon, to be sent one by one and outside a transaction."""

    table: str
    columns: tuple[str, ...]
    sentence: str
    sql: str
    trigram: bool = False


def missing_for(wanted: Iterable[Wanted], there: Sequence[Index]) -> list[Advice]:
    """Return what to do about each index that is not there, or that is there and broken."""
    lacking = [want for want in wanted if not _is_served(want, there)]
    plain = [_advice(want, there) for want in lacking if not want.trigram]
    trigram = [want for want in lacking if want.trigram]
    return [*plain, *([_trigram_advice(trigram, there)] if trigram else [])]


async def index_advice() -> list[Advice]:
    """Return what the open database lacks: every index of the models, and those that make "contains" fast."""
    wanted = [*wanted_by_models(), *wanted_for_contains()]
    return missing_for(wanted, await load_indexes(*sorted({want.table for want in wanted})))


def contains_advice(there: Sequence[Index], columns: Sequence[str] = SEARCHED) -> Advice | None:
    """Return how to make "contains" in some columns fast; None where it is, and on SQLite, where nothing does."""
    found = missing_for(wanted_for_contains(columns), there)
    return found[0] if found else None


def has_trigrams(there: Sequence[Index], columns: Sequence[str] = SEARCHED) -> bool:
    """Whether valid trigram indexes serve all columns in which "contains" searches."""
    return dialect() == "postgres" and contains_advice(there, columns) is None


def order_advice(order: Order, there: Sequence[Index]) -> Advice | None:
    """Return which index an order lacks; None when it is served."""
    table, columns = SERVED_BY[order.by]
    if any(index.table == table and index.serves(columns) for index in there):
        return None
    declared = (want for want in _walked() if want.table == table and want.columns[: len(columns)] == columns)
    return _advice(next(declared, Wanted(table, columns, f"idx_{table}_{columns[0]}")), there)


async def lacking_orders() -> dict[OrderBy, Advice]:
    """Return the orders that the open database cannot serve, with the index that each lacks."""
    there = await load_indexes(*LISTED)
    found = ((by, order_advice(Order(by), there)) for by in OrderBy)
    return {by: advice for by, advice in found if advice is not None}


async def scan_advice(contains: Sequence[str]) -> Advice | None:
    """Return the index that would spare a search its scan: for what it looks for in the columns `contains`, where the
    server can have one, else one of the lists' tables that is missing."""
    there = await load_indexes(*LISTED, "user_roles")
    if contains:
        advice = contains_advice(there, contains)
        return advice if advice is not None and await can_have_trigrams() else None
    found = missing_for((want for want in _walked() if want.table in (*LISTED, "user_roles")), there)
    return found[0] if found else None


async def can_have_trigrams() -> bool:
    """Whether the extension is installed in the database, or can be: its files are on the server."""
    return dialect() == "postgres" and bool(
        await rows(Sql("SELECT 1 AS there FROM pg_available_extensions WHERE name = 'pg_trgm'"))
    )


def wanted_for_contains(columns: Sequence[str] = SEARCHED) -> tuple[Wanted, ...]:
    """Return the trigram indexes; none on SQLite, which has no index for parts of a text."""
    if dialect() != "postgres":
        return ()
    return tuple(Wanted("users", (column,), f"idx_users_{column}_trgm", trigram=True) for column in columns)


def wanted_by_models() -> tuple[Wanted, ...]:
    """Return every index that the models declare, under the name that a migration would give it."""
    found: dict[tuple[str, tuple[str, ...]], Wanted] = {}
    for model in vars(models).values():
        for want in _of_model(model) if isinstance(model, type) and issubclass(model, Model) else ():
            found.setdefault((want.table, want.columns), want)
    return tuple(found.values())


def _walked() -> Iterable[Wanted]:
    """Those of the models that lists and searches walk."""
    return (want for want in wanted_by_models() if not want.where_set)


def _of_model(model: type[Model]) -> Iterable[Wanted]:
    meta = model._meta
    generator = connection().schema_generator(connection())

    def want(fields: Sequence[str], name: str = "", *, unique: bool = False, where_set: bool = False) -> Wanted:
        columns = tuple(_column(meta.fields_map[field]) for field in fields)
        prefix = "uid" if unique else "idx"
        name = name or generator._get_index_name(prefix, model, columns)
        return Wanted(meta.db_table, columns, name, unique, where_set=where_set)

    for name, field in meta.fields_map.items():
        if field.pk or field.unique:
            if field.has_db_field or name in meta.fk_fields | meta.o2o_fields:
                yield want((name,), unique=True)
        elif field.index:
            yield want((name,))
    for fields in meta.unique_together:
        yield want(fields, unique=True)
    for index in meta.indexes:
        if isinstance(index, ModelIndex):
            yield want(index.fields, index.name or "", where_set=index.extra == where_set(index.fields[0]))
        else:
            yield want(index)


def _column(field: Field[Any]) -> str:
    return str(field.source_field or field.model_field_name)


def _is_served(want: Wanted, there: Sequence[Index]) -> bool:
    here = [index for index in there if index.table == want.table]
    if want.trigram:
        return any(_has_trigrams_of(index, want.columns[0]) and index.valid for index in here)
    if want.unique:
        return any(i.unique and i.valid and i.is_plain and set(i.keys) == set(want.columns) for i in here)
    if want.where_set:
        return any(index.finds(want.columns[0]) for index in here)
    return any(index.serves(want.columns) for index in here)


def _has_trigrams_of(index: Index, column: str) -> bool:
    pairs = zip(index.keys, index.classes, strict=False)
    return index.is_plain and any(key == column and kind in TRIGRAM_CLASSES for key, kind in pairs)


def _advice(want: Wanted, there: Sequence[Index]) -> Advice:
    place = f"{want.table} ({', '.join(want.columns)})"
    broken, drop = _broken([i for i in there if i.table == want.table and i.keys == want.columns])
    name = _free(want.name, there, broken)
    kind = "UNIQUE INDEX" if want.unique else "INDEX"
    columns = ", ".join(f'"{column}"' for column in want.columns)
    condition = where_set(want.columns[0]) if want.where_set else ""
    create = f'CREATE {kind} {_concurrently()}"{name}" ON "{want.table}" ({columns}){condition};'
    return Advice(want.table, want.columns, _sentence(place, broken), "\n".join([*drop, create]))


def _trigram_advice(wants: Sequence[Wanted], there: Sequence[Index]) -> Advice:
    columns = tuple(want.columns[0] for want in wants)
    broken, drop = _broken([i for i in there if any(_has_trigrams_of(i, column) for column in columns)])
    creates = [
        f'CREATE INDEX CONCURRENTLY "{_free(want.name, there, broken)}" ON "{want.table}"'
        f' USING gin ("{want.columns[0]}" gin_trgm_ops);'
        for want in wants
    ]
    sentence = _sentence(f"{wants[0].table} ({', '.join(columns)}) for *contains*", broken)
    return Advice(wants[0].table, columns, sentence, "\n".join([EXTENSION, *drop, *creates]), trigram=True)


def _broken(alike: Iterable[Index]) -> tuple[frozenset[str], list[str]]:
    """The names of those that an interrupted CREATE INDEX CONCURRENTLY left behind, and how to be rid of them."""
    broken = [index.name for index in alike if not index.valid]
    return frozenset(broken), [f'DROP INDEX CONCURRENTLY "{name}";' for name in broken]


def _sentence(place: str, broken: frozenset[str]) -> str:
    if broken:
        return f"The index {', '.join(sorted(broken))} on {place} is invalid: its making was interrupted."
    return f"There is no index on {place}."


def _free(name: str, there: Sequence[Index], dropped: frozenset[str]) -> str:
    """The name, or one like it where an index of other columns has it already."""
    taken = {index.name for index in there} - dropped
    while name in taken:
        name += "_2"
    return name


def _concurrently() -> str:
    return "CONCURRENTLY " if dialect() == "postgres" else ""
