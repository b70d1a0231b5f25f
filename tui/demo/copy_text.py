"""Rows in the text format of PostgreSQL's COPY."""

from __future__ import annotations

from collections.abc import Iterable

from tui.demo.rows import Row, Value

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_text(rows: Iterable[Row]) -> bytes:
    """The rows as COPY reads them, each ended by a line feed."""
    return "".join(["\t".join([_field(value) for value in row]) + "\n" for row in rows]).encode()


def _field(value: Value) -> str:
    if value is None:
        return "\\N"
    if type(value) is str:
        return value if value.isalnum() else value.translate(_ESCAPES)
    if type(value) is bytes:
        return f"\\\\x{value.hex()}"
    return str(value)
