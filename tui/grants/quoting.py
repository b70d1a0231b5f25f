"""Names and texts inside SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

PATH: Final = "SET LOCAL search_path = pg_catalog, pg_temp;"
"""What each script begins with: no function and no operator that somebody left in a schema runs as whoever reads it."""


def ident(name: str) -> str:
    """Return the name as an identifier, always quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return the text as a string constant, whatever `standard_conforming_strings` says."""
    quoted = text.replace("'", "''")
    return "E'" + quoted.replace("\\", "\\\\") + "'" if "\\" in text else f"'{quoted}'"


def texts(values: Iterable[str]) -> str:
    """Return an array of texts, in a fixed order."""
    return "ARRAY[" + ", ".join(literal(value) for value in sorted(values)) + "]::text[]"


def idents(names: Iterable[str]) -> str:
    """Return the names as identifiers with commas between."""
    return ", ".join(ident(name) for name in names)


def in_format(sql: str) -> str:
    """Return SQL as a part of a template of PostgreSQL's `format`."""
    return sql.replace("%", "%%")


def comment(text: str) -> str:
    """Return the text for one line behind `--`: nothing in it ends the line."""
    return " ".join(text.split())
