"""Models, files and database held against each other, fact by fact. Pure.

What makes a difference benign, and why, is decided in `reasons`; what would mend it is written by `fixes`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from tui.migrate.drift.facts import Facts, Key, facts_of
from tui.migrate.drift.fixes import Fixes
from tui.migrate.drift.reasons import OBJECTS, OURS, Case, judge
from tui.migrate.drift.report import Difference

if TYPE_CHECKING:
    from tui.migrate.process.catalogues.catalogue import Catalogue, Table

_INSIDE_A_COLUMN: Final = frozenset({"type", "null", "default", "identity", "generated", "collation"})
_SAID_AS: Final = {"unique form": "form", "unique name": "name", "index name": "name", "foreign name": "name"}
"""Names and forms hang on a key or an index that both have."""
_HANGS_ON: Final = {
    "unique form": "unique",
    "unique name": "unique",
    "index name": "index",
    "foreign name": "foreign key",
}


_NOT_YET: Final = "The models ask for it and no file makes it: make a migration."
_NO_LONGER: Final = "The files make it and the models do not ask for it: make a migration."


@dataclass(frozen=True, slots=True)
class Sides:
    """What the worker found. None: could not be asked."""

    dialect: str
    models: Catalogue
    database: Catalogue
    files: Catalogue | None = None
    after_pending: Catalogue | None = None
    """The files with those that are not applied; None when there are none."""
    state: Catalogue | None = None
    """The models as the last file knows them, by their description."""
    is_exact: bool = True
    are_files_exact: bool = True
    is_database_exact: bool = True
    """False where a description stands in for it."""
    tables: Collection[str] = ()
    """Of the app's models."""
    known: Collection[str] = ()
    """Of any app's models: not to be told as somebody else's."""
    places: Mapping[str, str] = field(default_factory=dict)
    defaults: Collection[tuple[str, str]] = ()
    """Columns with a default in Python."""
    text: str = ""
    """The SQL of all files, for files that could not be replayed."""
    has_programs: bool = False


def compare(sides: Sides, only: Collection[str] | None = None) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """The differences that matter and the benign ones, by table. `only`: no others than these tables, and no views."""
    found = sorted(_differences(sides, only), key=_order)
    return tuple(each for each in found if not each.is_benign), tuple(each for each in found if each.is_benign)


def unmade(sides: Sides, only: Collection[str] | None = None) -> tuple[Difference, ...]:
    """What the models ask for and no file makes, the pending ones included, or the other way round: `make` is due."""
    last = sides.after_pending or sides.files if sides.are_files_exact else sides.state
    if last is None:
        return ()
    alone = replace(
        sides,
        database=last,
        files=last,
        after_pending=None,
        is_exact=sides.is_exact and sides.are_files_exact,
        is_database_exact=sides.are_files_exact,
        text=sides.text if sides.are_files_exact else "",
    )
    differences, _ = compare(alone, only)
    return tuple(
        replace(each, in_database=None, fix_sql="", why=_NO_LONGER if each.in_models is None else _NOT_YET)
        for each in differences
        if each.counts
    )


def _order(each: Difference) -> tuple[bool, str, bool, str, str]:
    return (each.is_unknown_object, each.table, each.is_only_there, each.kind, each.name)


def _differences(sides: Sides, only: Collection[str] | None) -> Iterator[Difference]:
    # Tables of other apps are theirs to compare, whatever the files of this one made.
    others = set(sides.known) - set(sides.tables)
    chosen = None if only is None else list(only)
    models = facts_of(sides.models, _within(sides.models, sides.tables, chosen), is_exact=sides.is_exact)
    database = _facts(sides.database, others, chosen, is_exact=sides.is_database_exact)
    files = _facts(sides.files, others, chosen, is_exact=sides.are_files_exact) if sides.files is not None else None
    later = (
        _facts(sides.after_pending, others, chosen, is_exact=sides.are_files_exact)
        if sides.after_pending is not None
        else None
    )
    state = _facts(sides.state, (), chosen, is_exact=False) if sides.state is not None else None
    fixes = Fixes(sides.dialect, sides.models, sides.files, sides.database, sides.places)
    every = dict.fromkeys([*models.values, *database.values, *(files.values if files is not None else ())])
    for key in every:
        case = Case(
            key[0],
            key[1],
            key[2],
            models.values.get(key),
            files.values.get(key) if files is not None else None,
            later.values.get(key) if later is not None else None,
            database.values.get(key),
            # A missing table or column was told as such, and its inside is between files and database then.
            knows_models=models.knows(key) and _has_room(models, key),
            knows_files=_knows(files, key, sides) and _has_room(files, key),
            knows_later=later is not None and later.knows(key),
            in_state=state is not None and key in state.values,
            knows_state=state is not None and state.knows(key),
            has_default=(key[1], key[2]) in sides.defaults,
            is_named=_is_named(key, sides),
            has_programs=sides.has_programs,
            is_between=_is_between(sides.models.tables.get(key[1])),
            dialect=sides.dialect,
        )
        if not database.knows(key) or not _has_room(database, key):
            continue
        if not case.knows_models and (key[0] in _HANGS_ON or key[0] == "order" or not case.knows_files):
            continue
        if key[0] == "order":
            case = _in_common_order(case)
        verdict = judge(case)
        if verdict is None:
            continue
        is_unknown = key[0] in OBJECTS and case.models is None and case.files is None and key[1] not in OURS
        difference = Difference(
            _SAID_AS.get(key[0], key[0]),
            key[1],
            key[2],
            _shown(models, key, case.models),
            _shown(files, key, case.files) if case.knows_files else None,
            _shown(database, key, case.database),
            is_benign=verdict.is_benign,
            why=verdict.why,
            is_unknown_object=is_unknown and not verdict.is_benign,
        )
        yield difference if verdict.is_benign else replace(difference, fix_sql=fixes.of(key, case))


def _shown(side: Facts | None, key: Key, text: str | None) -> str | None:
    """A key or an index by its name too: that is how a person finds it in the database."""
    if side is None or text is None:
        return text
    label = next(
        (
            side.values[name, key[1], key[2]]
            for name, kind in _HANGS_ON.items()
            if kind == key[0] and name.endswith("name") and (name, key[1], key[2]) in side.values
        ),
        None,
    )
    return f"{text}, named {label}" if label else text


def _within(catalogue: Catalogue, tables: Collection[str], only: Collection[str] | None) -> list[str]:
    return [name for name in tables if name in catalogue.tables and (only is None or name in only)]


def _facts(
    catalogue: Catalogue, others: Collection[str], only: Collection[str] | None, *, is_exact: bool = True
) -> Facts:
    tables = [name for name in catalogue.tables if name not in others]
    if only is not None:
        return facts_of(catalogue, [name for name in tables if name in only], is_exact=is_exact)
    whole = facts_of(catalogue, is_exact=is_exact)
    left = set(tables)
    return Facts(
        {key: value for key, value in whole.values.items() if key[0] in OBJECTS - {"table"} or key[1] in left}, is_exact
    )


def _knows(files: Facts | None, key: Key, sides: Sides) -> bool:
    """Whether the files were asked about this. A state holds the models' tables, and Aerich's own beside them only."""
    if files is None or not files.knows(key):
        return False
    return sides.are_files_exact or key[1] in sides.tables or ("table", key[1], "") in files.values


def _above(key: Key) -> list[Key]:
    """The facts without which this one cannot be: its table, its column, the index that has the name."""
    kind, table, name = key
    if kind in OBJECTS:
        return []
    above: list[Key] = [("table", table, "")]
    if kind in _INSIDE_A_COLUMN or (kind == "comment" and name):
        above.append(("column", table, name))
    if kind in _HANGS_ON:
        above.append((_HANGS_ON[kind], table, name))
    return above


def _has_room(side: Facts | None, key: Key) -> bool:
    """Whether a side has the table and column that a fact is about."""
    return side is not None and all(above in side.values for above in _above(key))


def _in_common_order(case: Case) -> Case:
    """Only columns that both have: a missing one is told as such."""
    ours, theirs = (text.split(", ") if text else [] for text in (case.models, case.database))
    return replace(
        case,
        models=", ".join(name for name in ours if name in theirs),
        database=", ".join(name for name in theirs if name in ours),
        knows_files=False,
        files=None,
    )


def _is_between(table: Table | None) -> bool:
    """Whether it is Tortoise's table between two models: two keys and nothing else."""
    return table is not None and len(table.columns) == 2 and not table.primary


def _is_named(key: Key, sides: Sides) -> bool:
    """Whether the SQL of a file names this object."""
    kind, table, name = key
    if kind in OBJECTS:
        return table in sides.text
    if kind == "trigger":
        return name in sides.text
    found = sides.database.tables.get(table)
    if found is None:
        return False
    if kind == "index":
        label = next((each.name for each in found.indexes if each.text == name or each.columns), "")
        names = [each.name for each in found.indexes if name.endswith(each.text)]
        return any(each in sides.text for each in names or [label] if each)
    if kind == "check":
        return any(label in sides.text for label, text in found.checks.items() if text == name)
    return False


__all__ = ["Sides", "compare", "unmade"]
