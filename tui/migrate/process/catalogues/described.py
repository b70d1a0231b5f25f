"""Models as they describe themselves (Tortoise's `describe`, which Aerich keeps in each file), as a catalogue. Pure.

Less than the truth: no defaults, checks, expressions or predicates, and types only by their usual spelling. For where
nothing better can be had.
"""

from __future__ import annotations

import ast
import base64
import json
import re
import warnings
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from .catalogue import Catalogue, Column, ForeignKey, Index, Table, Unique

LONGEST_STATE: Final = 64 * 1024 * 1024
"""Bytes of a state once it is unpacked: more than ten thousand models."""
_FOREIGN: Final = "its MODELS_STATE is not what Aerich writes (base64 of zlib of JSON)"

_POSTGRES: Final = {
    "INT": "integer",
    "INTEGER": "integer",
    "BOOL": "boolean",
    "TIMESTAMPTZ": "timestamp with time zone",
    "TIMESTAMP": "timestamp without time zone",
    "TIMETZ": "time with time zone",
    "TIME": "time without time zone",
    "DECIMAL": "numeric",
    "VARCHAR": "character varying",
    "CHAR": "character",
    "FLOAT": "double precision",
    "REAL": "real",
}
_TYPE: Final = re.compile(r"(?P<word>[A-Za-z_ ]+?)\s*(?P<size>\([^)]*\))?(?P<rest>(?:\s.*|\[\].*)?)", re.DOTALL)

Model = Mapping[str, Any]


class UnreadableState(Exception):
    """The file's MODELS_STATE is none. The first argument is half a sentence on the file."""


def state_of_file(path: Path) -> dict[str, Model]:
    """The MODELS_STATE of a migration file, read as text: nothing of the file is run, and nothing is unpickled.

    Raises UnreadableState.
    """
    try:
        with warnings.catch_warnings():
            # A backslash that Python does not know is the project's business.
            warnings.simplefilter("ignore")
            tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        raise UnreadableState("it cannot be read") from None
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="MODELS_STATE")], value=ast.Constant(value=str(text))):
                return unpack_state(text)
    raise UnreadableState("it holds no MODELS_STATE: Aerich before 0.9.2 made it")


def unpack_state(text: str) -> dict[str, Model]:
    """Base64 of zlib of JSON, as Aerich writes it, of bounded size. Nothing is unpickled. Raises UnreadableState."""
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(text, validate=False), LONGEST_STATE)
        if unpacking.unconsumed_tail:
            raise UnreadableState(f"its MODELS_STATE is larger than {LONGEST_STATE // 1024 // 1024} MB")
        found = json.loads(data)
    except (ValueError, zlib.error, RecursionError):
        raise UnreadableState(_FOREIGN) from None
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise UnreadableState(_FOREIGN)
    return found


def catalogue_described(models: Mapping[str, Model], dialect: str) -> Catalogue:
    """The managed models' tables, and those between them. Raises UnreadableState where a description lacks a part."""
    try:
        return Catalogue(dict(_tables(models, dialect)))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UnreadableState("its description of the models lacks what Tortoise writes in it") from None


def _tables(models: Mapping[str, Model], dialect: str) -> Iterator[tuple[str, Table]]:
    for model in models.values():
        if model.get("managed") is False:
            continue
        yield model["table"], _table(model, models, dialect)
        for many in model["m2m_fields"]:
            other = models.get(many["model_name"])
            if other is not None and not many.get("_generated"):
                yield many["through"], _between(model, many, other, dialect)


def _table(model: Model, models: Mapping[str, Model], dialect: str) -> Table:
    primary = model["pk_field"]
    data = [primary, *(each for each in model["data_fields"] if each["db_column"] != primary["db_column"])]
    names = {each["name"]: each["db_column"] for each in data}
    relations = [*model["fk_fields"], *model["o2o_fields"]]
    # In Meta a relation goes by its own name, in the table by its column's.
    names |= {each["name"]: names[each["raw_field"]] for each in relations}
    uniques = [
        Unique((each["db_column"],)) for each in data if each["unique"] and each["db_column"] != primary["db_column"]
    ]
    uniques += [Unique(tuple(names[name] for name in together)) for together in model["unique_together"]]
    indexes = [
        (each["db_column"],)
        for each in data
        if each["indexed"] and not each["unique"] and each["db_column"] != primary["db_column"]
    ]
    for each in model["indexes"]:
        fields = each if isinstance(each, list) else _plain_fields(each)
        if fields and all(name in names for name in fields):
            indexes.append(tuple(names[name] for name in fields))
    return Table(
        {each["db_column"]: _column(each, dialect) for each in data},
        (primary["db_column"],),
        tuple(dict.fromkeys(uniques)),
        tuple(
            ForeignKey((names[each["name"]],), models[each["python_type"]]["table"], (), each["on_delete"])
            for each in relations
            if each["db_constraint"] and each["python_type"] in models
        ),
        indexes=tuple(Index("", f"({', '.join(fields)})", columns=fields) for fields in dict.fromkeys(indexes)),
    )


def _plain_fields(index: Any) -> list[str]:
    """The fields of an index that is nothing but fields; none for one with a method, a condition or an expression."""
    if not isinstance(index, dict) or index.get("type") or index.get("extra") or index.get("expressions"):
        return []
    return [str(name) for name in index.get("fields", ())]


def _between(model: Model, many: Model, other: Model, dialect: str) -> Table:
    back, forth = many["backward_key"], many["forward_key"]
    action = many["on_delete"]
    keys = (ForeignKey((back,), model["table"], (), action), ForeignKey((forth,), other["table"], (), action))
    return Table(
        {
            back: Column(_type(model["pk_field"], dialect), nullable=False),
            forth: Column(_type(other["pk_field"], dialect), nullable=False),
        },
        uniques=(Unique((back, forth), form="index"),) if many.get("unique") else (),
        foreign=keys if many["db_constraint"] else (),
    )


def _column(field: Model, dialect: str) -> Column:
    if dialect == "sqlite" and field.get("generated") and field["python_type"] == "int":
        return Column("INTEGER", nullable=False)
    return Column(_type(field, dialect), bool(field["nullable"]))


def _type(field: Model, dialect: str) -> str:
    kinds = field["db_field_types"]
    text = str(kinds.get(dialect) or kinds[""])
    if dialect == "sqlite":
        return " ".join(text.upper().split()).replace(", ", ",")
    found = _TYPE.fullmatch(text)
    if found is None:
        return text
    word = " ".join(found["word"].upper().split())
    size = (found["size"] or "").replace(" ", "")
    return f"{_POSTGRES.get(word, word.lower())}{size}{found['rest'].split(' COLLATE ')[0]}".strip()
