"""Renames that were answered, as statements and as the state they lead to: Aerich then sees what is left. Pure.

Run first going up and last going down, so that everything in between knows one name only. Index names that Tortoise
derives from table and columns move along, or a later migration would not find them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..sql.names import quoted_list
from .questions import Question
from .state import Field, Model, State, columns, data_columns, index_columns, relations

IndexName = Callable[[str, str, Sequence[str]], str]
"""Tortoise's own: from prefix, table and columns to the index's name."""


class NotAnswerable(Exception):
    """Two answers claim the same name."""


@dataclass(slots=True)
class Renamed:
    """`up` in their order, `down` already in the reverse one."""

    up: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)

    def add(self, up: str, down: str) -> None:
        self.up.append(up)
        self.down.insert(0, down)


def check(answers: Iterable[Question]) -> None:
    """Raises NotAnswerable when something is renamed twice, or two become one."""
    seen: set[tuple[str, str, str]] = set()
    for answer in answers:
        place = answer.model if answer.kind == "column" else ""
        for side, name in (("from", answer.old), ("to", answer.new)):
            key = (place, side, name)
            if key in seen:
                raise NotAnswerable(f"{name} was given for two renames. Choose one.")
            seen.add(key)


def rename_models(state: State, pairs: Iterable[tuple[str, str]]) -> State:
    """The state with models under their new names, and everything that refers to them."""
    names = dict(pairs)
    found: State = {}
    for key, model in state.items():
        model["name"] = names.get(model["name"], model["name"])
        for each in _fields(model):
            each["python_type"] = names.get(each.get("python_type", ""), each.get("python_type"))
            if "model_name" in each:
                each["model_name"] = names.get(each["model_name"], each["model_name"])
        found[names.get(key, key)] = model
    return found


def follow_through(
    state: State, new: State, touched: set[str], renamed: Renamed, dialect: str, name: IndexName
) -> None:
    """The tables between two models, whose default names contain the models' tables, follow a rename of these."""
    done: set[str] = set()
    for key in sorted(state.keys() & new.keys()):
        now = {each["name"]: each for each in new[key]["m2m_fields"]}
        for each in state[key]["m2m_fields"]:
            other = now.get(each["name"])
            if other is None or other["model_name"] != each["model_name"]:
                continue
            if key not in touched and each["model_name"] not in touched:
                continue
            old, names = each["through"], ("backward_key", "forward_key")
            if old not in done and (old != other["through"] or any(each[end] != other[end] for end in names)):
                done.add(old)
                _follow(each, other, renamed, dialect, name)
            for attribute in ("through", *names):
                each[attribute] = other[attribute]


def _follow(each: Field, other: Field, renamed: Renamed, dialect: str, name: IndexName) -> None:
    table = other["through"]
    before = name("uidx", each["through"], (each["backward_key"], each["forward_key"]))
    if each["through"] != table:
        _rename_table(renamed, each["through"], table)
    for end in ("backward_key", "forward_key"):
        if each[end] != other[end]:
            _rename_column(renamed, table, each[end], other[end])
    pair = (other["backward_key"], other["forward_key"])
    if each.get("unique"):
        _rename_index(renamed, dialect, table, before, name("uidx", table, pair), pair, unique=True)


def rename_tables(state: State, new: State, renamed: Renamed, dialect: str, name: IndexName) -> set[str]:
    """Renames the table of each model that is in both under another one; returns these models."""
    touched = set()
    for key in sorted(state.keys() & new.keys()):
        model, table = state[key], new[key]["table"]
        if model["table"] == table:
            continue
        before = _index_names(model, name)
        old, model["table"] = model["table"], table
        _rename_table(renamed, old, table)
        _rename_indexes(renamed, dialect, model, before, _index_names(model, name))
        if dialect == "postgres":
            _alter_index(renamed, f"{old}_pkey", f"{table}_pkey")
            for each in data_columns(model):
                if each.get("unique"):
                    _alter_index(renamed, f"{old}_{each['db_column']}_key", f"{table}_{each['db_column']}_key")
        touched.add(key)
    return touched


def rename_columns(
    state: State, new: State, answers: Iterable[Question], renamed: Renamed, dialect: str, name: IndexName
) -> None:
    """Renames the columns that were answered with yes, and fields whose column stayed: those without a statement."""
    chosen = {(each.model, each.old): each.new for each in answers}
    for key in sorted(state.keys() & new.keys()):
        model = state[key]
        after = {each["db_column"]: each for each in columns(new[key])}
        before = _index_names(model, name)
        moved: list[tuple[str, str]] = []
        for each in data_columns(model):
            column: str = chosen.get((key, each["db_column"])) or each["db_column"]
            if column != each["db_column"]:
                moved.append((each["db_column"], column))
                _rename_column(renamed, model["table"], each["db_column"], column)
                if dialect == "postgres" and each.get("unique"):
                    _alter_index(renamed, f"{model['table']}_{each['db_column']}_key", f"{model['table']}_{column}_key")
            target = after.get(column)
            if target is not None:
                _take_name(model, new[key], each, target)
                each["db_column"] = column
        names = {each["name"]: each for each in data_columns(new[key])}
        for each in data_columns(model):
            # The same field on another column, not renamed: it goes, and another one comes.
            if each["name"] in names and each["db_column"] != names[each["name"]]["db_column"]:
                each["name"] = f"{each['name']} ({each['db_column']})"
        if moved:
            _rename_indexes(renamed, dialect, model, before, _index_names(model, name))


def _take_name(model: Model, after: Model, each: Field, target: Field) -> None:
    """Gives a field, and the foreign key that is on it, the names they have now, wherever these are used."""
    names = {each["name"]: target["name"]}
    now = {relation["raw_field"]: relation["name"] for relation in relations(after)}
    for relation in relations(model):
        if relation["raw_field"] == each["name"] and target["name"] in now:
            names[relation["name"]] = now[target["name"]]
            relation["name"], relation["raw_field"] = now[target["name"]], target["name"]
    each["name"] = target["name"]
    model["unique_together"] = [[names.get(part, part) for part in parts] for parts in model["unique_together"] or ()]
    for place, index in enumerate(model.get("indexes") or ()):
        if isinstance(index, list | tuple):
            model["indexes"][place] = [names.get(part, part) for part in index]
        elif index.get("fields"):
            index["fields"] = [names.get(part, part) for part in index["fields"]]


def _fields(model: Model) -> Iterable[Field]:
    for kind in ("fk_fields", "o2o_fields", "m2m_fields", "backward_fk_fields", "backward_o2o_fields"):
        yield from model.get(kind) or ()


def _index_names(model: Model, name: IndexName) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(prefix, name(prefix, model["table"], parts), parts) for prefix, parts in index_columns(model)]


def _rename_indexes(renamed: Renamed, dialect: str, model: Model, before: Any, after: Any) -> None:
    for (prefix, old, _), (_, now, parts) in zip(before, after, strict=True):
        _rename_index(renamed, dialect, model["table"], old, now, parts, unique=prefix == "uid")


def _rename_index(
    renamed: Renamed, dialect: str, table: str, old: str, now: str, parts: Sequence[str], *, unique: bool
) -> None:
    if old == now:
        return
    if dialect == "postgres":
        _alter_index(renamed, old, now)
    elif not unique or old.startswith("uidx_"):
        # SQLite cannot rename an index. A constraint keeps its name inside the table.
        create = f'CREATE {"UNIQUE " if unique else ""}INDEX "{{}}" ON "{table}" ({quoted_list(parts)})'
        renamed.add(f'DROP INDEX IF EXISTS "{old}"', create.format(old))
        renamed.add(create.format(now), f'DROP INDEX IF EXISTS "{now}"')


def _alter_index(renamed: Renamed, old: str, now: str) -> None:
    if old != now:
        renamed.add(
            f'ALTER INDEX IF EXISTS "{old}" RENAME TO "{now}"', f'ALTER INDEX IF EXISTS "{now}" RENAME TO "{old}"'
        )


def _rename_table(renamed: Renamed, old: str, now: str) -> None:
    renamed.add(f'ALTER TABLE "{old}" RENAME TO "{now}"', f'ALTER TABLE "{now}" RENAME TO "{old}"')


def _rename_column(renamed: Renamed, table: str, old: str, now: str) -> None:
    renamed.add(
        f'ALTER TABLE "{table}" RENAME COLUMN "{old}" TO "{now}"',
        f'ALTER TABLE "{table}" RENAME COLUMN "{now}" TO "{old}"',
    )
