"""The columns of a keyset table: what each shows of a row, and which of them fit a width. Pure, no widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from textual.content import Content

RowT = TypeVar("RowT")

GAP = 2
"""Cells between two columns."""

GUTTER = 3
"""Cells before the first column: the cursor's bar, the mark, the sign of a staged edit."""


class Tone(StrEnum):
    """How loud a cell is. The words say everything; the tone only helps."""

    PLAIN = "plain"
    QUIET = "quiet"
    CAUTION = "caution"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown of a row in one column: text that went through `safe`, and its tone."""

    content: Content
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """One column. `width` is in cells and the least it gets; `grow` is its share of what is left over.

    `from_width` is the width of the table from which it is shown. A pinned column stays when others scroll.
    """

    id: str
    label: str
    width: int
    cell: Callable[[RowT], Cell]
    grow: int = 0
    right: bool = False
    pinned: bool = False
    from_width: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A column of the layout: its index among all columns, where it begins and how wide it is, in cells."""

    index: int
    x: int
    width: int


def place(columns: Sequence[Column[RowT]], width: int, skipped: int = 0) -> tuple[Placed, ...]:
    """Return the columns that stand whole in `width` cells when `skipped` that are not pinned are scrolled away.

    What is left over goes to those that grow. One column that is not pinned is always there, cut if it must be.
    """
    shown = [i for i, column in enumerate(columns) if column.from_width <= width]
    loose = [i for i in shown if not columns[i].pinned]
    gone = set(loose[: max(0, min(skipped, len(loose) - 1))])
    kept: list[int] = []
    used = GUTTER - GAP
    for i in (i for i in shown if i not in gone):
        first_loose = not columns[i].pinned and all(columns[k].pinned for k in kept)
        if used + GAP + columns[i].width > width and not first_loose:
            break
        kept.append(i)
        used += GAP + columns[i].width
    spare, shares = max(0, width - used), sum(columns[i].grow for i in kept)
    placed, x = [], GUTTER
    for i in kept:
        extra = spare * columns[i].grow // shares if shares else 0
        cells = max(0, min(columns[i].width + extra, width - x))
        placed.append(Placed(i, x, cells))
        x += cells + GAP
    return tuple(placed)


def most_skipped(columns: Sequence[Column[RowT]], width: int) -> int:
    """Return by how many columns the table can be scrolled until its last column is there."""
    shown = [i for i, column in enumerate(columns) if column.from_width <= width]
    loose = sum(not columns[i].pinned for i in shown)
    return next((n for n in range(loose) if shown[-1] in (p.index for p in place(columns, width, n))), 0)
