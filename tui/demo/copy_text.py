"""Rows in the text format of PostgreSQL's COPY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tui.demo.rows import Row, Value

_NULL: Final = "\0"
"""Stands for NULL until all is joined: PostgreSQL has no text with this character."""
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_text(rows: Sequence[Row]) -> bytes:
    """The rows as COPY reads them, each ended by a line feed. All have the same number of columns.

    Hardly any value needs an escape, and looking at each would take longer than all the rest: they are joined as they
    are, and if what came out is not so many lines of so many columns, joined again with escapes.
    """
    lines = [
        "\t".join([v if type(v) is str else _NULL if v is None else str(v) if type(v) is int else "\\" for v in row])
        for row in rows
    ]
    text = "\n".join([*lines, ""])
    columns = len(rows[0]) if rows else 1
    plain = text.count("\n") == len(rows) and text.count("\t") == len(rows) * (columns - 1)
    if not plain or "\\" in text or "\r" in text:
        return "".join(["\t".join([_field(value) for value in row]) + "\n" for row in rows]).encode()
    return text.replace(_NULL, "\\N").encode()


def _field(value: Value) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return str(value).translate(_ESCAPES)
