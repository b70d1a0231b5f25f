"""Every character that is shown as it is takes as many cells as the program counts: otherwise what stands right of it
in a table, and the border of a dialog, is shifted."""

from __future__ import annotations

import sys
from unicodedata import category

from rich.cells import cell_len
from wcwidth import wcwidth

from tui.sanitise import sanitise


def test_the_program_and_terminals_count_the_same_cells() -> None:
    # wcwidth has the tables of the Unicode Consortium by version, which terminals follow; Textual counts with Rich's.
    written = (one for one in map(chr, range(sys.maxunicode + 1)) if category(one) not in {"Cn", "Co", "Cs"})
    shown = (one for one in written if sanitise(f"a{one}") == f"a{one}")
    assert [f"U+{ord(one):04X}" for one in shown if cell_len(one) != wcwidth(one)] == []
