"""The models as Aerich wrote them into a migration: tables, the types of their columns, whom they refer to.

Found in the text of the file, and unpacked as drift unpacks it; nothing is unpickled.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.migrate.process.catalogues.described import unpack_state
from tui.migrate.source.files import LONGEST
from tui.migrate.source.literals import static_text

if TYPE_CHECKING:
    from tui.migrate.source.files import MigrationFile


@dataclass(frozen=True, slots=True)
class TableState:
    """A table as the models had it: `columns` are column -> type in capitals."""

    name: str
    columns: Mapping[str, str]
    references: frozenset[str] = frozenset()


def read_state(file: MigrationFile, dialect: str) -> Mapping[str, TableState] | None:
    """The tables after this file, by name; None where the file has no state. Raises `UnreadableState`."""
    text = _literal(file)
    if text is None:
        return None
    models = unpack_state(text)
    tables = {name: str(model.get("table") or "") for name, model in models.items()}
    return {tables[name]: _table(model, tables, dialect) for name, model in models.items() if tables[name]}


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
