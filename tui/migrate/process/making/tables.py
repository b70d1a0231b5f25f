"""A table written from a state: for models that are not in the code any more. Pure but for Tortoise's generator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import tortoise.fields
from tortoise.fields import Field as TortoiseField

from ..sql.names import quoted_list
from .aerich_diff import drop_order
from .state import NO_DEFAULT, Field, Model, State, column_of, columns, data_columns, references, sql_type


def create_table(model: Model, state: State, generator: Any) -> list[str]:
    """CREATE TABLE with its keys, then its indexes."""
    dialect = generator.DIALECT
    foreign = {each["raw_field"]: each for each in references(model)}
    lines = [_column(model, each, foreign.get(each["name"]), state, generator) for each in columns(model)]
    for names in model.get("unique_together") or ():
        parts = [column_of(model, name) for name in names]
        index = generator._get_index_name("uid", model["table"], parts)
        lines.append(f'CONSTRAINT "{index}" UNIQUE ({quoted_list(parts)})')
    body = ",\n    ".join(lines)
    found = [f'CREATE TABLE "{model["table"]}" (\n    {body}\n)']
    single = [each["db_column"] for each in data_columns(model) if each.get("indexed") and not each.get("unique")]
    found += [_index(model["table"], [column], generator) for column in single]
    for index in model.get("indexes") or ():
        if isinstance(index, list | tuple):
            found.append(_index(model["table"], [column_of(model, name) for name in index], generator))
        elif index.get("fields"):
            kind = f"USING {index['type']} " if index.get("type") and dialect == "postgres" else ""
            found.append(
                _index(model["table"], index["fields"], generator, index.get("name"), kind, index.get("extra") or "")
            )
    return list(dict.fromkeys(found))


def dropped_again(old: State, new: State, generator: Any, made_by: Iterable[str]) -> list[str]:
    """What makes the tables anew that are in `old` only, with those between two models. Aerich leaves them out.

    `made_by`: statements that make some of the latter already.
    """
    order = drop_order(old)
    gone = sorted((old[name] for name in old.keys() - new.keys()), key=lambda model: -order[model["table"]])
    tables = {model["table"] for model in new.values()}
    found: list[str] = []
    between: dict[str, list[str]] = {}
    for model in gone:
        if model.get("managed") is False or model["table"] in tables:
            continue
        found += create_table(model, old, generator)
        for each in model["m2m_fields"]:
            if each["through"] not in tables and each["through"] not in between:
                between[each["through"]] = _between(model, each, old, generator)
    made = {model["table"] for model in old.values()}
    made |= {table for table in between if any(f'CREATE TABLE "{table}"' in sql for sql in made_by)}
    return [*found, *(sql for table, sqls in sorted(between.items()) if table not in made for sql in sqls)]


def literal(value: Any) -> str:
    """A constant as both dialects read it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def _column(model: Model, field: Field, foreign: Field | None, state: State, generator: Any) -> str:
    name, is_key = field["db_column"], field is model["pk_field"]
    kind = getattr(tortoise.fields, field["field_type"], TortoiseField)
    generated = is_key and field.get("generated") and _generated(kind, generator.DIALECT)
    if generated:
        return f'"{name}" {generated}'
    text = generator._create_string(
        db_column=name,
        field_type=sql_type(field, generator.DIALECT),
        nullable="" if field.get("nullable") else " NOT NULL",
        unique=" UNIQUE" if field.get("unique") else "",
        is_primary_key=is_key,
        comment="",
        default=_default(field),
    )
    if foreign is None:
        return str(text)
    target = state.get(foreign["python_type"])
    if target is None:
        return str(text)
    key = target["pk_field"]["db_column"]
    return f'{text} REFERENCES "{target["table"]}" ("{key}") ON DELETE {foreign["on_delete"]}'


def _generated(kind: Any, dialect: str) -> str:
    for place in (getattr(kind, f"_db_{dialect}", None), kind):
        if text := getattr(place, "GENERATED_SQL", None):
            return str(text)
    return ""


def _default(field: Field) -> str:
    value = field.get("db_default", NO_DEFAULT)
    if value in (NO_DEFAULT, None) or (isinstance(value, str) and "(" in value):
        return ""
    return f" DEFAULT {literal(value)}"


def _between(model: Model, each: Field, state: State, generator: Any) -> list[str]:
    other = state[each["model_name"]]
    ends = [(each["backward_key"], model), (each["forward_key"], other)]
    if each.get("_generated"):
        ends.reverse()
    lines = [
        f'"{column}" {sql_type(end["pk_field"], generator.DIALECT)} NOT NULL '
        f'REFERENCES "{end["table"]}" ("{end["pk_field"]["db_column"]}") ON DELETE CASCADE'
        for column, end in ends
    ]
    pair = [column for column, _ in ends]
    found = ['CREATE TABLE "{}" (\n    {}\n)'.format(each["through"], ",\n    ".join(lines))]
    if each.get("unique"):
        index = generator._get_index_name("uidx", each["through"], pair)
        found.append(f'CREATE UNIQUE INDEX "{index}" ON "{each["through"]}" ({quoted_list(pair)})')
    return found


def _index(table: str, parts: Any, generator: Any, name: str | None = None, kind: str = "", extra: str = "") -> str:
    name = name or generator._get_index_name("idx", table, parts)
    return f'CREATE INDEX "{name}" ON "{table}" {kind}({quoted_list(parts)}){extra}'
