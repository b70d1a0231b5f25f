"""A QR code as lines of half blocks, two modules a cell: for a widget and for a prompt. Knows nothing of either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIET: Final = 2
"""Light modules around it. The standard asks for four; cameras take two, and 80x24 has no room for more."""

_CELLS: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_lines(text: str) -> Sequence[str]:
    """Return the code of a text, line by line, all of one width; to be shown in black on white, as cameras want it."""
    import segno  # 30 ms, and only for whoever enrols

    made = segno.make(text, error="l", micro=False, boost_error=False)
    rows = [[bool(module) for module in row] for row in made.matrix_iter(border=QUIET)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_CELLS[cell] for cell in zip(above, below, strict=True)) for above, below in pairs]
