"""What might be a rename: tables and columns that are gone beside those that are new. Pure.

Nothing is guessed. What is not answered is a drop and an add, and the answer does not depend on any order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from .state import Field, Model, State, columns, is_managed, sql_type

_ALIKE: Final = 0.6
"""The share of columns, by name and type, from which two tables are taken for one that was renamed."""
_LENGTH: Final = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Question:
    """`kind` is "table" or "column". `table` is its name now; `old` and `new` are names in the database.

    `model` and `former` are the models' full names now and in the last file. `is_likely`: the two are alike enough to
    ask a person; the others may still be named.
    """

    kind: str
    table: str
    old: str
    new: str
    type: str
    is_likely: bool
    model: str
    former: str
    place: str
    """The table as the database has it now."""

    @property
    def id(self) -> str:
        """`table old=new`, or `column table.old=new`."""
        place = f"{self.table}." if self.kind == "column" else ""
        return f"{self.kind} {place}{self.old}={self.new}"

    def as_values(self) -> dict[str, Any]:
        return {"id": self.id, **asdict(self)}


def same_tables(old: State, new: State) -> list[tuple[str, str]]:
    """Models under another name whose table stayed: no question, and nothing to do in the database."""
    pairs = []
    for former in sorted(old.keys() - new.keys()):
        found = [name for name in sorted(new.keys() - old.keys()) if new[name]["table"] == old[former]["table"]]
        if len(found) == 1:
            pairs.append((former, found[0]))
    return pairs


def table_questions(old: State, new: State, dialect: str) -> list[Question]:
    """Every table that is gone with every one that is new, the likeliest first."""
    found = []
    tables = {model["table"] for model in old.values()}
    for name in sorted(new.keys() - old.keys()):
        if new[name]["table"] in tables or not is_managed(new[name]):
            continue
        for former in sorted(old.keys() - new.keys()):
            if is_managed(old[former]):
                likeness = _likeness(old[former], new[name], dialect)
                found.append((likeness, _table(former, old[former], name, new[name], likeness >= _ALIKE)))
    found.sort(key=lambda pair: (-pair[0], pair[1].id))
    return [question for _, question in found]


def column_questions(old: State, new: State, dialect: str, places: Mapping[str, str]) -> list[Question]:
    """For the tables that are in both, every column that is gone with every one that is new, the likeliest first."""
    found = []
    for name in sorted(old.keys() & new.keys()):
        before, after = old[name], new[name]
        if not (is_managed(before) and is_managed(after)):
            continue
        olds = {field["db_column"]: field for field in columns(before)[1:]}
        news = {field["db_column"]: field for field in columns(after)[1:]}
        for added in (field for column, field in news.items() if column not in olds):
            for gone in (field for column, field in olds.items() if column not in news):
                likely = _base(gone, dialect) == _base(added, dialect) or gone["name"] == added["name"]
                question = Question(
                    "column",
                    after["table"],
                    gone["db_column"],
                    added["db_column"],
                    sql_type(gone, dialect),
                    likely,
                    name,
                    name,
                    places[name],
                )
                found.append((_unlike(gone, added, dialect), question))
    found.sort(key=lambda pair: (pair[1].table, pair[0], pair[1].id))
    return [question for _, question in found]


def _table(former: str, before: Model, name: str, after: Model, likely: bool) -> Question:
    return Question("table", after["table"], before["table"], after["table"], "", likely, name, former, before["table"])


def _likeness(before: Model, after: Model, dialect: str) -> float:
    one = {(field["db_column"], sql_type(field, dialect)) for field in columns(before)}
    two = {(field["db_column"], sql_type(field, dialect)) for field in columns(after)}
    return len(one & two) / len(one | two)


def _base(field: Field, dialect: str) -> str:
    """The type without its length."""
    return _LENGTH.sub("", sql_type(field, dialect)).upper()


def _unlike(gone: Field, added: Field, dialect: str) -> tuple[int, int]:
    """Smaller is likelier: how many properties differ, then how many letters of the names."""
    differ = sum(
        gone.get(name) != added.get(name) for name in ("field_type", "nullable", "unique", "indexed", "default")
    )
    differ += sql_type(gone, dialect) != sql_type(added, dialect)
    letters = len(set(gone["db_column"]).symmetric_difference(added["db_column"]))
    return differ, letters
