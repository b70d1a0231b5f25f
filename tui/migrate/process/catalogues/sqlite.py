"""SQLite's catalogue: five questions whatever the number of tables, and what they answer as values.

What no pragma tells (checks, collations, generated columns, AUTOINCREMENT) is read in the CREATE TABLE that SQLite
keeps, by `sqlite_text`.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..sql.sqlite_text import Written, bare, behind_the_table, read_table
from .catalogue import Catalogue, Column, ForeignKey, Index, Table, Unique

QUESTIONS: Final = {
    "objects": "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "ORDER BY name",
    "columns": "SELECT m.name AS t, x.* FROM sqlite_master m JOIN pragma_table_xinfo(m.name) x WHERE m.type = 'table'",
    "indexes": "SELECT m.name AS t, x.* FROM sqlite_master m JOIN pragma_index_list(m.name) x WHERE m.type = 'table' "
    "ORDER BY m.name, x.name",
    "parts": "SELECT m.name AS t, i.name AS i, x.* FROM sqlite_master m JOIN pragma_index_list(m.name) i "
    "JOIN pragma_index_xinfo(i.name) x WHERE m.type = 'table' AND x.key ORDER BY m.name, i.name, x.seqno",
    "foreign": "SELECT m.name AS t, x.* FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) x "
    "WHERE m.type = 'table' ORDER BY m.name, x.id, x.seq",
}

Row = Mapping[str, Any]


def read_sqlite(connection: sqlite3.Connection) -> Catalogue:
    """Everything of a database, by a connection in this thread."""
    rows = {}
    for name, question in QUESTIONS.items():
        cursor = connection.execute(question)
        titles = [each[0] for each in cursor.description]
        rows[name] = [dict(zip(titles, row, strict=True)) for row in cursor.fetchall()]
    return assemble(rows)


def assemble(rows: Mapping[str, Sequence[Row]]) -> Catalogue:
    """The values out of the answers."""
    by = {name: _grouped(rows[name], "t") for name in ("columns", "indexes", "parts", "foreign")}
    objects = rows["objects"]
    written = {row["name"]: row["sql"] or "" for row in objects if row["type"] == "index"}
    triggers: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in objects:
        if row["type"] == "trigger":
            triggers[row["tbl_name"]][row["name"]] = bare(row["sql"])
    tables = {row["name"]: _table(row, by, written, triggers[row["name"]]) for row in objects if row["type"] == "table"}
    views = {row["name"]: bare(row["sql"]) for row in objects if row["type"] == "view"}
    return Catalogue(tables, views)


def _grouped(rows: Iterable[Row], by: str) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[by]].append(row)
    return found


def _table(
    row: Row,
    by: Mapping[str, defaultdict[str, list[Row]]],
    written: Mapping[str, str],
    triggers: Mapping[str, str],
) -> Table:
    name, sql = row["name"], row["sql"] or ""
    said = read_table(sql)
    columns = by["columns"][name]
    parts = _grouped(by["parts"][name], "i")
    uniques: list[Unique] = []
    indexes: list[Index] = []
    for each in by["indexes"][name]:
        fields = parts[each["name"]]
        names = tuple(part["name"] for part in fields)
        # -2 is an expression; a direction or a collation of its own is more than a column.
        is_bare = not each["partial"] and all(
            part["cid"] != -2 and not part["desc"] and part["coll"] == said.collation_of(part["name"])
            for part in fields
        )
        if each["origin"] == "u":
            uniques.append(Unique(names))
        elif each["origin"] == "c" and each["unique"] and is_bare:
            uniques.append(Unique(names, each["name"], "index"))
        elif each["origin"] == "c":
            text = f"({', '.join(names)})" if is_bare else bare(behind_the_table(written[each["name"]]))
            indexes.append(Index(each["name"], text, bool(each["unique"]), True, names if is_bare else ()))
    primary = sorted((each for each in columns if each["pk"]), key=lambda each: int(each["pk"]))
    return Table(
        {each["name"]: _column(each, said) for each in columns},
        tuple(each["name"] for each in primary),
        tuple(uniques),
        tuple(_foreign(each) for each in _grouped(by["foreign"][name], "id").values()),
        said.checks,
        tuple(indexes),
        triggers,
        options=said.options,
        sql=sql,
    )


def _column(row: Row, said: Written) -> Column:
    kind = {2: "virtual", 3: "stored"}.get(row["hidden"], "")
    name = row["name"]
    return Column(
        " ".join((row["type"] or "").upper().replace("GENERATED ALWAYS", "").split()).replace(", ", ","),
        # A primary key of SQLite may hold NULL unless it says otherwise, and the models never ask for one.
        not row["notnull"] and not row["pk"],
        row["dflt_value"],
        "autoincrement" if row["pk"] and said.counts else "",
        f"{said.generated.get(name, '')} {kind}".strip() if kind else "",
        said.collations.get(name, ""),
    )


def _foreign(rows: list[Row]) -> ForeignKey:
    first = rows[0]
    to = tuple(row["to"] for row in rows if row["to"] is not None)
    return ForeignKey(
        tuple(row["from"] for row in rows), first["table"], to, first["on_delete"].upper(), first["on_update"].upper()
    )
