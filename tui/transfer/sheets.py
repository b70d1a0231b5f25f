"""What the lines of an export are made of: the SELECT list of each format and dialect.

CSV is for people and spreadsheets: a text that a spreadsheet would take for a formula begins with a quote, and
`lines.py` makes what cannot be seen visible. JSON Lines is for programs: every character as it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from models.spreadsheets import BEFORE, FORMULA, LOOKED_AT
from tui.transfer.columns import Column, Kind


class Format(StrEnum):
    """What an export is written as, and an import read as."""

    CSV = "csv"
    JSONL = "jsonl"


def format_of(path: Path | None) -> Format:
    """Return the format that a name ends in: `.jsonl` and `.ndjson` are JSON Lines, everything else CSV."""
    return Format.JSONL if path is not None and path.suffix.lower() in {".jsonl", ".ndjson"} else Format.CSV


SEPARATOR: Final = ";"
"""Between the roles of a CSV cell."""

UNIT: Final = "\x1f"
"""Between the roles on their way out of SQLite."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of a file and its format."""

    columns: tuple[Column, ...]
    format: Format

    def needs(self, home: str) -> bool:
        """Whether a column is read from this table."""
        return any(column.home == home for column in self.columns)


def select_list(sheet: Sheet, dialect: str) -> str:
    """Return the expressions to select. PostgreSQL gives finished values; SQLite those that `lines.py` finishes."""
    write = _postgres if dialect == "postgres" else _sqlite
    return ", ".join(f"{write(column, sheet.format)} AS {column.name}" for column in sheet.columns)


def _postgres(column: Column, format_: Format) -> str:
    if format_ is Format.JSONL:
        return f"coalesce({column.sql}, ARRAY[]::text[])" if column.kind is Kind.ROLES else column.sql
    match column.kind:
        case Kind.TEXT:
            return neutral(column.sql)
        case Kind.ROLES:
            return neutral(f"array_to_string({column.sql}, '{SEPARATOR}')")
        case Kind.FLAG:
            return f"CASE WHEN {column.sql} THEN 'true' ELSE 'false' END"
    return column.sql


def _sqlite(column: Column, format_: Format) -> str:
    if format_ is Format.CSV and column.kind is Kind.FLAG:
        return f"CASE WHEN {column.sql} THEN 'true' ELSE 'false' END"
    return column.sql


def neutral(expression: str) -> str:
    """Return, in PostgreSQL, what `models.spreadsheets.quoted` makes of a text, and NULL for an empty one."""
    codes = ", ".join(str(ord(character)) for character in sorted(LOOKED_AT))
    first = ", ".join(f"chr({ord(character)})" for character in FORMULA)
    before = BEFORE.replace("'", "''")
    # The first character's number is cheap to know, and rules nearly every text out.
    return (
        f"CASE WHEN ascii({expression}) IN ({codes}) AND substr(ltrim({expression}, '{before}'), 1, 1) IN ({first})"
        f" THEN '''' || {expression} ELSE nullif({expression}, '') END"
    )
