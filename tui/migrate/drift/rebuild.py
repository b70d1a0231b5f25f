"""The one way in which SQLite changes most of a table: a new one is made, filled, and put in its place. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.migrate.process.sql.names import quoted, quoted_list
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from tui.migrate.process.catalogues.catalogue import Table


def rebuild(table: str, want: Table, have: Table) -> str:
    """The whole script, with the rows of the columns that both have. The order is the one that SQLite's pages give."""
    if not want.sql:
        return f"-- {sanitise(quoted(table))} has to be made again: SQLite cannot change this in place."
    new = f"{table}__new"
    made = re.sub(
        r"(CREATE\s+TABLE\s+)(?:\"(?:[^\"]|\"\")*\"|\[[^\]]*\]|`[^`]*`|\w+)",
        lambda found: f"{found.group(1)}{quoted(new)}",
        want.sql,
        count=1,
        flags=re.IGNORECASE,
    )
    columns = ", ".join(
        quoted(name) for name, each in want.columns.items() if name in have.columns and not each.generated
    )
    indexes = [
        f"CREATE {'UNIQUE ' if each.unique else ''}INDEX {quoted(each.name)} ON {quoted(table)} "
        f"{'(' + quoted_list(each.columns) + ')' if each.columns else each.text};"
        for each in have.indexes
        if set(each.columns) <= set(want.columns)
    ]
    indexes += [
        f"CREATE UNIQUE INDEX {quoted(each.name)} ON {quoted(table)} ({quoted_list(each.columns)});"
        for each in have.uniques
        if each.form == "index" and set(each.columns) <= set(want.columns)
    ]
    triggers = [f"{text};" for text in have.triggers.values()]
    return "\n".join(
        [
            "PRAGMA foreign_keys = OFF;",
            "BEGIN IMMEDIATE;",
            f"{made};",
            f"INSERT INTO {quoted(new)} ({columns}) SELECT {columns} FROM {quoted(table)};",  # noqa: S608 - shown, not run
            f"DROP TABLE {quoted(table)};",
            f"ALTER TABLE {quoted(new)} RENAME TO {quoted(table)};",
            *indexes,
            *triggers,
            "PRAGMA foreign_key_check;",
            "COMMIT;",
            "PRAGMA foreign_keys = ON;",
        ]
    )
