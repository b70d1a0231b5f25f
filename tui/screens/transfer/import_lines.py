"""The table of an import: the first lines of each verdict, and what each would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from models.operations.importing import PlannedRow, Verdict
from models.operations.text import grouped
from tui.terminal.safe import safe
from tui.transfer.words import changes_words
from tui.widgets.keyset_columns import Cell, Column, Tone

if TYPE_CHECKING:
    from tui.transfer.importing import PlannedImport

SAMPLE: Final = 100
"""Lines of each verdict in the table."""

_TONES: Final = {Verdict.ERROR: Tone.DANGER, Verdict.UNCHANGED: Tone.QUIET}


def sample_lines(planned: PlannedImport) -> tuple[PlannedRow, ...]:
    """Return the first lines of each verdict, the wrong ones first. Blocks: use a thread."""
    spool = planned.plan.spool
    order = (Verdict.ERROR, Verdict.CREATE, Verdict.UPDATE, Verdict.UNCHANGED)
    return tuple(row for verdict in order for row in spool.sample(verdict, 0, SAMPLE))


def line_columns() -> tuple[Column[PlannedRow], ...]:
    """Return the columns of the table."""
    return (
        Column("line", "LINE", 7, lambda row: Cell(Content(grouped(row.line))), right=True, pinned=True),
        Column("what", "WHAT", 10, lambda row: Cell(Content(str(row.verdict)), _TONES.get(row.verdict, Tone.PLAIN))),
        Column("username", "USERNAME", 16, lambda row: Cell(safe(row.label, 60)), grow=1),
        Column("changes", "CHANGES", 30, lambda row: Cell(safe(row.error or changes_words(row), 300)), grow=3),
    )
