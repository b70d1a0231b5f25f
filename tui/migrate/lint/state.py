"""The models as Aerich wrote them into a migration: tables, the types of their columns, whom they refer to.

MODELS_STATE is base64 of zlib of JSON. It is decoded as that, with a limit on what it may grow to, and never unpickled.
"""

from __future__ import annotations

import ast
import base64
import binascii
import json
import warnings
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.source.files import LONGEST
from tui.migrate.source.literals import static_text

if TYPE_CHECKING:
    from tui.migrate.source.files import MigrationFile

LARGEST: Final = 32 * 1024 * 1024
"""Characters of JSON: some ten thousand models."""


class BrokenState(Exception):
    """The file has a state that Aerich could not read either."""


@dataclass(frozen=True, slots=True)
class TableState:
    """A table as the models had it: `columns` are column -> type in capitals."""

    name: str
    columns: Mapping[str, str]
    references: frozenset[str] = frozenset()


def read_state(file: MigrationFile, dialect: str) -> Mapping[str, TableState] | None:
    """The tables after this file, by name; None where the file has no state. Raises `BrokenState`."""
    text = _literal(file)
    if text is None:
        return None
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(text, validate=False), LARGEST)
        if unpacker.unconsumed_tail:
            raise BrokenState(f"its MODELS_STATE is larger than {LARGEST // 1024 // 1024} MB")
        models = json.loads(data)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise BrokenState("its MODELS_STATE is not what Aerich writes (base64 of zlib of JSON)") from None
    if not isinstance(models, dict):
        raise BrokenState("its MODELS_STATE holds no models")
    described = {name: model for name, model in models.items() if isinstance(model, dict)}
    tables = {name: str(model.get("table") or "") for name, model in described.items()}
    return {tables[name]: _table(model, tables, dialect) for name, model in described.items() if tables[name]}


def _literal(file: MigrationFile) -> str | None:
    source = file.up.source or file.down.source
    if source is not None:
        text = source.text
    else:
        try:
            if file.path.stat().st_size > LONGEST:
                return None
            text = file.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
    # The assignment alone: a file may hold megabytes of SQL, and parsing keeps every other thread waiting.
    place = text.rfind("\nMODELS_STATE")
    if place < 0:
        return None
    text = text[place + 1 :]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="MODELS_STATE")], value=value):
                return static_text(value)
            case ast.AnnAssign(target=ast.Name(id="MODELS_STATE"), value=ast.expr() as value):
                return static_text(value)
    return None


def _table(model: Mapping[str, Any], tables: Mapping[str, str], dialect: str) -> TableState:
    columns = {
        str(field.get("db_column") or field.get("name")): _type(field, dialect) for field in _fields(model, "data")
    }
    pk = model.get("pk_field")
    if isinstance(pk, dict):
        columns[str(pk.get("db_column") or pk.get("name"))] = _type(pk, dialect)
    pointed = {
        tables.get(str(field.get("python_type")), "")
        for kind in ("fk", "o2o")
        for field in _fields(model, kind)
        if field.get("db_constraint", True)
    }
    return TableState(str(model["table"]), columns, frozenset(pointed - {""}))


def _fields(model: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    found = model.get(f"{kind}_fields")
    return (field for field in found if isinstance(field, dict)) if isinstance(found, list) else iter(())


def _type(field: Mapping[str, Any], dialect: str) -> str:
    types = field.get("db_field_types")
    if not isinstance(types, dict):
        return ""
    return " ".join(str(types.get(dialect) or types.get("") or "").upper().split())
