"""The QR code as half blocks: read back, it is the code, with a quiet edge, and it fits where it is shown."""

from __future__ import annotations

import pytest
import segno

from models.totp import enrolment_uri
from tui.qr import QUIET, qr_lines

_MODULES = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}


def modules(lines: list[str]) -> list[list[bool]]:
    rows: list[list[bool]] = []
    for line in lines:
        rows.append([_MODULES[cell][0] for cell in line])
        rows.append([_MODULES[cell][1] for cell in line])
    return rows


@pytest.mark.parametrize("text", ["a", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ", "x" * 500])
def test_read_back_it_is_the_code_with_a_quiet_edge(text: str) -> None:
    made = [
        [bool(module) for module in row] for row in segno.make(text, error="l", micro=False, boost_error=False).matrix
    ]
    rows = modules(list(qr_lines(text)))
    inside = [row[QUIET:-QUIET] for row in rows[QUIET : QUIET + len(made)]]
    assert inside == made
    outside = [*rows[:QUIET], *rows[QUIET + len(made) :]]
    assert not any(map(any, outside))
    assert not any(any(row[:QUIET]) or any(row[-QUIET:]) for row in rows)
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("name", ["m", "maria.fernandez-lopez"])
def test_that_of_an_ordinary_name_fits_on_80_by_24(name: str) -> None:
    lines = qr_lines(enrolment_uri(b"12345678901234567890", name))
    assert (len(lines), len(lines[0])) <= (21, 42)
