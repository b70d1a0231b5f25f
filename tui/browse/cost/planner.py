"""What the database's own planner says of a SELECT, without running it: which indexes bound it, and what it would read
from end to end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.browse.sql import Sql, dialect, rows_by_index

_SQLITE_STEP = re.compile(r"(SCAN|SEARCH) (?P<table>\w+)(?: USING (?:COVERING )?INDEX (?P<index>\S+))?")
_SQLITE_BESIDE = re.compile(r"(?:CO-ROUTINE|MATERIALIZE) (?P<name>\w+)")
_TABLES = {"u": "users", "a": "user_auth_state", "r": "user_roles"}
"""What SQLite's plans call the tables: as the statements do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`indexes` are those that bound the work by a condition; `scanned` the tables that would be read from end to end.
    `rows` is what the planner guesses that the first index gives, None on SQLite, which does not guess."""

    indexes: tuple[str, ...]
    scanned: tuple[str, ...]
    rows: int | None

    @property
    def is_bounded(self) -> bool:
        """Whether an index bounds all that is read."""
        return not self.scanned


async def plans_of(*selects: Sql) -> list[Plan]:
    """Return the plans of SELECTs as `rows_by_index` would run them. About a millisecond each."""
    if dialect() == "sqlite":
        found = await rows_by_index(*("EXPLAIN QUERY PLAN " + select for select in selects))
        return [_of_sqlite([str(row["detail"]) for row in steps]) for steps in found]
    found = await rows_by_index(*("EXPLAIN (FORMAT JSON) " + select for select in selects))
    return [_of_postgres(answer[0]["QUERY PLAN"]) for answer in found]


def _of_sqlite(steps: Sequence[str]) -> Plan:
    indexes, scanned = [], []
    beside = {match["name"] for step in steps if (match := _SQLITE_BESIDE.match(step))}
    for step in steps:
        match = _SQLITE_STEP.match(step)
        if match is None or match["table"] in beside:
            continue
        if match[1] == "SCAN":
            scanned.append(_TABLES.get(match["table"], match["table"]))
        else:
            indexes.append(match["index"] or "the primary key")
    return Plan(tuple(indexes), tuple(scanned), None)


def _of_postgres(answer: Any) -> Plan:
    document = json.loads(answer) if isinstance(answer, str) else answer
    top: Mapping[str, Any] = document[0]["Plan"]
    indexes: list[str] = []
    scanned: list[str] = []
    estimated = int(top["Plan Rows"])
    for node in _nodes(top):
        if "Index Cond" in node:
            estimated = estimated if indexes else int(node["Plan Rows"])
            indexes.append(str(node.get("Index Name")))
        elif "Relation Name" in node and node["Node Type"] not in ("Bitmap Heap Scan", "Tid Scan"):
            scanned.append(str(node["Relation Name"]))
    return Plan(tuple(indexes), tuple(scanned), estimated)


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)
