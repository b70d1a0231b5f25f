"""A QR code in the cells of a terminal: two modules a cell, dark on light whatever the theme, as cameras want it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIET: Final = 2
"""Light modules around it. The standard asks for four; cameras take two, and 80x24 has no room for more."""

_CELLS: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
_STYLE: Final = "#000000 on #ffffff"


def qr_lines(text: str) -> Sequence[str]:
    """Return the code of a text, line by line, all of one width; to be shown in black on white."""
    import segno  # 30 ms, and only for whoever enrols

    made = segno.make(text, error="l", micro=False, boost_error=False)
    rows = [list(row) for row in made.matrix_iter(border=QUIET)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    return [
        "".join(_CELLS[bool(a), bool(b)] for a, b in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]


def qr_content(lines: Sequence[str]) -> Content:
    """Return the lines as they are shown."""
    return Content("\n").join([Content.styled(line, _STYLE) for line in lines])
