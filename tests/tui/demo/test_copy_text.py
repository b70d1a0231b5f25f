"""Rows as COPY reads them, with and without something to escape."""

from __future__ import annotations

import pytest

from tui.demo.copy_text import copy_text
from tui.demo.lives import DAY
from tui.demo.rows import Row, stamp


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], b""),
        ([("a", 1, None)], b"a\t1\t\\N\n"),
        ([("a",), (None,)], b"a\n\\N\n"),
        ([("иван", 0, ""), ("b", None, "x y")], "иван\t0\t\nb\t\\N\tx y\n".encode()),
        ([("tab\t", 1)], b"tab\\t\t1\n"),
        ([("line\n", 1), ("b", 2)], b"line\\n\t1\nb\t2\n"),
        ([("cr\r", 1)], b"cr\\r\t1\n"),
        ([('{"a": "\\u0416"}', None)], b'{"a": "\\\\u0416"}\t\\N\n'),
        ([(b"\x00\xff", 1)], b"\\\\x00ff\t1\n"),
        ([(b"plain", "a")], b"\\\\x706c61696e\ta\n"),
    ],
)
def test_every_value_is_written_as_copy_reads_it(rows: list[Row], text: bytes) -> None:
    assert copy_text(rows) == text


def test_moments_are_written_as_tortoise_writes_them() -> None:
    assert stamp(None) is None
    assert stamp(0) == "1970-01-01 00:00:00+00:00"
    assert stamp(20_000 * DAY - 1) == "2024-10-03 23:59:59+00:00"
