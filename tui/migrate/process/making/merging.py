"""Files of two branches, one behind the other: the later one does not know what the earlier one made. Pure.

Aerich compares with the last file's state alone, and would make again what the other branch has made already. What a
file before the last one knows, no file behind it speaks of, and the last one does not know, is taken in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from .state import AERICH, Field, Model, State, data_columns

LOOKED_AT: Final = 12
"""So many files back: branches are merged while they are young."""


@dataclass(frozen=True, slots=True)
class Known:
    """One file: its name, the models it knows, and its text without these."""

    version: str
    state: State
    text: str


def take_in(files: Sequence[Known]) -> tuple[State, list[str]]:
    """The last file's models with what it does not know of the others, and a sentence on each."""
    last = files[-1]
    found: State = deepcopy(last.state)
    notes: list[str] = []
    for place in range(len(files) - 2, max(-1, len(files) - 2 - LOOKED_AT), -1):
        behind = "\n".join(file.text for file in files[place + 1 :])
        for name, model in files[place].state.items():
            if name.rpartition(".")[2] == AERICH:
                continue
            if name not in found:
                if not _speaks_of(behind, model["table"]):
                    found[name] = deepcopy(model)
                    notes.append(_note(last, model["table"], _maker(files, place, name)))
                continue
            for field in data_columns(model):
                if _is_missing(found[name], field) and not _speaks_of(behind, field["db_column"]):
                    _add(found[name], model, field)
                    place_of = f"{model['table']}.{field['db_column']}"
                    notes.append(_note(last, place_of, _maker(files, place, name, field["db_column"])))
    return found, notes


def _is_missing(model: Model, field: Field) -> bool:
    return all(
        field["db_column"] != each["db_column"] and field["name"] != each["name"]
        for each in [model["pk_field"], *model["data_fields"]]
    )


def _add(model: Model, before: Model, field: Field) -> None:
    model["data_fields"].append(deepcopy(field))
    names = {field["name"]}
    for kind in ("fk_fields", "o2o_fields"):
        for each in before[kind]:
            if each["raw_field"] == field["name"]:
                model[kind].append(deepcopy(each))
                names.add(each["name"])
    known = {each["name"] for kind in ("data_fields", "fk_fields", "o2o_fields") for each in model[kind]}
    known.add(model["pk_field"]["name"])
    for kind in ("unique_together", "indexes"):
        for parts in before.get(kind) or ():
            columns = parts.get("fields") or [] if isinstance(parts, dict) else parts
            if names & set(columns) and set(columns) <= known and parts not in model[kind]:
                model[kind] = [*model[kind], deepcopy(parts)]


def _maker(files: Sequence[Known], place: int, name: str, column: str = "") -> str:
    """The first file that knew of it."""
    for file in files[: place + 1]:
        model = file.state.get(name)
        if model is not None and (not column or any(each["db_column"] == column for each in data_columns(model))):
            return file.version
    return files[place].version


def _note(last: Known, what: str, maker: str) -> str:
    return f"{last.version} does not know {what}, which {maker} made: two branches were merged. It is counted in here."


def _speaks_of(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
