"""The models as Aerich's MODELS_STATE has them: plain values of JSON, by the model's full name. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

Field = dict[str, Any]
Model = dict[str, Any]
State = dict[str, Model]

NO_DEFAULT: Final = "__NOT_SET__"
"""What Tortoise writes for a column without a default of the database."""
AERICH: Final = "Aerich"


def copy_of(state: State) -> State:
    """A copy that may be changed, without Aerich's own table, whatever app has it."""
    return {name: deepcopy(model) for name, model in state.items() if name.rpartition(".")[2] != AERICH}


def columns(model: Model) -> list[Field]:
    """The fields that are columns, the key first, in the order of the table."""
    return [model["pk_field"], *data_columns(model)]


def data_columns(model: Model) -> list[Field]:
    """The same without the key."""
    return [field for field in model["data_fields"] if field.get("db_field_types") is not None]


def relations(model: Model) -> list[Field]:
    """The foreign keys: each names its column's field in `raw_field` and its target in `python_type`."""
    return [*model["fk_fields"], *model["o2o_fields"]]


def references(model: Model) -> list[Field]:
    """The foreign keys that the database knows of."""
    return [field for field in relations(model) if field.get("db_constraint")]


def sql_type(field: Field, dialect: str) -> str:
    """The column's type, as `VARCHAR(50)`."""
    types: dict[str, str] = field["db_field_types"]
    return types.get(dialect) or types.get("") or ""


def column_of(model: Model, field: str) -> str:
    """The column of a field, or of a foreign key, by its name."""
    for relation in relations(model):
        if relation["name"] == field:
            field = relation["raw_field"]
            break
    return next((each["db_column"] for each in columns(model) if each["name"] == field), field)


def index_columns(model: Model) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each index whose name Tortoise makes up: its prefix and its columns."""
    for field in data_columns(model):
        if field.get("unique"):
            yield "uid", (field["db_column"],)
        elif field.get("indexed"):
            yield "idx", (field["db_column"],)
    for names in model.get("unique_together") or ():
        yield "uid", tuple(column_of(model, name) for name in names)
    for index in model.get("indexes") or ():
        if isinstance(index, list | tuple):
            yield "idx", tuple(column_of(model, name) for name in index)
        elif not index.get("name") and index.get("fields"):
            yield "idx", tuple(index["fields"])


def is_managed(model: Model) -> bool:
    return model.get("managed") is not False
